import Support
import Tensors

/// Reductions. Without `dim` they give a tensor of rank 0, in float64 arithmetic as those of `Tensor`, then of the tensor's dtype.
extension Recorder {
    /// The sum of all elements, or along `dim`.
    public func sum(_ x: Tensor, dim: Int? = nil, keepdim: Bool = false) throws(Failure) -> Tensor {
        let input = x.detached
        let result =
            if let dim { try input.sum(dim: dim, keepdim: keepdim, work: work) } else {
                try total(input, input.sum(work: work))
            }
        let shape = x.shape
        return record("sum", result, from: x) { (g, _) throws(Failure) in
            try g.spread(to: shape, along: dim, keepdim)
        }
    }

    /// The mean of all elements, or along `dim`.
    public func mean(_ x: Tensor, dim: Int? = nil, keepdim: Bool = false) throws(Failure) -> Tensor {
        let input = x.detached
        let result =
            if let dim { try input.mean(dim: dim, keepdim: keepdim, work: work) } else {
                try total(input, input.mean(work: work))
            }
        let shape = x.shape
        let length = Double(dim.map { shape[$0] } ?? x.count)
        return record("mean", result, from: x) { (g, work) throws(Failure) in
            try product(g, 1 / length, work).spread(to: shape, along: dim, keepdim)
        }
    }

    /// The variance of all elements, or along `dim`.
    public func variance(_ x: Tensor, dim: Int? = nil, ddof: Int = 1, keepdim: Bool = false) throws(Failure) -> Tensor {
        let input = x.detached
        let result =
            if let dim { try input.variance(dim: dim, ddof: ddof, keepdim: keepdim, work: work) } else {
                try total(input, input.variance(ddof: ddof, work: work))
            }
        return record("var", result, from: x, keeping: [input]) { (g, work) throws(Failure) in
            try Self.varianceGradient(g, input, dim, ddof, keepdim, work)
        }
    }

    /// The standard deviation of all elements, or along `dim`. Where it is 0 its gradient is nan.
    public func standardDeviation(
        _ x: Tensor, dim: Int? = nil, ddof: Int = 1, keepdim: Bool = false
    ) throws(Failure) -> Tensor {
        let input = x.detached
        let result =
            if let dim { try input.standardDeviation(dim: dim, ddof: ddof, keepdim: keepdim, work: work) } else {
                try total(input, input.standardDeviation(ddof: ddof, work: work))
            }
        return record("std", result, from: x, keeping: [input, result]) { (g, work) throws(Failure) in
            let byVariance = try g.times(derivativeOf: .sqrt, at: result, output: result, work: work)
            return try Self.varianceGradient(byVariance, input, dim, ddof, keepdim, work)
        }
    }

    /// The Euclidean norm of all elements, or along `dim`. Where it is 0 its gradient is 0.
    public func norm(_ x: Tensor, dim: Int? = nil, keepdim: Bool = false) throws(Failure) -> Tensor {
        let input = x.detached
        let result =
            if let dim { try input.norm(dim: dim, keepdim: keepdim, work: work) } else {
                try total(input, input.norm(work: work))
            }
        return record("norm", result, from: x, keeping: [input, result]) { (g, work) throws(Failure) in
            let isZero = try Tensor.compare(.eq, .tensor(result), .scalar(.integer(0)), work: work)
            let safe = try isZero.choose(.scalar(.integer(1)), .tensor(result), work: work)
            return try product(input, quotient(g, safe, work).spread(to: input.shape, along: dim, keepdim), work)
        }
    }

    /// The least or greatest element. Several that are equal share the gradient.
    public func extreme(_ which: Extreme, _ x: Tensor) throws(Failure) -> Tensor {
        let input = x.detached
        let result = try Tensor.scalar(input.extreme(which, work: work), dtype: x.dtype)
        return record(which.rawValue, result, from: x, keeping: [input, result]) { (g, work) throws(Failure) in
            let hits = try Tensor.compare(.eq, .tensor(input), .tensor(result), work: work)
            let count = try hits.sum(work: work).double
            return try product(hits.to(g.dtype, work: work), product(g, 1 / max(1, count), work), work)
        }
    }

    /// The least or greatest elements along `dim`, and where they lie. The gradient goes to those that were taken.
    public func extremes(
        _ which: Extreme, _ x: Tensor, dim: Int, keepdim: Bool = false
    ) throws(Failure) -> (values: Tensor, positions: Tensor) {
        let (values, positions) = try x.detached.extremes(which, dim: dim, keepdim: keepdim, work: work)
        let shape = x.shape
        let tracked = record(which.rawValue, values, from: x, keeping: [positions]) { (g, work) throws(Failure) in
            var kept = shape
            kept[dim] = 1
            return try g.reshape(kept).placed(positions.reshape(kept), dim: dim, into: shape, work)
        }
        return (tracked, positions)
    }

    private func total(_ x: Tensor, _ value: Double) throws(Failure) -> Tensor {
        try Tensor.scalar(.real(value), dtype: x.dtype.fractional)
    }

    private func total(_ x: Tensor, _ value: Scalar) throws(Failure) -> Tensor {
        try Tensor.scalar(value, dtype: x.dtype.isFloatingPoint ? x.dtype : .int64)
    }

    // 2 (x - mean) / (n - ddof) times the gradient.
    private static func varianceGradient(
        _ g: Tensor, _ x: Tensor, _ dim: Int?, _ ddof: Int, _ keepdim: Bool, _ work: Work
    ) throws(Failure) -> Tensor {
        let length = dim.map { x.shape[$0] } ?? x.count
        let deviations: Tensor
        if let dim {
            deviations = try difference(x, x.mean(dim: dim, keepdim: true, work: work), work)
        } else {
            deviations = try Tensor.combine(
                .subtract, .tensor(x), .scalar(.real(x.mean(work: work))), work: work)
        }
        let factor = length > ddof ? 2 / Double(length - ddof) : .nan
        return try product(product(deviations, factor, work), g.spread(to: x.shape, along: dim, keepdim), work)
    }
}

extension Tensor {
    /// The gradient of a sum: every element of a group gets the group's.
    func spread(to shape: [Int], along dim: Int?, _ keepdim: Bool) throws(Failure) -> Tensor {
        guard let dim, !keepdim else { return try broadcast(to: shape) }
        var kept = shape
        kept[dim] = 1
        return try reshape(kept).broadcast(to: shape)
    }
}
