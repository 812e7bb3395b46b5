import Support
import Tensors

extension Recorder {
    /// `a operation b` (see `Tensor.combine`). `//` has no gradient and is refused for tracked tensors.
    public func combine(
        _ operation: ArithmeticOperation, _ a: Operand, _ b: Operand, parameter: String = "other"
    ) throws(Failure) -> Tensor {
        let result = try Tensor.combine(operation, a.detached, b.detached, parameter: parameter, work: work)
        guard work.recordsGradients, a.isTracked || b.isTracked else { return result }
        let (x, y) = (a.detached, b.detached)
        let (left, right) = (a.tensor, b.tensor)
        switch operation {
        case .add:
            return step("+", result, left, right, []) { (g, _) in
                g
            } b: { (g, _) in
                g
            }
        case .subtract:
            return step("-", result, left, right, []) { (g, _) in
                g
            } b: { (g, work) throws(Failure) in
                try g.negated(work: work)
            }
        case .multiply:
            return step("*", result, left, right, [left, right]) { (g, work) throws(Failure) in
                try Tensor.combine(.multiply, .tensor(g), y, work: work)
            } b: { (g, work) throws(Failure) in
                try Tensor.combine(.multiply, .tensor(g), x, work: work)
            }
        case .divide:
            return step("/", result, left, right, [right]) { (g, work) throws(Failure) in
                try Tensor.combine(.divide, .tensor(g), y, work: work)
            } b: { (g, work) throws(Failure) in
                let share = try Tensor.combine(.divide, .tensor(result), y, work: work)
                return try product(g, share, work).negated(work: work)
            }
        case .power:
            return step("^", result, left, right, [left, right]) { (g, work) throws(Failure) in
                try Self.powerByBase(g, x, y, work)
            } b: { (g, work) throws(Failure) in
                try Self.powerByExponent(g, x, y, result, work)
            }
        case .modulo:
            return step("%", result, left, right, [left, right]) { (g, _) in
                g
            } b: { (g, work) throws(Failure) in
                let whole = try Tensor.combine(.floorDivide, x, y, work: work)
                return try product(g, whole, work).negated(work: work)
            }
        case .floorDivide:
            throw .operation(
                "// has no gradient: its result is flat between its jumps", hint: "detach() the tensor, or use /")
        }
    }

    /// The elements with their signs changed.
    public func negated(_ x: Tensor) throws(Failure) -> Tensor {
        record("unary minus", try x.detached.negated(work: work), from: x) { (g, work) throws(Failure) in
            try g.negated(work: work)
        }
    }

    /// The tensor as another dtype. Whole numbers and truth values have no gradient: as those it is detached.
    public func convert(_ x: Tensor, to dtype: DType) throws(Failure) -> Tensor {
        if x.dtype == dtype { return x }
        let result = try x.detached.to(dtype, work: work)
        guard dtype.isFloatingPoint else { return result }
        return record("to", result, from: x) { (g, _) in g }
    }

    // b x^(b - 1), and 0 where the exponent is 0 whatever the base.
    private static func powerByBase(_ g: Tensor, _ x: Operand, _ y: Operand, _ work: Work) throws(Failure) -> Tensor {
        if case .scalar(let exponent) = y, exponent.double == 2 {
            return try product(Tensor.combine(.multiply, .tensor(g), x, work: work), 2, work)
        }
        let lower = try Tensor.combine(.subtract, y, .scalar(.integer(1)), work: work)
        let power = try Tensor.combine(.power, x, .tensor(lower), work: work)
        let slope = try Tensor.combine(.multiply, y, .tensor(power), work: work)
        let isFlat = try Tensor.compare(.eq, y, .scalar(.integer(0)), work: work)
        return try product(g, isFlat.choose(.scalar(.integer(0)), .tensor(slope), work: work), work)
    }

    // x^b log x, and 0 where the base is 0 and the exponent is not below 0.
    private static func powerByExponent(
        _ g: Tensor, _ x: Operand, _ y: Operand, _ result: Tensor, _ work: Work
    ) throws(Failure) -> Tensor {
        let base = try Tensor.combine(.add, x, .scalar(.real(0)), work: work)
        let slope = try product(result, base.apply(.log, work: work), work)
        let isFlat = try Tensor.combine(
            .and, .tensor(Tensor.compare(.eq, .tensor(base), .scalar(.integer(0)), work: work)),
            .tensor(Tensor.compare(.ge, y, .scalar(.integer(0)), work: work)), work: work)
        return try product(g, isFlat.choose(.scalar(.integer(0)), .tensor(slope), work: work), work)
    }

    // A step whose operands may be plain numbers.
    private func step(
        _ name: String, _ result: Tensor, _ a: Tensor?, _ b: Tensor?, _ kept: [Tensor?],
        a pullA: @escaping (_ gradient: Tensor, _ work: Work) throws(Failure) -> Tensor,
        b pullB: @escaping (_ gradient: Tensor, _ work: Work) throws(Failure) -> Tensor
    ) -> Tensor {
        let kept = kept.compactMap { $0?.detached }
        switch (a, b) {
        case (let a?, let b?): return record(name, result, from: a, b, keeping: kept, a: pullA, b: pullB)
        case (let a?, nil): return record(name, result, from: a, keeping: kept, pullA)
        case (nil, let b?): return record(name, result, from: b, keeping: kept, pullB)
        case (nil, nil): return result
        }
    }
}

extension Operand {
    var tensor: Tensor? {
        if case .tensor(let tensor) = self { tensor } else { nil }
    }

    var isTracked: Bool { tensor?.isTracked ?? false }

    /// The operand without its provenance.
    var detached: Operand {
        if case .tensor(let tensor) = self { .tensor(tensor.detached) } else { self }
    }
}
