import Support
import Tensors

/// Layers made again from what a file says of them.
enum LayerKinds {
    /// A layer and all inside in a form that `make` understands; nil if a script made one of them.
    static func description(of layer: Layer) -> JSON? {
        guard let settings = layer.settings else { return nil }
        var parts: [JSON] = []
        if layer is Sequential {
            for (_, child) in layer.children {
                guard let part = description(of: child) else { return nil }
                parts.append(part)
            }
        }
        return ["kind": JSON(layer.kind), "settings": settings, "parts": .array(parts)]
    }

    /// The layer that `description` tells of, its parameters not yet those of the file. `others` make kinds of other rooms.
    static func make(
        _ description: JSON, others: [String: ModelFile.Maker], depth: Int = 0
    ) throws(Failure) -> Layer {
        let settings = Settings(json: description["settings"])
        guard depth < 100, let kind = description["kind"]?.string else { throw Settings.broken }
        switch kind {
        case "sequential":
            var parts: [Layer] = []
            for part in description["parts"]?.array ?? [] {
                parts.append(try make(part, others: others, depth: depth + 1))
            }
            return Sequential(parts)
        case "linear":
            return try Linear(
                inputs: settings.size("inputs"), outputs: settings.size("outputs"), hasBias: settings.truth("bias"),
                seed: 0)
        case "embedding":
            return try Embedding(
                count: settings.size("count"), dimension: settings.size("dimension"), base: settings.size("base"),
                seed: 0)
        case "layer_norm": return try LayerNorm(size: settings.size("size"), eps: settings.number("eps"))
        case "dropout": return try Dropout(rate: settings.number("rate"), seed: settings.seed())
        case "conv1d", "conv2d":
            return try Convolution(
                inputs: settings.size("inputs"), outputs: settings.size("outputs"), window: settings.window(),
                dimensions: kind == "conv1d" ? 1 : 2, seed: 0)
        case "max_pool1d", "max_pool2d", "avg_pool1d", "avg_pool2d":
            return Pooling(
                window: try settings.window(), dimensions: kind.contains("1d") ? 1 : 2,
                takesGreatest: kind.contains("max"))
        case "flatten": return Flatten()
        case "attention":
            return try Attention(
                width: settings.size("width"), heads: settings.size("heads"), isCausal: settings.truth("causal"),
                rate: settings.number("dropout"), seed: 0)
        case "transformer_block": return try TransformerBlock(settings.block(), seed: 0)
        case "transformer_encoder", "transformer_decoder":
            return try Transformer(settings.block(), count: settings.size("layers"), seed: 0)
        case "gru":
            return try GRU(
                inputs: settings.size("inputs"), width: settings.size("width"), count: settings.size("layers"),
                givesLast: settings.truth("last"), seed: 0)
        default:
            if let make = others[kind] { return try make(description["settings"] ?? .null) }
            guard let function = Activation.Function(rawValue: kind) else {
                throw .operation("has a layer '\(kind)' that this version does not know")
            }
            return Activation(function)
        }
    }
}

/// The settings of a layer as a file has them.
private struct Settings {
    let json: JSON?

    static let broken = Failure.operation("does not describe its layers as nn writes them")

    func size(_ name: String) throws(Failure) -> Int {
        guard let size = json?[name]?.int, size >= 0 else { throw Self.broken }
        return size
    }

    func number(_ name: String) throws(Failure) -> Double {
        guard let number = json?[name]?.double else { throw Self.broken }
        return number
    }

    func truth(_ name: String) throws(Failure) -> Bool {
        guard let truth = json?[name]?.bool else { throw Self.broken }
        return truth
    }

    func seed() throws(Failure) -> UInt64 {
        guard let seed = json?["seed"]?.string.flatMap({ UInt64($0) }) else { throw Self.broken }
        return seed
    }

    func window() throws(Failure) -> Window {
        guard let window = Window(json?["window"]) else { throw Self.broken }
        return window
    }

    func block() throws(Failure) -> TransformerBlock.Options {
        guard let activation = json?["activation"]?.string.flatMap(Activation.Function.init) else { throw Self.broken }
        return TransformerBlock.Options(
            width: try size("width"), heads: try size("heads"), hidden: try size("hidden"),
            dropout: try number("dropout"), activation: activation, normalisesFirst: try truth("norm_first"),
            isCausal: try truth("causal"))
    }
}
