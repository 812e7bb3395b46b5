import Support
import Tensors

/// Operations that remember how they were computed: each gives what the operation of `Tensor` gives and, where an input is tracked, notes how
/// gradients go back through it.
///
/// Without tracked inputs, or while `work` does not record, they cost no more than the operation.
public struct Recorder: Sendable {
    /// Threads, cancellation, and whether to record.
    public let work: Work

    /// A recorder for work.
    public init(_ work: Work = Work()) { self.work = work }

    /// Whether a result of `inputs` is to be recorded.
    public func records(_ inputs: Tensor...) -> Bool {
        work.recordsGradients && inputs.contains { $0.isTracked }
    }

    /// `result`, computed from `inputs`, with the way back. The pullback must hold detached tensors only, those in `kept` among them.
    func record(
        _ name: String, _ result: Tensor, from inputs: [Tensor], keeping kept: [Tensor] = [],
        _ pullback: @escaping GradNode.Pullback
    ) -> Tensor {
        var result = result
        result.provenance = GradNode(
            name, result, inputs: inputs.map(\.gradNode), keeping: kept, pullback: pullback)
        return result
    }

    /// The step of one input; `pull` gives the gradient by it.
    func record(
        _ name: String, _ result: Tensor, from input: Tensor, keeping kept: [Tensor] = [],
        _ pull: @escaping (_ gradient: Tensor, _ work: Work) throws(Failure) -> Tensor?
    ) -> Tensor {
        guard records(input) else { return result }
        return record(name, result, from: [input], keeping: kept) { (gradient, work) throws(Failure) in
            [try pull(gradient, work)]
        }
    }

    /// The step of two inputs; each `pull` gives the gradient by one of them and is called only if that is wanted.
    func record(
        _ name: String, _ result: Tensor, from a: Tensor, _ b: Tensor, keeping kept: [Tensor] = [],
        a pullA: @escaping (_ gradient: Tensor, _ work: Work) throws(Failure) -> Tensor,
        b pullB: @escaping (_ gradient: Tensor, _ work: Work) throws(Failure) -> Tensor
    ) -> Tensor {
        guard records(a, b) else { return result }
        let (wantsA, wantsB) = (a.isTracked, b.isTracked)
        return record(name, result, from: [a, b], keeping: kept) { (gradient, work) throws(Failure) in
            [wantsA ? try pullA(gradient, work) : nil, wantsB ? try pullB(gradient, work) : nil]
        }
    }
}

// Plain arithmetic of what gradients are made of.

func sum(_ a: Tensor, _ b: Tensor, _ work: Work) throws(Failure) -> Tensor {
    try Tensor.combine(.add, .tensor(a), .tensor(b), work: work)
}

func difference(_ a: Tensor, _ b: Tensor, _ work: Work) throws(Failure) -> Tensor {
    try Tensor.combine(.subtract, .tensor(a), .tensor(b), work: work)
}

func product(_ a: Tensor, _ b: Tensor, _ work: Work) throws(Failure) -> Tensor {
    try Tensor.combine(.multiply, .tensor(a), .tensor(b), work: work)
}

func product(_ a: Tensor, _ b: Double, _ work: Work) throws(Failure) -> Tensor {
    try Tensor.combine(.multiply, .tensor(a), .scalar(.real(b)), work: work)
}

func quotient(_ a: Tensor, _ b: Tensor, _ work: Work) throws(Failure) -> Tensor {
    try Tensor.combine(.divide, .tensor(a), .tensor(b), work: work)
}
