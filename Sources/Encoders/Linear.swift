import CKernels
import Support
import Tensors

/// A linear layer y = x W^T + b, its weight packed once for the matrix kernels.
struct Linear: Sendable {
    /// Values in a row of x.
    let inputs: Int
    /// Values in a row of y.
    let outputs: Int
    private let precision: Precision
    private let packed: Storage
    private let bias: Storage?

    /// The fewest outputs that a member takes: four panels, as wide as the widest tile.
    private static let share = 4 * CK_PANEL

    /// The parts in which members can take the outputs.
    var shares: Int { (outputs + Self.share - 1) / Self.share }

    /// Stacks the outputs of several layers over the same input, so that one product computes them all.
    ///
    /// - Parameter parts: weights (outputs x `inputs`) and biases (outputs), shapes already checked, values finite; either all have a bias or none has.
    /// - Throws: `argument` named `precision` if the layer is too wide for it.
    init(inputs: Int, parts: [(weight: Tensor, bias: Tensor?)], precision: Precision = .float32) throws(Failure) {
        guard precision != .int8 || inputs <= CK_WIDEST_S8 else {
            throw .argument(
                "precision", expected: "float32 or bfloat16 (a layer of this model has \(inputs) inputs)", got: "int8")
        }
        self.inputs = inputs
        self.precision = precision
        outputs = parts.reduce(0) { $0 + $1.weight.shape[0] }
        packed = try Self.pack(parts.map(\.weight), inputs: inputs, outputs: outputs, precision)
        bias = try Self.stack(parts.compactMap(\.bias), count: parts.contains { $0.bias == nil } ? 0 : outputs)
    }

    /// Floats of scratch that `apply` needs for `rows` rows.
    func scratchCount(_ rows: Int) -> Int {
        precision.low.map { ck_left_bytes_low($0, rows, inputs) / MemoryLayout<Float>.stride } ?? 0
    }

    /// `y` (rows x outputs, no gaps) = activation(x W^T + b) for `rows` rows of `x` (no gaps). `scratch` has room for `scratchCount(rows)`.
    ///
    /// The members share the outputs, so that each reads a part of the weights: over the few tokens of one text that is what takes the time.
    func apply(
        _ rows: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
        _ activation: ck_activation = CK_IDENTITY, scratch: UnsafeMutablePointer<Float>, by member: TeamMember
    ) throws(Failure) {
        if let low = precision.low {
            let width = scratchCount(1)
            try member.share(rows) { part in
                let first = part.lowerBound
                ck_left_low(low, part.count, inputs, x + first * inputs, inputs, scratch + first * width)
            }
        }
        let left = precision.low == nil ? x : UnsafePointer(scratch)
        try member.share(shares) { part in
            let end = min(part.upperBound * Self.share, outputs)
            multiply(rows, left, part.lowerBound * Self.share..<end, activation, y)
        }
    }

    /// The given outputs of `y`, from rows that are in the layer's precision. Outputs begin at a multiple of `CK_PANEL`.
    func multiply(
        _ rows: Int, _ left: UnsafePointer<Float>, _ part: Range<Int>, _ activation: ck_activation,
        _ y: UnsafeMutablePointer<Float>
    ) {
        let first = part.lowerBound
        let addend = bias.map { UnsafePointer($0.start.assumingMemoryBound(to: Float.self)) }
        if let low = precision.low {
            ck_gemm_low(
                low, rows, outputs, inputs, left, packed.start, first, part.upperBound, addend, activation, y, outputs)
        } else {
            let panels = packed.start.assumingMemoryBound(to: Float.self) + ck_packed_count_f32(first, inputs)
            ck_gemm_activation_f32(
                rows, part.count, inputs, left, inputs, panels, addend.map { $0 + first }, activation, y + first,
                outputs)
        }
    }

    private static func pack(
        _ weights: [Tensor], inputs: Int, outputs: Int, _ precision: Precision
    ) throws(Failure) -> Storage {
        let bytes =
            precision.low.map { ck_packed_bytes_low($0, outputs, inputs) }
            ?? ck_packed_count_f32(outputs, inputs) * MemoryLayout<Float>.stride
        let packed = try Storage(byteCount: bytes, zeroed: false)
        func pack(_ rows: UnsafePointer<Float>?) {
            if let low = precision.low {
                ck_pack_low(low, outputs, inputs, rows, inputs, packed.start)
            } else {
                let target = packed.start.assumingMemoryBound(to: Float.self)
                ck_pack_f32(outputs, inputs, rows, inputs, 1, target)
            }
        }
        if weights.count == 1 {
            try weights[0].withElements(as: Float.self) { pack($0.baseAddress) }
        } else if let side = try stack(weights, count: outputs * inputs) {
            // Panels of 16 outputs may span two parts, so the rows are put side by side first.
            withExtendedLifetime(side) { pack(side.start.assumingMemoryBound(to: Float.self)) }
        }
        return packed
    }

    /// The values of `parts` one after the other, `count` in all; nil for none.
    private static func stack(_ parts: [Tensor], count: Int) throws(Failure) -> Storage? {
        guard count > 0 else { return nil }
        let storage = try Storage(byteCount: count * MemoryLayout<Float>.stride, zeroed: false)
        let target = UnsafeMutableBufferPointer(
            start: storage.start.assumingMemoryBound(to: Float.self), count: count)
        var next = 0
        for part in parts {
            try part.withElements(as: Float.self) { values in
                _ = UnsafeMutableBufferPointer(rebasing: target[next..<next + values.count])
                    .update(fromContentsOf: values)
            }
            next += part.count
        }
        return storage
    }
}
