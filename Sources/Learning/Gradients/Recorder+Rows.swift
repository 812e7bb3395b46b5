import Support
import Tensors

/// Functions of whole rows.
extension Recorder {
    /// exp(x) over its sum along `dim`. With y the result, the gradient is y (g - sum(g y)).
    public func softmax(_ x: Tensor, dim: Int) throws(Failure) -> Tensor {
        let y = try x.detached.softmax(dim: dim, work: work)
        return record("softmax", y, from: x, keeping: [y]) { (g, work) throws(Failure) in
            let weighted = try product(g, y, work)
            return try difference(weighted, product(y, weighted.sum(dim: dim, keepdim: true, work: work), work), work)
        }
    }

    /// The logarithm of `softmax`. With y the result, the gradient is g - exp(y) sum(g).
    public func logSoftmax(_ x: Tensor, dim: Int) throws(Failure) -> Tensor {
        let y = try x.detached.logSoftmax(dim: dim, work: work)
        return record("log_softmax", y, from: x, keeping: [y]) { (g, work) throws(Failure) in
            let shares = try y.apply(.exp, work: work)
            return try difference(g, product(shares, g.sum(dim: dim, keepdim: true, work: work), work), work)
        }
    }

    /// Every line along `dim` over its Euclidean norm. With y the result, the gradient is (g - y sum(g y)) / norm; for a line of zeros
    /// it is g.
    public func normalized(_ x: Tensor, dim: Int) throws(Failure) -> Tensor {
        let input = x.detached
        let y = try input.normalized(dim: dim, work: work)
        return record("normalize", y, from: x, keeping: [input, y]) { (g, work) throws(Failure) in
            let norms = try input.norm(dim: dim, keepdim: true, work: work)
            let safe = try Tensor.compare(.eq, .tensor(norms), .scalar(.integer(0)), work: work)
                .choose(.scalar(.integer(1)), .tensor(norms), work: work)
            let along = try product(g, y, work).sum(dim: dim, keepdim: true, work: work)
            return try quotient(difference(g, product(y, along, work), work), safe, work)
        }
    }

    /// Running sums along `dim`; the gradient is the running sum from the other end.
    public func cumulativeSum(_ x: Tensor, dim: Int) throws(Failure) -> Tensor {
        record("cumsum", try x.detached.cumulativeSum(dim: dim, work: work), from: x) { (g, work) throws(Failure) in
            try g.reversed(dim, work).cumulativeSum(dim: dim, work: work).reversed(dim, work)
        }
    }

    /// Cosines of the angles between vectors (see `Tensor.cosine`).
    public func cosine(_ x: Tensor, _ other: Tensor) throws(Failure) -> Tensor {
        guard records(x, other) else { return try x.detached.cosine(other.detached, work: work) }
        _ = try x.detached.cosine(other.detached, work: work)
        let common = DType.promoted(x.dtype, other.dtype).fractional
        let a = try normalized(convert(x, to: common), dim: x.rank - 1)
        let b = try normalized(convert(other, to: common), dim: other.rank - 1)
        if x.rank == 1, other.rank == 2 { return try matmul(b, a) }
        return try matmul(a, other.rank == 2 ? transposed(b) : b)
    }
}

extension Tensor {
    /// The other way round along `dim`.
    func reversed(_ dim: Int, _ work: Work) throws(Failure) -> Tensor {
        let order = Array((0..<shape[dim]).reversed())
        return try transpose(0, dim).rows(order, work: work).transpose(0, dim)
    }
}
