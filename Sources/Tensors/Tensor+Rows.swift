import CKernels
import Support

/// Functions of whole rows: what becomes of an element depends on the others along a dimension.
extension Tensor {
    /// exp(x) over its sum along `dim`, the greatest element subtracted first so that nothing overflows. Whole numbers give float64.
    public func softmax(dim: Int, work: Work = Work()) throws(Failure) -> Tensor {
        try checkDimension(dim)
        let source = try to(dtype.fractional, work: work)
        guard source.count > 0 else { return source }
        if dim == rank - 1, source.dtype == .float32 { return try source.softmaxOfRows(work) }
        let greatest = try source.extremes(.max, dim: dim, keepdim: true, work: work).values
        let shifted = try Tensor.combine(.subtract, .tensor(source), .tensor(greatest), work: work)
        let powers = try shifted.apply(.exp, work: work)
        let sums = try powers.sum(dim: dim, keepdim: true, work: work)
        return try Tensor.combine(.divide, .tensor(powers), .tensor(sums), work: work)
    }

    // float32 rows by a vector kernel.
    private func softmaxOfRows(_ work: Work) throws(Failure) -> Tensor {
        let result = try clone(work: work)
        let width = shape[rank - 1]
        let rows = count / width
        let perBlock = max(1, (1 << 15) / width)
        try work.forEach((rows + perBlock - 1) / perBlock) { block, _ in
            let from = block * perBlock
            ck_softmax_rows_f32(
                min(perBlock, rows - from), width, 1, result.pointer(Float.self) + from * width, width)
        }
        return result
    }

    /// The logarithm of `softmax`, right where that is too small for a float.
    public func logSoftmax(dim: Int, work: Work = Work()) throws(Failure) -> Tensor {
        try checkDimension(dim)
        let source = try to(dtype.fractional, work: work)
        guard source.count > 0 else { return source }
        let greatest = try source.extremes(.max, dim: dim, keepdim: true, work: work).values
        let shifted = try Tensor.combine(.subtract, .tensor(source), .tensor(greatest), work: work)
        let sums = try shifted.apply(.exp, work: work).sum(dim: dim, keepdim: true, work: work)
        return try Tensor.combine(.subtract, .tensor(shifted), .tensor(sums.apply(.log, work: work)), work: work)
    }

    /// Every line along `dim` over its Euclidean norm, which makes it a unit vector; lines of zeros stay. Whole numbers give
    /// float64.
    public func normalized(dim: Int, work: Work = Work()) throws(Failure) -> Tensor {
        try checkDimension(dim)
        let source = try to(dtype.fractional, work: work)
        let norms = try source.norms(dim, work).reshape(ReductionLayout.shape(shape, dim, keepdim: true))
        let safe = try Tensor.compare(.eq, .tensor(norms), .scalar(.integer(0)), work: work)
            .choose(.scalar(.integer(1)), .tensor(norms), work: work)
        return try Tensor.combine(.divide, .tensor(source), .tensor(safe.to(source.dtype, work: work)), work: work)
    }

    /// Running sums along `dim`. Floating point is summed in float64 and keeps its dtype; whole numbers give int64, and a sum that does
    /// not fit is refused.
    public func cumulativeSum(dim: Int, work: Work = Work()) throws(Failure) -> Tensor {
        try checkDimension(dim)
        switch dtype {
        case .float32: return try runningSums(ToDouble<Float>(), dim, work) { Float($0) }
        case .float64: return try runningSums(ToDouble<Double>(), dim, work) { $0 }
        case .int32, .int64, .bool: return try to(.int64, work: work).runningIntegerSums(dim, work)
        }
    }

    private func runningSums<Op: UnaryOperation<T, Double>, T: TensorElement>(
        _ widen: Op, _ dim: Int, _ work: Work, _ narrow: @Sendable (Double) -> T
    ) throws(Failure) -> Tensor {
        let source = try contiguous(work: work)
        let result = try Tensor.uninitialized(shape, dtype: dtype)
        let layout = ReductionLayout(shape, dim)
        guard result.count > 0 else { return result }
        try work.forEach(layout.outer) { (group, _) throws(Failure) in
            var sums = try work.array(layout.inner) { _ in 0.0 }
            try work.inBlocks(rows: layout.length, width: layout.inner) { row, columns in
                let base = (group * layout.length + row) * layout.inner
                let (x, r) = (source.pointer(T.self) + base, result.pointer(T.self) + base)
                for j in columns {
                    sums[j] += widen.apply(x[j])
                    r[j] = narrow(sums[j])
                }
            }
        }
        return result
    }

    private func runningIntegerSums(_ dim: Int, _ work: Work) throws(Failure) -> Tensor {
        let source = try contiguous(work: work)
        let result = try Tensor.uninitialized(shape, dtype: .int64)
        let layout = ReductionLayout(shape, dim)
        let inner = layout.inner
        guard result.count > 0 else { return result }
        try work.forEach(layout.outer) { (group, _) throws(Failure) in
            let base = group * layout.length * inner
            let (x, r) = (source.pointer(Int64.self) + base, result.pointer(Int64.self) + base)
            try work.inBlocks(layout.length * inner) { (range) throws(Failure) in
                for i in range {
                    let (sum, overflow) = x[i].addingReportingOverflow(i < inner ? 0 : r[i - inner])
                    guard !overflow else {
                        throw .operation("a running sum does not fit int64", hint: "convert to float64 first")
                    }
                    r[i] = sum
                }
            }
        }
        return result
    }

    /// Cosines of the angles between vectors: between two vectors a single value, between the rows of a matrix and a vector one
    /// value per row, between the rows of two matrices [n, d] and [m, d] all of them, [n, m]. A vector of zeros has cosine 0 with any.
    public func cosine(_ other: Tensor, work: Work = Work()) throws(Failure) -> Tensor {
        guard rank == 1 || rank == 2 else {
            throw .argument("this", expected: "tensor of 1 or 2 dimensions", got: "shape \(shape)")
        }
        guard other.rank == 1 || other.rank == 2, other.shape.last == shape.last else {
            throw .argument(
                "other", expected: "vectors of \(shape[rank - 1]) numbers like shape \(shape)",
                got: "shape \(other.shape)")
        }
        let common = DType.promoted(dtype, other.dtype).fractional
        let x = try to(common, work: work).normalized(dim: rank - 1, work: work)
        let y = try other.to(common, work: work).normalized(dim: other.rank - 1, work: work)
        let products =
            if rank == 1, other.rank == 2 {
                try y.matmul(x, work: work)
            } else {
                try x.matmul(other.rank == 2 ? y.transposed() : y, work: work)
            }
        // Rounding may lead a hair beyond 1.
        return try products.clamp(.integer(-1), .integer(1), work: work)
    }
}
