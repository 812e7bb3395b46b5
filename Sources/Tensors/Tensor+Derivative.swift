import Glibc
import Support

/// Derivatives of functions of one element, one pass each.
extension Tensor {
    /// This tensor, of floating point, times the derivative of `function` at `input`, where the function's value is `output`. All three have one
    /// shape and dtype.
    ///
    /// Where the derivative jumps (abs and relu at 0) it is 0.
    public func times(
        derivativeOf function: MathFunction, at input: Tensor, output: Tensor, work: Work = Work()
    ) throws(Failure) -> Tensor {
        dtype == .float32
            ? try times(Float.self, function, input, output, work)
            : try times(Double.self, function, input, output, work)
    }

    private func times<T: RealElement>(
        _ type: T.Type, _ function: MathFunction, _ input: Tensor, _ output: Tensor, _ work: Work
    ) throws(Failure) -> Tensor {
        switch function {
        case .exp: try Tensor.zipped(ByValue<T>(), self, output, work: work)
        case .log: try Tensor.zipped(OverInput<T>(), self, input, work: work)
        case .sqrt: try Tensor.zipped(OverTwice<T>(), self, output, work: work)
        case .abs: try Tensor.zipped(BySign<T>(), self, input, work: work)
        case .sigmoid: try Tensor.zipped(SigmoidSlope<T>(), self, output, work: work)
        case .tanh: try Tensor.zipped(TanhSlope<T>(), self, output, work: work)
        case .gelu: try Tensor.zipped(GaussianUnitSlope<T>(), self, input, work: work)
        case .relu: try Tensor.zipped(WherePositive<T>(), self, output, work: work)
        }
    }
}

private struct ByValue<T: RealElement>: BinaryOperation {
    @inline(__always) func apply(_ g: T, _ y: T) -> T { g * y }
}

private struct OverInput<T: RealElement>: BinaryOperation {
    @inline(__always) func apply(_ g: T, _ x: T) -> T { g / x }
}

private struct OverTwice<T: RealElement>: BinaryOperation {
    @inline(__always) func apply(_ g: T, _ y: T) -> T { g / (y + y) }
}

private struct BySign<T: RealElement>: BinaryOperation {
    @inline(__always) func apply(_ g: T, _ x: T) -> T { x > 0 ? g : x < 0 ? -g : 0 }
}

private struct SigmoidSlope<T: RealElement>: BinaryOperation {
    @inline(__always) func apply(_ g: T, _ y: T) -> T { g * y * (1 - y) }
}

private struct TanhSlope<T: RealElement>: BinaryOperation {
    @inline(__always) func apply(_ g: T, _ y: T) -> T { g * (1 - y * y) }
}

private struct GaussianUnitSlope<T: RealElement>: BinaryOperation {
    // The share below x, plus x times the density at x.
    @inline(__always) func apply(_ g: T, _ x: T) -> T {
        let share = (1 + T.erf(x * T(0.5.squareRoot()))) / 2
        return g * (share + x * T.exp(-x * x / 2) * T(0.3989422804014327))
    }
}

private struct WherePositive<T: RealElement>: BinaryOperation {
    @inline(__always) func apply(_ g: T, _ y: T) -> T { y > 0 ? g : 0 }
}
