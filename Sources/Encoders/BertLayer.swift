import CKernels
import Support
import Tensors

/// One layer: self-attention, then the feed-forward part, each added to its input and normalised (post-norm, as in BERT).
struct BertLayer: Sendable {
    let queryKeyValue: Linear
    let attentionOutput: Linear
    let attentionNorm: LayerNorm
    let intermediate: Linear
    let output: Linear
    let outputNorm: LayerNorm

    init(
        _ weights: BertWeights, index: Int, configuration: EncoderConfiguration, precision: Precision
    ) throws(Failure) {
        let name = "encoder.layer.\(index)"
        let hidden = configuration.hidden, inner = configuration.intermediate, epsilon = configuration.epsilon
        var parts: [(weight: Tensor, bias: Tensor?)] = []
        for part in ["query", "key", "value"] {
            parts.append(try weights.linear("\(name).attention.self.\(part)", inputs: hidden, outputs: hidden))
        }
        func linear(_ part: String, inputs: Int, outputs: Int) throws(Failure) -> Linear {
            let weight = try weights.linear("\(name).\(part)", inputs: inputs, outputs: outputs)
            return try Linear(inputs: inputs, parts: [weight], precision: precision)
        }
        queryKeyValue = try Linear(inputs: hidden, parts: parts, precision: precision)
        attentionOutput = try linear("attention.output.dense", inputs: hidden, outputs: hidden)
        attentionNorm = try weights.layerNorm("\(name).attention.output.LayerNorm", size: hidden, epsilon: epsilon)
        intermediate = try linear("intermediate.dense", inputs: hidden, outputs: inner)
        output = try linear("output.dense", inputs: inner, outputs: hidden)
        outputNorm = try weights.layerNorm("\(name).output.LayerNorm", size: hidden, epsilon: epsilon)
    }
}
