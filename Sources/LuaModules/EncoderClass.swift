import Encoders
import LuaKit
import Support
import Tables
import Tensors

extension LuaModule {
    static let textEncoder = Signature(
        "text.encoder",
        """
        Loads a text encoder: a model of the BERT family (MiniLM, e5, bge, gte, ...) in a Hugging Face or sentence-transformers folder. Loading \
        takes a moment, so keep the encoder rather than loading it again.
        """,
        parameters: [
            .required(
                "model", .string.naming(.model),
                "name of an installed model (`cohort model list`), or path of a model folder")
        ],
        options: [
            .optional(
                "precision", .choice(Precision.allCases.map(\.rawValue)), default: "float32",
                """
                numbers the model computes with: bfloat16 and int8 are faster where the processor multiplies them faster and take a half and a \
                quarter of the memory; int8 vectors differ a little (mean cosine 0.9995)
                """),
            .optional(
                "max_length", .integer(1...), standing: "the model's",
                "tokens of a text, special ones included; what is beyond is cut"),
            TextEncoder.poolingOption, TextEncoder.promptOption,
        ],
        returns: [.init("text.Encoder", "the encoder")],
        example: .init(
            "return text.encoder('all-MiniLM-L6-v2').dimension",
            output: "384", needs: "all-MiniLM-L6-v2"),
        related: ["text.keywords", "cluster.kmeans"]
    ) { call throws(Failure) in
        let folder = try ModelStore().path(of: call.model())
        let precision = Precision(rawValue: try call.string("precision")) ?? .float32
        let maxLength = try call.integer(ifGiven: "max_length")
        let pooling = try call.string(ifGiven: "pooling").flatMap(Pooling.init(rawValue:))
        let prompt = try call.string(ifGiven: "prompt")
        let work = call.work
        return .object(
            try work.unattended { () throws(Failure) in
                try TextEncoder(
                    folder: folder, precision: precision, maxLength: maxLength, pooling: pooling, prompt: prompt,
                    work: work)
            })
    }
}

extension TextEncoder: LuaVisible {
    /// How a model pools, where a script says otherwise.
    static let poolingOption = Parameter.optional(
        "pooling", .choice(Pooling.allCases.map(\.rawValue)), standing: "the model's",
        "how the tokens' vectors become the text's")

    /// What stands before a model's texts, where a script says otherwise.
    static let promptOption = Parameter.optional(
        "prompt", .string, standing: "the model's",
        "put before every text: a prompt's name, such as \"query\" for e5, or the words themselves")

    /// `text.Encoder` in Lua.
    public static let luaClass = LuaClass(
        "text.Encoder", for: TextEncoder.self,
        "A text encoder: texts in, vectors out, alike for texts of like meaning.",
        methods: [encode, similarity],
        fields: [
            Field("dimension", "integer", "numbers in a text's vector") { (encoder: TextEncoder) in
                .integer(encoder.dimension)
            },
            Field("max_length", "integer", "tokens of a text beyond which it is cut") { (encoder: TextEncoder) in
                .integer(encoder.maxLength)
            },
            Field("pooling", "string", "how the tokens' vectors become the text's") { (encoder: TextEncoder) in
                .string(encoder.pooling.map(\.rawValue).joined(separator: "+"))
            },
            Field("precision", "string", "numbers the model computes with") { (encoder: TextEncoder) in
                .string(encoder.precision.rawValue)
            },
            Field("prompts", "list of strings", "names of the model's prompts") { (encoder: TextEncoder) in
                .strings(encoder.promptNames)
            },
        ],
        display: { encoder in
            let name = encoder.folder.split(separator: "/").last.map(String.init) ?? encoder.folder
            let precision = encoder.precision == .float32 ? "" : ", precision = \"\(encoder.precision.rawValue)\""
            return
                "text.Encoder(\"\(name)\", dimension = \(encoder.dimension), max_length = \(encoder.maxLength)\(precision))"
        })

    private static let encode = Signature(
        "text.Encoder:encode",
        """
        Encodes texts, one row each. A text's vector depends on nothing but the text: not on its neighbours, the batch or the number of threads.
        """,
        parameters: [
            .required("texts", .encodable, "a string (which gives one row), a list of strings or a text column")
        ],
        options: [
            .optional(
                "normalize", .boolean, default: true,
                "makes the vectors unit length; false leaves them as they are pooled"),
            .optional(
                "batch", .integer(1...), default: 4096, "texts looked at together: bounds memory, changes no result"),
            .optional("prompt", .string, standing: "the encoder's", "as in text.encoder, for these texts"),
            .optional(
                "cache", .path, standing: "none",
                """
                a file that keeps the vectors and is made if need be: what is in it is not encoded again, whatever the order of the texts, and after an \
                interruption the same call goes on where it was
                """),
            .optional("progress", .boolean, default: true, "shows how far it is, on a terminal"),
        ],
        returns: [.init("tensor", "float32 [n, d]")],
        example: .init(
            """
            local encoder = text.encoder('all-MiniLM-L6-v2')
            return encoder:encode({'running shoes', 'a tax return'}).shape
            """,
            output: "{2, 384}", needs: "all-MiniLM-L6-v2"),
        related: ["cluster.kmeans"]
    ) { call throws(Failure) in
        let texts: EncodableTexts = try call.converted("texts")
        var options = EncodeOptions(
            normalize: try call.boolean("normalize"), prompt: try call.string(ifGiven: "prompt"))
        options.batch = try call.integer("batch")
        options.cache = try call.has("cache") ? call.path("cache") : nil
        var work = call.work
        if try !call.boolean("progress") { work.progress = nil }
        let encoder = try call.receiver(TextEncoder.self)
        try encoder.noteUnknownWords(in: texts, call)
        return .object(try encoder.encode(texts, options: options, work: work))
    }

    private static let similarity = Signature(
        "text.Encoder:similarity",
        "Cosine between texts, or between vectors that were encoded before: 1 for the same meaning, lower for less alike.",
        parameters: [
            .required("a", .comparable, "a string, a list of strings, a text column, or a tensor [d] or [n, d]"),
            .required("b", .comparable, "the same, to compare with"),
        ],
        returns: [.init("number or tensor", "a number for two strings; for several, [n, m]: each of a with each of b")],
        example: .init(
            """
            local encoder = text.encoder('all-MiniLM-L6-v2')
            return encoder:similarity('running shoes', 'sneakers') > encoder:similarity('running shoes', 'a tax return')
            """,
            output: "true", needs: "all-MiniLM-L6-v2"),
        related: ["tensor:cosine"]
    ) { call throws(Failure) in
        let encoder = try call.receiver(TextEncoder.self)
        let a: ComparableTexts = try call.converted("a"), b: ComparableTexts = try call.converted("b")
        let cosines = try a.vectors("a", encoder, call.work).cosine(b.vectors("b", encoder, call.work), work: call.work)
        return cosines.count == 1 && a.isSingle && b.isSingle ? .number(try cosines.item().double) : .object(cosines)
    }
}

extension TextEncoder {
    /// Tells the user, once for each model, where it was made for another language than that of the texts: their vectors would say little.
    fileprivate func noteUnknownWords(in texts: EncodableTexts, _ call: Call) throws(Failure) {
        // Plain English cannot be what is not known, and looking costs time.
        var sample: [[UInt8]] = []
        for index in texts.indices {
            if sample.count == 64 { break }
            if index & 0xfff == 0 { try call.work.cancellation.check() }
            texts.withBytes(index) { text in
                let beginning = text.prefix(2_000)
                if beginning.contains(where: { $0 >= 0x80 }) { sample.append(Array(beginning)) }
            }
        }
        guard let unknown = tokenizer.id(of: "[UNK]") ?? tokenizer.id(of: "<unk>"), !sample.isEmpty else { return }
        let ids = try tokenizer.ids(sample).flatMap { $0 }
        let words = ids.filter { $0 == unknown || !tokenizer.isSpecial($0) }
        guard Double(words.count { $0 == unknown }) > 0.3 * Double(words.count) else { return }
        let name = folder.split(separator: "/").last.map(String.init) ?? folder
        call.state.note(
            """
            \(name) knows few of the words of these texts, so that their vectors say little: it is made for another language \
            (multilingual-e5-small reads Chinese)
            """)
    }
}
