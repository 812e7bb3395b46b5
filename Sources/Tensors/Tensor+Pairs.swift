import Support

extension Tensor {
    /// The greater or the lesser of every two elements, paired by broadcasting; NaN if either is. Dtypes meet as in arithmetic.
    public static func extreme(
        _ which: Extreme, of a: Operand, _ b: Operand, parameter: String = "other", work: Work = Work()
    ) throws(Failure) -> Tensor {
        let (x, y) = try paired(a, b, as: Operand.promoted(a, b).arithmetic, parameter, work)
        switch x.dtype {
        case .float32: return try zipped(Better<Float>(which: which), x, y, work: work)
        case .float64: return try zipped(Better<Double>(which: which), x, y, work: work)
        case .int32: return try zipped(Better<Int32>(which: which), x, y, work: work)
        case .int64, .bool: return try zipped(Better<Int64>(which: which), x, y, work: work)
        }
    }

    /// All products of an element of this vector [n] and one of `other` [m]: [n, m].
    public func outer(_ other: Tensor, work: Work = Work()) throws(Failure) -> Tensor {
        try checkVector("this")
        try other.checkVector("other")
        return try Tensor.combine(
            .multiply, .tensor(reshape([shape[0], 1])), .tensor(other.reshape([1, other.shape[0]])), work: work)
    }

    /// The sum of the products of two vectors' elements, a single value.
    public func scalarProduct(_ other: Tensor, work: Work = Work()) throws(Failure) -> Tensor {
        try checkVector("this")
        guard other.shape == shape else {
            throw .argument("other", expected: "a vector of \(shape[0]) numbers", got: "shape \(other.shape)")
        }
        return try matmul(other, work: work)
    }

    private func checkVector(_ parameter: String) throws(Failure) {
        guard rank == 1 else { throw .argument(parameter, expected: "a tensor of 1 dimension", got: "shape \(shape)") }
    }
}

private struct Better<T: NumericElement>: BinaryOperation {
    let which: Extreme
    @inline(__always) func apply(_ x: T, _ y: T) -> T {
        if x.isNotANumber || y.isNotANumber { return x.isNotANumber ? x : y }
        return which == .max ? (x < y ? y : x) : (y < x ? y : x)
    }
}
