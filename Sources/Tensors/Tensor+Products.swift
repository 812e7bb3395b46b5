import Support

/// Reductions besides sums; see `Tensor+Reduce` for what they have in common.
extension Tensor {
    /// The product of all elements, 1 if there are none: whole numbers in int64, refused where it does not fit; others in float64.
    public func product(work: Work = Work()) throws(Failure) -> Scalar {
        try reshape([1, count]).product(dim: 1, wide: true, work).item()
    }

    /// Products along `dim`.
    public func product(dim: Int, keepdim: Bool = false, work: Work = Work()) throws(Failure) -> Tensor {
        try checkDimension(dim)
        return try product(dim: dim, wide: false, work)
            .reshape(ReductionLayout.shape(shape, dim, keepdim: keepdim))
    }

    private func product(dim: Int, wide: Bool, _ work: Work) throws(Failure) -> Tensor {
        let layout = ReductionLayout(shape, dim)
        if shape[dim] == 0 {
            return try Tensor.full(
                [layout.outer * layout.inner], .integer(1), dtype: dtype.isFloatingPoint ? dtype : .int64)
        }
        let source = wide && dtype == .float32 ? try to(.float64, work: work) : self
        return try source.cumulativeProduct(dim: dim, work: work).select(dim, shape[dim] - 1).contiguous(work: work)
    }

    /// Running products along `dim`. Floating point is multiplied in float64 and keeps its dtype; whole numbers give int64, and a product
    /// that does not fit is refused.
    public func cumulativeProduct(dim: Int, work: Work = Work()) throws(Failure) -> Tensor {
        try checkDimension(dim)
        switch dtype {
        case .float32: return try to(.float64, work: work).running(dim, work) { $0 * $1 }.to(.float32, work: work)
        case .float64: return try running(dim, work) { $0 * $1 }
        case .int32, .int64, .bool: return try to(.int64, work: work).runningIntegers(dim, work)
        }
    }

    private func running(
        _ dim: Int, _ work: Work, _ combine: @Sendable (Double, Double) -> Double
    ) throws(Failure) -> Tensor {
        let result = try clone(work: work)
        let layout = ReductionLayout(shape, dim)
        let inner = layout.inner
        guard result.count > 0 else { return result }
        try work.forEach(layout.outer) { (group, _) throws(Failure) in
            let x = result.pointer(Double.self) + group * layout.length * inner
            try work.inBlocks((layout.length - 1) * inner) { range in
                for i in range { x[i + inner] = combine(x[i], x[i + inner]) }
            }
        }
        return result
    }

    private func runningIntegers(_ dim: Int, _ work: Work) throws(Failure) -> Tensor {
        let result = try clone(work: work)
        let layout = ReductionLayout(shape, dim)
        let inner = layout.inner
        guard result.count > 0 else { return result }
        try work.forEach(layout.outer) { (group, _) throws(Failure) in
            let x = result.pointer(Int64.self) + group * layout.length * inner
            try work.inBlocks((layout.length - 1) * inner) { (range) throws(Failure) in
                for i in range {
                    let (product, overflow) = x[i + inner].multipliedReportingOverflow(by: x[i])
                    guard !overflow else {
                        throw .operation("a product does not fit int64", hint: "convert to float64 first")
                    }
                    x[i + inner] = product
                }
            }
        }
        return result
    }

    /// log(sum(exp(x))) along `dim`, the greatest element taken out first so that nothing overflows; -inf of no elements. Whole numbers give
    /// float64.
    public func logSumExp(dim: Int, keepdim: Bool = false, work: Work = Work()) throws(Failure) -> Tensor {
        try checkDimension(dim)
        let source = try to(dtype.fractional, work: work)
        let target = ReductionLayout.shape(shape, dim, keepdim: keepdim)
        guard shape[dim] > 0 else { return try Tensor.full(target, .real(-.infinity), dtype: source.dtype) }
        guard count > 0 else { return try Tensor.zeros(target, dtype: source.dtype) }
        let greatest = try source.extremes(.max, dim: dim, keepdim: true, work: work).values
        // Beside an infinite maximum the differences would be NaN.
        let isFinite = try greatest.test(.isfinite, work: work)
        let shift = try isFinite.choose(.tensor(greatest), .scalar(.integer(0)), work: work)
        let powers = try Tensor.combine(.subtract, .tensor(source), .tensor(shift), work: work).apply(.exp, work: work)
        let logs = try powers.sum(dim: dim, keepdim: true, work: work).apply(.log, work: work)
        return try Tensor.combine(.add, .tensor(logs), .tensor(shift), work: work).reshape(target)
    }

    /// Whether any element, or every one, is true (not zero); along `dim` a bool tensor.
    public func holds(any: Bool, dim: Int? = nil, keepdim: Bool = false, work: Work = Work()) throws(Failure) -> Tensor
    {
        let marks = try to(.bool, work: work).to(.int32, work: work)
        let sums: Tensor
        let length: Int
        if let dim {
            sums = try marks.sum(dim: dim, keepdim: keepdim, work: work)
            length = shape[dim]
        } else {
            sums = try Tensor.scalar(marks.sum(work: work), dtype: .int64)
            length = count
        }
        return try Tensor.compare(
            any ? .gt : .eq, .tensor(sums), .scalar(.integer(any ? 0 : Int64(length))), work: work)
    }
}
