import Glibc
import Support

/// What is known of a metric in one arm: a handful of sums, however many units there were.
public enum ArmSummary: Sendable {
    /// A share of `n` units: `sum` of them.
    case proportion(n: Double, sum: Double)
    /// A mean over units.
    case mean(n: Double, sum: Double, sumSquares: Double)
    /// A ratio of two sums over the same units.
    case ratio(n: Double, numerator: Sums, denominator: Sums, sumProducts: Double)
    /// A mean with one covariate from before, for CUPED.
    case cuped(n: Double, post: Sums, pre: Sums, sumProducts: Double)
    /// A quantile with an interval of it (two-sided, at `level`).
    case quantile(n: Double, value: Double, lower: Double, upper: Double, level: Double)

    /// The sum of values and of their squares.
    public struct Sums: Equatable, Sendable {
        /// Σx.
        public let sum: Double
        /// Σx².
        public let sumSquares: Double
        /// Sums.
        public init(sum: Double, sumSquares: Double) {
            self.sum = sum
            self.sumSquares = sumSquares
        }

        func moments(_ n: Double) -> Moments {
            let mean = n > 0 ? sum / n : 0
            // A difference below the rounding of the sums is no variance.
            let spread = sumSquares - sum * mean
            let isNothing = spread <= 8 * Double.ulpOfOne * abs(sumSquares)
            return Moments(n: n, mean: mean, variance: n > 1 && !isNothing ? spread / (n - 1) : 0)
        }
    }

    /// Units of the arm.
    public var n: Double {
        switch self {
        case .proportion(let n, _), .mean(let n, _, _), .ratio(let n, _, _, _), .cuped(let n, _, _, _),
            .quantile(let n, _, _, _, _):
            n
        }
    }

    private static func covariance(_ n: Double, _ x: Sums, _ y: Sums, _ products: Double) -> Double {
        n > 1 ? (products - x.sum * y.sum / n) / (n - 1) : 0
    }

    /// The mean of the metric and the variance of one unit, by the delta method for ratios (Deng, Knoblich and Lu 2018). `theta` is the
    /// slope on the covariate that is taken out.
    func moments(theta: Double = 0) -> Moments? {
        switch self {
        case .proportion(let n, let sum):
            let share = n > 0 ? sum / n : 0
            return Moments(n: n, mean: share, variance: share * (1 - share))
        case .mean(let n, let sum, let squares): return Sums(sum: sum, sumSquares: squares).moments(n)
        case .ratio(let n, let top, let bottom, let products):
            let (x, y) = (top.moments(n), bottom.moments(n))
            guard y.mean != 0 else { return nil }
            let ratio = x.mean / y.mean
            let variance =
                (x.variance - 2 * ratio * Self.covariance(n, top, bottom, products) + ratio * ratio * y.variance)
                / (y.mean * y.mean)
            return Moments(n: n, mean: ratio, variance: max(0, variance))
        case .cuped(let n, let post, let pre, let products):
            let (y, x) = (post.moments(n), pre.moments(n))
            let variance = y.variance + theta * theta * x.variance - 2 * theta * Self.covariance(n, post, pre, products)
            return Moments(n: n, mean: y.mean - theta * x.mean, variance: max(0, variance))
        case .quantile(let n, let value, let lower, let upper, let level):
            let error = (upper - lower) / (2 * Normal.upperQuantile((1 - level) / 2))
            return Moments(n: n, mean: value, variance: error * error * n)
        }
    }

    /// The mean as it was measured: for CUPED that of the metric before the covariate is taken out.
    private var plainMean: Double? {
        if case .cuped(let n, let post, _, _) = self { return post.moments(n).mean }
        return moments()?.mean
    }

    /// What control adds to the variance of a CUPED (a − b)/|b| by the delta method, `x` and `y` being the arms' means as measured: control's
    /// own mean stands above and below the line, its covariate only above.
    private func relativeVariance(theta: Double, x: Double, y: Double) -> Double? {
        guard case .cuped(let n, let post, let pre, let products) = self, theta != 0 else { return nil }
        let ratio = x / y
        let variance =
            post.moments(n).variance * ratio * ratio + theta * theta * pre.moments(n).variance
            - 2 * theta * ratio * Self.covariance(n, post, pre, products)
        return max(0, variance) / (n * y * y)
    }

    /// The CUPED slope over both arms as one sample.
    static func theta(_ a: ArmSummary, _ b: ArmSummary) -> Double {
        guard case .cuped(let n, let post, let pre, let products) = a,
            case .cuped(let m, let post2, let pre2, let products2) = b
        else {
            return 0
        }
        let y = Sums(sum: post.sum + post2.sum, sumSquares: post.sumSquares + post2.sumSquares)
        let x = Sums(sum: pre.sum + pre2.sum, sumSquares: pre.sumSquares + pre2.sumSquares)
        let variance = x.moments(n + m).variance
        return variance > 0 ? covariance(n + m, y, x, products + products2) / variance : 0
    }

    private func check(_ name: String) throws(Failure) {
        func whole(_ value: Double, _ what: String) throws(Failure) {
            guard value >= 0, value.isFinite, value == value.rounded() else {
                throw .argument(name, expected: "whole \(what) of at least 0", got: numberText(value))
            }
        }
        try whole(n, "number of units n")
        func sums(_ sums: Sums) throws(Failure) {
            guard sums.sum.isFinite, sums.sumSquares.isFinite, sums.sumSquares * n >= sums.sum * sums.sum * (1 - 1e-9)
            else {
                throw .argument(
                    name, expected: "sums that belong together (n·Σx² at least (Σx)²)",
                    got: "sum \(numberText(sums.sum)), sum_squares \(numberText(sums.sumSquares)) of \(numberText(n))")
            }
        }
        switch self {
        case .proportion(let n, let sum): _ = try Proportion(x: sum, n: n, name: name)
        case .mean(_, let sum, let squares): try sums(Sums(sum: sum, sumSquares: squares))
        case .ratio(_, let x, let y, _), .cuped(_, let x, let y, _):
            try sums(x)
            try sums(y)
        case .quantile(_, let value, let lower, let upper, let level):
            try Check.level(level, name)
            guard lower <= value, value <= upper else {
                throw .argument(
                    name, expected: "lower ≤ value ≤ upper",
                    got: "\(numberText(lower)), \(numberText(value)), \(numberText(upper))")
            }
        }
    }

    /// How two arms are compared.
    public enum Difference: String, CaseIterable, Sendable {
        /// a − b.
        case absolute
        /// (a − b) / |b|, its variance by the delta method.
        case relative
    }

    /// Effect, variance and degrees of freedom of a against b, or why there are none.
    struct Comparison {
        var effect: Double?
        var variance = 0.0
        var df = Double.infinity
        var n = 0.0
        var baseline = 0.0
        var reason: String?
    }

    static func compare(_ a: ArmSummary, _ b: ArmSummary, _ difference: Difference) throws(Failure) -> Comparison {
        try a.check("a")
        try b.check("b")
        guard a.n > 0, b.n > 0 else { return Comparison(reason: "\(a.n > 0 ? "b" : "a") has no units") }
        let theta = theta(a, b)
        guard let x = a.moments(theta: theta), let y = b.moments(theta: theta) else {
            return Comparison(reason: "a denominator sums to 0")
        }
        let (plainA, plainB) = (a.plainMean ?? x.mean, b.plainMean ?? y.mean)
        var result = Comparison(n: a.n + b.n, baseline: abs(plainB))
        let (va, vb) = (x.ofMean, y.ofMean)
        switch difference {
        case .absolute:
            result.effect = x.mean - y.mean
            result.variance = va + vb
        case .relative:
            guard plainB != 0 else {
                return Comparison(n: result.n, reason: "b is 0, so a relative difference is not defined")
            }
            result.effect = (x.mean - y.mean) / abs(plainB)
            let square = plainB * plainB
            let ofControl = b.relativeVariance(theta: theta, x: plainA, y: plainB)
            result.variance = va / square + (ofControl ?? vb * plainA * plainA / (square * square))
        }
        guard a.n > 1, b.n > 1 else {
            result.reason = "\(a.n > 1 ? "b" : "a") has one unit, so no variance"
            return result
        }
        guard va + vb > 0, result.variance > 0 else {
            result.reason = "no variance in a or b"
            return result
        }
        guard result.variance.isFinite, result.effect?.isFinite != false else {
            return Comparison(n: result.n, reason: "the values are too large for the variance to be a number")
        }
        result.df = Moments.degrees(va, a.n, vb, b.n)
        return result
    }

    /// Welch's t test from sums.
    ///
    /// Two shares without variance, and shares so few that an arm has all or none, are given Fisher's p-value and Newcombe's interval, named
    /// in the reason: a t test knows nothing of them.
    public static func t(
        _ a: ArmSummary, _ b: ArmSummary, difference: Difference = .absolute, alternative: Alternative = .twoSided,
        level: Double = 0.95
    ) throws(Failure) -> TestResult {
        try Check.level(level)
        let comparison = try compare(a, b, difference)
        if let reason = comparison.reason {
            if case .proportion(let n, let x) = a, case .proportion(let m, let y) = b, n > 0, m > 0,
                difference == .absolute
            {
                return try exact(
                    Proportion(x: x, n: n, name: "a"), Proportion(x: y, n: m, name: "b"), alternative, level, reason)
            }
            return TestResult(effect: comparison.effect, reason: reason)
        }
        return TTest.result(
            effect: comparison.effect ?? 0, variance: comparison.variance, df: comparison.df, alternative: alternative,
            level: level, null: 0)
    }

    private static func exact(
        _ a: Proportion, _ b: Proportion, _ alternative: Alternative, _ level: Double, _ reason: String
    ) throws(Failure) -> TestResult {
        let table = try ContingencyTable([[a.x, a.n - a.x], [b.x, b.n - b.x]], isTwoByTwo: true)
        let fisher = try table.fisher(alternative: alternative, level: level)
        let interval = Proportions.newcombe(a, b, alternative.critical(level, StandardNormal()))
        return TestResult(
            p: fisher.p, effect: a.share - b.share,
            interval: Interval(
                alternative == .less ? -1 : interval.lower, alternative == .greater ? 1 : interval.upper),
            reason: "\(reason): p is Fisher's, the interval Newcombe's")
    }

    /// The asymptotic confidence sequence from sums.
    public static func sequential(
        _ a: ArmSummary, _ b: ArmSummary, difference: Difference = .absolute, alpha: Double = 0.05, tunedFor: Double,
        alternative: Alternative = .twoSided
    ) throws(Failure) -> TestResult {
        let comparison = try compare(a, b, difference)
        guard comparison.reason == nil, let effect = comparison.effect else {
            return TestResult(effect: comparison.effect, reason: comparison.reason)
        }
        return try Sequential.confidenceSequence(
            estimate: effect, standardError: comparison.variance.squareRoot(), n: comparison.n, alpha: alpha,
            tunedFor: tunedFor,
            alternative: alternative)
    }

    /// A normal prior of the effect.
    public struct Prior: Sendable {
        /// Its mean.
        public let mean: Double
        /// Its standard deviation.
        public let sd: Double
        /// The scale it is on; one on the other scale than the effect's is converted by the mean of b.
        public let scale: Difference
        /// A prior.
        public init(mean: Double, sd: Double, scale: Difference) {
            self.mean = mean
            self.sd = sd
            self.scale = scale
        }
    }

    /// The normal posterior of the effect under `prior`, or under a flat one. Details: the chance that a beats b (`direction` up), and the
    /// losses to expect from choosing either.
    public static func bayes(
        _ a: ArmSummary, _ b: ArmSummary, difference: Difference = .absolute, prior: Prior? = nil, level: Double = 0.95
    ) throws(Failure) -> TestResult {
        try Check.level(level)
        let comparison = try compare(a, b, difference)
        guard comparison.reason == nil, let effect = comparison.effect else {
            return TestResult(effect: comparison.effect, reason: comparison.reason)
        }
        var mean = effect
        var variance = comparison.variance
        if let prior {
            guard prior.sd > 0, prior.sd.isFinite, prior.mean.isFinite else {
                throw .argument(
                    "prior", expected: "finite mean and standard deviation above 0",
                    got: "\(numberText(prior.mean)), \(numberText(prior.sd))")
            }
            var factor = 1.0
            if prior.scale != difference {
                guard comparison.baseline > 0 else {
                    return TestResult(effect: effect, reason: "b is 0, so the prior cannot be converted")
                }
                factor = difference == .relative ? 1 / comparison.baseline : comparison.baseline
            }
            let precision = 1 / (prior.sd * prior.sd * factor * factor)
            let total = precision + 1 / variance
            mean = (prior.mean * factor * precision + effect / variance) / total
            variance = 1 / total
        }
        return Bayes.normal(mean: mean, sd: variance.squareRoot(), level: level)
    }
}
