import Support

/// What a sentence-transformers folder adds to a transformer: modules.json and the files it points to. A folder without modules.json
/// is pooled by the mean, as sentence-transformers does.
struct SentencePipeline: Sendable {
    /// Where config.json, the weights and tokenizer.json lie.
    private(set) var transformer: String
    /// Poolings whose results are put side by side.
    private(set) var pooling: [Pooling] = [.mean]
    private(set) var dense: [DenseModule] = []
    private(set) var normalizes = false
    /// The model's own limit of tokens a text, special tokens included.
    private(set) var maxLength: Int?
    /// The file that sets the limit, if one does.
    private(set) var limitsFile: String?
    /// Texts that the model wants before a text, by name.
    private(set) var prompts: [(name: String, text: [UInt8])] = []
    /// The prompt used when none is asked for.
    private(set) var defaultPrompt: String?
    /// Whether pooling leaves the prompt's tokens out, which is not supported with a prompt.
    private(set) var leavesOutPrompt = false

    /// Reads the folder. `override` replaces the poolings that the model names.
    init(folder: String, hidden: (_ transformer: String) throws(Failure) -> Int, override: Pooling?) throws(Failure) {
        transformer = folder
        let path = "\(folder)/modules.json"
        let modules = FileSystem.exists(path) ? try Self.modules(path) : []
        if let first = modules.first(where: { $0.type == "Transformer" }) {
            transformer = Self.join(folder, first.path)
        }
        if let override { pooling = [override] }
        var width = try hidden(transformer)
        let size = width
        for module in modules {
            let place = Self.join(folder, module.path)
            switch module.type {
            case "Transformer", "Dropout": break
            case "Pooling":
                try readPooling("\(place)/config.json", size: size, override: override)
                width = size * pooling.count
            case "Dense":
                let layer = try DenseModule(folder: place, inputs: width)
                dense.append(layer)
                width = layer.linear.outputs
            case "Normalize": normalizes = true
            default:
                throw .format(
                    path, "the module '\(module.type)' is not supported",
                    hint: "known are: Transformer, Pooling, Dense, Normalize, Dropout")
            }
        }
        let limits = "\(transformer)/sentence_bert_config.json"
        if FileSystem.exists(limits), let length = try JSON.read(limits)["max_seq_length"], !length.isNull {
            guard let number = length.int, number > 0 else {
                throw .format(limits, at: "max_seq_length", "a positive integer expected, got \(length.inWords)")
            }
            maxLength = number
            limitsFile = limits
        }
        try readPrompts("\(folder)/config_sentence_transformers.json")
    }

    private static func modules(_ path: String) throws(Failure) -> [(type: String, path: String)] {
        guard let list = try JSON.read(path).array else { throw .format(path, "a list of modules expected") }
        var modules: [(type: String, path: String)] = []
        for module in list {
            guard let type = module["type"]?.string, let place = module["path"]?.string else {
                throw .format(path, "every module must have a type and a path")
            }
            guard !place.hasPrefix("/"), !place.split(separator: "/").contains("..") else {
                throw .format(path, "the path '\(place)' leads out of the model's folder")
            }
            modules.append((type.split(separator: ".").last.map(String.init) ?? type, place))
        }
        return modules
    }

    private static func join(_ folder: String, _ path: String) -> String { path.isEmpty ? folder : "\(folder)/\(path)" }

    private mutating func readPooling(_ path: String, size: Int, override: Pooling?) throws(Failure) {
        let json = try JSON.read(path)
        if let width = json["word_embedding_dimension"], !width.isNull, width.int != size {
            throw .format(
                path, at: "word_embedding_dimension",
                "\(size) expected (the transformer's hidden_size), got \(width.inWords)")
        }
        leavesOutPrompt = json["include_prompt"]?.bool == false
        if override != nil { return }
        // Side by side in this order, which is the one of sentence-transformers.
        let flags: [(key: String, pooling: Pooling)] = [
            ("pooling_mode_cls_token", .cls), ("pooling_mode_max_tokens", .max), ("pooling_mode_mean_tokens", .mean),
            ("pooling_mode_mean_sqrt_len_tokens", .meanSqrt), ("pooling_mode_weightedmean_tokens", .weighted),
            ("pooling_mode_lasttoken", .last),
        ]
        let chosen = flags.filter { json[$0.key]?.bool == true }.map(\.pooling)
        if !chosen.isEmpty {
            pooling = chosen
            return
        }
        // Without any flag the word, without it the mean.
        guard let word = json["pooling_mode"]?.string else { return }
        let names: [(name: String, pooling: Pooling)] = [
            ("cls", .cls), ("max", .max), ("mean", .mean), ("mean_sqrt_len_tokens", .meanSqrt),
            ("weightedmean", .weighted),
            ("lasttoken", .last),
        ]
        guard let known = names.first(where: { $0.name == word }) else {
            throw .format(path, at: "pooling_mode", "'\(word)' is not supported")
        }
        pooling = [known.pooling]
    }

    private mutating func readPrompts(_ path: String) throws(Failure) {
        guard FileSystem.exists(path) else { return }
        let json = try JSON.read(path)
        for member in json["prompts"]?.object?.members ?? [] {
            guard let text = member.value.bytes else {
                throw .format(path, at: "prompts", "'\(member.key)' must be a string")
            }
            prompts.append((member.key.text, text))
        }
        defaultPrompt = json["default_prompt_name"]?.string
    }
}
