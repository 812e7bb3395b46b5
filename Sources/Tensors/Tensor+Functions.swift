import Glibc
import Support

/// Smooth functions of one element besides those of `MathFunction`, computed in float64.
public enum SmoothFunction: String, CaseIterable, Sendable {
    case log1p, expm1, log2, log10, sin, cos, tan, erf, softplus, rsqrt, reciprocal, square
}

/// Functions whose results have no fraction.
public enum RoundingFunction: String, CaseIterable, Sendable {
    case round, floor, ceil, trunc, sign
}

/// Questions about one element.
public enum NumberTest: String, CaseIterable, Sendable {
    case isnan, isinf, isfinite
}

extension Tensor {
    /// The function of every element; whole numbers give float64. Outside its domain a function gives what floating point gives.
    public func apply(_ function: SmoothFunction, work: Work = Work()) throws(Failure) -> Tensor {
        try mapped(by: function.rule, work)
    }

    /// The function's derivative at every element.
    public func slope(of function: SmoothFunction, work: Work = Work()) throws(Failure) -> Tensor {
        try mapped(bySlopeOf: function.rule, work)
    }

    private func mapped<R: SmoothRule>(by rule: R.Type, _ work: Work) throws(Failure) -> Tensor {
        let source = try to(dtype.fractional, work: work)
        return source.dtype == .float32
            ? try source.mapped(Value<Float, R>(), work: work) : try source.mapped(Value<Double, R>(), work: work)
    }

    private func mapped<R: SmoothRule>(bySlopeOf rule: R.Type, _ work: Work) throws(Failure) -> Tensor {
        let source = try to(dtype.fractional, work: work)
        return source.dtype == .float32
            ? try source.mapped(Slope<Float, R>(), work: work) : try source.mapped(Slope<Double, R>(), work: work)
    }

    /// Every element rounded in the function's way, halves to the even neighbour by `round`; or its sign: -1, 0 or 1. NaN stays. Whole
    /// numbers stay what they are, truth values become int64.
    public func apply(_ function: RoundingFunction, work: Work = Work()) throws(Failure) -> Tensor {
        switch dtype {
        case .float32: return try mapped(Rounded<Float>(function: function), work: work)
        case .float64: return try mapped(Rounded<Double>(function: function), work: work)
        case .int32, .int64, .bool:
            let source = try to(dtype.arithmetic, work: work)
            return function == .sign
                ? try source.clamp(.integer(-1), .integer(1), work: work) : try source.clone(work: work)
        }
    }

    /// Where the test holds: a bool tensor. Whole numbers and truth values are finite.
    public func test(_ test: NumberTest, work: Work = Work()) throws(Failure) -> Tensor {
        switch dtype {
        case .float32: try mapped(Tested<Float>(test: test), work: work)
        case .float64: try mapped(Tested<Double>(test: test), work: work)
        case .int32, .int64, .bool: try Tensor.full(shape, .truth(test == .isfinite), dtype: .bool)
        }
    }
}

extension SmoothFunction {
    fileprivate var rule: any SmoothRule.Type {
        switch self {
        case .log1p: LogOnePlus.self
        case .expm1: ExpMinusOne.self
        case .log2: LogTwo.self
        case .log10: LogTen.self
        case .sin: Sine.self
        case .cos: Cosine.self
        case .tan: Tangent.self
        case .erf: ErrorFunction.self
        case .softplus: Softplus.self
        case .rsqrt: InverseRoot.self
        case .reciprocal: Reciprocal.self
        case .square: Square.self
        }
    }
}

/// A function and its derivative. Types, so that loops are compiled for each.
private protocol SmoothRule: Sendable {
    static func value(_ x: Double) -> Double
    static func slope(_ x: Double) -> Double
}

private struct Value<T: RealElement, R: SmoothRule>: UnaryOperation {
    @inline(__always) func apply(_ x: T) -> T { T(R.value(Double(x))) }
}

private struct Slope<T: RealElement, R: SmoothRule>: UnaryOperation {
    @inline(__always) func apply(_ x: T) -> T { T(R.slope(Double(x))) }
}

private enum LogOnePlus: SmoothRule {
    @inline(__always) static func value(_ x: Double) -> Double { log1p(x) }
    @inline(__always) static func slope(_ x: Double) -> Double { 1 / (1 + x) }
}

private enum ExpMinusOne: SmoothRule {
    @inline(__always) static func value(_ x: Double) -> Double { expm1(x) }
    @inline(__always) static func slope(_ x: Double) -> Double { exp(x) }
}

private enum LogTwo: SmoothRule {
    @inline(__always) static func value(_ x: Double) -> Double { log2(x) }
    @inline(__always) static func slope(_ x: Double) -> Double { 1.4426950408889634 / x }
}

private enum LogTen: SmoothRule {
    @inline(__always) static func value(_ x: Double) -> Double { log10(x) }
    @inline(__always) static func slope(_ x: Double) -> Double { 0.4342944819032518 / x }
}

private enum Sine: SmoothRule {
    @inline(__always) static func value(_ x: Double) -> Double { sin(x) }
    @inline(__always) static func slope(_ x: Double) -> Double { cos(x) }
}

private enum Cosine: SmoothRule {
    @inline(__always) static func value(_ x: Double) -> Double { cos(x) }
    @inline(__always) static func slope(_ x: Double) -> Double { -sin(x) }
}

private enum Tangent: SmoothRule {
    @inline(__always) static func value(_ x: Double) -> Double { tan(x) }
    @inline(__always) static func slope(_ x: Double) -> Double { 1 + tan(x) * tan(x) }
}

private enum ErrorFunction: SmoothRule {
    @inline(__always) static func value(_ x: Double) -> Double { erf(x) }
    // 2 / sqrt(pi) exp(-x^2)
    @inline(__always) static func slope(_ x: Double) -> Double { 1.1283791670955126 * exp(-x * x) }
}

private enum Softplus: SmoothRule {
    // log(1 + exp(x)), exp of a negative number only, so that it cannot overflow.
    @inline(__always) static func value(_ x: Double) -> Double { (x < 0 ? 0 : x) + log1p(exp(-x.magnitude)) }
    @inline(__always) static func slope(_ x: Double) -> Double {
        let e = exp(-x.magnitude)
        return (x < 0 ? e : 1) / (1 + e)
    }
}

private enum InverseRoot: SmoothRule {
    @inline(__always) static func value(_ x: Double) -> Double { 1 / x.squareRoot() }
    @inline(__always) static func slope(_ x: Double) -> Double { -0.5 / (x * x.squareRoot()) }
}

private enum Reciprocal: SmoothRule {
    @inline(__always) static func value(_ x: Double) -> Double { 1 / x }
    @inline(__always) static func slope(_ x: Double) -> Double { -1 / (x * x) }
}

private enum Square: SmoothRule {
    @inline(__always) static func value(_ x: Double) -> Double { x * x }
    @inline(__always) static func slope(_ x: Double) -> Double { x + x }
}

private struct Rounded<T: RealElement>: UnaryOperation {
    let function: RoundingFunction
    @inline(__always) func apply(_ x: T) -> T {
        switch function {
        case .round: x.rounded(.toNearestOrEven)
        case .floor: x.rounded(.down)
        case .ceil: x.rounded(.up)
        case .trunc: x.rounded(.towardZero)
        case .sign: x > 0 ? 1 : x < 0 ? -1 : x
        }
    }
}

private struct Tested<T: RealElement>: UnaryOperation {
    let test: NumberTest
    @inline(__always) func apply(_ x: T) -> Bool {
        switch test {
        case .isnan: x.isNaN
        case .isinf: x.isInfinite
        case .isfinite: x.isFinite
        }
    }
}
