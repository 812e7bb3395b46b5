import Support
import Tensors

/// x w' + b.
public final class Linear: Layer, @unchecked Sendable {
    /// [outputs, inputs]
    public let weight: Trainable
    /// [outputs]
    public let bias: Trainable?
    private let inputs: Int
    private let outputs: Int

    /// Weights and bias are drawn evenly from ±1 / sqrt(inputs), as PyTorch does (He's initialisation with a = sqrt 5).
    public init(inputs: Int, outputs: Int, hasBias: Bool = true, seed: UInt64) throws(Failure) {
        var seeds = SeededGenerator(seed: seed)
        let bound = 1 / Double(max(1, inputs)).squareRoot()
        (self.inputs, self.outputs) = (inputs, outputs)
        weight = try .uniform([outputs, inputs], bound, &seeds)
        bias = hasBias ? try .uniform([outputs], bound, &seeds) : nil
    }

    /// With these weights, [outputs, inputs], and this bias.
    public init(weight: Trainable, bias: Trainable?) {
        (self.weight, self.bias) = (weight, bias)
        (inputs, outputs) = (weight.tensor.shape[1], weight.tensor.shape[0])
    }

    public override var kind: String { "linear" }
    public override var words: String { "linear(\(inputs), \(outputs))" }
    public override var ownParameters: [(name: String, parameter: Trainable)] {
        [("weight", weight)] + (bias.map { [("bias", $0)] } ?? [])
    }
    public override var settings: JSON? {
        ["inputs": JSON(inputs), "outputs": JSON(outputs), "bias": .bool(bias != nil)]
    }

    public override func forward(_ inputs: [Tensor], _ recorder: Recorder) throws(Failure) -> Tensor {
        let x = try single(inputs)
        try checkWidth(x, self.inputs)
        let rows = try recorder.convert(x, to: weight.tensor.dtype)
        return try recorder.affine(rows, weight.tensor, bias?.tensor)
    }
}
