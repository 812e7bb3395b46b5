import Support
import Tensors
import Tokenizers

/// A text encoder from a Hugging Face or sentence-transformers folder: text in, one vector out.
///
/// Reads config.json, model.safetensors (or shards), tokenizer.json and, where present, modules.json, sentence_bert_config.json and
/// config_sentence_transformers.json. Models of the BERT family are supported (BERT, RoBERTa, XLM-RoBERTa, CamemBERT: MiniLM, e5, bge, gte, ...).
public final class TextEncoder: Sendable {
    /// The model's folder.
    public let folder: String
    /// Values in a text's vector.
    public let dimension: Int
    /// The most tokens of one text, special tokens and prompt included; what is beyond is cut off.
    public let maxLength: Int
    /// The poolings whose results are put side by side.
    public var pooling: [Pooling] { pipeline.pooling }
    /// Whether the model itself makes its vectors unit length.
    public var normalizesByItself: Bool { pipeline.normalizes }
    /// The prompt that `encode` uses when its options name none.
    public let prompt: String?
    /// The names of the prompts that the model knows.
    public var promptNames: [String] { pipeline.prompts.map(\.name) }
    /// The numbers that the model's products are computed with.
    public let precision: Precision
    /// Turns text into token ids.
    public let tokenizer: Tokenizer

    let model: BertModel
    let pipeline: SentencePipeline
    private let idle = Locked<[Scratch]>([])

    /// Loads the encoder in `folder`.
    ///
    /// - Parameters:
    ///   - precision: the numbers that products are computed with.
    ///   - maxLength: the most tokens of one text; nil takes the model's own limit.
    ///   - pooling: replaces the pooling that the model names.
    ///   - prompt: the name of one of the model's prompts, or the text itself, that is put before every text; nil takes the model's default.
    ///   - work: the threads that bring the layers' weights to where products want them.
    /// - Throws: `file` or `format` for a folder that cannot be used; `argument` named `precision`, `max_length` or `prompt`.
    public init(
        folder: String, precision: Precision = .float32, maxLength: Int? = nil, pooling: Pooling? = nil,
        prompt: String? = nil, work: Work = Work()
    ) throws(Failure) {
        guard FileSystem.isFolder(folder) else {
            throw .file(
                folder, "is not a folder",
                hint: "a model is a folder with config.json, model.safetensors and tokenizer.json")
        }
        self.folder = folder
        self.prompt = prompt
        self.precision = precision
        var loaded: BertModel?
        pipeline = try SentencePipeline(
            folder: folder,
            hidden: { (place) throws(Failure) in
                let model = try BertModel(folder: place, precision: precision, work: work)
                loaded = model
                return model.configuration.hidden
            }, override: pooling)
        guard let model = loaded else { throw .format(folder, "holds no transformer") }
        self.model = model
        dimension = pipeline.dense.last?.linear.outputs ?? model.configuration.hidden * pipeline.pooling.count
        let longest = model.configuration.longest
        if let maxLength, !(1...longest).contains(maxLength) {
            throw .argument(
                "max_length", expected: "integer from 1 to \(longest) (the model's positions)", got: "\(maxLength)")
        }
        self.maxLength = maxLength ?? min(pipeline.maxLength ?? longest, longest)
        tokenizer = try Tokenizer(folder: pipeline.transformer)
        try tokenizer.requireTypes(
            below: Swift.max(model.configuration.tokenTypes, 1), file: "\(pipeline.transformer)/tokenizer.json")
        let special = tokenizer.specialTokenCount
        guard self.maxLength >= special else {
            if maxLength != nil {
                throw .argument(
                    "max_length", expected: "integer from \(special) (the special tokens) to \(longest)",
                    got: "\(self.maxLength)")
            }
            let (file, key) =
                pipeline.limitsFile.map { ($0, "max_seq_length") }
                ?? ("\(pipeline.transformer)/config.json", "max_position_embeddings")
            throw .format(
                file, at: key, "room for the \(special) special tokens of a text expected, got \(self.maxLength)")
        }
        _ = try promptText(prompt)
    }

    /// The text put before every text for `prompt`: the prompt of that name, or the text itself; nil takes the model's default.
    ///
    /// - Throws: `argument` named `prompt` if the model's pooling would have to leave the prompt out.
    public func promptText(_ prompt: String?) throws(Failure) -> [UInt8] {
        let name = prompt ?? pipeline.defaultPrompt
        guard let name else { return [] }
        let text = pipeline.prompts.first { $0.name == name }?.text ?? (prompt == nil ? [] : Array(name.utf8))
        if pipeline.leavesOutPrompt, !text.isEmpty {
            throw .argument(
                "prompt", expected: "no prompt (this model pools without the prompt's tokens, which is not supported)",
                got: "'\(name)'")
        }
        return text
    }

    /// Scratch memory for one worker, to be given back.
    func takeScratch() -> Scratch { idle.withLock { $0.popLast() } ?? Scratch() }

    /// Keeps scratch memory for the next call.
    func giveBack(_ scratch: Scratch) { idle.withLock { $0.append(scratch) } }
}
