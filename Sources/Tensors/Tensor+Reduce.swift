import Support

/// Reductions. Floating point is summed in float64 and in an order that depends on the shape alone; whole numbers exactly. NaN
/// in a group makes its result NaN. Over everything the result is one number in full precision; along a dimension it is a
/// tensor: sums of whole numbers and truth values int64, other results of whole numbers float64, of floating point the tensor's
/// own dtype.
extension Tensor {
    /// The sum of all elements; 0 if there are none. Refused where it does not fit int64.
    public func sum(work: Work = Work()) throws(Failure) -> Scalar {
        guard dtype.isFloatingPoint else { return try integerSum(nil, keepdim: false, work).item() }
        return try total(nil, work).item()
    }

    /// Sums along `dim`.
    public func sum(dim: Int, keepdim: Bool = false, work: Work = Work()) throws(Failure) -> Tensor {
        try checkDimension(dim)
        guard dtype.isFloatingPoint else { return try integerSum(dim, keepdim: keepdim, work) }
        return try shaped(total(dim, work), dim, keepdim, work)
    }

    /// The mean of all elements; NaN if there are none.
    public func mean(work: Work = Work()) throws(Failure) -> Double {
        try means(nil, work).item().double
    }

    /// Means along `dim`.
    public func mean(dim: Int, keepdim: Bool = false, work: Work = Work()) throws(Failure) -> Tensor {
        try checkDimension(dim)
        return try shaped(means(dim, work), dim, keepdim, work)
    }

    /// The variance of all elements: the sum of squared deviations from the mean over `count - ddof`. NaN where that is not
    /// positive.
    public func variance(ddof: Int = 1, work: Work = Work()) throws(Failure) -> Double {
        try variances(nil, ddof, work).item().double
    }

    /// Variances along `dim`.
    public func variance(dim: Int, ddof: Int = 1, keepdim: Bool = false, work: Work = Work()) throws(Failure) -> Tensor
    {
        try checkDimension(dim)
        return try shaped(variances(dim, ddof, work), dim, keepdim, work)
    }

    /// The standard deviation of all elements: the root of `variance`.
    public func standardDeviation(ddof: Int = 1, work: Work = Work()) throws(Failure) -> Double {
        try variance(ddof: ddof, work: work).squareRoot()
    }

    /// Standard deviations along `dim`.
    public func standardDeviation(
        dim: Int, ddof: Int = 1, keepdim: Bool = false, work: Work = Work()
    ) throws(Failure) -> Tensor {
        try checkDimension(dim)
        return try shaped(variances(dim, ddof, work).apply(.sqrt, work: work), dim, keepdim, work)
    }

    /// The Euclidean norm of all elements: the root of the sum of their squares.
    public func norm(work: Work = Work()) throws(Failure) -> Double {
        try norms(nil, work).item().double
    }

    /// Euclidean norms along `dim`.
    public func norm(dim: Int, keepdim: Bool = false, work: Work = Work()) throws(Failure) -> Tensor {
        try checkDimension(dim)
        return try shaped(norms(dim, work), dim, keepdim, work)
    }

    /// Float64 norms, one per group.
    func norms(_ dim: Int?, _ work: Work) throws(Failure) -> Tensor {
        try squares(dim, centers: nil, work).apply(.sqrt, work: work)
    }

    // MARK: - Float64 sums per group

    private func total(_ dim: Int?, _ work: Work) throws(Failure) -> Tensor {
        let source = try contiguous(work: work)
        let layout = ReductionLayout(shape, dim)
        return switch dtype {
        case .float32:
            try Accumulation(term: ElementTerm<Float>(), source: source, layout: layout, centers: nil).sums(work: work)
        case .float64:
            try Accumulation(term: ElementTerm<Double>(), source: source, layout: layout, centers: nil).sums(work: work)
        case .int32:
            try Accumulation(term: ElementTerm<Int32>(), source: source, layout: layout, centers: nil).sums(work: work)
        case .int64:
            try Accumulation(term: ElementTerm<Int64>(), source: source, layout: layout, centers: nil).sums(work: work)
        case .bool: try to(.int32, work: work).total(dim, work)
        }
    }

    private func squares(_ dim: Int?, centers: Tensor?, _ work: Work) throws(Failure) -> Tensor {
        let source = try contiguous(work: work)
        let layout = ReductionLayout(shape, dim)
        return switch dtype {
        case .float32:
            try Accumulation(term: SquareTerm<Float>(), source: source, layout: layout, centers: centers).sums(
                work: work)
        case .float64:
            try Accumulation(term: SquareTerm<Double>(), source: source, layout: layout, centers: centers).sums(
                work: work)
        case .int32:
            try Accumulation(term: SquareTerm<Int32>(), source: source, layout: layout, centers: centers).sums(
                work: work)
        case .int64:
            try Accumulation(term: SquareTerm<Int64>(), source: source, layout: layout, centers: centers).sums(
                work: work)
        case .bool: try to(.int32, work: work).squares(dim, centers: centers, work)
        }
    }

    /// Float64 means, one per group.
    func means(_ dim: Int?, _ work: Work) throws(Failure) -> Tensor {
        let sums = try total(dim, work)
        let length = Double(ReductionLayout(shape, dim).length)
        return try Tensor.combine(.divide, .tensor(sums), .scalar(.real(length)), work: work)
    }

    private func variances(_ dim: Int?, _ ddof: Int, _ work: Work) throws(Failure) -> Tensor {
        guard ddof >= 0 else { throw .argument("ddof", expected: "integer from 0 up", got: "\(ddof)") }
        let freedom = ReductionLayout(shape, dim).length - ddof
        let sums = try squares(dim, centers: means(dim, work), work)
        return try Tensor.combine(
            .divide, .tensor(sums), .scalar(.real(freedom > 0 ? Double(freedom) : .nan)), work: work)
    }

    private func shaped(_ groups: Tensor, _ dim: Int?, _ keepdim: Bool, _ work: Work) throws(Failure) -> Tensor {
        let target = ReductionLayout.shape(shape, dim, keepdim: keepdim)
        return try groups.to(dtype.fractional, work: work).reshape(target)
    }

    // MARK: - Whole numbers

    private func integerSum(_ dim: Int?, keepdim: Bool, _ work: Work) throws(Failure) -> Tensor {
        let source = try to(.int64, work: work).contiguous(work: work)
        let layout = ReductionLayout(shape, dim)
        let (length, inner) = (layout.length, layout.inner)
        let result = try Tensor.zeros(ReductionLayout.shape(shape, dim, keepdim: keepdim), dtype: .int64)
        let chunk = 512
        let chunks = (inner + chunk - 1) / chunk
        try work.forEach(layout.outer * chunks) { (index, _) throws(Failure) in
            let (group, columns) = (index / chunks, index % chunks * chunk)
            let width = min(chunk, inner - columns)
            let values = source.pointer(Int64.self) + group * length * inner + columns
            let target = result.pointer(Int64.self) + group * inner + columns
            // 128 bits, so that a sum is refused only if it does not fit itself.
            var sums = [Int128](repeating: 0, count: width)
            for row in 0..<length {
                for j in 0..<width { sums[j] += Int128(values[row * inner + j]) }
                if row & 0xffff == 0xffff { try work.cancellation.check() }
            }
            for j in 0..<width {
                guard let sum = Int64(exactly: sums[j]) else {
                    throw .operation("the sum does not fit int64", hint: "convert to float64 first")
                }
                target[j] = sum
            }
        }
        return result
    }
}
