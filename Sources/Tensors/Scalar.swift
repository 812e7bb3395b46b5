/// One element, or one number beside a tensor.
public enum Scalar: Equatable, Sendable {
    case integer(Int64)
    case real(Double)
    case truth(Bool)

    /// The value as a double; true is 1.
    public var double: Double {
        switch self {
        case .integer(let value): Double(value)
        case .real(let value): value
        case .truth(let value): value ? 1 : 0
        }
    }

    /// The value as messages show it.
    var words: String {
        switch self {
        case .integer(let value): "\(value)"
        // The sign of a nan depends on the processor.
        case .real(let value): value.isNaN ? "nan" : "\(value)"
        case .truth(let value): "\(value)"
        }
    }
}

/// What stands on one side of an operator: a tensor or a single number.
public enum Operand: Sendable {
    case tensor(Tensor)
    case scalar(Scalar)

    /// The tensor's shape; a number has none.
    public var shape: [Int] {
        switch self {
        case .tensor(let tensor): tensor.shape
        case .scalar: []
        }
    }

    /// The dtype in which two operands meet (see `DType`). Two plain numbers meet in int64, or in float32 if one has a fraction.
    static func promoted(_ a: Operand, _ b: Operand) -> DType {
        switch (a, b) {
        case (.tensor(let a), .tensor(let b)): .promoted(a.dtype, b.dtype)
        case (.tensor(let a), .scalar(let b)): a.dtype.promoted(with: b)
        case (.scalar(let a), .tensor(let b)): b.dtype.promoted(with: a)
        case (.scalar(.truth), .scalar(.truth)): .bool
        case (.scalar(.real), .scalar), (.scalar, .scalar(.real)): .float32
        case (.scalar, .scalar): .int64
        }
    }
}
