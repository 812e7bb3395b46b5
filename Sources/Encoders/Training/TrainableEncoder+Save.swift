import Support
import Tensors

extension TrainableEncoder {
    /// Writes the encoder as a folder that transformers, sentence-transformers and `TextEncoder` load: whole or not at all.
    ///
    /// - Parameters:
    ///   - path: the folder to make.
    ///   - replaces: whether a folder of that name makes way; otherwise it is an error.
    public func save(to path: String, replaces: Bool = false, work: Work = Work()) throws(Failure) {
        guard replaces || !FileSystem.exists(path) else {
            throw .file(path, "is there already", hint: "{replace = true} writes over it")
        }
        var tensors: [(name: String, tensor: Tensor)] = []
        for (name, parameter) in parameters { tensors.append((name, parameter.tensor.detached)) }
        tensors += try untrained()
        var target = try AtomicFolder(path)
        let folder = target.temporaryPath
        do throws(Failure) {
            let size = tensors.reduce(0) { $0 + $1.tensor.count * $1.tensor.dtype.byteCount }
            try FileSystem.requireSpace(size, at: folder)
            try Safetensors.write(
                "\(folder)/\(WeightFiles.singleFile)", tensors, metadata: [("format", "pt")], work: work)
            try write(savedConfiguration, "\(folder)/config.json")
            try write(parts.source.json(), "\(folder)/tokenizer.json")
            try copyTexts(to: folder)
            try writeModules(to: folder)
        } catch {
            throw error.moved(from: folder, to: path)
        }
        try target.commit(replacing: replaces)
    }

    /// What the model's file has beside the parameters that learn here, such as a pooler, is handed on.
    private func untrained() throws(Failure) -> [(name: String, tensor: Tensor)] {
        guard let folder = parts.transformer, let weights = try? BertWeights(folder: folder) else { return [] }
        var tensors: [(name: String, tensor: Tensor)] = []
        for name in ["pooler.dense.weight", "pooler.dense.bias"] where weights.contains(name) {
            tensors.append((name, try weights.tensor(name, weights.shape(of: name)).clone()))
        }
        return tensors
    }

    private var savedConfiguration: JSON {
        guard var object = parts.configuration.object else { return parts.configuration }
        let classes = [
            "bert": "BertModel", "roberta": "RobertaModel", "xlm-roberta": "XLMRobertaModel",
            "camembert": "CamembertModel",
        ]
        if let name = classes[object["model_type"]?.string ?? ""] { object["architectures"] = [JSON(name)] }
        object["torch_dtype"] = "float32"
        return .object(object)
    }

    /// The small files that say how the tokenizer is called and where the model is from.
    private func copyTexts(to folder: String) throws(Failure) {
        let special = "special_tokens_map.json", named = "tokenizer_config.json"
        if let source = parts.transformer {
            let names = try FileSystem.names(in: source).filter { name in
                [special, named, "vocab.txt", "sentencepiece.bpe.model"].contains(name) || name.hasPrefix("LICENSE")
                    || name.hasPrefix("NOTICE")
            }
            for name in names { try write(FileSystem.content(of: "\(source)/\(name)"), "\(folder)/\(name)") }
        }
        guard !FileSystem.exists("\(folder)/\(named)") else { return }
        var settings = JSONObject()
        settings["tokenizer_class"] = "PreTrainedTokenizerFast"
        settings["model_max_length"] = JSON(configuration.longest)
        let roles = [
            ("unk_token", ["[UNK]", "<unk>"]), ("sep_token", ["[SEP]", "</s>"]), ("pad_token", ["[PAD]", "<pad>"]),
            ("cls_token", ["[CLS]", "<s>"]), ("mask_token", ["[MASK]", "<mask>"]),
        ]
        for (role, names) in roles {
            if let name = names.first(where: { tokenizer.id(of: ByteString($0)) != nil }) {
                settings[role] = JSON(name)
            }
        }
        try write(.object(settings), "\(folder)/\(named)")
    }

    /// What sentence-transformers wants to know.
    private func writeModules(to folder: String) throws(Failure) {
        let kinds = ["Transformer", "Pooling"] + (parts.normalizes ? ["Normalize"] : [])
        let modules = kinds.enumerated().map { index, kind -> JSON in
            [
                "idx": JSON(index), "name": JSON(String(index)), "path": JSON(index == 0 ? "" : "\(index)_\(kind)"),
                "type": JSON("sentence_transformers.models.\(kind)"),
            ]
        }
        try write(.array(modules), "\(folder)/modules.json")
        for (index, kind) in kinds.enumerated().dropFirst() { try FileSystem.makeFolder("\(folder)/\(index)_\(kind)") }
        var pooling = JSONObject()
        pooling["word_embedding_dimension"] = JSON(configuration.hidden)
        let keys: [(String, Pooling)] = [
            ("cls_token", .cls), ("mean_tokens", .mean), ("max_tokens", .max), ("mean_sqrt_len_tokens", .meanSqrt),
            ("weightedmean_tokens", .weighted), ("lasttoken", .last),
        ]
        for (key, kind) in keys { pooling["pooling_mode_\(key)"] = .bool(parts.pooling.contains(kind)) }
        try write(.object(pooling), "\(folder)/1_Pooling/config.json")
        try write(
            ["max_seq_length": JSON(parts.maxTokens), "do_lower_case": false], "\(folder)/sentence_bert_config.json")
        var prompts = JSONObject()
        for (name, text) in parts.prompts { prompts[name] = .string(ByteString(text)) }
        try write(
            [
                "prompts": .object(prompts),
                "default_prompt_name": parts.defaultPrompt.map { JSON($0) } ?? .null,
            ], "\(folder)/config_sentence_transformers.json")
    }

    private func write(_ json: JSON, _ path: String) throws(Failure) { try write(json.encoded(), path) }

    private func write(_ bytes: [UInt8], _ path: String) throws(Failure) {
        var file = try AtomicFile(path)
        try file.write(bytes)
        try file.commit()
    }
}
