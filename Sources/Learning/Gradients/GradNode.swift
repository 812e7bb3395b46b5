import Support
import Synchronization
import Tensors

/// How a tensor was computed: the step that made it, and the steps that made what it was computed from. A tensor holds its node, a node those
/// of its inputs; there is no list of all steps anywhere, so what no tensor needs any more is gone.
///
/// A node without inputs is a leaf: a tensor that asked for gradients and collects them.
///
/// Marked Sendable by hand, like storages: a graph belongs to the thread that records it.
public final class GradNode: @unchecked Sendable {
    /// From the gradient of the loss by this step's result, those by its inputs, in their order; nil for inputs that need none. A gradient may
    /// have the shape that its input broadcasts to.
    typealias Pullback = (_ gradient: Tensor, _ work: Work) throws(Failure) -> [Tensor?]

    /// The operation, in messages.
    let name: String
    let shape: [Int]
    let dtype: DType
    /// Later nodes have greater numbers, and a node's inputs are earlier: falling order is an order for going back.
    let order: UInt64
    /// Whether it is a tensor that asked for gradients rather than a step.
    public let isLeaf: Bool
    private(set) var inputs: [GradNode?]
    private(set) var pullback: Pullback?
    private var kept: [(storage: Storage, version: Int)]

    /// The gradient that a leaf has collected; nil before the first `backward`.
    public internal(set) var gradient: Tensor?

    /// What a gradient begins with to which only some rows are added. A leaf, as a table of embeddings is, gets one at every step.
    var zeros: RecycledZeros { isLeaf ? leafZeros : RecycledZeros(shape, dtype: dtype) }
    private lazy var leafZeros = RecycledZeros(shape, dtype: dtype)

    /// What has come in so far on the way back, and which way back that is.
    var incoming: Tensor?
    var sweep: UInt64 = 0

    static let counter = Atomic<UInt64>(0)

    /// A leaf.
    init(leaf tensor: Tensor) {
        name = "leaf"
        (shape, dtype) = (tensor.shape, tensor.dtype)
        order = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
        isLeaf = true
        inputs = []
        kept = []
    }

    /// A step that gave `result`. `kept` are the tensors that `pullback` will look at.
    init(
        _ name: String, _ result: Tensor, inputs: [GradNode?], keeping kept: [Tensor], pullback: @escaping Pullback
    ) {
        self.name = name
        (shape, dtype) = (result.shape, result.dtype)
        order = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
        isLeaf = false
        self.inputs = inputs
        self.kept = kept.map { ($0.storage, $0.storage.version) }
        self.pullback = pullback
    }

    /// The gradients by the inputs.
    func pull(_ gradient: Tensor, _ work: Work) throws(Failure) -> [Tensor?] {
        guard let pullback else {
            throw .operation(
                "backward() went through these results before, and what it needs was freed",
                hint: "compute the loss again, or keep it with loss:backward{retain_graph = true}")
        }
        for (storage, version) in kept where storage.version != version {
            throw .operation(
                "a tensor that the gradient of \(name) needs was changed in place after it was used",
                hint: "change a clone() of it, or call backward() before")
        }
        return try pullback(gradient, work)
    }

    /// Lets go of everything that was kept for the way back.
    func consume() {
        pullback = nil
        kept = []
        // Not by `inputs = []`: see deinit.
        release()
    }

    /// Forgets the collected gradient.
    public func clearGradient() { gradient = nil }

    deinit {
        if !inputs.isEmpty { release() }
    }

    // A chain of nodes that nobody else holds is taken apart one by one: each inside the end of the one before it would fill the stack.
    private func release() {
        var pending = inputs
        inputs = []
        while !pending.isEmpty {
            guard var node = pending.removeLast() else { continue }
            if isKnownUniquelyReferenced(&node) {
                pending += node.inputs
                node.inputs = []
            }
        }
    }
}

extension Tensor {
    /// The node beside this tensor, if it asks for gradients or was computed from one that does.
    public var gradNode: GradNode? { provenance.flatMap { $0 as? GradNode } }

    /// Whether gradients can flow back from this tensor.
    public var isTracked: Bool { provenance != nil }

    /// This tensor as a leaf that collects gradients from now on; one that is a leaf already stays it.
    public func requiringGradient() throws(Failure) -> Tensor {
        if let node = gradNode {
            guard node.isLeaf else {
                throw .operation(
                    "this tensor was computed from one that asks for gradients and passes them on already",
                    hint: "detach() it first to begin anew here")
            }
            return self
        }
        guard dtype.isFloatingPoint else {
            throw .operation(
                "only float32 and float64 tensors have gradients, this one is \(dtype.rawValue)",
                hint: "convert it with to(\"float32\")")
        }
        var leaf = self
        leaf.provenance = GradNode(leaf: self)
        return leaf
    }
}
