import Encoders
import Learning
import LuaKit
import Support
import Tensors

/// Text encoders that learn.
enum NNEncoder {
    static let functions = [encoder]
    static let methods = [tokens, tokenVectors, savePretrained]

    /// What makes the layers of models that `save` wrote, beside those of `Learning`.
    static let kinds: [String: ModelFile.Maker] = [
        "encoder": { (settings) throws(Failure) in try TrainableEncoder.make(settings) }
    ]

    /// Some of a module's parameters.
    static let part = ParameterType.either(.string, .table)

    private static let encoder = Signature(
        "nn.encoder",
        """
        A text encoder that learns: called with texts, or with their tokens, it gives a row of numbers for each. An installed model goes on \
        from what it knows; a new one, described by a table, begins with random numbers. Attention is computed in full, in float32. \
        Vectors are those of text.encoder before they are made unit length.
        """,
        parameters: [
            .required(
                "model", .either(.string.naming(.model), .table),
                "name of an installed model, or path of a model folder; or what a new one is like: {tokenizer = name, folder or "
                    + "tokenizer.json, layers = 4, hidden = 256, heads = 4, intermediate = 4 * hidden, max_tokens = 128}"
            )
        ],
        options: [
            .optional(
                "max_tokens", .integer(1...), standing: "the model's",
                "tokens of a text, special ones included; what is beyond is cut"),
            TextEncoder.poolingOption, TextEncoder.promptOption,
            .optional(
                "dropout", .number(0...1), default: 0.0,
                "share of the embeddings, and of what each half of a layer adds, dropped while training"),
            .optional(
                "freeze", part, standing: "nothing",
                "what stays as it is, as in nn.Module:freeze: \"embeddings\", {layers = {1, 4}}, {\"embeddings\", layers = {1, 4}}"
            ),
            NNLayers.seed,
        ],
        returns: [.init("nn.Module", "the encoder, for nn.sequential or by itself")],
        example: .init(
            """
            local encoder = nn.encoder("all-MiniLM-L6-v2", {freeze = {"embeddings", layers = {1, 5}}})
            local model = nn.sequential{encoder, nn.linear(384, 2)}
            return #model:parameters(), model{"running shoes", "a tax return"}.shape
            """,
            output: "18\n{2, 2}", needs: "all-MiniLM-L6-v2"),
        related: ["nn.fit", "nn.Module:save_pretrained", "nn.Module:tokens", "text.encoder"]
    ) { call throws(Failure) in
        let seed = call.drawSeed
        let encoder =
            try call.given("model")?.kind == .table ? try call.newEncoder(seed) : try call.installedEncoder(seed)
        if let part = try call.given("freeze") { try call.freeze(true, part, of: encoder, "freeze") }
        return .layer(encoder)
    }

    private static let tokens = Signature(
        "nn.Module:tokens",
        """
        The tokens of texts, as the module's encoder reads them: ids from 0, and -1 where a text has ended. The module takes them in \
        place of the texts, which then need not be cut into tokens again.
        """,
        parameters: [
            .required("texts", .encodable, "a string (which gives one row), a list of strings or a text column")
        ],
        returns: [.init("tensor", "int32 [n, tokens of the longest]")],
        example: .init(
            "return nn.encoder('all-MiniLM-L6-v2'):tokens{'shoes', 'running shoes'}:totable()",
            output: "{{101, 6007, 102, -1}, {101, 2770, 6007, 102}}", needs: "all-MiniLM-L6-v2"),
        related: ["nn.encoder", "text.Tokenizer:encode"]
    ) { call throws(Failure) in
        let texts: EncodableTexts = try call.converted("texts")
        return .object(try call.receiver(Layer.self).reading().tokens(Array(texts), work: call.work))
    }

    private static let tokenVectors = Signature(
        "nn.Module:token_vectors",
        """
        A row of numbers for every token, as the last layer of the module's encoder has them: text after text, without what tokens() fills \
        short texts with. Recorded for gradients, so that a script can learn to guess tokens.
        """,
        parameters: [
            .required("texts", .modelInputs, "texts, or their tokens as tokens() gives them")
        ],
        returns: [.init("tensor", "[tokens of all texts, hidden]")],
        example: .init(
            "return nn.encoder('all-MiniLM-L6-v2'):token_vectors{'shoes', 'running shoes'}.shape", output: "{7, 384}",
            needs: "all-MiniLM-L6-v2"),
        related: ["nn.Module:tokens", "nn.encoder"]
    ) { call throws(Failure) in
        let layer = try call.receiver(Layer.self)
        let reader = try layer.reading()
        guard let given = try call.given("texts"), let ids = try call.inputs(given, "texts", for: layer).first else {
            return .nil
        }
        return .object(try reader.tokenVectors(ids, call.recorder))
    }

    private static let savePretrained = Signature(
        "nn.Module:save_pretrained",
        """
        Writes the module's encoder as a model folder that text.encoder, transformers and sentence-transformers load: whole or not at all. \
        What stands after the encoder is not in it: see save.
        """,
        parameters: [.required("folder", .path, "the folder to make")],
        options: [.optional("replace", .boolean, default: false, "whether a folder of that name makes way")],
        returns: [.init("nn.Module", "this module")],
        example: .init(
            """
            local folder = os.tmpname()
            nn.encoder("all-MiniLM-L6-v2"):save_pretrained(folder, {replace = true})
            local dimension = text.encoder(folder).dimension
            os.execute("rm -r " .. folder)
            return dimension
            """, output: "384", needs: "all-MiniLM-L6-v2"),
        related: ["nn.encoder", "nn.Module:save", "text.encoder"]
    ) { call throws(Failure) in
        let layer = try call.receiver(Layer.self)
        try layer.reading().save(to: call.path("folder"), replaces: call.boolean("replace"), work: call.work)
        return .argument(1)
    }
}

extension ParameterType {
    /// What a model computes with: rows of numbers, several such, or texts.
    static let modelInputs = ParameterType.custom(
        "rows", expected: "tensor, column, list of numbers, texts, or a list of several of these", acceptsTables: true
    ) { (argument) throws(Failure) -> Bool? in
        if argument.kind == .table || argument.kind == .string || argument.isTextColumn ?? false { return true }
        return try argument.tensor() != nil ? true : nil
    }
}

extension Layer {
    /// The first encoder in it, which reads its texts.
    var reader: TrainableEncoder? { layers.lazy.compactMap { $0.layer as? TrainableEncoder }.first }

    /// `reader`, or the failure that there is none.
    func reading() throws(Failure) -> TrainableEncoder {
        if let reader { return reader }
        throw .operation(
            "\(words) has no encoder to read texts", hint: "as in nn.sequential{nn.encoder(name), nn.linear(384, 2)}")
    }
}

extension Call {
    /// Whether a value is texts: a string, a list of strings or a text column. An empty list is what the model reads.
    func isTexts(_ value: Argument, for layer: Layer?) throws(Failure) -> Bool {
        if value.kind == .string { return true }
        if let isText = value.isTextColumn { return isText }
        guard value.kind == .table else { return false }
        guard value.count > 0 else { return layer?.reader != nil }
        return try element(1, of: value).kind == .string
    }

    /// The tokens of a value that is texts.
    func tokens(_ value: Argument, _ name: String, for layer: Layer) throws(Failure) -> Tensor {
        guard let texts = try value.encodableTexts(name) else {
            throw .argument(name, expected: "texts", got: value.words)
        }
        let reader = try layer.reading()
        do throws(Failure) { return try reader.tokens(Array(texts), work: work) } catch {
            throw error.naming(name, insteadOf: "texts")
        }
    }

    /// Takes what `part` names of a module out of learning, or back in: a name in the paths of its parameters, or {name, layers = {1, 4}}.
    func freeze(_ isFrozen: Bool, _ part: Argument, of layer: Layer, _ name: String) throws(Failure) {
        var chosen: [Trainable] = []
        if let text = part.text { chosen = try layer.parameters(within: text, name) }
        if part.kind == .table {
            for (key, value) in try fields(of: part) {
                guard key == "layers" else {
                    throw .argument(name, expected: "layers or names of parts", got: "'\(key)'")
                }
                chosen += try layer.parameters(ofBlocks: try blocks(value, layer, name))
            }
            for position in 0..<part.count {
                let value = try element(position + 1, of: part)
                guard let text = value.text else {
                    throw .argument(
                        name, expected: "names of parts", got: "\(value.words) at position \(position + 1)",
                        hint: "layers go by {layers = {first, last}}")
                }
                chosen += try layer.parameters(within: text, name)
            }
        }
        for parameter in chosen { try parameter.freeze(isFrozen) }
    }

    private func blocks(_ value: Argument, _ layer: Layer, _ name: String) throws(Failure) -> ArraySlice<Layer> {
        let blocks = layer.layers.lazy.map(\.layer.blocks).first { !$0.isEmpty } ?? []
        guard !blocks.isEmpty else {
            throw .argument(name, expected: "parts of \(layer.words), which has no layers of its own", got: "layers")
        }
        let ends =
            value.integer.map { [Double($0), Double($0)] } ?? (value.kind == .table ? value.numbers() ?? [] : [])
        guard ends.count == 2, let first = Int(exactly: ends[0]), let last = Int(exactly: ends[1]), first >= 1,
            first <= last, last <= blocks.count
        else {
            let got =
                ends.isEmpty
                ? value.words : "{\(ends.map { Int(exactly: $0).map(String.init) ?? "\($0)" }.joined(separator: ", "))}"
            throw .argument(
                name, expected: "layers = {first, last} from 1 to \(blocks.count) (the number of layers)", got: got)
        }
        return blocks[first - 1...last - 1]
    }

    fileprivate func installedEncoder(_ seed: UInt64) throws(Failure) -> TrainableEncoder {
        let folder = try ModelStore().path(of: model())
        let maxTokens = try integer(ifGiven: "max_tokens")
        let pooling = try string(ifGiven: "pooling").flatMap(Pooling.init(rawValue:))
        let (prompt, dropout) = (try string(ifGiven: "prompt"), try number("dropout"))
        return try work.unattended { () throws(Failure) in
            try TrainableEncoder(
                folder: folder, maxTokens: maxTokens, pooling: pooling, prompt: prompt, dropout: dropout, seed: seed)
        }
    }

    fileprivate func newEncoder(_ seed: UInt64) throws(Failure) -> TrainableEncoder {
        for name in ["max_tokens", "pooling", "prompt"] where try has(name) {
            throw .argument(
                name, expected: "no such option for a new encoder", got: "one",
                hint: name == "max_tokens" ? "it stands in the table: {max_tokens = 128, ...}" : nil)
        }
        guard let table = try given("model") else { throw .argument("model", expected: "table", got: "nothing") }
        let known = ["tokenizer", "layers", "hidden", "heads", "intermediate", "max_tokens"]
        let fields = try fields(of: table)
        for (name, _) in fields where !known.contains(name) {
            throw .argument(
                "model", expected: known.joined(separator: ", "), got: "'\(name)'",
                hint: nearest(to: name, in: known).map { "did you mean '\($0)'?" })
        }
        func size(_ name: String, _ standing: Int) throws(Failure) -> Int {
            guard let value = fields.first(where: { $0.name == name })?.value, !value.isNil else { return standing }
            guard let number = value.integer, (1...65_536).contains(number) else {
                throw .argument("model", expected: "\(name) an integer from 1 to 65536", got: value.words)
            }
            return number
        }
        guard let place = fields.first(where: { $0.name == "tokenizer" })?.value.text else {
            throw .argument(
                "model", expected: "tokenizer: a model's name, its folder or a tokenizer.json", got: "none")
        }
        var path = place
        if place.hasSuffix(".json") {
            try work.files.require(place)
        } else {
            if place.utf8.contains(UInt8(ascii: "/")) { try work.files.require(place) }
            path = try "\(ModelStore().path(of: place))/tokenizer.json"
        }
        let hidden = try size("hidden", 256)
        let sizes = EncoderSizes(
            layers: try size("layers", 4), hidden: hidden, heads: try size("heads", 4),
            intermediate: try size("intermediate", 4 * hidden), maxTokens: try size("max_tokens", 128))
        do throws(Failure) {
            return try TrainableEncoder(sizes, tokenizer: .file(path), dropout: number("dropout"), seed: seed)
        } catch {
            throw error.naming("model", insteadOf: "max_tokens").naming("model", insteadOf: "hidden")
        }
    }
}

extension Layer {
    /// The parameters whose path has `part` in it, as "embeddings" or "attention.self".
    fileprivate func parameters(within part: String, _ name: String) throws(Failure) -> [Trainable] {
        let found = parameters.filter { !part.isEmpty && ".\($0.name).".contains(".\(part).") }
        guard found.isEmpty else { return found.map(\.parameter) }
        var names: [String] = []
        for piece in parameters.flatMap({ $0.name.split(separator: ".").map(String.init) })
        where !names.contains(piece) && Int(piece) == nil {
            names.append(piece)
        }
        let hint = nearest(to: part, in: names).map { "did you mean '\($0)'?" }
        throw .argument(
            name, expected: "a part of \(words)", got: "'\(part)'",
            hint: hint ?? (names.isEmpty ? nil : "its parts: \(names.prefix(8).joined(separator: ", "))"))
    }

    fileprivate func parameters(ofBlocks blocks: ArraySlice<Layer>) throws(Failure) -> [Trainable] {
        blocks.flatMap { $0.parameters.map(\.parameter) }
    }
}
