import Support

/// Reads the parts of a `tokenizer.json`. Parts are recognised by their `type`; an unknown one is a failure that names it.
struct TokenizerFile {
    let json: JSON
    let source: String

    func broken(_ place: String, _ problem: String, hint: String? = nil) -> Failure {
        .format(source, at: place, problem, hint: hint)
    }

    private func unknown(_ place: String, _ type: String?) -> Failure {
        broken(place, type.map { "\($0) is not supported" } ?? "the type is missing")
    }

    /// A part of the file, nil where it is missing or null.
    private func part(_ json: JSON?, _ key: String) -> JSON? {
        guard let value = json?[key], !value.isNull else { return nil }
        return value
    }

    /// A string of the file that becomes part of a text: always valid UTF-8.
    private func text(_ json: JSON?) -> [UInt8]? {
        json?.bytes.map { bytes in bytes.withUnsafeBufferPointer { UTF8Text.repaired($0).bytes } }
    }

    // Builders of parts do not know the file; their words get its name here.
    private func placed<Value>(_ place: String, _ build: () throws(Failure) -> Value) throws(Failure) -> Value {
        do throws(Failure) { return try build() } catch { throw broken(place, error.problem, hint: error.hint) }
    }

    // MARK: Normaliser

    func normalizer() throws(Failure) -> Normalizer? {
        guard let value = part(json, "normalizer") else { return nil }
        return try normalizer(value)
    }

    private func normalizer(_ json: JSON) throws(Failure) -> Normalizer {
        let place = "normalizer"
        let type = json["type"]?.string
        switch type {
        case "Sequence":
            var steps: [Normalizer] = []
            for step in json["normalizers"]?.array ?? [] { steps.append(try normalizer(step)) }
            return .sequence(steps)
        case "BertNormalizer":
            let lowercase = json["lowercase"]?.bool ?? true
            return .bert(
                BertNormalization(
                    cleanText: json["clean_text"]?.bool ?? true,
                    separateChinese: json["handle_chinese_chars"]?.bool ?? true,
                    stripAccents: json["strip_accents"]?.bool ?? lowercase, lowercase: lowercase))
        case "Precompiled":
            guard let map = part(json, "precompiled_charsmap") else { return .sequence([]) }
            guard let base64 = map.bytes else { throw broken(place, "precompiled_charsmap must be a string") }
            if base64.isEmpty { return .sequence([]) }
            return .characterMap(try placed(place) { () throws(Failure) in try CharacterMap(base64: base64) })
        case "Replace":
            let content = text(json["content"]) ?? []
            if let literal = text(json["pattern"]?["String"]) {
                return .replace(TextPattern(literal: literal), content)
            }
            guard let regex = text(json["pattern"]?["Regex"]) else { throw broken(place, "Replace has no pattern") }
            return .replace(try placed(place) { () throws(Failure) in try TextPattern(regex: regex) }, content)
        case "Lowercase": return .lowercase
        case "StripAccents": return .stripAccents
        case "Strip": return .strip(left: json["strip_left"]?.bool ?? true, right: json["strip_right"]?.bool ?? true)
        case "Prepend": return .prepend(text(json["prepend"]) ?? [])
        default:
            if let form = type.flatMap(UnicodeForm.init) { return .form(form) }
            throw unknown(place, type)
        }
    }

    // MARK: Pre-tokenizer

    func preTokenizer() throws(Failure) -> PreTokenizer? {
        guard let value = part(json, "pre_tokenizer") else { return nil }
        return try preTokenizer(value)
    }

    private func preTokenizer(_ json: JSON) throws(Failure) -> PreTokenizer {
        let place = "pre_tokenizer"
        let type = json["type"]?.string
        switch type {
        case "Sequence":
            var steps: [PreTokenizer] = []
            for step in json["pretokenizers"]?.array ?? [] { steps.append(try preTokenizer(step)) }
            return .sequence(steps)
        case "BertPreTokenizer": return .bert
        case "WhitespaceSplit": return .whitespaceSplit
        case "Whitespace": return .whitespace
        case "Punctuation":
            let name = json["behavior"]?.string ?? "Isolated"
            guard let behavior = DelimiterBehavior(rawValue: name) else { throw unknown(place, "behavior \(name)") }
            return .punctuation(behavior)
        case "Metaspace": return .metaspace(try metaspace(json, place))
        default: throw unknown(place, type)
        }
    }

    private func metaspace(_ json: JSON, _ place: String) throws(Failure) -> Metaspace {
        var result = Metaspace()
        if let replacement = text(json["replacement"]) {
            guard UTF8Text.scalars(replacement).count == 1 else {
                throw broken(place, "replacement must be one character")
            }
            result.replacement = replacement
        }
        if let name = json["prepend_scheme"]?.string {
            guard let prepend = Metaspace.Prepend(rawValue: name) else {
                throw unknown(place, "prepend_scheme \(name)")
            }
            result.prepend = prepend
        }
        // Older files say the same by a flag.
        if json["add_prefix_space"]?.bool == false { result.prepend = .never }
        result.split = json["split"]?.bool ?? true
        return result
    }

    // MARK: Post-processor

    func template() throws(Failure) -> Template {
        guard let value = part(json, "post_processor") else { return .plain }
        return try template(value)
    }

    private func template(_ json: JSON) throws(Failure) -> Template {
        let place = "post_processor"
        let type = json["type"]?.string
        switch type {
        case "TemplateProcessing":
            let special = json["special_tokens"]?.object ?? JSONObject()
            return Template(single: try parts(json["single"], special), pair: try parts(json["pair"], special))
        case "BertProcessing":
            let (first, last) = try delimiters(json)
            return Template(
                single: [.special([first], typeId: 0), .sequence(0, typeId: 0), .special([last], typeId: 0)],
                pair: [
                    .special([first], typeId: 0), .sequence(0, typeId: 0), .special([last], typeId: 0),
                    .sequence(1, typeId: 1),
                    .special([last], typeId: 1),
                ])
        case "RobertaProcessing":
            let (first, last) = try delimiters(json)
            return Template(
                single: [.special([first], typeId: 0), .sequence(0, typeId: 0), .special([last], typeId: 0)],
                pair: [
                    .special([first], typeId: 0), .sequence(0, typeId: 0), .special([last, last], typeId: 0),
                    .sequence(1, typeId: 0), .special([last], typeId: 0),
                ], trimsOffsets: json["trim_offsets"]?.bool ?? true,
                addsPrefixSpace: json["add_prefix_space"]?.bool ?? true)
        case "Sequence":
            let steps = json["processors"]?.array ?? []
            guard steps.count == 1 else { throw unknown(place, "Sequence of \(steps.count) processors") }
            return try template(steps[0])
        default: throw unknown(place, type)
        }
    }

    private func delimiters(_ json: JSON) throws(Failure) -> (Int32, Int32) {
        guard let first = json["cls"]?[1]?.int, let last = json["sep"]?[1]?.int, let firstId = Int32(exactly: first),
            let lastId = Int32(exactly: last)
        else { throw broken("post_processor", "cls and sep must be a token and its id") }
        return (firstId, lastId)
    }

    private func parts(_ json: JSON?, _ special: JSONObject) throws(Failure) -> [Template.Part] {
        var result: [Template.Part] = []
        for part in json?.array ?? [] {
            if let sequence = part["Sequence"] {
                result.append(.sequence(sequence["id"]?.string == "B" ? 1 : 0, typeId: try typeId(sequence)))
            } else if let token = part["SpecialToken"], let name = token["id"]?.bytes {
                guard let entry = special[ByteString(name)] else {
                    throw broken(
                        "post_processor", "special token \(String(decoding: name, as: UTF8.self)) is not declared")
                }
                let ids = (entry["ids"]?.array ?? []).compactMap { $0.int }.compactMap { Int32(exactly: $0) }
                result.append(.special(ids, typeId: try typeId(token)))
            } else {
                throw broken("post_processor", "a template's part is neither Sequence nor SpecialToken")
            }
        }
        return result
    }

    private func typeId(_ json: JSON) throws(Failure) -> Int32 {
        guard let value = Int32(exactly: json["type_id"]?.int ?? 0) else {
            throw broken("post_processor", "type_id is too large")
        }
        return value
    }

    // MARK: Decoder

    func decoder() throws(Failure) -> TokenDecoder {
        guard let value = part(json, "decoder") else { return .none }
        switch value["type"]?.string {
        case "WordPiece":
            return .wordPiece(
                prefix: value["prefix"]?.bytes ?? Array("##".utf8), cleanup: value["cleanup"]?.bool ?? true)
        case "Metaspace":
            let metaspace = try metaspace(value, "decoder")
            return .metaspace(replacement: metaspace.replacement, dropFirst: metaspace.prepend != .never)
        default: throw unknown("decoder", value["type"]?.string)
        }
    }

    // MARK: Truncation

    /// The length that the file says texts are cut to, if any.
    func storedMaximumLength() throws(Failure) -> Int? {
        guard let value = part(part(json, "truncation"), "max_length") else { return nil }
        guard let length = value.int, length > 0 else {
            throw broken("truncation", "max_length: an integer from 1 up expected, got \(value.inWords)")
        }
        return length
    }

    // MARK: Added tokens

    func addedTokens() throws(Failure) -> [AddedToken] {
        var result: [AddedToken] = []
        for item in part(json, "added_tokens")?.array ?? [] {
            guard let content = item["content"]?.bytes, let id = item["id"]?.int, let id32 = Int32(exactly: id),
                id32 >= 0
            else {
                throw broken("added_tokens", "an item lacks content or id")
            }
            let special = item["special"]?.bool ?? false
            result.append(
                AddedToken(
                    id: id32, content: content, singleWord: item["single_word"]?.bool ?? false,
                    stripsLeft: item["lstrip"]?.bool ?? false, stripsRight: item["rstrip"]?.bool ?? false,
                    normalized: item["normalized"]?.bool ?? !special, special: special))
        }
        return result
    }
}
