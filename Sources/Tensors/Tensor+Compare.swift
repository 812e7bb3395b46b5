import Support

/// The comparisons of elements. Beside NaN only `ne` is true.
public enum Comparison: String, CaseIterable, Sendable {
    case eq, ne, lt, le, gt, ge
}

/// The operators on truth values.
public enum LogicalOperation: String, CaseIterable, Sendable {
    case and = "&"
    case or = "|"
}

extension Tensor {
    /// A bool tensor that tells where the comparison holds, elements paired by broadcasting. Whole numbers meet fractions in
    /// the dtype of arithmetic, so an int64 beyond 2^24 compares with float32 as float32.
    public static func compare(
        _ comparison: Comparison, _ a: Operand, _ b: Operand, parameter: String = "other", work: Work = Work()
    ) throws(Failure) -> Tensor {
        let common = Operand.promoted(a, b)
        let (x, y) = try paired(a, b, as: common == .bool ? .int32 : common, parameter, work)
        switch x.dtype {
        case .float32: return try compare(comparison, Float.self, x, y, work)
        case .float64: return try compare(comparison, Double.self, x, y, work)
        case .int32, .bool: return try compare(comparison, Int32.self, x, y, work)
        case .int64: return try compare(comparison, Int64.self, x, y, work)
        }
    }

    private static func compare<T: NumericElement>(
        _ comparison: Comparison, _ type: T.Type, _ a: Tensor, _ b: Tensor, _ work: Work
    ) throws(Failure) -> Tensor {
        switch comparison {
        case .eq: try zipped(Equal<T>(), a, b, work: work)
        case .ne: try zipped(NotEqual<T>(), a, b, work: work)
        case .lt: try zipped(Less<T>(), a, b, work: work)
        case .le: try zipped(LessOrEqual<T>(), a, b, work: work)
        case .gt: try zipped(Less<T>(), b, a, work: work)
        case .ge: try zipped(LessOrEqual<T>(), b, a, work: work)
        }
    }

    /// `a operation b` on truth values, elements paired by broadcasting.
    public static func combine(
        _ operation: LogicalOperation, _ a: Operand, _ b: Operand, work: Work = Work()
    ) throws(Failure) -> Tensor {
        try a.checkTruth("this")
        try b.checkTruth("other")
        let (x, y) = try paired(a, b, as: .bool, "other", work)
        return switch operation {
        case .and: try zipped(And(), x, y, work: work)
        case .or: try zipped(Or(), x, y, work: work)
        }
    }

    /// Truth values turned around.
    public func inverted(work: Work = Work()) throws(Failure) -> Tensor {
        try Operand.tensor(self).checkTruth("this")
        return try mapped(Not(), work: work)
    }

    /// Elements of `a` where this bool tensor is true, of `b` elsewhere; all three are broadcast together.
    public func choose(_ a: Operand, _ b: Operand, work: Work = Work()) throws(Failure) -> Tensor {
        guard dtype == .bool else {
            throw .argument(
                "this", expected: "bool tensor", got: "\(dtype.rawValue) tensor", hint: "compare first, as in t:gt(0)")
        }
        let common = Operand.promoted(a, b)
        let both = try Tensor.broadcastShape(a.shape, b.shape, parameter: "b")
        let target = try Tensor.broadcastShape(shape, both, parameter: "a")
        let mask = try broadcast(to: target)
        let x = try a.tensor(common, "a", work).broadcast(to: target)
        let y = try b.tensor(common, "b", work).broadcast(to: target)
        let result = try Tensor.uninitialized(target, dtype: common)
        switch common {
        case .float32, .int32: try result.fill(mask, x, y, of: Int32.self, work)
        case .float64, .int64: try result.fill(mask, x, y, of: Int64.self, work)
        case .bool: try result.fill(mask, x, y, of: Bool.self, work)
        }
        return result
    }

    // Elements are moved by size: their bits stay what they are.
    private func fill<T: TensorElement>(
        _ mask: Tensor, _ a: Tensor, _ b: Tensor, of type: T.Type, _ work: Work
    ) throws(Failure) {
        let walk = StridedWalk(shape: shape, mask.strides, a.strides, b.strides)
        let step = walk.step
        try walk.run(work: work) { start, target, count in
            let marks = mask.pointer(Bool.self) + start.a
            let x = a.pointer(T.self) + start.b
            let y = b.pointer(T.self) + start.c
            let r = pointer(T.self) + target
            for i in 0..<count { r[i] = marks[i &* step.a] ? x[i &* step.b] : y[i &* step.c] }
        }
    }
}

extension Operand {
    fileprivate func checkTruth(_ parameter: String) throws(Failure) {
        switch self {
        case .tensor(let tensor) where tensor.dtype != .bool:
            throw .argument(
                parameter, expected: "bool tensor", got: "\(tensor.dtype.rawValue) tensor",
                hint: "compare first, as in t:gt(0)")
        case .scalar(.integer(let value)):
            throw .argument(parameter, expected: "bool tensor or boolean", got: "\(value)")
        case .scalar(.real(let value)):
            throw .argument(parameter, expected: "bool tensor or boolean", got: "\(value)")
        default: return
        }
    }
}

private struct Equal<T: NumericElement>: BinaryOperation {
    @inline(__always) func apply(_ x: T, _ y: T) -> Bool { x == y }
}

private struct NotEqual<T: NumericElement>: BinaryOperation {
    @inline(__always) func apply(_ x: T, _ y: T) -> Bool { x != y }
}

private struct Less<T: NumericElement>: BinaryOperation {
    @inline(__always) func apply(_ x: T, _ y: T) -> Bool { x < y }
}

private struct LessOrEqual<T: NumericElement>: BinaryOperation {
    @inline(__always) func apply(_ x: T, _ y: T) -> Bool { x <= y }
}

private struct And: BinaryOperation {
    @inline(__always) func apply(_ x: Bool, _ y: Bool) -> Bool { x && y }
}

private struct Or: BinaryOperation {
    @inline(__always) func apply(_ x: Bool, _ y: Bool) -> Bool { x || y }
}

private struct Not: UnaryOperation {
    @inline(__always) func apply(_ x: Bool) -> Bool { !x }
}
