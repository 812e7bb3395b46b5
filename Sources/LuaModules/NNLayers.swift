import Learning
import LuaKit
import Support
import Tensors

/// The functions that make layers.
enum NNLayers {
    static let all: [Signature] =
        [sequential, module, linear, embedding, convolution(2), convolution(1)]
        + [pool(2, greatest: true), pool(1, greatest: true), pool(2, greatest: false), pool(1, greatest: false)]
        + [flatten, dropout, layerNorm, attention, transformer(isCausal: false), transformer(isCausal: true), gru]
        + Activation.Function.allCases.map(activation)

    private static let made = [Signature.Returned("nn.Module", "the layer")]
    static let seed = Parameter.optional(
        "seed", .integer(0...), standing: "the session's, moved on by every call",
        "starts the random numbers that the parameters begin with")

    private static let sequential = Signature(
        "nn.sequential", "Layers one after the other. A part may also be a table with a method forward, or a function.",
        parameters: [.required("layers", .list(of: .layer), "the layers in order")],
        returns: made,
        example: .init(
            "local m = nn.sequential{nn.linear(4, 8), nn.relu(), nn.linear(8, 1)} return m(tensor.zeros(5, 4)).shape",
            output: "{5, 1}"),
        related: ["nn.module", "nn.fit"]
    ) { call throws(Failure) in
        guard let list = try call.given("layers") else { return .nil }
        var layers: [Layer] = []
        for position in 0..<list.count {
            layers.append(try call.layer(call.element(position + 1, of: list), "layers"))
        }
        return .layer(Sequential(layers))
    }

    private static let module = Signature(
        "nn.module",
        """
        Makes a module of a table with a method forward. Tensors in it that ask for gradients, modules, and lists of them are its \
        parameters and parts.
        """,
        parameters: [.required("table", .layer, "the table, or a function of a tensor")],
        returns: made,
        example: .init(
            """
            local Net = {hidden = nn.linear(2, 3), scale = tensor{2}:requires_grad()}
            function Net:forward(x) return self.hidden(x):relu() * self.scale end
            local net = nn.module(Net)
            return net.size, net(tensor.zeros(1, 2)).shape
            """,
            output: "10\n{1, 3}"),
        related: ["nn.sequential", "nn.Module:parameters"]
    ) { call throws(Failure) in .layer(try call.layer("table")) }

    private static let linear = Signature(
        "nn.linear", "Rows x times weights, plus a bias: x w' + b. Begins with numbers even in ±1 / sqrt(inputs).",
        parameters: [
            .required("inputs", .integer(1...), "size of a row"),
            .required("outputs", .integer(1...), "size of a row of the result"),
        ],
        options: [.optional("bias", .boolean, default: true, "whether a bias is added"), seed],
        returns: made,
        example: .init("return nn.linear(4, 2).weight.shape", output: "{2, 4}"),
        related: ["nn.sequential"]
    ) { call throws(Failure) in
        .layer(
            try Linear(
                inputs: call.integer("inputs"), outputs: call.integer("outputs"), hasBias: call.boolean("bias"),
                seed: call.drawSeed))
    }

    private static let embedding = Signature(
        "nn.embedding", "A learnt row of numbers for each whole number: ids of any shape [...] give [..., dimension].",
        parameters: [
            .required("count", .integer(1...), "how many rows"),
            .required("dimension", .integer(1...), "size of a row"),
        ],
        options: [
            .optional("base", .integer(0...1), default: 1, "the number of the first row; token ids count from 0"), seed,
        ],
        returns: made,
        example: .init("return nn.embedding(10, 4)(tensor{{1, 10}}).shape", output: "{1, 2, 4}"),
        related: ["nn.transformer_encoder"]
    ) { call throws(Failure) in
        .layer(
            try Embedding(
                count: call.integer("count"), dimension: call.integer("dimension"), base: call.integer("base"),
                seed: call.drawSeed))
    }

    // More than any picture has, and few enough that no product of sizes overflows.
    private static func sizes(_ dimensions: Int, _ least: Int) -> ParameterType {
        let size = ParameterType.integer(least...65536)
        return dimensions == 1 ? size : .either(size, .list(of: size))
    }

    private static func convolution(_ dimensions: Int) -> Signature {
        let input = dimensions == 2 ? "pictures [n, inputs, rows, columns]" : "sequences [n, inputs, length]"
        let sample = dimensions == 2 ? "1, 1, 5, 5" : "1, 1, 5"
        return Signature(
            "nn.conv\(dimensions)d", "Slides learnt windows over \(input): outputs channels of sums.",
            parameters: [
                .required("inputs", .integer(1...), "channels of the input"),
                .required("outputs", .integer(1...), "channels of the result"),
                .required("kernel", sizes(dimensions, 1), "size of the window"),
            ],
            options: [
                .optional("stride", sizes(dimensions, 1), standing: "1", "how far the window moves"),
                .optional("padding", sizes(dimensions, 0), standing: "0", "zeros added at each side"), seed,
            ],
            returns: made,
            example: .init(
                "return nn.conv\(dimensions)d(1, 2, 3, {padding = 1})(tensor.zeros(\(sample))).shape",
                output: dimensions == 2 ? "{1, 2, 5, 5}" : "{1, 2, 5}"),
            related: ["nn.max_pool\(dimensions)d", "nn.flatten"]
        ) { call throws(Failure) in
            .layer(
                try Convolution(
                    inputs: call.integer("inputs"), outputs: call.integer("outputs"),
                    window: call.window(dimensions, step: nil), dimensions: dimensions, seed: call.drawSeed))
        }
    }

    private static func pool(_ dimensions: Int, greatest: Bool) -> Signature {
        let name = "\(greatest ? "max" : "avg")_pool\(dimensions)d"
        let input = dimensions == 2 ? "pictures [n, channels, rows, columns]" : "sequences [n, channels, length]"
        let sample = dimensions == 2 ? "1, 1, 4, 4" : "1, 1, 4"
        return Signature(
            "nn.\(name)",
            "The \(greatest ? "greatest" : "mean") of what a window sees at each place on \(input), each channel apart.",
            parameters: [.required("kernel", sizes(dimensions, 1), "size of the window")],
            options: [
                .optional("stride", sizes(dimensions, 1), standing: "the window's size", "how far the window moves"),
                .optional("padding", sizes(dimensions, 0), standing: "0", "border added at each side"),
            ],
            returns: made,
            example: .init(
                "return nn.\(name)(2)(tensor.zeros(\(sample))).shape",
                output: dimensions == 2 ? "{1, 1, 2, 2}" : "{1, 1, 2}"),
            related: ["nn.conv\(dimensions)d"]
        ) { call throws(Failure) in
            let window = try call.window(dimensions, step: "kernel")
            let border = window.border
            guard 2 * border.rows <= window.height, 2 * border.columns <= window.width else {
                throw .argument(
                    "padding", expected: "at most half the kernel", got: "\(max(border.rows, border.columns))")
            }
            return .layer(Pooling(window: window, dimensions: dimensions, takesGreatest: greatest))
        }
    }

    private static let flatten = Signature(
        "nn.flatten", "All sizes after the first as one: [n, c, h, w] gives [n, c * h * w].", returns: made,
        example: .init("return nn.flatten()(tensor.zeros(2, 3, 4)).shape", output: "{2, 12}"),
        related: ["nn.conv2d"]
    ) { _ throws(Failure) in .layer(Flatten()) }

    private static let dropout = Signature(
        "nn.dropout",
        "Sets a share of the elements to 0 at random while training and scales the others; does nothing after eval().",
        parameters: [.required("rate", .number(0...1), "the share that is dropped")],
        options: [seed], returns: made,
        example: .init("return nn.dropout(1)(tensor{1, 2}):totable()", output: "{0.0, 0.0}"),
        related: ["nn.Module:train", "nn.Module:eval"]
    ) { call throws(Failure) in .layer(Dropout(rate: try call.number("rate"), seed: call.drawSeed)) }

    private static let layerNorm = Signature(
        "nn.layer_norm", "Rows moved and scaled to mean 0 and variance 1, then by learnt numbers.",
        parameters: [.required("size", .integer(1...), "size of a row")],
        options: [.optional("eps", .number(0...), default: 1e-5, "added to the variance")], returns: made,
        example: .init("return nn.layer_norm(2, {eps = 0})(tensor{{1, 3}}):totable()", output: "{{-1.0, 1.0}}"),
        related: ["nn.transformer_encoder"]
    ) { call throws(Failure) in .layer(try LayerNorm(size: call.integer("size"), eps: call.number("eps"))) }

    private static let attention = Signature(
        "nn.attention",
        """
        Attention with several heads over [n, length, width]: m(x) to itself, m(queries, keys, values) to another. A last argument \
        [n, length] of truth values marks what may be seen.
        """,
        parameters: [
            .required("width", .integer(1...), "size of the vectors, a multiple of heads"),
            .required("heads", .integer(1...), "how many heads"),
        ],
        options: [
            .optional("causal", .boolean, default: false, "whether a position sees only itself and those before"),
            .optional("dropout", .number(0...1), default: 0.0, "share of weights dropped while training"), seed,
        ],
        returns: made,
        example: .init("return nn.attention(8, 2)(tensor.zeros(1, 5, 8)).shape", output: "{1, 5, 8}"),
        related: ["nn.transformer_encoder"]
    ) { call throws(Failure) in
        .layer(
            try Attention(
                width: call.integer("width"), heads: call.integer("heads"), isCausal: call.boolean("causal"),
                rate: call.number("dropout"), seed: call.drawSeed))
    }

    private static func transformer(isCausal: Bool) -> Signature {
        let name = "transformer_\(isCausal ? "decoder" : "encoder")"
        return Signature(
            "nn.\(name)",
            isCausal
                ? "Transformer blocks in which a position sees only itself and those before, to continue sequences [n, length, width]."
                : """
                Transformer blocks over [n, length, width]: attention and two linear layers each. A second argument [n, length] of truth \
                values marks what may be seen.
                """,
            parameters: [
                .required("width", .integer(1...), "size of the vectors, a multiple of heads"),
                .required("heads", .integer(1...), "heads of attention"),
            ],
            options: [
                .optional("layers", .integer(1...1000), default: 1, "how many blocks"),
                .optional(
                    "hidden", .integer(1...), standing: "4 times width", "size between the two linear layers"),
                .optional("dropout", .number(0...1), default: 0.1, "share dropped while training"),
                .optional("activation", .choice(["relu", "gelu"]), default: "relu", "between the linear layers"),
                .optional(
                    "norm_first", .boolean, default: false, "whether normalisation comes before attention and layers"),
                seed,
            ],
            returns: made,
            example: .init("return nn.\(name)(8, 2)(tensor.zeros(1, 5, 8)).shape", output: "{1, 5, 8}"),
            related: ["nn.attention", "nn.embedding"]
        ) { call throws(Failure) in
            let width = try call.integer("width")
            let hidden = try call.integer(ifGiven: "hidden")
            let options = TransformerBlock.Options(
                width: width, heads: try call.integer("heads"), hidden: hidden ?? 4 * min(width, Int.max / 4),
                dropout: try call.number("dropout"),
                activation: Activation.Function(rawValue: try call.string("activation")) ?? .relu,
                normalisesFirst: try call.boolean("norm_first"), isCausal: isCausal)
            return .layer(try Transformer(options, count: call.integer("layers"), seed: call.drawSeed))
        }
    }

    private static let gru = Signature(
        "nn.gru",
        "Gated recurrent units over sequences [n, length, inputs]: the states [n, length, width], or the last one [n, width].",
        parameters: [
            .required("inputs", .integer(1...), "size of a vector of the sequence"),
            .required("width", .integer(1...), "size of the state"),
        ],
        options: [
            .optional("layers", .integer(1...1000), default: 1, "layers, each over the states of the one before"),
            .optional("last", .boolean, default: false, "whether only the last state is given"), seed,
        ],
        returns: made,
        example: .init("return nn.gru(3, 4, {last = true})(tensor.zeros(2, 5, 3)).shape", output: "{2, 4}"),
        related: ["nn.embedding"]
    ) { call throws(Failure) in
        .layer(
            try GRU(
                inputs: call.integer("inputs"), width: call.integer("width"), count: call.integer("layers"),
                givesLast: call.boolean("last"), seed: call.drawSeed))
    }

    private static func activation(_ function: Activation.Function) -> Signature {
        let prose =
            switch function {
            case .relu: "Every element, 0 for those below."
            case .tanh: "The hyperbolic tangent of every element."
            case .sigmoid: "1 / (1 + exp(-x)) of every element."
            case .gelu: "x times the share of the standard normal distribution below x."
            case .softmax: "Shares that add up to 1 along the last dimension."
            }
        let input = function == .softmax ? "{0, 0}" : "{0}"
        let output = function == .softmax ? "{0.5, 0.5}" : function == .sigmoid ? "{0.5}" : "{0.0}"
        return Signature(
            "nn.\(function.rawValue)", "A layer: \(prose)", returns: made,
            example: .init("return nn.\(function.rawValue)()(tensor\(input)):totable()", output: output),
            related: ["tensor:\(function.rawValue)"]
        ) { _ throws(Failure) in .layer(Activation(function)) }
    }
}

extension Call {
    /// The window that `kernel`, `stride` and `padding` describe. A stride that is not given is 1, or as large as the kernel.
    fileprivate func window(_ dimensions: Int, step: String?) throws(Failure) -> Window {
        let kernel = try pair("kernel", dimensions) ?? (1, 1)
        let stride = try pair("stride", dimensions) ?? (step == nil ? (1, 1) : kernel)
        let padding = try pair("padding", dimensions) ?? (0, 0)
        return Window(
            height: dimensions == 1 ? 1 : kernel.0, width: kernel.1, down: dimensions == 1 ? 1 : stride.0,
            right: stride.1, border: (dimensions == 1 ? 0 : padding.0, padding.1))
    }

    private func pair(_ name: String, _ dimensions: Int) throws(Failure) -> (Int, Int)? {
        guard let argument = try given(name) else { return nil }
        if let size = argument.integer { return (size, size) }
        let sizes = argument.numbers() ?? []
        guard sizes.count == 2 else {
            throw .argument(name, expected: "one number, or {rows, columns}", got: argument.words)
        }
        return (Int(sizes[0]), Int(sizes[1]))
    }
}
