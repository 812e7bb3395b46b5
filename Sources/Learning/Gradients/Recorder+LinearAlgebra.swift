import Support
import Tensors

/// Gradients of linear systems (Giles 2008, "Collected matrix derivative results").
extension Recorder {
    /// The x for which `a` x = `b`. With h the gradient by x: by b it is y with a' y = h, by a it is -y x'.
    public func solve(_ a: Tensor, _ b: Tensor) throws(Failure) -> Tensor {
        let matrix = a.detached
        let result = try matrix.solve(b.detached, work: work)
        let isVector = b.rank == 1 || b.rank == a.rank - 1 && b.shape == Array(a.shape.dropLast())
        let last = a.rank - 2
        let pullB = { @Sendable (g: Tensor, work: Work) throws(Failure) -> Tensor in
            try matrix.transpose(last, last + 1).solve(g, work: work)
        }
        return record("solve", result, from: a, b, keeping: [matrix, result]) { (g, work) throws(Failure) in
            var (y, x) = (try pullB(g, work), result)
            if isVector { (y, x) = (try y.unsqueezed(y.rank), try x.unsqueezed(x.rank)) }
            return try y.matmul(x.transpose(x.rank - 2, x.rank - 1), work: work).negated(work: work)
        } b: { (g, work) throws(Failure) in
            try pullB(g, work)
        }
    }

    /// The inverse X of a square matrix; with h the gradient by it, that by the matrix is -X' h X'.
    public func inverse(_ a: Tensor) throws(Failure) -> Tensor {
        let result = try a.detached.inverse(work: work)
        let last = a.rank - 2
        return record("inv", result, from: a, keeping: [result]) { (g, work) throws(Failure) in
            let turned = try result.transpose(last, last + 1)
            return try turned.matmul(g, work: work).matmul(turned, work: work).negated(work: work)
        }
    }

    /// The determinant d of a square matrix; its gradient is d times the inverse's transpose, so an invertible matrix is needed for it.
    public func determinant(_ a: Tensor) throws(Failure) -> Tensor {
        let matrix = a.detached
        let result = try matrix.determinant(work: work)
        let last = a.rank - 2
        return record("det", result, from: a, keeping: [matrix, result]) { (g, work) throws(Failure) in
            let scale = try Tensor.combine(.multiply, .tensor(g), .tensor(result), work: work).reshape(
                g.shape + [1, 1])
            let inverse = try matrix.inverse(work: work).transpose(last, last + 1)
            return try Tensor.combine(.multiply, .tensor(scale), .tensor(inverse), work: work)
        }
    }
}

/// Gradients of rearranging and of products.
extension Recorder {
    /// The tensor several times side by side: gradients of the copies add up.
    public func tiled(_ x: Tensor, _ counts: [Int]) throws(Failure) -> Tensor {
        let result = try x.detached.tiled(counts, work: work)
        let shape = x.shape
        return record("tile", result, from: x) { (g, work) throws(Failure) in
            let depth = max(shape.count, counts.count)
            let sizes = [Int](repeating: 1, count: depth - shape.count) + shape
            let times = [Int](repeating: 1, count: depth - counts.count) + counts
            var sum = try g.reshape(zip(times, sizes).flatMap { [$0, $1] })
            for dim in (0..<depth).reversed() { sum = try sum.sum(dim: 2 * dim, work: work) }
            return try sum.reshape(shape)
        }
    }

    /// The elements moved on along `dim`.
    public func rolled(_ x: Tensor, _ shift: Int, dim: Int) throws(Failure) -> Tensor {
        let result = try x.detached.rolled(shift, dim: dim, work: work)
        return record("roll", result, from: x) { (g, work) throws(Failure) in
            // Of the least integer there is no negative one; a whole turn changes nothing.
            try g.rolled(-(shift % max(1, g.shape[dim])), dim: dim, work: work)
        }
    }

    /// A matrix of a diagonal, or the diagonal of a matrix.
    public func diagonal(_ x: Tensor, _ diagonal: Int) throws(Failure) -> Tensor {
        let result = try x.detached.diagonal(diagonal)
        let (shape, dtype) = (x.shape, x.dtype)
        return record("diag", result, from: x) { (g, work) throws(Failure) in
            if shape.count == 1 { return try g.diagonal(diagonal) }
            // A square that holds the gradient on this diagonal, cut or widened to the matrix.
            let square = try g.diagonal(diagonal)
            let rows = min(shape[0], square.shape[0])
            let columns = min(shape[1], square.shape[1])
            return try square.slice(0, 0..<rows).slice(1, 0..<columns)
                .padded(
                    [(before: 0, after: shape[0] - rows), (before: 0, after: shape[1] - columns)], value: .integer(0),
                    work: work
                ).to(dtype, work: work)
        }
    }

    /// `x` with slices of `source` added at positions along `dim`.
    public func indexAdd(_ x: Tensor, _ dim: Int, _ positions: [Int], _ source: Tensor) throws(Failure) -> Tensor {
        let result = try x.detached.indexAdd(dim, positions, source.detached, work: work)
        return record("index_add", result, from: x, source) { (g, _) in
            g
        } b: { (g, work) throws(Failure) in
            try g.positions(positions, dim: dim, work: work)
        }
    }

    /// Products along `dim`: the gradient by an element is the product of the others, taken from both sides, so that zeros do no harm.
    public func multiplied(_ x: Tensor, dim: Int, keepdim: Bool = false) throws(Failure) -> Tensor {
        let input = x.detached
        let result = try input.product(dim: dim, keepdim: keepdim, work: work)
        return record("prod", result, from: x, keeping: [input]) { (g, work) throws(Failure) in
            let size = input.shape[dim]
            guard size > 0 else { return try Tensor.zeros(input.shape, dtype: input.dtype) }
            var widths = [(before: Int, after: Int)](repeating: (0, 0), count: input.rank)
            widths[dim] = (before: 1, after: 0)
            func before(_ y: Tensor) throws(Failure) -> Tensor {
                try y.slice(dim, 0..<size - 1).padded(widths, value: .integer(1), work: work)
                    .cumulativeProduct(dim: dim, work: work)
            }
            let left = try before(input)
            let right = try before(input.flipped([dim], work: work)).flipped([dim], work: work)
            let others = try Tensor.combine(.multiply, .tensor(left), .tensor(right), work: work)
            let wide = keepdim ? g : try g.unsqueezed(dim)
            return try Tensor.combine(.multiply, .tensor(wide), .tensor(others), work: work)
        }
    }
}
