import Support

/// The operators of arithmetic, with Lua's meaning.
public enum ArithmeticOperation: String, CaseIterable, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    /// Always with a fraction: whole numbers give float64.
    case divide = "/"
    /// The quotient rounded down.
    case floorDivide = "//"
    /// What floor division leaves, with the sign of the divisor.
    case modulo = "%"
    /// Always with a fraction: whole numbers give float64.
    case power = "^"
}

extension Tensor {
    /// `a operation b`, elements paired by broadcasting; the result's dtype as told at `DType`.
    ///
    /// Whole numbers wrap around at their ends, as Lua's do. `//` and `%` of whole numbers refuse a divisor of zero; with
    /// fractions they give what Lua's floats give. `parameter` is what messages call `b`.
    public static func combine(
        _ operation: ArithmeticOperation, _ a: Operand, _ b: Operand, parameter: String = "other", work: Work = Work()
    ) throws(Failure) -> Tensor {
        let fractional = operation == .divide || operation == .power
        let met = Operand.promoted(a, b)
        let dtype = fractional ? met.fractional : met.arithmetic
        let (x, y) = try paired(a, b, as: dtype, parameter, work)
        if dtype.isInteger, operation == .floorDivide || operation == .modulo,
            try y.containsZero(work: work)
        {
            throw .argument(
                parameter, expected: "a divisor without zeros for \(dtype.rawValue)", got: "0",
                hint: "convert to float64 for inf and nan")
        }
        switch dtype {
        case .float32: return try realCombine(operation, Float.self, x, y, work)
        case .float64: return try realCombine(operation, Double.self, x, y, work)
        case .int32: return try combine(operation, Int32.self, x, y, work)
        case .int64, .bool: return try combine(operation, Int64.self, x, y, work)
        }
    }

    /// The elements with their signs changed. Truth values count as int64.
    public func negated(work: Work = Work()) throws(Failure) -> Tensor {
        switch dtype {
        case .float32: try mapped(Negate<Float>(), work: work)
        case .float64: try mapped(Negate<Double>(), work: work)
        case .int32, .int64, .bool:
            try Tensor.combine(.subtract, .scalar(.integer(0)), .tensor(self), work: work)
        }
    }

    /// Both operands as tensors of one shape and dtype.
    static func paired(
        _ a: Operand, _ b: Operand, as dtype: DType, _ parameter: String, _ work: Work
    ) throws(Failure) -> (Tensor, Tensor) {
        let shape = try broadcastShape(a.shape, b.shape, parameter: parameter)
        let x = try a.tensor(dtype, "this", work).broadcast(to: shape)
        let y = try b.tensor(dtype, parameter, work).broadcast(to: shape)
        return (x, y)
    }

    func containsZero(work: Work) throws(Failure) -> Bool {
        switch dtype {
        case .float32: try firstElement(IsZero<Float>(), work: work) != nil
        case .float64: try firstElement(IsZero<Double>(), work: work) != nil
        case .int32: try firstElement(IsZero<Int32>(), work: work) != nil
        case .int64: try firstElement(IsZero<Int64>(), work: work) != nil
        case .bool: try to(.int32).containsZero(work: work)
        }
    }

    private static func combine<T: NumericElement>(
        _ operation: ArithmeticOperation, _ type: T.Type, _ a: Tensor, _ b: Tensor, _ work: Work
    ) throws(Failure) -> Tensor {
        switch operation {
        case .add: try zipped(Add<T>(), a, b, work: work)
        case .subtract: try zipped(Subtract<T>(), a, b, work: work)
        case .multiply: try zipped(Multiply<T>(), a, b, work: work)
        case .floorDivide: try zipped(FloorDivide<T>(), a, b, work: work)
        case .modulo: try zipped(Modulo<T>(), a, b, work: work)
        case .divide, .power: try realCombine(operation, Double.self, a.to(.float64), b.to(.float64), work)
        }
    }

    private static func realCombine<T: RealElement>(
        _ operation: ArithmeticOperation, _ type: T.Type, _ a: Tensor, _ b: Tensor, _ work: Work
    ) throws(Failure) -> Tensor {
        switch operation {
        case .divide: return try zipped(Divide<T>(), a, b, work: work)
        case .power:
            if b.count > 0, b.strides.allSatisfy({ $0 == 0 }), b.pointer(T.self)[0] == 2 {
                return try zipped(Multiply<T>(), a, a, work: work)
            }
            return try zipped(Power<T>(), a, b, work: work)
        default: return try combine(operation, type, a, b, work)
        }
    }
}

extension Operand {
    /// This operand as a tensor of `dtype`.
    func tensor(_ dtype: DType, _ parameter: String, _ work: Work) throws(Failure) -> Tensor {
        switch self {
        case .tensor(let tensor): try tensor.to(dtype, work: work)
        case .scalar(let scalar): try Tensor.scalar(scalar, dtype: dtype, parameter: parameter)
        }
    }
}

private struct Add<T: NumericElement>: BinaryOperation {
    @inline(__always) func apply(_ x: T, _ y: T) -> T { T.sum(x, y) }
}

private struct Subtract<T: NumericElement>: BinaryOperation {
    @inline(__always) func apply(_ x: T, _ y: T) -> T { T.difference(x, y) }
}

private struct Multiply<T: NumericElement>: BinaryOperation {
    @inline(__always) func apply(_ x: T, _ y: T) -> T { T.product(x, y) }
}

private struct Divide<T: RealElement>: BinaryOperation {
    @inline(__always) func apply(_ x: T, _ y: T) -> T { x / y }
}

private struct FloorDivide<T: NumericElement>: BinaryOperation {
    @inline(__always) func apply(_ x: T, _ y: T) -> T { T.floorQuotient(x, y) }
}

private struct Modulo<T: NumericElement>: BinaryOperation {
    @inline(__always) func apply(_ x: T, _ y: T) -> T { T.modulo(x, y) }
}

private struct Power<T: RealElement>: BinaryOperation {
    @inline(__always) func apply(_ x: T, _ y: T) -> T { T.power(x, y) }
}

private struct Negate<T: RealElement>: UnaryOperation {
    @inline(__always) func apply(_ x: T) -> T { -x }
}

private struct IsZero<T: NumericElement>: ElementTest {
    @inline(__always) func holds(_ x: T) -> Bool { x == T.zero }
}
