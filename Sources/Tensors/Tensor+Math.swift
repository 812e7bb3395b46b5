import CKernels
import Support

/// Functions of one element.
public enum MathFunction: String, CaseIterable, Sendable {
    case exp, log, sqrt, abs, sigmoid, tanh, relu
    /// x times the share of the standard normal distribution below x.
    case gelu
}

extension Tensor {
    /// The function of every element. `abs` and `relu` keep whole numbers whole; the others give float64 for them.
    /// Outside its domain a function gives what floating point gives: log(0) = -inf, log(-1) and sqrt(-1) = nan.
    public func apply(_ function: MathFunction, work: Work = Work()) throws(Failure) -> Tensor {
        switch function {
        case .abs, .relu:
            switch dtype {
            case .float32: return try wholeApply(function, Float.self, work)
            case .float64: return try wholeApply(function, Double.self, work)
            case .int32: return try wholeApply(function, Int32.self, work)
            case .int64: return try wholeApply(function, Int64.self, work)
            case .bool: return try to(.int64, work: work)
            }
        case .exp, .log, .sqrt, .sigmoid, .tanh, .gelu:
            let source = try to(dtype.fractional, work: work)
            if function == .gelu, source.dtype == .float32 { return try source.activated(CK_GELU, work) }
            return source.dtype == .float32
                ? try source.realApply(function, Float.self, work) : try source.realApply(function, Double.self, work)
        }
    }

    // By a vector kernel, a copy in place.
    private func activated(_ activation: ck_activation, _ work: Work) throws(Failure) -> Tensor {
        let result = try clone(work: work)
        let (count, block) = (result.count, StridedWalk.blockElements)
        try work.forEach((count + block - 1) / block) { index, _ in
            let from = index * block
            ck_activate_f32(activation, min(block, count - from), result.pointer(Float.self) + from)
        }
        return result
    }

    private func wholeApply<T: NumericElement>(
        _ function: MathFunction, _ type: T.Type, _ work: Work
    ) throws(Failure) -> Tensor {
        function == .abs ? try mapped(Magnitude<T>(), work: work) : try mapped(Rectify<T>(), work: work)
    }

    private func realApply<T: RealElement>(
        _ function: MathFunction, _ type: T.Type, _ work: Work
    ) throws(Failure) -> Tensor {
        switch function {
        case .exp: try mapped(Exponential<T>(), work: work)
        case .log: try mapped(Logarithm<T>(), work: work)
        case .sqrt: try mapped(SquareRoot<T>(), work: work)
        case .sigmoid: try mapped(Sigmoid<T>(), work: work)
        case .tanh: try mapped(HyperbolicTangent<T>(), work: work)
        case .gelu: try mapped(GaussianUnit<T>(), work: work)
        case .abs, .relu: try wholeApply(function, type, work)
        }
    }

    /// Elements below `low` raised to it, above `high` lowered to it; a bound that is nil does not bind. NaN stays NaN. The dtype
    /// stays unless a bound has a fraction and the tensor is of whole numbers.
    public func clamp(_ low: Scalar?, _ high: Scalar?, work: Work = Work()) throws(Failure) -> Tensor {
        if let low, let high, !(low.double <= high.double) {
            throw .argument("high", expected: "a number from \(low.words) (low) up", got: high.words)
        }
        var target = dtype.arithmetic
        for bound in [low, high] { if let bound { target = target.promoted(with: bound) } }
        let source = try to(target, work: work)
        let least = try low.map { (low) throws(Failure) in try Tensor.scalar(low, dtype: target, parameter: "low") }
        let most = try high.map { (high) throws(Failure) in try Tensor.scalar(high, dtype: target, parameter: "high") }
        switch target {
        case .float32: return try source.clamp(least, most, -Float.infinity, Float.infinity, work)
        case .float64: return try source.clamp(least, most, -Double.infinity, Double.infinity, work)
        case .int32: return try source.clamp(least, most, Int32.min, Int32.max, work)
        case .int64, .bool: return try source.clamp(least, most, Int64.min, Int64.max, work)
        }
    }

    private func clamp<T: NumericElement>(
        _ low: Tensor?, _ high: Tensor?, _ least: T, _ most: T, _ work: Work
    ) throws(Failure) -> Tensor {
        try withExtendedLifetime((low, high)) { () throws(Failure) in
            let bounds = Clamp<T>(low: low?.pointer(T.self)[0] ?? least, high: high?.pointer(T.self)[0] ?? most)
            return try mapped(bounds, work: work)
        }
    }
}

private struct Magnitude<T: NumericElement>: UnaryOperation {
    @inline(__always) func apply(_ x: T) -> T { T.magnitude(x) }
}

private struct Rectify<T: NumericElement>: UnaryOperation {
    // Written so that NaN passes.
    @inline(__always) func apply(_ x: T) -> T { x < T.zero ? T.zero : x }
}

private struct Exponential<T: RealElement>: UnaryOperation {
    @inline(__always) func apply(_ x: T) -> T { T.exp(x) }
}

private struct Logarithm<T: RealElement>: UnaryOperation {
    @inline(__always) func apply(_ x: T) -> T { T.log(x) }
}

private struct SquareRoot<T: RealElement>: UnaryOperation {
    @inline(__always) func apply(_ x: T) -> T { x.squareRoot() }
}

private struct Sigmoid<T: RealElement>: UnaryOperation {
    // exp of a negative number only, so that it cannot overflow.
    @inline(__always) func apply(_ x: T) -> T {
        let e = T.exp(-T.magnitude(x))
        return (x < 0 ? e : 1) / (1 + e)
    }
}

private struct HyperbolicTangent<T: RealElement>: UnaryOperation {
    @inline(__always) func apply(_ x: T) -> T { T.tanh(x) }
}

private struct GaussianUnit<T: RealElement>: UnaryOperation {
    @inline(__always) func apply(_ x: T) -> T { x / 2 * (1 + T.erf(x * T(0.5.squareRoot()))) }
}

private struct Clamp<T: NumericElement>: UnaryOperation {
    let low: T
    let high: T
    // Written so that NaN passes.
    @inline(__always) func apply(_ x: T) -> T { x < low ? low : x > high ? high : x }
}
