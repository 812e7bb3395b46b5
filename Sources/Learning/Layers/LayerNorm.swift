import Support
import Tensors

/// Rows of mean 0 and variance 1, then scaled and moved by learnt numbers.
public final class LayerNorm: Layer, @unchecked Sendable {
    /// [size]
    public let weight: Trainable, bias: Trainable
    /// Added to the variance.
    public let eps: Double

    /// Begins with scales of 1 and moves of 0.
    public init(size: Int, eps: Double = 1e-5) throws(Failure) {
        weight = try .full([size], 1)
        bias = try .full([size], 0)
        self.eps = eps
    }

    /// With these scales and moves.
    public init(weight: Trainable, bias: Trainable, eps: Double) {
        (self.weight, self.bias, self.eps) = (weight, bias, eps)
    }

    public override var kind: String { "layer_norm" }
    public override var words: String { "layer_norm(\(weight.tensor.count))" }
    public override var ownParameters: [(name: String, parameter: Trainable)] {
        [("weight", weight), ("bias", bias)]
    }
    public override var settings: JSON? { ["size": JSON(weight.tensor.count), "eps": .double(eps)] }

    public override func forward(_ inputs: [Tensor], _ recorder: Recorder) throws(Failure) -> Tensor {
        let x = try single(inputs)
        try checkWidth(x, weight.tensor.count)
        return try recorder.layerNorm(
            recorder.convert(x, to: weight.tensor.dtype), weight.tensor, bias.tensor, eps: eps)
    }
}
