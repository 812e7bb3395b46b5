/// Which dtype a result has.
///
/// Two tensors meet in the later of bool, int32, int64, float32, float64, as in PyTorch: an integer tensor joins a float32 one
/// in float32. A number beside a tensor is weak: it takes the tensor's dtype, unless it is of a later kind (truth values, whole
/// numbers, numbers with a fraction); then bool becomes int64 and whole numbers become float64. Where whole numbers give
/// fractions (division, roots, means) the result is float64, because float32 cannot hold every int64.
extension DType {
    private var rank: Int {
        switch self {
        case .bool: 0
        case .int32: 1
        case .int64: 2
        case .float32: 3
        case .float64: 4
        }
    }

    /// The dtype in which two tensors meet.
    public static func promoted(_ a: DType, _ b: DType) -> DType { a.rank >= b.rank ? a : b }

    /// The dtype in which a tensor of this dtype meets a single number.
    public func promoted(with scalar: Scalar) -> DType {
        switch scalar {
        case .truth: self
        case .integer: self == .bool ? .int64 : self
        case .real: isFloatingPoint ? self : .float64
        }
    }

    /// The dtype of sums and products of such elements: truth values count as int64.
    public var arithmetic: DType { self == .bool ? .int64 : self }

    /// The dtype of results with a fraction: whole numbers give float64.
    public var fractional: DType { isFloatingPoint ? self : .float64 }
}
