import Support

extension Tensor {
    /// Sums of products by Einstein's notation, as "bij,bjk->bik": every letter names a dimension; letters that the result lacks are
    /// summed over; a letter that comes twice in one operand walks its diagonal. Without "->" the result has the letters that come once,
    /// in alphabetical order. Operands are taken together from left to right, as products of matrices.
    public static func einsum(_ subscripts: String, _ operands: [Tensor], work: Work = Work()) throws(Failure) -> Tensor
    {
        let plan = try EinsumPlan(subscripts, operands.map(\.shape))
        var terms: [LabelledTensor] = []
        for (tensor, labels) in zip(operands, plan.inputs) {
            terms.append(try LabelledTensor(tensor, labels).onDiagonals())
        }
        var result = terms.removeFirst()
        while true {
            // What neither the result nor another operand names is summed at once.
            let needed = Set(plan.output).union(terms.flatMap(\.labels))
            result = try result.summed(keeping: needed, work)
            guard !terms.isEmpty else { break }
            let next = terms.removeFirst()
            let later = Set(plan.output).union(terms.flatMap(\.labels))
            result = try result.times(
                next.summed(keeping: later.union(result.labels), work), keeping: later, work)
        }
        let order = plan.output.compactMap { result.labels.firstIndex(of: $0) }
        return try result.tensor.permuted(order).clone(work: work)
    }

    /// The letters of every operand and of the result, checked against the operands' shapes.
    public static func einsumLabels(
        _ subscripts: String, _ shapes: [[Int]]
    ) throws(Failure) -> (inputs: [[Character]], output: [Character]) {
        let plan = try EinsumPlan(subscripts, shapes)
        return (plan.inputs, plan.output)
    }
}

/// The letters of an einsum, checked against the shapes.
private struct EinsumPlan {
    let inputs: [[Character]]
    let output: [Character]

    init(_ subscripts: String, _ shapes: [[Int]]) throws(Failure) {
        let text = subscripts.filter { $0 != " " }
        let refused = { (expected: String) -> Failure in
            .argument("subscripts", expected: expected, got: "'\(subscripts)'")
        }
        let sides = text.split(separator: "->", omittingEmptySubsequences: false)
        guard sides.count <= 2, let left = sides.first else { throw refused("at most one '->'") }
        inputs = left.split(separator: ",", omittingEmptySubsequences: false).map { Array($0) }
        guard inputs.joined().allSatisfy({ $0.isASCII && $0.isLetter }),
            sides.last?.contains(",") != true || sides.count == 1
        else { throw refused("letters, commas and '->', as in 'ij,jk->ik'") }
        guard inputs.count == shapes.count else {
            throw .argument(
                "subscripts", expected: "letters for \(shapes.count) tensors", got: "letters for \(inputs.count)")
        }
        var sizes: [Character: Int] = [:]
        for (labels, shape) in zip(inputs, shapes) {
            guard labels.count == shape.count else {
                throw .argument(
                    "subscripts", expected: "\(shape.count) letters for shape \(shape)", got: "'\(String(labels))'")
            }
            for (label, size) in zip(labels, shape) {
                guard sizes[label] ?? size == size else {
                    throw .argument(
                        "subscripts", expected: "one size for '\(label)'", got: "\(sizes[label] ?? 0) and \(size)")
                }
                sizes[label] = size
            }
        }
        if sides.count == 2, let right = sides.last {
            output = Array(right)
            guard Set(output).count == output.count else { throw refused("each letter of the result once") }
            if let label = output.first(where: { sizes[$0] == nil }) {
                throw refused("'\(label)' of the result among the letters before '->'")
            }
        } else {
            let all = Array(inputs.joined())
            output = sizes.keys.sorted().filter { label in all.count { $0 == label } == 1 }
        }
    }
}

/// A tensor whose dimensions have names.
private struct LabelledTensor {
    var tensor: Tensor
    var labels: [Character]

    init(_ tensor: Tensor, _ labels: [Character]) { (self.tensor, self.labels) = (tensor, labels) }

    /// The same with one dimension for each letter: those that come again walk along.
    func onDiagonals() throws(Failure) -> LabelledTensor {
        var (names, sizes, steps): ([Character], [Int], [Int]) = ([], [], [])
        for (dim, label) in labels.enumerated() {
            if let known = names.firstIndex(of: label) {
                steps[known] += tensor.strides[dim]
            } else {
                names.append(label)
                sizes.append(tensor.shape[dim])
                steps.append(tensor.strides[dim])
            }
        }
        let view = Tensor(
            storage: tensor.storage, dtype: tensor.dtype, shape: sizes, strides: steps, offset: tensor.offset)
        return LabelledTensor(view, names)
    }

    func summed(keeping needed: Set<Character>, _ work: Work) throws(Failure) -> LabelledTensor {
        var result = self
        for dim in labels.indices.reversed() where !needed.contains(labels[dim]) {
            let sum = try result.tensor.sum(dim: dim, work: work)
            result.tensor = sum
            result.labels.remove(at: dim)
        }
        return result
    }

    /// The product of both, summed over the letters that both have and `needed` has not.
    func times(_ other: LabelledTensor, keeping needed: Set<Character>, _ work: Work) throws(Failure) -> LabelledTensor
    {
        let shared = labels.filter { other.labels.contains($0) }
        let batch = shared.filter { needed.contains($0) }
        let inner = shared.filter { !needed.contains($0) }
        let rows = labels.filter { !shared.contains($0) }
        let columns = other.labels.filter { !shared.contains($0) }
        let left = try grouped([batch, rows, inner])
        let right = try other.grouped([batch, inner, columns])
        let product = try left.matmul(right, work: work)
        let sizes = batch.map(size) + rows.map(size) + columns.map(other.size)
        return LabelledTensor(try product.reshape(sizes), batch + rows + columns)
    }

    private func size(_ label: Character) -> Int { labels.firstIndex(of: label).map { tensor.shape[$0] } ?? 1 }

    /// The tensor with one dimension for each group of letters.
    private func grouped(_ groups: [[Character]]) throws(Failure) -> Tensor {
        let order = groups.joined().compactMap { labels.firstIndex(of: $0) }
        return try tensor.permuted(order).reshape(groups.map { $0.reduce(1) { $0 * size($1) } })
    }
}
