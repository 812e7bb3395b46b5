import Support

/// What turns text into the token ids of one model, read from a `tokenizer.json`. Its parts are chosen by what that file says, never by
/// the name of a model class.
public final class Tokenizer: Sendable {
    /// How many entries the vocabulary has, added tokens included.
    public let vocabularySize: Int
    /// The id that fills short encodings: that of the padding token where the file names one, otherwise 0.
    public let paddingId: Int32
    /// The length the file itself says texts should be cut to, if any. `encode` cuts only when its options say so.
    public let storedMaximumLength: Int?

    let normalizer: Normalizer?
    let preTokenizer: PreTokenizer?
    let model: TokenModel
    let template: Template
    let decoder: TokenDecoder
    /// Segment of padding.
    let paddingTypeId: Int32
    /// Added tokens that are looked for in the text as it came.
    let rawTokens: AddedTokenFinder?
    /// Added tokens that are looked for in the normalised text.
    let normalizedTokens: AddedTokenFinder?
    /// Whether a long text may be read block by block, see `TextBlocks`.
    let readsBlocks: Bool
    /// The quick way to the ids alone, where there is one.
    let idReader: IdReader?
    let readingPool = ReadingPool()
    // Entries by id; empty where an id has none.
    private let entries: [[UInt8]]
    private let specialIds: Set<Int32>
    private let addedIds: [ByteString: Int32]
    // What added tokens are decoded to where normalisation changes them, and the ids that decoding can leave out.
    private let normalizedContents: [Int32: [UInt8]]
    private let skippedIds: Set<Int32>

    /// Reads `tokenizer.json` in `folder`.
    public convenience init(folder: String) throws(Failure) { try self.init(file: folder + "/tokenizer.json") }

    /// Reads a `tokenizer.json`.
    public convenience init(file: String) throws(Failure) { try self.init(json: JSON.read(file), source: file) }

    /// Builds the tokenizer that `json`, the content of a `tokenizer.json`, describes. `source` is its name in errors.
    public init(json: JSON, source: String = "tokenizer.json") throws(Failure) {
        guard json.object != nil else {
            throw .format(source, "a tokenizer must be a JSON object, this is \(json.kindName)")
        }
        let file = TokenizerFile(json: json, source: source)
        let normalizer = try file.normalizer()
        self.normalizer = normalizer
        preTokenizer = try file.preTokenizer()
        template = try file.template()
        decoder = try file.decoder()
        let (model, vocabulary, ids) = try file.model()
        self.model = model

        var entries = [[UInt8]](repeating: [], count: Int(ids.max() ?? -1) + 1)
        for (entry, id) in zip(vocabulary, ids) { entries[Int(id)] = entry }
        var added = try file.addedTokens()
        var addedIds: [ByteString: Int32] = [:]
        var specialIds: Set<Int32> = []
        for index in added.indices {
            // Where the model has the entry too, its id counts.
            if let id = model.id(of: added[index].content) { added[index].id = id }
            let token = added[index]
            guard token.id < 1 << 24 else { throw file.broken("added_tokens", "an id is larger than 16777215") }
            if Int(token.id) >= entries.count {
                entries.append(contentsOf: repeatElement([], count: Int(token.id) + 1 - entries.count))
            }
            entries[Int(token.id)] = token.content
            addedIds[ByteString(token.content)] = token.id
            if token.special { specialIds.insert(token.id) }
        }
        self.entries = entries
        self.addedIds = addedIds
        self.specialIds = specialIds
        vocabularySize = entries.count
        rawTokens = try AddedTokenFinder(
            added.filter { !$0.normalized }, contents: added.filter { !$0.normalized }.map(\.content))
        let normalized = added.filter(\.normalized)
        let contents = try normalized.map { (token) throws(Failure) -> [UInt8] in
            try Self.normalized(token.content, by: normalizer)
        }
        normalizedTokens = try AddedTokenFinder(normalized, contents: contents)
        let blocksAreExact = try TextBlocks.isExact(normalizer, preTokenizer) { (text) throws(Failure) in
            try Self.normalized(text, by: normalizer)
        }
        readsBlocks = contents.isEmpty && blocksAreExact
        idReader = contents.isEmpty ? IdReader(normalizer, preTokenizer, model) : nil
        normalizedContents = Dictionary(zip(normalized.map(\.id), contents)) { $1 }
        // Special tokens are told by their text after normalisation, as the reference does.
        let special = Set(added.filter(\.special).map { ByteString($0.content) })
        var skipped = Set(added.filter { !$0.normalized && $0.special }.map(\.id))
        for (token, content) in zip(normalized, contents) where special.contains(ByteString(content)) {
            skipped.insert(token.id)
        }
        skippedIds = skipped

        let padding = json["padding"]
        let named =
            padding?["pad_id"]?.int
            ?? ["[PAD]", "<pad>"].lazy.compactMap { addedIds[ByteString($0)] }.first.map(Int.init)
        paddingId = named.flatMap { Int32(exactly: $0) } ?? 0
        paddingTypeId = (padding?["pad_type_id"]?.int).flatMap { Int32(exactly: $0) } ?? 0
        storedMaximumLength = try file.storedMaximumLength()
    }

    private static func normalized(_ content: [UInt8], by normalizer: Normalizer?) throws(Failure) -> [UInt8] {
        guard let normalizer else { return content }
        let valid = content.withUnsafeBufferPointer { UTF8Text.repaired($0).bytes }
        var text = valid.withUnsafeBufferPointer { NormalizedText($0, base: 0) }
        try normalizer.apply(to: &text, Cancellation())
        return text.bytes
    }

    /// The vocabulary's entry for `id`.
    public func token(_ id: Int32) -> ByteString? {
        guard id >= 0, Int(id) < entries.count, !entries[Int(id)].isEmpty else { return nil }
        return ByteString(entries[Int(id)])
    }

    /// The id of a vocabulary entry.
    public func id(of token: ByteString) -> Int32? { addedIds[token] ?? model.id(of: token.bytes) }

    /// Whether `id` is a special token, which `decode` leaves out.
    public func isSpecial(_ id: Int32) -> Bool { specialIds.contains(id) }

    /// How many special tokens are put around a single text.
    public var specialTokenCount: Int { template.specialCount(pair: false) }

    /// Refuses a tokenizer whose template for single texts gives segments that a model of `count` segments lacks. `file` is its name.
    public func requireTypes(below count: Int, file: String) throws(Failure) {
        for part in template.single where !(0..<Int32(count)).contains(part.typeId) {
            throw .format(
                file, at: "post_processor",
                "type_id from 0 to \(count - 1) expected (the model's type_vocab_size), got \(part.typeId)")
        }
    }

    /// The text of `ids` in UTF-8. Ids outside the vocabulary are left out. Throws if the present work is cancelled.
    public func decode(_ ids: [Int32], skipSpecialTokens: Bool = true) throws(Failure) -> [UInt8] {
        var tokens: [[UInt8]] = []
        tokens.reserveCapacity(ids.count)
        for (index, id) in ids.enumerated() where !(skipSpecialTokens && skippedIds.contains(id)) {
            if index & 0xfff == 0 { try Cancellation.checkPresent() }
            if let content = normalizedContents[id] ?? token(id)?.bytes { tokens.append(content) }
        }
        return try decoder.text(tokens)
    }
}
