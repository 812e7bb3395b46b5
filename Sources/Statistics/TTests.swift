import Glibc
import Support

/// Tests about means with Student's t distribution. Effects are a minus b.
public enum TTest {
    /// How the variances of two samples are taken.
    public enum Variances: Sendable {
        /// Each its own (Welch 1947, degrees of freedom by Satterthwaite).
        case own
        /// One for both (Student).
        case pooled
    }

    /// The difference of the means of two samples. `null` is the difference under the null hypothesis.
    public static func twoSample(
        _ a: Moments, _ b: Moments, variances: Variances = .own, alternative: Alternative = .twoSided,
        level: Double = 0.95, null: Double = 0
    ) throws(Failure) -> TestResult {
        try Check.level(level)
        let effect = a.mean - b.mean
        guard a.n >= 1, b.n >= 1 else {
            return TestResult(reason: "\(a.n < 1 ? "a" : "b") has no values")
        }
        guard a.n >= 2 && b.n >= 2 || variances == .pooled && a.n + b.n > 2 else {
            return TestResult(effect: effect, reason: "\(a.n < 2 ? "a" : "b") has one value, so no variance")
        }
        if let reason = Moments.reason(a, b, names: "a or b") { return TestResult(effect: effect, reason: reason) }
        let df: Double
        let variance: Double
        switch variances {
        case .own:
            variance = a.ofMean + b.ofMean
            df = Moments.degrees(a.ofMean, a.n, b.ofMean, b.n)
        case .pooled:
            df = a.n + b.n - 2
            variance = ((a.n - 1) * a.variance + (b.n - 1) * b.variance) / df * (1 / a.n + 1 / b.n)
        }
        guard !(a.isConstant && b.isConstant) else {
            return TestResult(effect: effect, reason: "no variance in a or b")
        }
        return result(
            effect: effect, variance: variance, df: df, alternative: alternative, level: level, null: null)
    }

    static func result(
        effect: Double, variance: Double, df: Double, alternative: Alternative, level: Double, null: Double
    ) -> TestResult {
        guard variance.isFinite, effect.isFinite else {
            return TestResult(
                effect: effect.isFinite ? effect : nil,
                reason: "the values are too large for the variance to be a number")
        }
        let error = variance.squareRoot()
        let distribution = StudentT(df: df)
        let statistic = (effect - null) / error
        return TestResult(
            statistic: statistic, p: alternative.p(statistic, distribution), df: df, effect: effect,
            standardError: error,
            interval: alternative.interval(effect, alternative.critical(level, distribution) * error))
    }

    /// The mean of `x` against `mu`.
    public static func oneSample(
        _ x: [Double], mu: Double = 0, alternative: Alternative = .twoSided, level: Double = 0.95, name: String = "x"
    ) throws(Failure) -> TestResult {
        try Check.level(level)
        try Check.sample(x, name)
        let moments = Moments(x)
        let effect = moments.mean - mu
        guard x.count > 1 else { return TestResult(effect: effect, reason: "one value has no variance") }
        guard !moments.isConstant else {
            return TestResult(effect: effect, reason: "no variance: all values are equal")
        }
        return result(
            effect: effect, variance: moments.ofMean, df: moments.n - 1, alternative: alternative, level: level, null: 0
        )
    }

    /// The mean of the differences a − b of pairs.
    public static func paired(
        _ a: [Double], _ b: [Double], alternative: Alternative = .twoSided, level: Double = 0.95
    ) throws(Failure) -> TestResult {
        try Check.paired(a, b, "a", "b", atLeast: 1)
        return try oneSample(
            zip(a, b).map { $0 - $1 }, alternative: alternative, level: level, name: "a")
    }

    /// Yuen's test of trimmed means: the share `trim` is cut from each end, the variance is the winsorised one (Yuen 1974).
    public static func yuen(
        _ a: [Double], _ b: [Double], trim: Double, alternative: Alternative = .twoSided, level: Double = 0.95
    ) throws(Failure) -> TestResult {
        try Check.sample(a, "a")
        try Check.sample(b, "b")
        guard trim >= 0, trim < 0.5 else {
            throw .argument("trim", expected: "number of at least 0 and below 0.5", got: numberText(trim))
        }
        return try twoSample(
            try Quantiles.trimmedMoments(a, trim), try Quantiles.trimmedMoments(b, trim), alternative: alternative,
            level: level
        )
    }

    /// Two one-sided tests of equivalence: that a − b lies between `low` and `high` (Schuirmann 1987), unequal variances.
    public static func equivalence(
        _ a: Moments, _ b: Moments, low: Double, high: Double, level: Double = 0.95
    ) throws(Failure) -> TestResult {
        guard low < high else {
            throw .argument("high", expected: "number above 'low', \(numberText(low))", got: numberText(high))
        }
        let lower = try twoSample(a, b, alternative: .greater, level: level, null: low)
        let upper = try twoSample(a, b, alternative: .less, level: level, null: high)
        guard let left = lower.p, let right = upper.p, let from = lower.interval, let to = upper.interval else {
            return TestResult(effect: lower.effect, reason: lower.reason)
        }
        return TestResult(
            p: max(left, right), df: lower.df, effect: lower.effect, standardError: lower.standardError,
            interval: Interval(from.lower, to.upper),
            details: [
                ("t_low", lower.statistic), ("p_low", left), ("t_high", upper.statistic), ("p_high", right),
            ])
    }
}
