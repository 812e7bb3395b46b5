import Support
import Tensors
import Tokenizers

extension TrainableEncoder {
    /// The token ids of texts, int32 [texts, tokens of the longest]: special tokens and prompt included, cut to the most that the encoder
    /// takes, -1 where a text has ended.
    public func tokens(_ texts: [[UInt8]], work: Work = Work()) throws(Failure) -> Tensor {
        guard !texts.isEmpty else { throw .argument("texts", expected: "at least one text", got: "an empty list") }
        let prompted = parts.prompt.isEmpty ? texts : texts.map { parts.prompt + $0 }
        let ids = try tokenizer.ids(prompted, maximumLength: parts.maxTokens, work: work)
        let width = ids.reduce(0) { max($0, $1.count) }
        return try Tensor.build([ids.count, width], of: Int32.self) { target in
            for (row, text) in ids.enumerated() {
                for column in 0..<width { target[row * width + column] = column < text.count ? text[column] : -1 }
            }
        }
    }
}
