import Support
import Tokenizers

/// Where a tokenizer's description lies: a tokenizer.json, or its content.
public enum TokenizerSource: Sendable {
    case file(String)
    case content(JSON)

    /// The content.
    func json() throws(Failure) -> JSON {
        switch self {
        case .file(let path): try JSON.read(path)
        case .content(let json): json
        }
    }

    /// The tokenizer.
    func load() throws(Failure) -> Tokenizer {
        switch self {
        case .file(let path): try Tokenizer(file: path)
        case .content(let json): try Tokenizer(json: json)
        }
    }
}

/// What a new encoder is like.
public struct EncoderSizes: Sendable {
    /// Layers, size of a token's vector, heads of attention, size between the two products of a layer's feed-forward part.
    public var layers: Int, hidden: Int, heads: Int, intermediate: Int
    /// The most tokens of one text.
    public var maxTokens: Int

    /// What a new encoder is like.
    public init(layers: Int, hidden: Int, heads: Int, intermediate: Int, maxTokens: Int) {
        (self.layers, self.hidden, self.heads) = (layers, hidden, heads)
        (self.intermediate, self.maxTokens) = (intermediate, maxTokens)
    }
}

/// What makes an encoder beside its parameters.
struct EncoderParts: Sendable {
    /// What messages call it.
    let name: String
    /// The content of its config.json.
    let configuration: JSON
    let tokenizer: Tokenizer
    let source: TokenizerSource
    /// The poolings whose results are put side by side.
    let pooling: [Pooling]
    /// Whether the saved model makes its vectors unit length.
    let normalizes: Bool
    let maxTokens: Int
    /// Put before every text.
    let prompt: [UInt8]
    let prompts: [(name: String, text: [UInt8])]
    let defaultPrompt: String?
    /// The folder of the transformer that it was loaded from.
    let transformer: String?

    init(folder: String, maxTokens: Int?, pooling: Pooling?, prompt: String?) throws(Failure) {
        guard FileSystem.isFolder(folder) else {
            throw .file(
                folder, "is not a folder",
                hint: "a model is a folder with config.json, model.safetensors and tokenizer.json")
        }
        var json = JSON.null
        var longest = 0
        let pipeline = try SentencePipeline(
            folder: folder,
            hidden: { (place) throws(Failure) in
                let path = "\(place)/config.json"
                json = try JSON.read(path)
                let configuration = try EncoderConfiguration(json, path)
                longest = configuration.longest
                return configuration.hidden
            }, override: pooling)
        guard pipeline.dense.isEmpty else {
            throw .format(
                "\(folder)/modules.json", "names a Dense module, with which encoders can be used but not trained",
                hint: "text.encoder loads it")
        }
        name = FileSystem.lastComponent(of: folder)
        configuration = json
        source = .file("\(pipeline.transformer)/tokenizer.json")
        tokenizer = try source.load()
        self.pooling = pipeline.pooling
        normalizes = pipeline.normalizes
        (prompts, defaultPrompt) = (pipeline.prompts, pipeline.defaultPrompt)
        transformer = pipeline.transformer
        let named = prompt ?? pipeline.defaultPrompt
        self.prompt = prompts.first { $0.name == named }?.text ?? prompt.map { Array($0.utf8) } ?? []
        if pipeline.leavesOutPrompt, !self.prompt.isEmpty {
            throw .argument(
                "prompt", expected: "no prompt (this model pools without the prompt's tokens, which is not supported)",
                got: "'\(named ?? "")'")
        }
        self.maxTokens = maxTokens ?? min(pipeline.maxLength ?? longest, longest)
        try checkLength(longest)
    }

    init(_ sizes: EncoderSizes, _ source: TokenizerSource) throws(Failure) {
        guard sizes.heads > 0, sizes.hidden % sizes.heads == 0 else {
            throw .argument("hidden", expected: "a multiple of \(sizes.heads) (heads)", got: "\(sizes.hidden)")
        }
        name = "new"
        self.source = source
        tokenizer = try source.load()
        configuration = [
            "architectures": ["BertModel"], "model_type": "bert", "vocab_size": JSON(tokenizer.vocabularySize),
            "hidden_size": JSON(sizes.hidden), "num_hidden_layers": JSON(sizes.layers),
            "num_attention_heads": JSON(sizes.heads), "intermediate_size": JSON(sizes.intermediate),
            "hidden_act": "gelu", "max_position_embeddings": JSON(sizes.maxTokens), "type_vocab_size": 2,
            "layer_norm_eps": 1e-12, "pad_token_id": JSON(Int(tokenizer.paddingId)),
        ]
        (pooling, normalizes, maxTokens) = ([.mean], false, sizes.maxTokens)
        (prompt, prompts, defaultPrompt, transformer) = ([], [], nil, nil)
        try checkLength(sizes.maxTokens)
    }

    private func checkLength(_ longest: Int) throws(Failure) {
        let least = max(1, tokenizer.specialTokenCount)
        guard (least...max(least, longest)).contains(maxTokens) else {
            throw .argument(
                "max_tokens", expected: "integer from \(least) (the special tokens) to \(longest) (the positions)",
                got: "\(maxTokens)")
        }
    }

    // MARK: - In files of nn

    private static let broken = Failure.operation("does not describe its encoder as nn writes it")

    /// All that `init(description:)` needs, the tokenizer's content in it; nil if that cannot be read any more.
    var description: JSON? {
        guard let tokenizer = try? source.json() else { return nil }
        return [
            "name": JSON(name), "config": configuration, "tokenizer": tokenizer,
            "pooling": .array(pooling.map { JSON($0.rawValue) }), "normalize": .bool(normalizes),
            "max_tokens": JSON(maxTokens), "prompt": .string(ByteString(prompt)),
        ]
    }

    init(description: JSON) throws(Failure) {
        guard let name = description["name"]?.string, let configuration = description["config"],
            let tokenizer = description["tokenizer"], let pooling = description["pooling"]?.array,
            let maxTokens = description["max_tokens"]?.int, let normalizes = description["normalize"]?.bool
        else { throw Self.broken }
        (self.name, self.configuration, self.maxTokens, self.normalizes) = (name, configuration, maxTokens, normalizes)
        source = .content(tokenizer)
        self.tokenizer = try source.load()
        self.pooling = pooling.compactMap { $0.string.flatMap(Pooling.init(rawValue:)) }
        guard !self.pooling.isEmpty else { throw Self.broken }
        prompt = description["prompt"]?.bytes ?? []
        (prompts, defaultPrompt, transformer) = ([], nil, nil)
        try checkLength(EncoderConfiguration(configuration, name).longest)
    }
}
