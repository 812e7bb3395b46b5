import CKernels
import Support
import Tensors

/// A linear layer y = x W^T + b, its weight packed once for the matrix kernels.
struct Linear: Sendable {
    /// Values in a row of x.
    let inputs: Int
    /// Values in a row of y.
    let outputs: Int
    private let packed: Storage
    private let bias: Storage?

    /// Stacks the outputs of several layers over the same input, so that one product computes them all.
    ///
    /// - Parameter parts: weights (outputs x `inputs`) and biases (outputs), shapes already checked; either all have a bias or none has.
    init(inputs: Int, parts: [(weight: Tensor, bias: Tensor?)]) throws(Failure) {
        self.inputs = inputs
        outputs = parts.reduce(0) { $0 + $1.weight.shape[0] }
        packed = try Storage(byteCount: ck_packed_count_f32(outputs, inputs) * MemoryLayout<Float>.stride)
        bias = parts.allSatisfy { $0.bias != nil } ? try Storage(byteCount: outputs * MemoryLayout<Float>.stride) : nil
        let target = packed.start.assumingMemoryBound(to: Float.self)
        let (inputs, outputs) = (inputs, outputs)
        if parts.count == 1 {
            try parts[0].weight.withElements(as: Float.self) { weight in
                ck_pack_f32(outputs, inputs, weight.baseAddress, inputs, 1, target)
            }
        } else {
            // Panels of 16 outputs may span two parts, so the rows are put side by side first.
            let side = try Storage(byteCount: outputs * inputs * MemoryLayout<Float>.stride, zeroed: false)
            defer { withExtendedLifetime(side) {} }
            let stacked = UnsafeMutableBufferPointer(
                start: side.start.assumingMemoryBound(to: Float.self), count: outputs * inputs)
            var row = 0
            for part in parts {
                try part.weight.withElements(as: Float.self) { weight in
                    _ = UnsafeMutableBufferPointer(rebasing: stacked[row * inputs..<row * inputs + weight.count])
                        .update(fromContentsOf: weight)
                }
                row += part.weight.shape[0]
            }
            ck_pack_f32(outputs, inputs, stacked.baseAddress, inputs, 1, target)
        }
        guard let bias else { return }
        var at = bias.start.assumingMemoryBound(to: Float.self)
        for part in parts {
            try part.bias?.withElements(as: Float.self) { values in
                guard let first = values.baseAddress else { return }
                at.update(from: first, count: values.count)
                at += values.count
            }
        }
    }

    /// `y` (rows x outputs, no gaps) = activation(x W^T + b) for `rows` rows of `x` (no gaps).
    func apply(
        _ rows: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
        _ activation: ck_activation = CK_IDENTITY
    ) {
        let weight = UnsafePointer(packed.start.assumingMemoryBound(to: Float.self))
        let addend = bias.map { UnsafePointer($0.start.assumingMemoryBound(to: Float.self)) }
        ck_gemm_activation_f32(rows, outputs, inputs, x, inputs, weight, addend, activation, y, outputs)
    }
}
