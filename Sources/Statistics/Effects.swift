import Glibc
import Support

/// Sizes of effects.
public enum Effects {
    /// Standardised differences of means a − b: Cohen's d, Hedges' g with the exact factor (Hedges 1981), Glass's Δ by b's deviation.
    public static func standardized(_ a: Moments, _ b: Moments) -> TestResult {
        guard a.n > 1, b.n > 1 else { return TestResult(reason: "\(a.n > 1 ? "b" : "a") has fewer than 2 values") }
        let df = a.n + b.n - 2
        let pooled = (((a.n - 1) * a.variance + (b.n - 1) * b.variance) / df).squareRoot()
        guard pooled > 0, !(a.isConstant && b.isConstant) else {
            return TestResult(effect: a.mean - b.mean, reason: "no variance in a or b")
        }
        let d = (a.mean - b.mean) / pooled
        let factor = exp(LogFactors.logGamma(df / 2) - 0.5 * log(df / 2) - LogFactors.logGamma((df - 1) / 2))
        return TestResult(
            effect: a.mean - b.mean,
            details: [
                ("cohens_d", d), ("hedges_g", df > 1 ? d * factor : nil),
                ("glass_delta", b.isConstant ? nil : (a.mean - b.mean) / b.sd),
            ])
    }

    /// The ratio of two sums over the same units, and the variance of that ratio (delta method, Deng, Knoblich and Lu 2018).
    static func ratio(_ numerator: [Double], _ denominator: [Double]) -> (ratio: Double, variance: Double)? {
        let (x, y) = (Moments(numerator), Moments(denominator))
        guard y.mean != 0 else { return nil }
        let ratio = x.mean / y.mean
        // The variance of x − r·y is that of x, y and their covariance in one, without cancellation.
        let rest = Moments(zip(numerator, denominator).map { $0 - ratio * $1 })
        return (ratio, rest.variance / (x.n * y.mean * y.mean))
    }

    /// The difference of two ratio metrics a − b and their relative difference (a − b)/|b|, both by the delta method.
    public static func ratios(
        numeratorA: [Double], denominatorA: [Double], numeratorB: [Double], denominatorB: [Double],
        alternative: Alternative = .twoSided, level: Double = 0.95
    ) throws(Failure) -> TestResult {
        try Check.level(level)
        try Check.paired(numeratorA, denominatorA, "numerator_a", "denominator_a", atLeast: 1)
        try Check.paired(numeratorB, denominatorB, "numerator_b", "denominator_b", atLeast: 1)
        guard let a = ratio(numeratorA, denominatorA), let b = ratio(numeratorB, denominatorB) else {
            return TestResult(reason: "a denominator sums to 0")
        }
        let effect = a.ratio - b.ratio
        guard numeratorA.count > 1, numeratorB.count > 1 else {
            return TestResult(
                effect: effect, reason: "\(numeratorA.count > 1 ? "b" : "a") has one unit, so no variance")
        }
        guard a.variance + b.variance > 0 else { return TestResult(effect: effect, reason: "no variance in a or b") }
        var result = Adjustment.normal(effect, a.variance + b.variance, alternative, level)
        result.details = [
            ("ratio_a", a.ratio), ("ratio_b", b.ratio), ("variance_a", a.variance), ("variance_b", b.variance),
        ]
        if b.ratio != 0 {
            let lift = try relative(
                meanA: a.ratio, varianceA: a.variance, meanB: b.ratio, varianceB: b.variance, level: level)
            result.details += lift.details.filter {
                ["relative", "relative_se", "delta_lower", "delta_upper"].contains($0.name)
            }
        }
        return result
    }

    /// The relative difference (a − b)/|b| of two means with known variances: intervals by the delta method, on the log scale, and by Fieller
    /// (1954), which is right where b is near 0 and then may not be bounded.
    public static func relative(
        meanA: Double, varianceA: Double, meanB: Double, varianceB: Double, level: Double = 0.95
    ) throws(Failure) -> TestResult {
        try Check.level(level)
        for (name, value) in [("variance_a", varianceA), ("variance_b", varianceB)]
        where !(value >= 0 && value.isFinite) {
            throw .argument(name, expected: "number of at least 0", got: numberText(value))
        }
        for (name, value) in [("mean_a", meanA), ("mean_b", meanB)] where !value.isFinite {
            throw .argument(name, expected: "finite number", got: numberText(value))
        }
        guard meanB != 0 else { return TestResult(reason: "b is 0, so a relative difference is not defined") }
        let z = Normal.upperQuantile((1 - level) / 2)
        let sign: Double = meanB < 0 ? -1 : 1
        let (x, y) = (meanA * sign, abs(meanB))
        // (a − b)/|b| is x/y − 1 for a positive b, x/y + … with both signs turned for a negative one.
        func lift(_ ratio: Double) -> Double { sign * (ratio - 1) }
        let effect = (meanA - meanB) / y
        let error = (varianceA / (y * y) + varianceB * x * x / (y * y * y * y)).squareRoot()
        var details: [(name: String, value: Double?)] = [
            ("relative", effect), ("relative_se", error), ("delta_lower", effect - z * error),
            ("delta_upper", effect + z * error),
        ]
        let ratio = meanA / meanB
        if ratio > 0 {
            let margin = z * (varianceA / (meanA * meanA) + varianceB / (meanB * meanB)).squareRoot()
            let ends = [lift(ratio * exp(-margin)), lift(ratio * exp(margin))].sorted()
            details += [("log_lower", ends[0]), ("log_upper", ends[1])]
        }
        let square = meanB * meanB - z * z * varianceB
        let linear = meanA * meanB
        let constant = meanA * meanA - z * z * varianceA
        let root = linear * linear - square * constant
        var interval: Interval?
        var reason: String?
        if square > 0, root >= 0 {
            let ends = [lift((linear - root.squareRoot()) / square), lift((linear + root.squareRoot()) / square)]
                .sorted()
            interval = Interval(ends[0], ends[1])
            details += [("fieller_lower", ends[0]), ("fieller_upper", ends[1])]
        } else {
            reason = "b is not told from 0 at this level, so Fieller's set has no two ends"
        }
        return TestResult(effect: effect, standardError: error, interval: interval, details: details, reason: reason)
    }
}
