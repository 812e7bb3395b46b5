import Support
import Tensors

extension Tensor {
    /// Walks back from this tensor and adds to every leaf's gradient the derivative of this tensor by that leaf.
    ///
    /// All or nothing: where something fails or is interrupted, no leaf's gradient has changed.
    ///
    /// - Parameters:
    ///   - gradient: what to start with, of this tensor's shape; 1 if left out, for a tensor of one element.
    ///   - retaining: keeps what the way back needs for another one; freed step by step otherwise.
    public func backward(
        _ gradient: Tensor? = nil, retaining: Bool = false, work: Work = Work()
    ) throws(Failure) {
        guard let root = gradNode else {
            throw .operation(
                "this tensor was not computed from one that asks for gradients",
                hint: "call t:requires_grad() on what is to be learnt, outside nn.no_grad, before computing with it")
        }
        var work = work
        work.recordsGradients = false
        let seed = try startingGradient(gradient, work)
        let nodes = root.reachable()
        defer { for node in nodes { node.incoming = nil } }
        root.incoming = seed
        var leaves: [(node: GradNode, gradient: Tensor)] = []
        for node in nodes {
            guard let incoming = node.incoming else { continue }
            node.incoming = nil
            if node.isLeaf {
                leaves.append((node, incoming))
                continue
            }
            try work.cancellation.check()
            let gradients = try node.pull(incoming, work)
            for (input, gradient) in zip(node.inputs, gradients) {
                if let input, let gradient { try input.receive(gradient, work) }
            }
            if !retaining { node.consume() }
        }
        try GradNode.collect(leaves, seed: gradient, work)
    }

    private func startingGradient(_ given: Tensor?, _ work: Work) throws(Failure) -> Tensor {
        guard let given else {
            guard count == 1 else {
                throw .operation(
                    "backward() starts from a loss of one element, this tensor has shape \(shape)",
                    hint: "reduce it with sum() or mean(), or hand in the gradient to start with")
            }
            return try Tensor.full(shape, .real(1), dtype: dtype)
        }
        guard given.shape == shape else {
            throw .argument("gradient", expected: "tensor of shape \(shape)", got: "shape \(given.shape)")
        }
        return try given.detached.to(dtype, work: work)
    }
}

extension GradNode {
    /// This node and all that it was computed from, the latest first. Without recursion: graphs are deep.
    fileprivate func reachable() -> [GradNode] {
        let mark = GradNode.counter.wrappingAdd(1, ordering: .relaxed).newValue
        var nodes = [self]
        sweep = mark
        var next = 0
        while next < nodes.count {
            for case let input? in nodes[next].inputs where input.sweep != mark {
                input.sweep = mark
                nodes.append(input)
            }
            next += 1
        }
        return nodes.sorted { $0.order > $1.order }
    }

    /// Adds `gradient`, summed over the dimensions along which this node's tensor was repeated.
    fileprivate func receive(_ gradient: Tensor, _ work: Work) throws(Failure) {
        let fitting = try gradient.summed(to: shape, work).to(dtype, work: work)
        guard let before = incoming else {
            incoming = fitting
            return
        }
        incoming = try Tensor.combine(.add, .tensor(before), .tensor(fitting), work: work)
    }

    /// Adds to the leaves' gradients, once all of them are known. Each gets memory of its own.
    fileprivate static func collect(
        _ leaves: [(node: GradNode, gradient: Tensor)], seed: Tensor?, _ work: Work
    ) throws(Failure) {
        var taken: Set<ObjectIdentifier> = []
        if let seed { taken.insert(ObjectIdentifier(seed.storage)) }
        var sums: [Tensor] = []
        for (node, gradient) in leaves {
            if let before = node.gradient {
                sums.append(try Tensor.combine(.add, .tensor(before), .tensor(gradient), work: work))
            } else if gradient.isContiguous, gradient.isWhole, taken.insert(ObjectIdentifier(gradient.storage)).inserted
            {
                sums.append(gradient)
            } else {
                sums.append(try gradient.clone(work: work))
            }
        }
        for (leaf, sum) in zip(leaves, sums) { leaf.node.gradient = sum }
    }
}

extension Tensor {
    /// The gradient of a broadcast: the sum over added dimensions and over those that were of size 1.
    func summed(to target: [Int], _ work: Work) throws(Failure) -> Tensor {
        if shape == target { return self }
        var result = self
        let added = rank - target.count
        if added > 0 {
            result = try result.reshape([shape.prefix(added).reduce(1, *)] + shape.dropFirst(added))
                .sum(dim: 0, work: work)
        }
        for dim in target.indices where target[dim] == 1 && result.shape[dim] != 1 {
            result = try result.sum(dim: dim, keepdim: true, work: work)
        }
        return result
    }

    /// Whether the tensor is all of its storage.
    fileprivate var isWhole: Bool { storage.isWritable && storage.byteCount == count * dtype.byteCount }
}
