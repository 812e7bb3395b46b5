import Glibc

/// A distribution of a continuous random variable.
public protocol ContinuousDistribution: Sendable {
    /// log P(X ≤ x) and log P(X > x).
    func logTails(_ x: Double) -> (lower: Double, upper: Double)
    /// The x with P(X ≤ x) = p.
    func quantile(_ p: Double) -> Double
    /// The x with P(X > x) = p, exact for the smallest p.
    func upperQuantile(_ p: Double) -> Double
}

extension ContinuousDistribution {
    /// P(X ≤ x).
    public func cdf(_ x: Double) -> Double { exp(logTails(x).lower) }
    /// P(X > x), not 1 − cdf: right to the smallest doubles.
    public func survival(_ x: Double) -> Double { exp(logTails(x).upper) }
}

/// Student's t distribution.
public struct StudentT: ContinuousDistribution {
    /// Degrees of freedom, above 0, not necessarily whole; infinity gives the normal distribution.
    public let df: Double
    /// The distribution with `df` degrees of freedom.
    public init(df: Double) { self.df = df }

    /// log P(X ≤ x) and log P(X > x).
    public func logTails(_ t: Double) -> (lower: Double, upper: Double) {
        guard df.isFinite, t.isFinite else { return (Normal.logCDF(t), Normal.logSurvival(t)) }
        if df > Self.manyDegrees {
            let w = ((df - 0.5) * log1p(t / df * t)).squareRoot()
            let z = (w + correction(w)) * (t < 0 ? -1 : 1)
            return (Normal.logCDF(z), Normal.logSurvival(z))
        }
        // P(|T| > |t|) = I_x(df/2, 1/2) with x = df / (df + t²).
        let square = t * t
        let outer = IncompleteBeta.logs(df / 2, 0.5, x: df / (df + square), y: square / (df + square)).lower
        let tail = outer - 0.6931471805599453
        let rest = LogFactors.logOneMinusExp(tail)
        return t > 0 ? (rest, tail) : (tail, rest)
    }

    /// The x with P(X ≤ x) = p.
    public func quantile(_ p: Double) -> Double { p < 0.5 ? -upperQuantile(p) : upperQuantile(1 - p) }

    /// The x with P(X > x) = p.
    public func upperQuantile(_ p: Double) -> Double {
        guard df.isFinite else { return Normal.upperQuantile(p) }
        if p == 0.5 { return 0 }
        guard p > 0, p < 1 else { return p <= 0 ? .infinity : -.infinity }
        if p > 0.5 { return -upperQuantile(1 - p) }
        if df > Self.manyDegrees {
            let z = Normal.upperQuantile(p)
            let w = z - correction(z)
            return (df * expm1(w * w / (df - 0.5))).squareRoot()
        }
        let (x, y) = IncompleteBeta.inverse(df / 2, 0.5, logProbability: log(2 * p), upper: false)
        return (df * y / x).squareRoot()
    }

    /// Degrees of freedom above which a half gets lost beside them, and with it the digits of the beta function.
    static let manyDegrees = 1e7

    /// What makes w = √((df − ½) log(1 + t²/df)) a normal value, but for terms of order 1/df⁴ (Hill 1970, "Algorithm 395: Student's
    /// t-distribution").
    private func correction(_ w: Double) -> Double { (w * w + 3) * w / (48 * (df - 0.5) * (df - 0.5)) }
}

/// The gamma distribution.
public struct GammaDistribution: ContinuousDistribution {
    /// Shape, above 0.
    public let shape: Double
    /// Rate (one over the scale), above 0.
    public let rate: Double
    /// The distribution with mean shape / rate.
    public init(shape: Double, rate: Double = 1) {
        self.shape = shape
        self.rate = rate
    }

    /// log P(X ≤ x) and log P(X > x).
    public func logTails(_ x: Double) -> (lower: Double, upper: Double) { IncompleteGamma.logs(shape, x * rate) }

    /// The x with P(X ≤ x) = p.
    public func quantile(_ p: Double) -> Double {
        guard p > 0, p < 1 else { return p <= 0 ? 0 : .infinity }
        if p > 0.5 { return upperQuantile(1 - p) }
        return IncompleteGamma.inverse(shape, logProbability: log(p), upper: false) / rate
    }

    /// The x with P(X > x) = p.
    public func upperQuantile(_ p: Double) -> Double {
        guard p > 0, p < 1 else { return p <= 0 ? .infinity : 0 }
        if p > 0.5 { return quantile(1 - p) }
        return IncompleteGamma.inverse(shape, logProbability: log(p), upper: true) / rate
    }

    /// The density at `x` > 0.
    public func density(_ x: Double) -> Double {
        x > 0 ? exp(LogFactors.logPoissonTerm(shape, x * rate) + log(shape) - log(x)) : 0
    }
}

/// The chi-squared distribution.
public struct ChiSquared: ContinuousDistribution {
    /// Degrees of freedom, above 0.
    public let df: Double
    private var gamma: GammaDistribution { GammaDistribution(shape: df / 2, rate: 0.5) }
    /// The distribution with `df` degrees of freedom.
    public init(df: Double) { self.df = df }

    /// log P(X ≤ x) and log P(X > x).
    public func logTails(_ x: Double) -> (lower: Double, upper: Double) { gamma.logTails(x) }
    /// The x with P(X ≤ x) = p.
    public func quantile(_ p: Double) -> Double { gamma.quantile(p) }
    /// The x with P(X > x) = p.
    public func upperQuantile(_ p: Double) -> Double { gamma.upperQuantile(p) }
}

/// The beta distribution.
public struct BetaDistribution: ContinuousDistribution {
    /// First shape, above 0.
    public let a: Double
    /// Second shape, above 0.
    public let b: Double
    /// The distribution with mean a / (a + b).
    public init(_ a: Double, _ b: Double) {
        self.a = a
        self.b = b
    }

    /// log P(X ≤ x) and log P(X > x).
    public func logTails(_ x: Double) -> (lower: Double, upper: Double) { IncompleteBeta.logs(a, b, x: x, y: 1 - x) }

    /// The x with P(X ≤ x) = p.
    public func quantile(_ p: Double) -> Double {
        guard p > 0, p < 1 else { return p <= 0 ? 0 : 1 }
        if p > 0.5 { return upperQuantile(1 - p) }
        return IncompleteBeta.inverse(a, b, logProbability: log(p), upper: false).x
    }

    /// The x with P(X > x) = p.
    public func upperQuantile(_ p: Double) -> Double {
        guard p > 0, p < 1 else { return p <= 0 ? 1 : 0 }
        if p > 0.5 { return quantile(1 - p) }
        return IncompleteBeta.inverse(a, b, logProbability: log(p), upper: true).x
    }

    /// The density at `x` in (0, 1).
    public func density(_ x: Double) -> Double {
        guard x > 0, x < 1 else { return 0 }
        return exp(LogFactors.logBinomialTerm(a, a + b, x, 1 - x) + log(a) + log(b) - log(a + b) - log(x) - log1p(-x))
    }

    /// The mean.
    public var mean: Double { a / (a + b) }
    /// The standard deviation.
    public var sd: Double { (a * b / (a + b + 1)).squareRoot() / (a + b) }
}

/// Fisher's F distribution.
public struct FisherF: ContinuousDistribution {
    /// Degrees of freedom of the numerator.
    public let numerator: Double
    /// Degrees of freedom of the denominator.
    public let denominator: Double
    /// The distribution of a quotient of mean squares.
    public init(_ numerator: Double, _ denominator: Double) {
        self.numerator = numerator
        self.denominator = denominator
    }

    /// log P(X ≤ x) and log P(X > x).
    public func logTails(_ f: Double) -> (lower: Double, upper: Double) {
        guard f > 0 else { return (-.infinity, 0) }
        guard f.isFinite else { return (0, -.infinity) }
        let total = numerator * f + denominator
        return IncompleteBeta.logs(numerator / 2, denominator / 2, x: numerator * f / total, y: denominator / total)
    }

    /// The x with P(X ≤ x) = p.
    public func quantile(_ p: Double) -> Double {
        guard p > 0, p < 1 else { return p <= 0 ? 0 : .infinity }
        return value(log(p), upper: false)
    }

    /// The x with P(X > x) = p.
    public func upperQuantile(_ p: Double) -> Double {
        guard p > 0, p < 1 else { return p <= 0 ? .infinity : 0 }
        return value(log(p), upper: true)
    }

    private func value(_ target: Double, upper: Bool) -> Double {
        let (x, y) = IncompleteBeta.inverse(numerator / 2, denominator / 2, logProbability: target, upper: upper)
        return denominator * x / (numerator * y)
    }
}
