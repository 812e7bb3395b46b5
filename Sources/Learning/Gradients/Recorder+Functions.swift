import Support
import Tensors

extension Recorder {
    /// The function of every element.
    public func apply(_ function: SmoothFunction, _ x: Tensor) throws(Failure) -> Tensor {
        let input = x.detached
        let result = try input.apply(function, work: work)
        return record(function.rawValue, result, from: x, keeping: [input]) { (g, work) throws(Failure) in
            try product(g, input.slope(of: function, work: work), work)
        }
    }

    /// The greater or the lesser of every two elements. The gradient goes to the one taken, in halves to both where they are equal.
    public func extreme(
        _ which: Extreme, of a: Operand, _ b: Operand, parameter: String = "other"
    ) throws(Failure) -> Tensor {
        let (x, y) = (a.detached, b.detached)
        let result = try Tensor.extreme(which, of: x, y, parameter: parameter, work: work)
        guard work.recordsGradients, a.isTracked || b.isTracked else { return result }
        let inputs = [a, b].filter(\.isTracked).compactMap(\.tensor)
        let sides = [(a, x, y), (b, y, x)].filter { $0.0.isTracked }
        return record("\(which.rawValue)imum", result, from: inputs, keeping: inputs.map(\.detached)) {
            (g, work) throws(Failure) in
            var gradients: [Tensor?] = []
            for (_, own, other) in sides {
                let wins = try Tensor.compare(which == .max ? .gt : .lt, own, other, work: work).to(g.dtype, work: work)
                let ties = try Tensor.compare(.eq, own, other, work: work).to(g.dtype, work: work)
                let share = try Tensor.combine(.add, .tensor(wins), .tensor(product(ties, 0.5, work)), work: work)
                gradients.append(try product(g, share, work))
            }
            return gradients
        }
    }

    /// log(sum(exp(x))) along `dim`; its gradient is softmax.
    public func logSumExp(_ x: Tensor, dim: Int, keepdim: Bool = false) throws(Failure) -> Tensor {
        let input = x.detached
        let result = try input.logSumExp(dim: dim, keepdim: keepdim, work: work)
        return record("logsumexp", result, from: x, keeping: [input]) { (g, work) throws(Failure) in
            let wide = keepdim ? g : try g.unsqueezed(dim)
            return try product(wide, input.softmax(dim: dim, work: work), work)
        }
    }

    /// A view with its dimensions in another order.
    public func permuted(_ x: Tensor, _ order: [Int]) throws(Failure) -> Tensor {
        let result = try x.detached.permuted(order)
        let inverse = order.indices.map { order.firstIndex(of: $0) ?? 0 }
        return record("permute", result, from: x) { (g, _) throws(Failure) in try g.permuted(inverse) }
    }

    /// A view with a dimension of size 1 more.
    public func unsqueezed(_ x: Tensor, _ dim: Int) throws(Failure) -> Tensor {
        let shape = x.shape
        let result = try x.detached.unsqueezed(dim)
        return record("unsqueeze", result, from: x) { (g, _) throws(Failure) in try g.reshape(shape) }
    }

    /// A view without a dimension of size 1, or without all of them.
    public func squeezed(_ x: Tensor, _ dim: Int? = nil) throws(Failure) -> Tensor {
        let shape = x.shape
        let result = try x.detached.squeezed(dim)
        return record("squeeze", result, from: x) { (g, _) throws(Failure) in try g.reshape(shape) }
    }

    /// The elements along some dimensions in reverse order.
    public func flipped(_ x: Tensor, _ dims: [Int]) throws(Failure) -> Tensor {
        let result = try x.detached.flipped(dims, work: work)
        return record("flip", result, from: x) { (g, work) throws(Failure) in try g.flipped(dims, work: work) }
    }

    /// The tensor with a border.
    public func padded(_ x: Tensor, _ widths: [(before: Int, after: Int)], value: Scalar) throws(Failure) -> Tensor {
        let shape = x.shape
        let result = try x.detached.padded(widths, value: value, work: work)
        return record("pad", result, from: x) { (g, _) throws(Failure) in
            var middle = g
            for dim in shape.indices {
                middle = try middle.slice(dim, widths[dim].before..<widths[dim].before + shape[dim])
            }
            return middle
        }
    }

    /// A triangle of a matrix, zeros elsewhere.
    public func triangle(_ x: Tensor, upper: Bool, diagonal: Int) throws(Failure) -> Tensor {
        let result = try x.detached.triangle(upper: upper, diagonal: diagonal, work: work)
        return record(upper ? "triu" : "tril", result, from: x) { (g, work) throws(Failure) in
            try g.triangle(upper: upper, diagonal: diagonal, work: work)
        }
    }

    /// Elements at positions along `dim`. Gradients of an element that was taken several times add up.
    public func gather(_ x: Tensor, _ dim: Int, _ index: Tensor) throws(Failure) -> Tensor {
        let result = try x.detached.gather(dim, index, work: work)
        let (shape, dtype, kept) = (x.shape, x.dtype, index.detached)
        return record("gather", result, from: x, keeping: [kept]) { (g, work) throws(Failure) in
            try Tensor.zeros(shape, dtype: dtype).scatterAdd(dim, kept, .tensor(g), work: work)
        }
    }

    /// `x` with elements of `source` added at positions along `dim`.
    public func scatterAdd(_ x: Tensor, _ dim: Int, _ index: Tensor, _ source: Tensor) throws(Failure) -> Tensor {
        let result = try x.detached.scatterAdd(dim, index, .tensor(source.detached), work: work)
        let (kept, shape) = (index.detached, source.shape)
        return record("scatter_add", result, from: x, source, keeping: [kept]) { (g, _) in
            g
        } b: { (g, work) throws(Failure) in
            let taken = try g.gather(dim, kept, work: work)
            // Of a source larger than the index the rest took no part.
            let widths = zip(shape, taken.shape).map { (before: 0, after: $0 - $1) }
            return try taken.padded(widths, value: .integer(0), work: work)
        }
    }

    /// Sums of products by Einstein's notation (see `Tensor.einsum`). The gradient by an operand is such a sum of the result's and the other
    /// operands.
    public func einsum(_ subscripts: String, _ operands: [Tensor]) throws(Failure) -> Tensor {
        let values = operands.map(\.detached)
        let result = try Tensor.einsum(subscripts, values, work: work)
        guard work.recordsGradients, operands.contains(where: \.isTracked) else { return result }
        let (inputs, output) = try Tensor.einsumLabels(subscripts, values.map(\.shape))
        for (tensor, labels) in zip(operands, inputs) where tensor.isTracked && Set(labels).count < labels.count {
            throw .operation(
                "einsum has no gradient by an operand with a letter twice ('\(String(labels))')",
                hint: "take its diagonal first, or detach() it")
        }
        let wants = operands.map(\.isTracked)
        return record("einsum", result, from: operands, keeping: values) { (g, work) throws(Failure) in
            var gradients: [Tensor?] = []
            for (position, labels) in inputs.enumerated() {
                guard wants[position] else {
                    gradients.append(nil)
                    continue
                }
                let others = inputs.indices.filter { $0 != position }
                let known = Set(output).union(others.flatMap { inputs[$0] })
                let terms = [String(output)] + others.map { String(inputs[$0]) }
                var gradient = try Tensor.einsum(
                    terms.joined(separator: ",") + "->" + String(labels.filter { known.contains($0) }),
                    [g] + others.map { values[$0] }, work: work)
                // A letter of this operand alone was summed: its gradient is the same all along.
                for (dim, label) in labels.enumerated() where !known.contains(label) {
                    gradient = try gradient.unsqueezed(dim)
                }
                gradients.append(try gradient.broadcast(to: values[position].shape))
            }
            return gradients
        }
    }
}
