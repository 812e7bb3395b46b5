import CKernels
import Support
import Tensors

/// Layer normalisation (Ba, Kiros and Hinton 2016) over a token's values.
struct LayerNorm: Sendable {
    private let gamma: Storage
    private let beta: Storage
    private let size: Int
    private let epsilon: Float

    /// `gamma` and `beta` hold `size` values each; shapes already checked.
    init(gamma: Tensor, beta: Tensor, epsilon: Float) throws(Failure) {
        // Copies: two pages of a mapped file are not worth keeping it open.
        self.gamma = try gamma.to(.float32).clone().storage
        self.beta = try beta.to(.float32).clone().storage
        size = gamma.count
        self.epsilon = epsilon
    }

    /// `out` = normalised `x + residual`, for `rows` rows without gaps. `out` may be either input.
    func apply(
        _ rows: Int, _ x: UnsafePointer<Float>, adding residual: UnsafePointer<Float>?,
        _ out: UnsafeMutablePointer<Float>
    ) {
        ck_add_layernorm_f32(
            rows, size, x, size, residual, size, gamma.start.assumingMemoryBound(to: Float.self),
            beta.start.assumingMemoryBound(to: Float.self), epsilon, out, size)
    }

    /// `values` = normalised `x + values`, whose rows the members share.
    func apply(
        _ rows: Int, _ x: UnsafePointer<Float>, addedTo values: UnsafeMutablePointer<Float>, by member: TeamMember
    ) throws(Failure) {
        try member.share(rows) { part in
            let place = part.lowerBound * size
            apply(part.count, x + place, adding: values + place, values + place)
        }
    }
}
