import Encoders
import LuaKit
import Support
import Tokenizers

extension LuaModule {
    static let textTokenizer = Signature(
        "text.tokenizer",
        "Loads a model's tokenizer, which turns text into the numbers that the model reads: WordPiece or Unigram, as the model's tokenizer.json says.",
        parameters: [
            .required(
                "model", .string.naming(.model),
                "name of an installed model (`cohort model list`), path of a model folder, or of a tokenizer.json")
        ],
        returns: [.init("text.Tokenizer", "the tokenizer")],
        example: .init(
            "return text.tokenizer('all-MiniLM-L6-v2').vocabulary_size",
            output: "30522", needs: "all-MiniLM-L6-v2"),
        related: ["text.encoder"]
    ) { call throws(Failure) in
        let model = try call.model()
        return .object(
            try call.work.unattended { () throws(Failure) in
                if model.hasSuffix(".json") { return try Tokenizer(file: model) }
                return try Tokenizer(folder: ModelStore().path(of: model))
            })
    }
}

extension Tokenizer: LuaVisible {
    /// `text.Tokenizer` in Lua.
    public static let luaClass = LuaClass(
        "text.Tokenizer", for: Tokenizer.self, "A model's tokenizer: text in, token ids out, and back.",
        methods: [encode, decode, count, id, token],
        fields: [
            Field("vocabulary_size", "integer", "how many tokens there are") { (tokenizer: Tokenizer) in
                .integer(tokenizer.vocabularySize)
            },
            Field("max_length", "integer", "the length that the file says texts are cut to, or nil") {
                (tokenizer: Tokenizer) in
                .optional(tokenizer.storedMaximumLength.map { .integer($0) })
            },
            Field("padding_id", "integer", "the token that fills short texts") { (tokenizer: Tokenizer) in
                .integer(Int(tokenizer.paddingId))
            },
        ],
        display: { "text.Tokenizer(vocabulary_size = \($0.vocabularySize))" })

    private static let encode = Signature(
        "text.Tokenizer:encode",
        """
        Cuts texts into tokens. A record holds, token by token: ids (the model's own, from 0), tokens (the vocabulary's entries), \
        attention_mask (1, and 0 for padding), type_ids (which part of a pair), sequence_ids (1 or 2, the text it comes from; 0 for special \
        tokens), offsets ({first, last} byte in its text, so that s:sub(o[1], o[2]) is the token's text) and char_offsets (the same in \
        characters). Special tokens have no offsets. If a text was cut, overflow holds records of the further windows. Bytes that are not \
        UTF-8 are read as U+FFFD.
        """,
        parameters: [
            .required("texts", .encodable, "a string (which gives one record), a list of strings or a text column")
        ],
        options: [
            .optional(
                "pair", .pairTexts, standing: "none",
                "second texts, which the model reads along with the first: as many as there are first"),
            .optional(
                "max_length", .integer(0...), standing: "no limit",
                "tokens of a text, special ones included; what is beyond is cut"),
            .optional(
                "truncation", .either(.boolean, .choice(EncodingOptions.Truncation.Strategy.allCases.map(\.rawValue))),
                standing: "\"longest_first\" when max_length is given",
                "which text of a pair is cut; true cuts to the model's own length, false cuts nothing"),
            .optional(
                "side", .choice(EncodingOptions.Side.allCases.map(\.rawValue)), default: "right", "the end that is cut"),
            .optional(
                "stride", .integer(0...), default: 0, "tokens that a window of the overflow shares with the next"),
            .optional(
                "padding", .either(.boolean, .choice(["longest", "max_length"])), default: false,
                "fills short texts: to the longest of the list (also true), or to max_length"),
            .optional(
                "padding_side", .choice(EncodingOptions.Side.allCases.map(\.rawValue)), default: "right",
                "the end that is filled"),
            .optional("special_tokens", .boolean, default: true, "puts the model's special tokens around the text"),
        ],
        returns: [.init("record or list of records", "the tokens of each text")],
        example: .init(
            "return text.tokenizer('all-MiniLM-L6-v2'):encode('Running shoes').tokens",
            output: """
                {"[CLS]", "running", "shoes", "[SEP]"}
                """, needs: "all-MiniLM-L6-v2"),
        related: ["text.Tokenizer:decode", "text.Tokenizer:count"]
    ) { call throws(Failure) in
        let tokenizer = try call.receiver(Tokenizer.self)
        let texts: EncodableTexts = try call.converted("texts")
        let pairs: EncodableTexts? = try call.converted(ifGiven: "pair")
        let encodings = try tokenizer.encodeBatch(
            Array(texts), pairs: pairs.map { Array($0) }, options: try tokenizer.options(call), work: call.work)
        var records: [LuaValue] = []
        for encoding in encodings { records.append(try tokenizer.record(encoding, call.work.cancellation)) }
        return texts.isSingle ? .optional(records.first) : .list(records)
    }

    private static let decode = Signature(
        "text.Tokenizer:decode", "The text of token ids. An id that the vocabulary lacks is an error.",
        parameters: [
            .required(
                "ids", .either(.list(of: .integer), .list(of: .list(of: .integer))),
                "a list of ids (which gives one string), or a list of such lists")
        ],
        options: [.optional("special_tokens", .boolean, default: false, "keeps special tokens in the text")],
        returns: [.init("string or list of strings", "the text of each list")],
        example: .init(
            """
            local tokenizer = text.tokenizer('all-MiniLM-L6-v2')
            return tokenizer:decode(tokenizer:encode('Running shoes').ids)
            """,
            output: """
                "running shoes"
                """, needs: "all-MiniLM-L6-v2"),
        related: ["text.Tokenizer:encode"]
    ) { call throws(Failure) in
        let tokenizer = try call.receiver(Tokenizer.self)
        let skip = try !call.boolean("special_tokens")
        let table = try call.table("ids")
        func text(_ values: [LuaValue], of list: Int? = nil) throws(Failure) -> LuaValue {
            var ids: [Int32] = []
            ids.reserveCapacity(values.count)
            for (index, value) in values.enumerated() {
                if index & 0xfff == 0 { try call.work.cancellation.check() }
                let id = value.int ?? -1
                guard (0..<tokenizer.vocabularySize).contains(id) else {
                    let place = "position \(index + 1)" + (list.map { " of list \($0)" } ?? "")
                    throw .argument(
                        "ids", expected: "ids from 0 to \(tokenizer.vocabularySize - 1) (the vocabulary)",
                        got: "\(id) at \(place)")
                }
                ids.append(Int32(id))
            }
            return .string(try tokenizer.decode(ids, skipSpecialTokens: skip))
        }
        guard let first = table.list.first, first.table != nil else { return try text(table.list) }
        var texts: [LuaValue] = []
        for (index, value) in table.list.enumerated() {
            texts.append(try text(value.table?.list ?? [], of: index + 1))
        }
        return .list(texts)
    }

    private static let count = Signature(
        "text.Tokenizer:count", "How many tokens texts have.",
        parameters: [
            .required("texts", .encodable, "a string (which gives one number), a list of strings or a text column")
        ],
        options: [.optional("special_tokens", .boolean, default: true, "counts the model's special tokens too")],
        returns: [.init("integer or list of integers", "the tokens of each text")],
        example: .init(
            "return text.tokenizer('all-MiniLM-L6-v2'):count('Running shoes')",
            output: "4", needs: "all-MiniLM-L6-v2"),
        related: ["text.Tokenizer:encode"]
    ) { call throws(Failure) in
        let texts: EncodableTexts = try call.converted("texts")
        let counts = try call.receiver(Tokenizer.self).countBatch(
            Array(texts), addSpecialTokens: try call.boolean("special_tokens"), work: call.work)
        return texts.isSingle ? .optional(counts.first.map { .integer($0) }) : .integers(counts)
    }

    private static let id = Signature(
        "text.Tokenizer:id", "The id of a vocabulary entry, or nil.",
        parameters: [.required("token", .string, "the entry, as in the tokens of a record")],
        returns: [.init("integer", "its id")],
        example: .init(
            "return text.tokenizer('all-MiniLM-L6-v2'):id('shoes')",
            output: "6007", needs: "all-MiniLM-L6-v2"),
        related: ["text.Tokenizer:token"]
    ) { call throws(Failure) in
        .optional(try call.receiver(Tokenizer.self).id(of: ByteString(call.bytes("token"))).map { .integer(Int($0)) })
    }

    private static let token = Signature(
        "text.Tokenizer:token", "The vocabulary's entry for an id, or nil.",
        parameters: [.required("id", .integer, "the id, from 0")],
        returns: [.init("string", "the entry")],
        example: .init(
            "return text.tokenizer('all-MiniLM-L6-v2'):token(101)",
            output: """
                "[CLS]"
                """, needs: "all-MiniLM-L6-v2"),
        related: ["text.Tokenizer:id"]
    ) { call throws(Failure) in
        let id = try call.integer("id")
        return .optional(
            Int32(exactly: id).flatMap(try call.receiver(Tokenizer.self).token).map { .string($0.bytes) })
    }
}

extension Tokenizer {
    /// The options of `encode` as the core knows them.
    fileprivate func options(_ call: Call) throws(Failure) -> EncodingOptions {
        var options = EncodingOptions(addSpecialTokens: try call.boolean("special_tokens"))
        let length = try call.integer(ifGiven: "max_length")
        let truncation = try call.value("truncation")
        if truncation.bool != false, let limit = length ?? (truncation.isNil ? nil : storedMaximumLength) {
            options.truncation = EncodingOptions.Truncation(
                limit, strategy: truncation.text.flatMap { .init(rawValue: $0) } ?? .longestFirst,
                side: .init(rawValue: try call.string("side")) ?? .right, stride: try call.integer("stride"))
        } else if truncation.bool != false, !truncation.isNil {
            throw .argument("max_length", expected: "integer (the model names no length to cut to)", got: "nothing")
        }
        let padding = try call.value("padding")
        if padding.bool != false {
            options.padding = EncodingOptions.Padding(side: .init(rawValue: try call.string("padding_side")) ?? .right)
            if padding.text == "max_length" {
                guard let limit = length ?? storedMaximumLength else {
                    throw .argument(
                        "max_length", expected: "integer (the model names no length to fill to)", got: "nothing")
                }
                options.padding?.length = .fixed(limit)
            }
        }
        return options
    }

    /// An encoding as scripts see it: positions from 1, both ends included.
    fileprivate func record(_ encoding: Encoding, _ cancellation: Cancellation) throws(Failure) -> LuaValue {
        func list(_ indices: Range<Int>, _ value: (Int) -> LuaValue) throws(Failure) -> LuaValue {
            var values: [LuaValue] = []
            values.reserveCapacity(indices.count)
            for index in indices {
                // One text without blanks may have millions of tokens.
                if index & 0xfff == 0xfff { try cancellation.check() }
                values.append(value(index))
            }
            return .list(values)
        }
        func places(_ spans: [Encoding.Span]) throws(Failure) -> LuaValue {
            try list(0..<spans.count) { index in
                guard encoding.sequences[index] >= 0 else { return .nil }
                return .list([.integer(Int(spans[index].start) + 1), .integer(Int(spans[index].end))])
            }
        }
        let all = 0..<encoding.ids.count
        var fields: [(String, LuaValue)] = [
            ("ids", try list(all) { .integer(Int(encoding.ids[$0])) }),
            ("tokens", try list(all) { .string(token(encoding.ids[$0])?.bytes ?? []) }),
            ("attention_mask", try list(all) { .integer(Int(encoding.attentionMask[$0])) }),
            ("type_ids", try list(all) { .integer(Int(encoding.typeIds[$0])) }),
            ("sequence_ids", try list(all) { .integer(Int(encoding.sequences[$0]) + 1) }),
            ("offsets", try places(encoding.byteOffsets)),
            ("char_offsets", try places(encoding.characterOffsets)),
        ]
        var overflow: [LuaValue] = []
        for window in encoding.overflow { overflow.append(try record(window, cancellation)) }
        if !overflow.isEmpty { fields.append(("overflow", .list(overflow))) }
        return .record(fields)
    }
}
