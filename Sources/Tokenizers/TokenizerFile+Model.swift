import Support

/// The vocabulary and the model over it.
extension TokenizerFile {
    /// The model, and the vocabulary's entries with their ids.
    func model() throws(Failure) -> (model: TokenModel, entries: [[UInt8]], ids: [Int32]) {
        guard let model = json["model"] else { throw broken("model", "the tokenizer has no model") }
        switch model["type"]?.string ?? impliedType(model) {
        case "WordPiece": return try wordPiece(model)
        case "Unigram": return try unigram(model)
        case "BPE":
            throw broken("model", "BPE is not supported yet", hint: "WordPiece and Unigram tokenizers are")
        case let type?: throw broken("model", "\(type) is not supported", hint: "WordPiece and Unigram tokenizers are")
        case nil: throw broken("model", "the type is missing")
        }
    }

    // Files of old versions name no type; only BPE has merges and only Unigram keeps its vocabulary in a list.
    private func impliedType(_ model: JSON) -> String? {
        if model["merges"] != nil { return "BPE" }
        if model["vocab"]?.array != nil { return "Unigram" }
        return model["continuing_subword_prefix"] == nil ? nil : "WordPiece"
    }

    private func wordPiece(_ model: JSON) throws(Failure) -> (TokenModel, [[UInt8]], [Int32]) {
        guard let vocabulary = model["vocab"]?.object else { throw broken("model", "vocab must be an object") }
        var entries: [[UInt8]] = []
        var ids: [Int32] = []
        entries.reserveCapacity(vocabulary.count)
        ids.reserveCapacity(vocabulary.count)
        for member in vocabulary.members {
            entries.append(member.key.bytes)
            ids.append(try id(member.value))
        }
        let length = model["max_input_chars_per_word"].flatMap { $0.isNull ? nil : $0 } ?? 100
        guard let limit = length.int, limit >= 0 else {
            throw broken("model", "max_input_chars_per_word: an integer from 0 up expected, got \(length.inWords)")
        }
        do throws(Failure) {
            let result = try WordPieceModel(
                entries: entries, ids: ids, unknown: model["unk_token"]?.bytes ?? Array("[UNK]".utf8),
                prefix: model["continuing_subword_prefix"]?.bytes ?? Array("##".utf8), lengthLimit: limit)
            return (.wordPiece(result), entries, ids)
        } catch { throw broken("model", error.problem) }
    }

    private func unigram(_ model: JSON) throws(Failure) -> (TokenModel, [[UInt8]], [Int32]) {
        guard case .array(let vocabulary)? = model["vocab"] else { throw broken("model", "vocab must be a list") }
        var entries: [[UInt8]] = []
        var ids: [Int32] = []
        var scores: [Double] = []
        entries.reserveCapacity(vocabulary.count)
        ids.reserveCapacity(vocabulary.count)
        scores.reserveCapacity(vocabulary.count)
        for (index, item) in vocabulary.enumerated() {
            guard case .array(let pair) = item, pair.count >= 2, case .string(let piece) = pair[0],
                let score = pair[1].double
            else {
                throw broken("model", "item \(index + 1) of vocab is not a piece and its score")
            }
            entries.append(piece.bytes)
            scores.append(score)
            ids.append(Int32(index))
        }
        var unknown: Int32?
        if let value = model["unk_id"], !value.isNull { unknown = try id(value) }
        do throws(Failure) {
            let result = try UnigramModel(
                entries: entries, scores: scores, unknown: unknown, byteFallback: model["byte_fallback"]?.bool ?? false)
            return (.unigram(result), entries, ids)
        } catch { throw broken("model", error.problem) }
    }

    private func id(_ json: JSON) throws(Failure) -> Int32 {
        // Tables by id are as long as the largest one.
        guard let value = json.int, value >= 0, value < 1 << 24 else {
            throw broken("model", "a token's id is not a number from 0 to 16777215")
        }
        return Int32(value)
    }
}
