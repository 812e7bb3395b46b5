import Support
import Tensors

/// A tensor of numbers that a layer learns. Frozen ones stay as they are.
public final class Trainable: @unchecked Sendable {
    /// The numbers; a leaf for gradients unless frozen.
    public private(set) var tensor: Tensor

    /// Numbers to learn.
    public init(_ tensor: Tensor) throws(Failure) { self.tensor = try tensor.requiringGradient() }

    /// Whether gradients are collected.
    public var isFrozen: Bool { !tensor.isTracked }

    /// Takes the numbers out of learning, or back in.
    public func freeze(_ isFrozen: Bool) throws(Failure) {
        tensor = isFrozen ? tensor.detached : try tensor.requiringGradient()
    }

    /// Writes other numbers of the same shape over these.
    public func set(_ values: Tensor, work: Work = Work()) throws(Failure) {
        try tensor.assign(.tensor(values.detached), work: work)
    }

    /// Refuses more numbers than there can be: a layer's sizes are fine each by itself.
    static func checkSize(_ shape: [Int]) throws(Failure) {
        do throws(Failure) { _ = try Tensor.elementCount(shape) } catch {
            throw Failure(.memory, "weights of the shape \(shape) do not fit in memory")
        }
    }

    /// Three times `size`, the rows of weights that lie on each other; refused where no tensor could be so large.
    static func tripled(_ size: Int) throws(Failure) -> Int {
        let (rows, isTooMuch) = size.multipliedReportingOverflow(by: 3)
        guard !isTooMuch else { throw Failure(.memory, "weights of three times \(size) rows do not fit in memory") }
        return rows
    }

    /// Numbers spread evenly between -bound and bound.
    static func uniform(_ shape: [Int], _ bound: Double, _ seeds: inout SeededGenerator) throws(Failure) -> Trainable {
        try checkSize(shape)
        let draws = try Tensor.rand(shape, seed: seeds.next())
        let centered = try Tensor.combine(.subtract, .tensor(draws), .scalar(.real(0.5)))
        return try Trainable(Tensor.combine(.multiply, .tensor(centered), .scalar(.real(2 * bound))))
    }

    /// One number everywhere.
    static func full(_ shape: [Int], _ value: Double) throws(Failure) -> Trainable {
        try checkSize(shape)
        return try Trainable(Tensor.full(shape, .real(value)))
    }
}

/// A part of a network: tensors in, a tensor out, with parameters of its own and layers inside.
///
/// A class to be derived from, also by rooms above: a layer may be written in a script.
open class Layer: @unchecked Sendable {
    // Sendable by hand: a model belongs to the thread that trains it.

    /// Whether dropout drops; see `setTraining`.
    public private(set) var isTraining = true

    /// For derived classes.
    public init() {}

    /// The name of its kind ("linear"), as scripts and files have it.
    open var kind: String { "layer" }

    /// What it was made with, enough to make it again (see `LayerKinds`); nil for layers that a script makes.
    open var settings: JSON? { .object(JSONObject()) }

    /// Its own parameters by name, in order.
    open var ownParameters: [(name: String, parameter: Trainable)] { [] }

    /// The layers inside by name, in order.
    open var children: [(name: String, layer: Layer)] { [] }

    /// The like blocks, one upon the other, that it mainly consists of; for freezing some of them.
    open var blocks: [Layer] { [] }

    /// How often random numbers were drawn; kept in checkpoints, so that a resumed run draws on.
    open var draws: UInt64 {
        get { 0 }
        set {}
    }

    /// Computes the output.
    open func forward(_ inputs: [Tensor], _ recorder: Recorder) throws(Failure) -> Tensor {
        throw .operation("\(kind) computes nothing")
    }

    /// Computes like `forward` and tells of the parts in between, by their path from here, for finding where numbers go wrong. Nothing by default.
    open func trace(
        _ inputs: [Tensor], _ recorder: Recorder, _ seen: (_ path: String, _ part: Layer, _ output: Tensor) -> Void
    ) throws(Failure) {}

    /// The layer in a line, as in "linear(64, 128)".
    open var words: String { "\(kind)()" }

    /// The only input.
    public final func single(_ inputs: [Tensor]) throws(Failure) -> Tensor {
        guard inputs.count == 1, let input = inputs.first else {
            throw .operation("\(words) takes one tensor, got \(inputs.count)")
        }
        return input
    }
}

extension Layer {
    /// Every layer from this one down, itself first, with its path ("2.attention").
    public var layers: [(path: String, layer: Layer)] {
        [("", self)]
            + children.flatMap { name, child in
                child.layers.map { ($0.path.isEmpty ? name : "\(name).\($0.path)", $0.layer) }
            }
    }

    /// Every parameter from this layer down, by its path ("2.weight"). One that is used in several places comes once.
    public var parameters: [(name: String, parameter: Trainable)] {
        var seen: Set<ObjectIdentifier> = []
        return layers.flatMap { path, layer in
            layer.ownParameters.compactMap { name, parameter in
                seen.insert(ObjectIdentifier(parameter)).inserted
                    ? (path.isEmpty ? name : "\(path).\(name)", parameter) : nil
            }
        }
    }

    /// Whether dropout drops, here and in all layers inside.
    public func setTraining(_ isTraining: Bool) {
        for (_, layer) in layers { layer.mark(isTraining) }
    }

    fileprivate func mark(_ isTraining: Bool) { self.isTraining = isTraining }

    /// Refuses an input whose last size is not `size`.
    func checkWidth(_ x: Tensor, _ size: Int) throws(Failure) {
        guard x.rank > 0, x.shape[x.rank - 1] == size else {
            let got = x.shape.last.map { "\($0) (shape \(x.shape))" } ?? "a single value"
            throw .operation("\(words) takes \(size) feature\(size == 1 ? "" : "s") a row, got \(got)")
        }
    }

    /// Refuses an input that is not of `rank` dimensions, named in `sizes`.
    func checkRank(_ x: Tensor, _ rank: Int, _ sizes: String) throws(Failure) {
        guard x.rank == rank else {
            throw .operation("\(words) takes tensors \(sizes), got shape \(x.shape)")
        }
    }
}
