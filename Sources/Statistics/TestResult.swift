import Support

/// Which values speak against the null hypothesis.
public enum Alternative: String, CaseIterable, Sendable {
    case twoSided = "two-sided"
    case greater
    case less

    /// The p-value of a statistic with `distribution` under the null hypothesis, symmetric about 0.
    func p(_ statistic: Double, _ distribution: some ContinuousDistribution) -> Double {
        switch self {
        case .twoSided: min(1, 2 * distribution.survival(abs(statistic)))
        case .greater: distribution.survival(statistic)
        case .less: distribution.survival(-statistic)
        }
    }

    /// The critical value of a symmetric `distribution` at `level`.
    func critical(_ level: Double, _ distribution: some ContinuousDistribution) -> Double {
        distribution.upperQuantile(self == .twoSided ? (1 - level) / 2 : 1 - level)
    }

    /// `estimate` ± `margin`, open on the side that the alternative leaves open.
    func interval(_ estimate: Double, _ margin: Double) -> Interval {
        Interval(
            self == .less ? -.infinity : estimate - margin, self == .greater ? .infinity : estimate + margin)
    }
}

/// The standard normal distribution as a value.
public struct StandardNormal: ContinuousDistribution {
    /// The distribution.
    public init() {}
    /// log P(X ≤ x) and log P(X > x).
    public func logTails(_ x: Double) -> (lower: Double, upper: Double) { (Normal.logCDF(x), Normal.logSurvival(x)) }
    /// The x with P(X ≤ x) = p.
    public func quantile(_ p: Double) -> Double { Normal.quantile(p) }
    /// The x with P(X > x) = p.
    public func upperQuantile(_ p: Double) -> Double { Normal.upperQuantile(p) }
    /// P(X > x).
    public func survival(_ x: Double) -> Double { Normal.survival(x) }
}

/// An interval of values; a one-sided one ends in an infinity.
public struct Interval: Equatable, Sendable {
    /// The lower end.
    public var lower: Double
    /// The upper end.
    public var upper: Double
    /// From `lower` to `upper`.
    public init(_ lower: Double, _ upper: Double) {
        self.lower = lower
        self.upper = upper
    }
    /// The interval of the negated values.
    public var negated: Interval { Interval(-upper, -lower) }
    /// Both ends through a rising function.
    func map(_ change: (Double) -> Double) -> Interval { Interval(change(lower), change(upper)) }
}

/// What a test found. A figure that the data do not define is nil, and `reason` says why; nothing is ever NaN.
public struct TestResult: Sendable {
    /// The test statistic.
    public var statistic: Double?
    /// The p-value.
    public var p: Double?
    /// Degrees of freedom.
    public var df: Double?
    /// The estimated effect.
    public var effect: Double?
    /// The standard error of the effect.
    public var standardError: Double?
    /// A confidence interval of the effect.
    public var interval: Interval?
    /// The further figure called `name`.
    public func detail(_ name: String) -> Double? { details.first { $0.name == name }?.value }
    /// Further figures by name, in order.
    public var details: [(name: String, value: Double?)]
    /// Why something is not defined; nil if all is.
    public var reason: String?

    /// A result; NaN becomes nil. A statistic that is NaN was computed beyond the range of numbers: it has neither p-value nor interval.
    public init(
        statistic: Double? = nil, p: Double? = nil, df: Double? = nil, effect: Double? = nil,
        standardError: Double? = nil, interval: Interval? = nil, details: [(name: String, value: Double?)] = [],
        reason: String? = nil
    ) {
        func defined(_ value: Double?) -> Double? { value.flatMap { $0.isNaN ? nil : $0 } }
        let isBeyond = statistic?.isNaN == true && reason == nil
        self.statistic = defined(statistic)
        self.p = isBeyond ? nil : defined(p)
        self.df = defined(df)
        self.effect = defined(effect)
        self.standardError = defined(standardError)
        self.interval = isBeyond ? nil : interval.flatMap { $0.lower.isNaN || $0.upper.isNaN ? nil : $0 }
        self.details = details.map { ($0.name, defined($0.value)) }
        self.reason = isBeyond ? "the values are too large or too small to compute with" : reason
    }

    /// The detail called `name`.
    public subscript(name: String) -> Double? { details.first { $0.name == name }?.value }
}

/// Size, mean and variance of a sample.
public struct Moments: Equatable, Sendable {
    /// Values.
    public let n: Double
    /// Their mean.
    public let mean: Double
    /// Their variance with divisor n − 1; 0 for a single value.
    public let variance: Double

    /// Moments that are known already.
    public init(n: Double, mean: Double, variance: Double) {
        self.n = n
        self.mean = mean
        self.variance = variance
    }

    /// The moments of `values`, in two passes.
    public init(_ values: [Double]) {
        n = Double(values.count)
        let center = values.isEmpty ? 0 : values.reduce(0, +) / n
        var squares = 0.0
        var rest = 0.0
        for value in values {
            squares += (value - center) * (value - center)
            rest += value - center
        }
        mean = values.isEmpty ? 0 : center + rest / n
        let spread = (squares - rest * rest / n) / (n - 1)
        // Values too large to be squared have a variance beyond all numbers, which a NaN here must not turn into none.
        variance = values.count > 1 ? (spread.isNaN ? .infinity : max(0, spread)) : 0
    }

    /// The standard deviation.
    public var sd: Double { variance.squareRoot() }
    /// Why nothing can be said of values so large; nil if they are not.
    static func reason(_ moments: Moments..., names: String) -> String? {
        moments.allSatisfy { $0.mean.isFinite && $0.variance.isFinite }
            ? nil : "the values of \(names) are too large for their variance to be a number"
    }
    /// Whether the values are equal as far as doubles tell.
    var isConstant: Bool { sd <= abs(mean) * 4e-16 * n.squareRoot() }
    /// Satterthwaite's degrees of freedom of a difference whose parts have the variances `u` of `n` and `v` of `m` values. In shares of their
    /// sum, for the squares of variances leave the range of numbers long before the variances do.
    static func degrees(_ u: Double, _ n: Double, _ v: Double, _ m: Double) -> Double {
        let (a, b) = (u / (u + v), v / (u + v))
        return 1 / (a * a / (n - 1) + b * b / (m - 1))
    }
    /// The variance of the mean.
    var ofMean: Double { variance / n }
}

/// Successes of a number of trials.
public struct Proportion: Equatable, Sendable {
    /// Successes.
    public let x: Double
    /// Trials.
    public let n: Double

    /// `x` successes in `n` trials, of the arm that the public parameter `name` gives.
    public init(x: Double, n: Double, name: String) throws(Failure) {
        guard n >= 0, n.isFinite, n == n.rounded() else {
            throw .argument(name, expected: "whole number of trials n of at least 0", got: numberText(n))
        }
        guard x >= 0, x == x.rounded(), x.isFinite else {
            throw .argument(name, expected: "whole number of successes x of at least 0", got: numberText(x))
        }
        guard x <= n else {
            throw .argument(
                name, expected: "at most as many successes as trials",
                got: "\(numberText(x)) of \(numberText(n))")
        }
        self.x = x
        self.n = n
    }

    /// The share of successes.
    public var share: Double { n > 0 ? x / n : 0 }
    /// The variance of one trial.
    var variance: Double { share * (1 - share) }
}

/// Checks that every test shares.
enum Check {
    /// A level strictly between 0 and 1.
    static func level(_ level: Double, _ name: String = "level") throws(Failure) {
        guard level > 0, level < 1 else {
            throw .argument(name, expected: "number between 0 and 1", got: numberText(level))
        }
    }

    /// Finite values, at least `count` of them.
    static func sample(_ values: [Double], _ name: String, atLeast count: Int = 1) throws(Failure) {
        guard values.count >= count else {
            throw .argument(
                name, expected: count == 1 ? "at least one value" : "at least \(count) values", got: "\(values.count)")
        }
        try Cancellation.checkPresent()
        if let place = values.firstIndex(where: { !$0.isFinite }) {
            throw .argument(
                name, expected: "finite numbers", got: "\(numberText(values[place])) at position \(place + 1)")
        }
    }

    /// Two samples of one length.
    static func paired(_ x: [Double], _ y: [Double], _ xName: String, _ yName: String, atLeast count: Int)
        throws(Failure)
    {
        try sample(x, xName, atLeast: count)
        try sample(y, yName, atLeast: count)
        guard x.count == y.count else {
            throw .argument(yName, expected: "\(x.count) values, one for each of '\(xName)'", got: "\(y.count)")
        }
    }
}

/// A number as a message shows it: whole ones without a fraction.
func numberText(_ value: Double) -> String {
    Int(exactly: value).map { String($0) } ?? "\(value)"
}
