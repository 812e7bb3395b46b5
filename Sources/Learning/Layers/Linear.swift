import Glibc
import Support
import Tensors

/// x w' + b.
public final class Linear: Layer, @unchecked Sendable {
    /// [outputs, inputs]
    public let weight: Trainable
    /// [outputs]
    public let bias: Trainable?
    private let inputs: Int
    private let outputs: Int

    /// Weights and bias are drawn evenly from ±1 / sqrt(inputs), as PyTorch does (He's initialisation with a = sqrt 5).
    public init(inputs: Int, outputs: Int, hasBias: Bool = true, seed: UInt64) throws(Failure) {
        var seeds = SeededGenerator(seed: seed)
        let bound = 1 / Double(max(1, inputs)).squareRoot()
        (self.inputs, self.outputs) = (inputs, outputs)
        weight = try .uniform([outputs, inputs], bound, &seeds)
        bias = hasBias ? try .uniform([outputs], bound, &seeds) : nil
    }

    public override var kind: String { "linear" }
    public override var words: String { "linear(\(inputs), \(outputs))" }
    public override var ownParameters: [(name: String, parameter: Trainable)] {
        [("weight", weight)] + (bias.map { [("bias", $0)] } ?? [])
    }
    public override var settings: JSON? {
        ["inputs": JSON(inputs), "outputs": JSON(outputs), "bias": .bool(bias != nil)]
    }

    public override func forward(_ inputs: [Tensor], _ recorder: Recorder) throws(Failure) -> Tensor {
        let x = try single(inputs)
        try checkWidth(x, self.inputs)
        let rows = try recorder.convert(x, to: weight.tensor.dtype)
        return try recorder.affine(rows, weight.tensor, bias?.tensor)
    }
}

/// A row of a table for every whole number.
public final class Embedding: Layer, @unchecked Sendable {
    /// [count, dimension]
    public let weight: Trainable
    private let base: Int

    /// Rows of the standard normal distribution. `base` is the number of the first row, 0 or 1.
    public init(count: Int, dimension: Int, base: Int, seed: UInt64) throws(Failure) {
        weight = try Trainable(Tensor.randn([count, dimension], seed: seed))
        self.base = base
    }

    public override var kind: String { "embedding" }
    public override var words: String { "embedding(\(weight.tensor.shape[0]), \(weight.tensor.shape[1]))" }
    public override var ownParameters: [(name: String, parameter: Trainable)] { [("weight", weight)] }
    public override var settings: JSON? {
        [
            "count": JSON(weight.tensor.shape[0]), "dimension": JSON(weight.tensor.shape[1]), "base": JSON(base),
        ]
    }

    public override func forward(_ inputs: [Tensor], _ recorder: Recorder) throws(Failure) -> Tensor {
        let numbers = try single(inputs)
        let count = weight.tensor.shape[0]
        var indices: [Int] = []
        indices.reserveCapacity(numbers.count)
        for (position, number) in try numbers.values(as: Int64.self).enumerated() {
            let index = Int(number) - base
            guard index >= 0, index < count else {
                throw .operation(
                    "\(words) has rows \(base) to \(base + count - 1), got \(number) at element \(position + 1)",
                    hint: base == 1 ? "token ids count from 0: make it with {base = 0}" : nil)
            }
            indices.append(index)
        }
        let rows = try recorder.rows(weight.tensor, indices)
        return try recorder.reshape(rows, numbers.shape + [weight.tensor.shape[1]])
    }
}

/// Rows of mean 0 and variance 1, then scaled and moved by learnt numbers.
public final class LayerNorm: Layer, @unchecked Sendable {
    /// [size]
    public let weight: Trainable, bias: Trainable
    private let eps: Double

    /// Begins with scales of 1 and moves of 0.
    public init(size: Int, eps: Double = 1e-5) throws(Failure) {
        weight = try .full([size], 1)
        bias = try .full([size], 0)
        self.eps = eps
    }

    public override var kind: String { "layer_norm" }
    public override var words: String { "layer_norm(\(weight.tensor.count))" }
    public override var ownParameters: [(name: String, parameter: Trainable)] {
        [("weight", weight), ("bias", bias)]
    }
    public override var settings: JSON? { ["size": JSON(weight.tensor.count), "eps": .double(eps)] }

    public override func forward(_ inputs: [Tensor], _ recorder: Recorder) throws(Failure) -> Tensor {
        let x = try single(inputs)
        try checkWidth(x, weight.tensor.count)
        return try recorder.layerNorm(
            recorder.convert(x, to: weight.tensor.dtype), weight.tensor, bias.tensor, eps: eps)
    }
}

/// Elements set to 0 at random while training, the others scaled so that their expected sum stays.
public final class Dropout: Layer, @unchecked Sendable {
    private let rate: Double
    private let seed: UInt64
    private var count: UInt64 = 0

    /// Drops a share of `rate`, 0 to 1.
    public init(rate: Double, seed: UInt64) {
        (self.rate, self.seed) = (rate, seed)
    }

    public override var kind: String { "dropout" }
    public override var words: String { "dropout(\(rate))" }
    public override var settings: JSON? { ["rate": .double(rate), "seed": JSON(String(seed))] }
    public override var draws: UInt64 {
        get { count }
        set { count = newValue }
    }

    public override func forward(_ inputs: [Tensor], _ recorder: Recorder) throws(Failure) -> Tensor {
        let x = try single(inputs)
        guard isTraining, rate > 0 else { return x }
        count += 1
        var generator = SeededGenerator(seed: seed, stream: count)
        return try recorder.dropout(recorder.convert(x, to: x.dtype.fractional), rate: rate, seed: generator.next())
    }
}

/// A function of every element, or of every row.
public final class Activation: Layer, @unchecked Sendable {
    /// Which function.
    public enum Function: String, CaseIterable, Sendable {
        case relu, tanh, sigmoid, gelu, softmax
    }

    private let function: Function

    /// A layer of that function.
    public init(_ function: Function) { self.function = function }

    public override var kind: String { function.rawValue }

    public override func forward(_ inputs: [Tensor], _ recorder: Recorder) throws(Failure) -> Tensor {
        let x = try single(inputs)
        return switch function {
        case .relu: try recorder.apply(.relu, x)
        case .tanh: try recorder.apply(.tanh, x)
        case .sigmoid: try recorder.apply(.sigmoid, x)
        case .gelu: try recorder.apply(.gelu, x)
        case .softmax: try recorder.softmax(x, dim: max(0, x.rank - 1))
        }
    }
}

/// Layers one after the other.
public final class Sequential: Layer, @unchecked Sendable {
    private let parts: [Layer]

    /// The layers in order.
    public init(_ parts: [Layer]) { self.parts = parts }

    public override var kind: String { "sequential" }
    public override var words: String { "sequential{\(parts.map(\.words).joined(separator: ", "))}" }
    public override var children: [(name: String, layer: Layer)] {
        parts.enumerated().map { (String($0 + 1), $1) }
    }

    public override func forward(_ inputs: [Tensor], _ recorder: Recorder) throws(Failure) -> Tensor {
        var x = try single(inputs)
        for part in parts {
            try recorder.work.cancellation.check()
            x = try part.forward([x], recorder)
        }
        return x
    }
}
