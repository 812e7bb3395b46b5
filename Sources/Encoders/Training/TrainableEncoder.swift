import Learning
import Support
import Tensors
import Tokenizers

/// A BERT-family encoder whose parameters learn: token ids in, one vector a text out, recorded for gradients.
///
/// Texts are computed one after the other without padding. The parameters have the names that transformers gives them, and attention is
/// computed in full float32 scores (PyTorch calls this path "eager").
public final class TrainableEncoder: Layer, @unchecked Sendable {
    /// What of it is no parameter.
    let parts: EncoderParts
    let configuration: EncoderConfiguration
    let embeddings: EncoderEmbeddings
    let stack: [EncoderBlock]
    private let rate: Double

    /// The encoder of a model folder, its weights copied so that they may change.
    ///
    /// - Parameters:
    ///   - maxTokens: the most tokens of one text; nil takes the model's own limit.
    ///   - pooling: replaces the pooling that the model names.
    ///   - prompt: the name of one of the model's prompts, or the text itself, put before every text.
    ///   - dropout: share of the embeddings, and of what each half of a layer adds, dropped while training.
    ///   - seed: starts the draws of dropout.
    /// - Throws: `file` or `format` for a folder that cannot be used; `argument` named `max_tokens` or `prompt`.
    public convenience init(
        folder: String, maxTokens: Int? = nil, pooling: Pooling? = nil, prompt: String? = nil, dropout: Double = 0,
        seed: UInt64 = 0
    ) throws(Failure) {
        let parts = try EncoderParts(folder: folder, maxTokens: maxTokens, pooling: pooling, prompt: prompt)
        try self.init(parts, weights: BertWeights(folder: parts.transformer ?? folder), dropout: dropout, seed: seed)
    }

    /// An encoder that knows nothing yet: weights normal with deviation 0.02, as BERT begins.
    ///
    /// - Parameter sizes: what the model is like.
    public convenience init(
        _ sizes: EncoderSizes, tokenizer: TokenizerSource, dropout: Double = 0, seed: UInt64
    ) throws(Failure) {
        try self.init(EncoderParts(sizes, tokenizer), weights: nil, dropout: dropout, seed: seed)
    }

    init(_ parts: EncoderParts, weights: BertWeights?, dropout: Double, seed: UInt64) throws(Failure) {
        self.parts = parts
        let configuration = try EncoderConfiguration(parts.configuration, parts.name)
        self.configuration = configuration
        rate = dropout
        var source = ParameterSource(weights: weights, seed: seed)
        embeddings = try EncoderEmbeddings(configuration, &source, dropout: dropout)
        var stack: [EncoderBlock] = []
        for index in 0..<configuration.layers {
            stack.append(try EncoderBlock(configuration, index, &source, dropout: dropout))
        }
        self.stack = stack
    }

    /// Size of a text's vector.
    public var dimension: Int { configuration.hidden * parts.pooling.count }
    /// Entries of the vocabulary that it has embeddings for.
    public var vocabularySize: Int { configuration.vocabulary }
    /// Turns text into token ids.
    public var tokenizer: Tokenizer { parts.tokenizer }

    public override var kind: String { "encoder" }
    public override var words: String { "encoder(\"\(parts.name)\")" }
    public override var blocks: [Layer] { stack }
    public override var children: [(name: String, layer: Layer)] {
        [("embeddings", embeddings)] + stack.enumerated().map { ("encoder.layer.\($0)", $1) }
    }
    public override var settings: JSON? {
        guard var settings = parts.description?.object else { return nil }
        settings["dropout"] = .double(rate)
        return .object(settings)
    }

    /// The encoder that a file of `nn` describes, its parameters still to be filled in.
    public static func make(_ settings: JSON) throws(Failure) -> Layer {
        try TrainableEncoder(
            EncoderParts(description: settings), weights: nil, dropout: settings["dropout"]?.double ?? 0, seed: 0)
    }

    /// Vectors [n, dimension] of token ids [n, tokens] as `tokens` gives them: below 0 where a text has ended.
    public override func forward(_ inputs: [Tensor], _ recorder: Recorder) throws(Failure) -> Tensor {
        let ids = try single(inputs)
        let learns = recorder.work.recordsGradients && parameters.contains { !$0.parameter.isFrozen }
        // Texts do not depend on each other: where nothing is kept for the way back, a few at a time take less memory.
        var vectors: [Tensor] = []
        for tokens in try PackedTokens.packed(ids, words, most: learns ? .max : 4096) {
            vectors.append(try pool(hidden(tokens, recorder), tokens.starts, recorder))
        }
        guard vectors.count != 1 else { return vectors[0] }
        guard !vectors.isEmpty else { return try Tensor.zeros([0, dimension]) }
        return try Tensor.concat(vectors, dim: 0, work: recorder.work)
    }

    /// The last layer's vectors of all tokens of ids [n, tokens], text after text: [tokens of all texts, hidden].
    public func tokenVectors(_ ids: Tensor, _ recorder: Recorder) throws(Failure) -> Tensor {
        guard let tokens = try PackedTokens.packed(ids, words, most: .max).first else {
            return try Tensor.zeros([0, configuration.hidden])
        }
        return try hidden(tokens, recorder)
    }

    /// The last layer's vectors of all tokens, [tokens, hidden].
    func hidden(_ tokens: PackedTokens, _ recorder: Recorder) throws(Failure) -> Tensor {
        var x = try embeddings.forward(tokens, parts.name, recorder)
        for block in stack {
            try recorder.work.cancellation.check()
            x = try block.forward(x, tokens.starts, recorder)
        }
        return x
    }

    public override func trace(
        _ inputs: [Tensor], _ recorder: Recorder, _ seen: (_ path: String, _ part: Layer, _ output: Tensor) -> Void
    ) throws(Failure) {
        for tokens in try PackedTokens.packed(single(inputs), words, most: 4096) {
            var x = try embeddings.forward(tokens, parts.name, recorder)
            seen("embeddings", embeddings, x)
            for (index, block) in stack.enumerated() {
                x = try block.forward(x, tokens.starts, recorder)
                seen("encoder.layer.\(index)", block, x)
            }
        }
    }

    private func pool(_ x: Tensor, _ starts: [Int], _ recorder: Recorder) throws(Failure) -> Tensor {
        var vectors: [Tensor] = []
        for pooling in parts.pooling {
            vectors.append(
                try pooling == .max
                    ? recorder.maxima(x, starts: starts)
                    : recorder.sums(x, starts: starts, weights: pooling.weights(starts)))
        }
        return vectors.count == 1 ? vectors[0] : try recorder.concat(vectors, dim: 1)
    }
}

extension Pooling {
    /// What each token counts in its text's vector, where that is a sum.
    fileprivate func weights(_ starts: [Int]) -> [Float] {
        zip(starts, starts.dropFirst()).flatMap { first, end in
            let count = end - first
            return (0..<Swift.max(count, 0)).map { token -> Float in
                switch self {
                case .cls: token == 0 ? 1 : 0
                case .last: token == count - 1 ? 1 : 0
                case .mean, .max: 1 / Float(count)
                case .meanSqrt: 1 / Float(count).squareRoot()
                case .weighted: Float(token + 1) / (Float(count) * Float(count + 1) / 2)
                }
            }
        }
    }
}

extension PackedTokens {
    /// The texts of ids [n, tokens], runs of them with up to `most` tokens together, or one text.
    static func packed(_ ids: Tensor, _ words: String, most: Int) throws(Failure) -> [PackedTokens] {
        guard ids.rank == 2 else {
            throw .operation(
                "\(words) takes token ids [n, tokens], got shape \(ids.shape)",
                hint: "tokens(texts) makes them, or hand in the texts themselves")
        }
        let width = ids.shape[1]
        return try ids.withElements(as: Int32.self) { numbers in
            var runs: [PackedTokens] = []
            var run = PackedTokens()
            for row in 0..<ids.shape[0] {
                let text = numbers[row * width..<(row + 1) * width].filter { $0 >= 0 }
                if run.count > 0, run.ids.count + text.count > most {
                    runs.append(run)
                    run = PackedTokens()
                }
                run.append(text)
            }
            return run.count > 0 ? runs + [run] : runs
        }
    }
}
