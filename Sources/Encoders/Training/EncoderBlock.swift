import CKernels
import Learning
import Support
import Tensors

/// Where parameters come from: a model's file, or chance.
struct ParameterSource {
    let weights: BertWeights?
    private var seeds: SeededGenerator

    init(weights: BertWeights?, seed: UInt64) { (self.weights, seeds) = (weights, SeededGenerator(seed: seed)) }

    mutating func seed() -> UInt64 { seeds.next() }

    /// The parameter of that name, or normal numbers with deviation 0.02.
    mutating func normal(_ name: String, _ shape: [Int]) throws(Failure) -> Trainable {
        if let weights { return try Trainable(weights.tensor(name, shape).clone()) }
        _ = try Tensor.elementCount(shape)
        let draws = try Tensor.randn(shape, seed: seeds.next())
        return try Trainable(Tensor.combine(.multiply, .tensor(draws), .scalar(.real(0.02))))
    }

    /// The parameter of that name, or one number everywhere.
    func constant(_ name: String, _ shape: [Int], _ value: Double) throws(Failure) -> Trainable {
        if let weights { return try Trainable(weights.tensor(name, shape).clone()) }
        return try Trainable(Tensor.full(shape, .real(value)))
    }

    mutating func linear(_ name: String, inputs: Int, outputs: Int) throws(Failure) -> Learning.Linear {
        Learning.Linear(
            weight: try normal("\(name).weight", [outputs, inputs]), bias: try constant("\(name).bias", [outputs], 0))
    }

    func layerNorm(_ name: String, _ configuration: EncoderConfiguration) throws(Failure) -> Learning.LayerNorm {
        // Old files call its tensors gamma and beta.
        let old = weights?.contains("\(name).gamma") ?? false
        return Learning.LayerNorm(
            weight: try constant("\(name).\(old ? "gamma" : "weight")", [configuration.hidden], 1),
            bias: try constant("\(name).\(old ? "beta" : "bias")", [configuration.hidden], 0),
            eps: Double(configuration.epsilon))
    }
}

/// The embeddings of words, positions and token type 0, added up and normalised.
final class EncoderEmbeddings: Layer, @unchecked Sendable {
    /// [vocabulary, hidden]
    let table: Trainable
    private let positions: Trainable
    private let types: Trainable?
    private let norm: Learning.LayerNorm
    private let dropout: Dropout?
    private let configuration: EncoderConfiguration

    init(
        _ configuration: EncoderConfiguration, _ source: inout ParameterSource, dropout: Double
    ) throws(Failure) {
        self.configuration = configuration
        let hidden = configuration.hidden
        table = try source.normal("embeddings.word_embeddings.weight", [configuration.vocabulary, hidden])
        positions = try source.normal("embeddings.position_embeddings.weight", [configuration.positions, hidden])
        types =
            configuration.tokenTypes > 0
            ? try source.normal("embeddings.token_type_embeddings.weight", [configuration.tokenTypes, hidden]) : nil
        norm = try source.layerNorm("embeddings.LayerNorm", configuration)
        self.dropout = dropout > 0 ? Dropout(rate: dropout, seed: source.seed()) : nil
    }

    override var kind: String { "embeddings" }
    override var words: String { "embeddings(\(configuration.vocabulary), \(configuration.hidden))" }
    override var ownParameters: [(name: String, parameter: Trainable)] {
        [("word_embeddings.weight", table), ("position_embeddings.weight", positions)]
            + (types.map { [("token_type_embeddings.weight", $0)] } ?? [])
    }
    override var children: [(name: String, layer: Layer)] {
        [("LayerNorm", norm)] + (dropout.map { [("dropout", $0)] } ?? [])
    }

    /// Rows [tokens, hidden].
    func forward(_ tokens: PackedTokens, _ model: String, _ recorder: Recorder) throws(Failure) -> Tensor {
        var ids: [Int] = []
        var places: [Int] = []
        for text in 0..<tokens.count {
            var next = configuration.firstPosition
            for token in tokens.starts[text]..<tokens.starts[text + 1] {
                let id = Int(tokens.ids[token])
                guard id < configuration.vocabulary else {
                    throw .operation(
                        "encoder(\"\(model)\") has embeddings of \(configuration.vocabulary) tokens, got the id \(id)",
                        hint: "ids count from 0 and are those of the encoder's own tokenizer: tokens(texts)")
                }
                ids.append(id)
                // As transformers counts: a padding token inside a text has a place of its own.
                let isPadding = id == configuration.padding
                guard isPadding || next < configuration.positions else {
                    throw .operation(
                        "encoder(\"\(model)\") has positions for \(configuration.longest) tokens, text \(text + 1) has more",
                        hint: "make its ids by tokens(texts), which cuts long texts")
                }
                places.append(isPadding ? id : next)
                if !isPadding { next += 1 }
            }
        }
        var x = try recorder.rows(table.tensor, ids)
        let placed = try recorder.rows(positions.tensor, places)
        if let types {
            let typed = try recorder.rows(types.tensor, [Int](repeating: 0, count: ids.count))
            x = try recorder.combine(.add, .tensor(x), .tensor(typed))
        }
        x = try recorder.layerNorm(x, adding: placed, norm.weight.tensor, norm.bias.tensor, eps: norm.eps)
        return try dropout?.forward([x], recorder) ?? x
    }
}

/// One layer: self-attention, then the feed-forward part, each added to its input and normalised (post-norm, as in BERT).
final class EncoderBlock: Layer, @unchecked Sendable {
    private let query, key, value, mixed, inner, outer: Learning.Linear
    private let norms: (Learning.LayerNorm, Learning.LayerNorm)
    private let dropouts: [Dropout]
    private let configuration: EncoderConfiguration

    init(
        _ configuration: EncoderConfiguration, _ index: Int, _ source: inout ParameterSource, dropout: Double
    ) throws(Failure) {
        self.configuration = configuration
        let name = "encoder.layer.\(index)"
        let (hidden, between) = (configuration.hidden, configuration.intermediate)
        query = try source.linear("\(name).attention.self.query", inputs: hidden, outputs: hidden)
        key = try source.linear("\(name).attention.self.key", inputs: hidden, outputs: hidden)
        value = try source.linear("\(name).attention.self.value", inputs: hidden, outputs: hidden)
        mixed = try source.linear("\(name).attention.output.dense", inputs: hidden, outputs: hidden)
        inner = try source.linear("\(name).intermediate.dense", inputs: hidden, outputs: between)
        outer = try source.linear("\(name).output.dense", inputs: between, outputs: hidden)
        norms = (
            try source.layerNorm("\(name).attention.output.LayerNorm", configuration),
            try source.layerNorm("\(name).output.LayerNorm", configuration)
        )
        dropouts =
            dropout > 0
            ? [Dropout(rate: dropout, seed: source.seed()), Dropout(rate: dropout, seed: source.seed())] : []
    }

    override var kind: String { "encoder_layer" }
    override var words: String { "encoder_layer(\(configuration.hidden), \(configuration.heads))" }
    override var children: [(name: String, layer: Layer)] {
        [
            ("attention.self.query", query), ("attention.self.key", key), ("attention.self.value", value),
            ("attention.output.dense", mixed), ("attention.output.LayerNorm", norms.0), ("intermediate.dense", inner),
            ("output.dense", outer), ("output.LayerNorm", norms.1),
        ] + zip(["attention.dropout", "output.dropout"], dropouts).map { ($0, $1) }
    }

    /// Rows [tokens, hidden] of texts that begin at `starts`.
    func forward(_ x: Tensor, _ starts: [Int], _ recorder: Recorder) throws(Failure) -> Tensor {
        let context = try recorder.attention(
            query.forward([x], recorder), key.forward([x], recorder), value.forward([x], recorder), starts: starts,
            heads: configuration.heads)
        let y = try add(mixed.forward([context], recorder), to: x, 0, norms.0, recorder)
        let between = try recorder.activation(configuration.activation, inner.forward([y], recorder))
        return try add(outer.forward([between], recorder), to: y, 1, norms.1, recorder)
    }

    private func add(
        _ part: Tensor, to x: Tensor, _ half: Int, _ norm: Learning.LayerNorm, _ recorder: Recorder
    ) throws(Failure) -> Tensor {
        let kept = dropouts.isEmpty ? part : try dropouts[half].forward([part], recorder)
        return try recorder.layerNorm(kept, adding: x, norm.weight.tensor, norm.bias.tensor, eps: norm.eps)
    }
}
