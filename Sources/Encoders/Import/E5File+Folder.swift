import Support

extension E5File {
    /// Writes the model as a Hugging Face folder that transformers and sentence-transformers load as well: a BertModel with mean pooling and
    /// normalised vectors, its Unigram tokenizer and the prompts "query: " and "passage: ".
    func write(to folder: String, charsmap: Charsmap, work: Work, progress: (Int) -> Void) throws(Failure) {
        try writeWeights(to: "\(folder)/model.safetensors", work: work, progress: progress)
        try work.cancellation.check()
        try Self.write(tokenizer(charsmap), to: "\(folder)/tokenizer.json", .compact)
        try Self.write(configuration, to: "\(folder)/config.json")
        try Self.write(tokenizerConfiguration, to: "\(folder)/tokenizer_config.json")
        try Self.write(.object(specialTokens), to: "\(folder)/special_tokens_map.json")
        try Self.write(
            ["max_seq_length": JSON(sizes.positions), "do_lower_case": false], to: "\(folder)/sentence_bert_config.json"
        )
        try Self.write(
            [
                "prompts": ["query": "query: ", "passage": "passage: "], "default_prompt_name": nil,
                "similarity_fn_name": "cosine",
            ], to: "\(folder)/config_sentence_transformers.json")
        let modules = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
        try Self.write(
            .array(
                modules.enumerated().map { index, module in
                    [
                        "idx": JSON(index), "name": JSON("\(index)"), "path": JSON(module.0),
                        "type": JSON("sentence_transformers.models.\(module.1)"),
                    ]
                }), to: "\(folder)/modules.json")
        try FileSystem.makeFolder("\(folder)/1_Pooling")
        try Self.write(
            [
                "word_embedding_dimension": JSON(sizes.hidden), "pooling_mode_cls_token": false,
                "pooling_mode_mean_tokens": true, "pooling_mode_max_tokens": false,
                "pooling_mode_mean_sqrt_len_tokens": false,
            ], to: "\(folder)/1_Pooling/config.json")
    }

    private static func write(_ json: JSON, to path: String, _ layout: JSONLayout = .pretty) throws(Failure) {
        var file = try AtomicFile(path)
        try file.write(json.encoded(layout))
        try file.write("\n")
        try file.commit()
    }

    private var configuration: JSON {
        [
            "architectures": ["BertModel"], "model_type": "bert", "tokenizer_class": "XLMRobertaTokenizer",
            "vocab_size": JSON(sizes.vocabulary), "hidden_size": JSON(sizes.hidden),
            "num_hidden_layers": JSON(sizes.layers),
            "num_attention_heads": JSON(sizes.heads), "intermediate_size": JSON(sizes.intermediate),
            "hidden_act": "gelu",
            "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1,
            "max_position_embeddings": JSON(sizes.positions), "type_vocab_size": JSON(sizes.types),
            // The shortest decimal that reads back as the file's float32 is the one that was meant: 1e-12.
            "layer_norm_eps": .double(Double(sizes.epsilon.description) ?? Double(sizes.epsilon)),
            "initializer_range": 0.02, "pad_token_id": JSON(special.pad), "position_embedding_type": "absolute",
            "use_cache": true, "torch_dtype": "float32",
        ]
    }

    // MARK: The tokenizer

    private var maskID: Int? { pieces.lastIndex(of: "<mask>") }

    private func text(_ id: Int) -> JSON { .string(pieces[id]) }

    private var specialTokens: JSONObject {
        var object = JSONObject()
        for (role, id) in [
            ("bos_token", special.bos), ("cls_token", special.bos), ("eos_token", special.eos),
            ("sep_token", special.eos),
            ("pad_token", special.pad), ("unk_token", special.unknown),
        ] {
            object[role] = text(id)
        }
        if let maskID { object["mask_token"] = text(maskID) }
        return object
    }

    private var tokenizerConfiguration: JSON {
        var object = specialTokens
        object["tokenizer_class"] = "XLMRobertaTokenizerFast"
        object["model_max_length"] = JSON(sizes.positions)
        return .object(object)
    }

    /// The tokenizer in the form of Hugging Face `tokenizers`: normalisation by the precompiled map, runs of blanks made one, a word begun by
    /// U+2581, `<s> … </s>` around.
    private func tokenizer(_ charsmap: Charsmap) -> JSON {
        let ids = Set([special.bos, special.eos, special.pad, special.unknown] + [maskID].compactMap { $0 }).sorted()
        let added: [JSON] = ids.map { id in
            [
                "id": JSON(id), "content": text(id), "single_word": false, "lstrip": .bool(id == maskID),
                "rstrip": false,
                "normalized": false, "special": true,
            ]
        }
        let metaspace: JSON = [
            "type": "Metaspace", "replacement": "\u{2581}", "prepend_scheme": "always", "split": true,
        ]
        return [
            "version": "1.0", "truncation": nil, "padding": nil, "added_tokens": .array(added),
            "normalizer": [
                "type": "Sequence",
                "normalizers": [
                    ["type": "Precompiled", "precompiled_charsmap": JSON(base64(charsmap.bytes))],
                    ["type": "Replace", "pattern": ["Regex": " {2,}"], "content": " "],
                ],
            ],
            "pre_tokenizer": metaspace, "post_processor": template, "decoder": metaspace,
            "model": [
                "type": "Unigram", "unk_id": JSON(special.unknown), "vocab": .array(vocabulary), "byte_fallback": false,
            ],
        ]
    }

    private var vocabulary: [JSON] {
        zip(pieces, scores).map { piece, score in .array([.string(piece), .double(Double(score))]) }
    }

    private var template: JSON {
        let bos: JSON = ["SpecialToken": ["id": text(special.bos), "type_id": 0]]
        let eos: JSON = ["SpecialToken": ["id": text(special.eos), "type_id": 0]]
        let first: JSON = ["Sequence": ["id": "A", "type_id": 0]]
        let second: JSON = ["Sequence": ["id": "B", "type_id": 0]]
        var tokens = JSONObject()
        for id in [special.bos, special.eos] {
            tokens.set(pieces[id], ["id": text(id), "ids": .array([JSON(id)]), "tokens": .array([text(id)])])
        }
        return [
            "type": "TemplateProcessing", "single": .array([bos, first, eos]),
            "pair": .array([bos, first, eos, eos, second, eos]), "special_tokens": .object(tokens),
        ]
    }
}

/// The bytes in base 64 (RFC 4648), with padding.
func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var output: [UInt8] = []
    output.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let count = min(3, bytes.count - start)
        var group = UInt32(0)
        for index in 0..<3 { group = group << 8 | (index < count ? UInt32(bytes[start + index]) : 0) }
        for index in 0..<4 {
            output.append(index <= count ? alphabet[Int(group >> (18 - 6 * UInt32(index)) & 63)] : UInt8(ascii: "="))
        }
    }
    return String(decoding: output, as: UTF8.self)
}
