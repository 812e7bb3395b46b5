import Support
import Tensors

/// Attention with several heads (Vaswani et al. 2017), parameters named and drawn as PyTorch's.
public final class Attention: Layer, @unchecked Sendable {
    private let width: Int
    private let heads: Int
    private let isCausal: Bool
    private let inputWeight: Trainable
    private let inputBias: Trainable
    private let output: Linear
    private let dropout: Dropout?

    /// - Parameters:
    ///   - width: size of the vectors; a multiple of `heads`.
    ///   - isCausal: a position sees only itself and those before.
    ///   - rate: share of attention weights dropped while training.
    public init(width: Int, heads: Int, isCausal: Bool, rate: Double, seed: UInt64) throws(Failure) {
        guard heads > 0, width % heads == 0 else {
            throw .argument("width", expected: "a multiple of \(heads) (heads)", got: "\(width)")
        }
        (self.width, self.heads, self.isCausal) = (width, heads, isCausal)
        var seeds = SeededGenerator(seed: seed)
        // Xavier's bound for [3 width, width].
        let rows = try Trainable.tripled(width)
        inputWeight = try .uniform([rows, width], (6 / (4 * Double(width))).squareRoot(), &seeds)
        inputBias = try .full([rows], 0)
        output = try Linear(inputs: width, outputs: width, seed: seeds.next())
        if let bias = output.bias { try bias.set(Tensor.zeros([width])) }
        dropout = rate > 0 ? Dropout(rate: rate, seed: seeds.next()) : nil
    }

    public override var kind: String { "attention" }
    public override var words: String { "attention(\(width), \(heads))" }
    public override var ownParameters: [(name: String, parameter: Trainable)] {
        [("in_proj_weight", inputWeight), ("in_proj_bias", inputBias)]
    }
    public override var children: [(name: String, layer: Layer)] {
        [("out_proj", output)] + (dropout.map { [("dropout", $0)] } ?? [])
    }
    public override var settings: JSON? {
        [
            "width": JSON(width), "heads": JSON(heads), "causal": .bool(isCausal),
            "dropout": dropout?.settings?["rate"] ?? .double(0),
        ]
    }

    /// One input attends to itself; three are queries, keys and values. A further one, of truth values [n, keys], marks what may be seen.
    public override func forward(_ inputs: [Tensor], _ recorder: Recorder) throws(Failure) -> Tensor {
        guard (1...4).contains(inputs.count) else {
            throw .operation(
                "\(words) takes x, or queries, keys and values, and then a mask; got \(inputs.count) tensors")
        }
        let mask = inputs.count % 2 == 0 ? inputs[inputs.count - 1] : nil
        let (q, k, v) = try projections(Array(inputs.prefix(inputs.count > 2 ? 3 : 1)), recorder)
        let scale = 1 / Double(width / heads).squareRoot()
        let products = try recorder.matmul(q, recorder.transpose(k, 2, 3))
        var scores = try recorder.combine(.multiply, .tensor(products), .scalar(.real(scale)))
        if let seen = try visible(scores.shape, mask) {
            // Far below every score, but no infinity: a row that sees nothing stays a number.
            scores = try recorder.choose(seen, .tensor(scores), .scalar(.real(-1e30)))
        }
        var weights = try recorder.softmax(scores, dim: 3)
        if let dropout { weights = try dropout.forward([weights], recorder) }
        let mixed = try recorder.transpose(recorder.matmul(weights, v), 1, 2)
        let rows = try recorder.reshape(mixed, [mixed.shape[0], mixed.shape[1], width])
        return try output.forward([rows], recorder)
    }

    // Queries, keys and values of every head, [n, heads, length, width / heads].
    private func projections(
        _ inputs: [Tensor], _ recorder: Recorder
    ) throws(Failure) -> (Tensor, Tensor, Tensor) {
        for input in inputs {
            try checkRank(input, 3, "[n, length, \(width)]")
            try checkWidth(input, width)
        }
        var parts: [Tensor] = []
        if inputs.count == 1 {
            let all = try recorder.affine(inputs[0], inputWeight.tensor, inputBias.tensor)
            for part in 0..<3 { parts.append(try recorder.slice(all, 2, part * width..<(part + 1) * width)) }
        } else {
            for (part, input) in inputs.enumerated() {
                let rows = part * width..<(part + 1) * width
                parts.append(
                    try recorder.affine(
                        input, recorder.slice(inputWeight.tensor, 0, rows), recorder.slice(inputBias.tensor, 0, rows)))
            }
        }
        var split: [Tensor] = []
        for part in parts {
            let byHead = try recorder.reshape(part, [part.shape[0], part.shape[1], heads, width / heads])
            split.append(try recorder.transpose(byHead, 1, 2))
        }
        guard split[0].shape[0] == split[1].shape[0], split[1].shape == split[2].shape else {
            throw .operation(
                "\(words) takes keys and values of one shape and as many rows as queries, got shapes "
                    + inputs.map { "\($0.shape)" }.joined(separator: ", "))
        }
        return (split[0], split[1], split[2])
    }

    // What may be seen, of a shape that broadcasts to the scores; nil for everything.
    private func visible(_ shape: [Int], _ mask: Tensor?) throws(Failure) -> Tensor? {
        var seen: Tensor?
        if isCausal {
            let (rows, columns) = (shape[2], shape[3])
            seen = try Tensor.build([rows, columns], of: Bool.self) { target in
                for i in 0..<rows { for j in 0..<min(columns, i + 1) { target[i * columns + j] = true } }
            }
        }
        guard let mask else { return seen }
        guard mask.shape == [shape[0], shape[3]] else {
            throw .operation("\(words) takes a mask of shape \([shape[0], shape[3]]), got shape \(mask.shape)")
        }
        let marks = try mask.to(.bool).reshape([shape[0], 1, 1, shape[3]])
        guard let causal = seen else { return marks }
        return try Tensor.combine(.and, .tensor(marks), .tensor(causal))
    }
}

/// A block of a Transformer: attention, then two linear layers, each added to its input and normalised. With causal attention it is the
/// block of a decoder that continues texts.
public final class TransformerBlock: Layer, @unchecked Sendable {
    /// What a block is made with.
    public struct Options: Sendable {
        /// Size of the vectors, heads of attention, size between the two linear layers.
        public var width: Int, heads: Int, hidden: Int
        /// Share dropped while training.
        public var dropout: Double
        /// The function between the two linear layers.
        public var activation: Activation.Function
        /// Whether normalisation comes before attention and linear layers rather than after.
        public var normalisesFirst: Bool
        /// Whether a position sees only itself and those before.
        public var isCausal: Bool

        /// Options of a block.
        public init(
            width: Int, heads: Int, hidden: Int, dropout: Double, activation: Activation.Function,
            normalisesFirst: Bool, isCausal: Bool
        ) {
            (self.width, self.heads, self.hidden, self.dropout) = (width, heads, hidden, dropout)
            (self.activation, self.normalisesFirst, self.isCausal) = (activation, normalisesFirst, isCausal)
        }
    }

    private let options: Options
    private let attention: Attention
    private let first: Linear
    private let second: Linear
    private let norms: (LayerNorm, LayerNorm)
    private let dropouts: [Dropout]

    /// A block; its parts are named as PyTorch's.
    public init(_ options: Options, seed: UInt64) throws(Failure) {
        var seeds = SeededGenerator(seed: seed)
        self.options = options
        attention = try Attention(
            width: options.width, heads: options.heads, isCausal: options.isCausal, rate: options.dropout,
            seed: seeds.next())
        first = try Linear(inputs: options.width, outputs: options.hidden, seed: seeds.next())
        second = try Linear(inputs: options.hidden, outputs: options.width, seed: seeds.next())
        norms = (try LayerNorm(size: options.width), try LayerNorm(size: options.width))
        let (rate, next) = (options.dropout, { seeds.next() })
        dropouts = rate > 0 ? (0..<3).map { _ in Dropout(rate: rate, seed: next()) } : []
    }

    public override var kind: String { "transformer_block" }
    public override var words: String { "transformer_block(\(options.width), \(options.heads))" }
    public override var children: [(name: String, layer: Layer)] {
        [("self_attn", attention), ("linear1", first), ("linear2", second), ("norm1", norms.0), ("norm2", norms.1)]
            + dropouts.enumerated().map { ($0 == 0 ? "dropout" : "dropout\($0)", $1) }
    }
    public override var settings: JSON? {
        [
            "width": JSON(options.width), "heads": JSON(options.heads), "hidden": JSON(options.hidden),
            "dropout": .double(options.dropout), "activation": JSON(options.activation.rawValue),
            "norm_first": .bool(options.normalisesFirst), "causal": .bool(options.isCausal),
        ]
    }

    /// Rows [n, length, width], and truth values [n, length] that mark what may be seen.
    public override func forward(_ inputs: [Tensor], _ recorder: Recorder) throws(Failure) -> Tensor {
        guard let x = inputs.first, inputs.count <= 2 else {
            throw .operation("\(words) takes x and a mask, got \(inputs.count) tensors")
        }
        let mask = Array(inputs.dropFirst())
        func attend(_ x: Tensor) throws(Failure) -> Tensor {
            try drop(attention.forward([x] + mask, recorder), 1, recorder)
        }
        func feed(_ x: Tensor) throws(Failure) -> Tensor {
            let inner = try Activation(options.activation).forward([first.forward([x], recorder)], recorder)
            return try drop(second.forward([drop(inner, 0, recorder)], recorder), 2, recorder)
        }
        func added(_ a: Tensor, _ b: Tensor) throws(Failure) -> Tensor {
            try recorder.combine(.add, .tensor(a), .tensor(b))
        }
        if options.normalisesFirst {
            let y = try added(x, attend(norms.0.forward([x], recorder)))
            return try added(y, feed(norms.1.forward([y], recorder)))
        }
        let y = try norms.0.forward([added(x, attend(x))], recorder)
        return try norms.1.forward([added(y, feed(y))], recorder)
    }

    private func drop(_ x: Tensor, _ index: Int, _ recorder: Recorder) throws(Failure) -> Tensor {
        dropouts.isEmpty ? x : try dropouts[index].forward([x], recorder)
    }
}

/// Transformer blocks one after the other, all with the same mask.
public final class Transformer: Layer, @unchecked Sendable {
    private let stack: [TransformerBlock]
    private let options: TransformerBlock.Options

    /// `count` blocks.
    public init(_ options: TransformerBlock.Options, count: Int, seed: UInt64) throws(Failure) {
        var seeds = SeededGenerator(seed: seed)
        self.options = options
        var blocks: [TransformerBlock] = []
        for _ in 0..<count { blocks.append(try TransformerBlock(options, seed: seeds.next())) }
        stack = blocks
    }

    public override var blocks: [Layer] { stack }
    public override var kind: String { options.isCausal ? "transformer_decoder" : "transformer_encoder" }
    public override var words: String {
        "\(kind)(\(options.width), \(options.heads), {layers = \(stack.count)})"
    }
    public override var children: [(name: String, layer: Layer)] {
        stack.enumerated().map { ("layers.\($0 + 1)", $1) }
    }
    public override var settings: JSON? {
        guard var settings = stack.first?.settings?.object else { return nil }
        settings["layers"] = JSON(stack.count)
        return .object(settings)
    }

    public override func forward(_ inputs: [Tensor], _ recorder: Recorder) throws(Failure) -> Tensor {
        guard var x = inputs.first, inputs.count <= 2 else {
            throw .operation("\(words) takes x and a mask, got \(inputs.count) tensors")
        }
        for block in stack {
            try recorder.work.cancellation.check()
            x = try block.forward([x] + inputs.dropFirst(), recorder)
        }
        return x
    }
}
