import Glibc
import Support

/// Inference that holds at every look, without a plan of looks.
public enum Sequential {
    /// Asymptotic confidence sequences (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, arXiv:2103.06476, equations 9, 134, 155 and 161).
    ///
    /// - Parameters:
    ///   - n: units of all arms so far.
    ///   - tunedFor: the number of units at which the sequence is narrowest.
    public static func confidenceSequence(
        estimate: Double, standardError: Double, n: Double, alpha: Double = 0.05, tunedFor: Double,
        alternative: Alternative = .twoSided
    ) throws(Failure) -> TestResult {
        try Check.level(alpha, "alpha")
        guard n >= 1, n.isFinite else { throw .argument("n", expected: "at least 1 unit", got: numberText(n)) }
        guard tunedFor > 0, tunedFor.isFinite else {
            throw .argument("tuned_for", expected: "number of units above 0", got: numberText(tunedFor))
        }
        guard standardError >= 0, standardError.isFinite, estimate.isFinite else {
            throw .argument("se", expected: "finite number of at least 0", got: numberText(standardError))
        }
        guard alternative == .twoSided || alpha < 0.5 else {
            throw .argument("alpha", expected: "number below 0.5 for a one-sided sequence", got: numberText(alpha))
        }
        let rho = tuning(alpha, tunedFor, isOneSided: alternative != .twoSided)
        guard standardError > 0 else {
            return TestResult(effect: estimate, details: [("rho", rho)], reason: "no variance")
        }
        let growth = n * rho * rho + 1
        let scale = standardError * (2 * growth / (n * rho * rho)).squareRoot()
        let width =
            alternative == .twoSided
            ? scale * (0.5 * log(growth) - log(alpha)).squareRoot()
            : scale * log1p(growth.squareRoot() / (2 * alpha)).squareRoot()
        let z = estimate / standardError
        let signed = alternative == .less ? -z : z
        let exponent = n * rho * rho * z * z / (2 * growth)
        let p: Double
        if alternative == .twoSided {
            p = min(1, exp(0.5 * log(growth) - exponent))
        } else {
            // The level at which the one-sided sequence would just touch 0.
            p = signed <= 0 ? 1 : min(1, growth.squareRoot() / (2 * expm1(exponent)))
        }
        return TestResult(
            p: p, effect: estimate, standardError: standardError, interval: alternative.interval(estimate, width),
            details: [("rho", rho), ("half_width", width)])
    }

    /// The tuning parameter that makes the sequence narrowest at `n` units.
    public static func tuning(_ alpha: Double, _ n: Double, isOneSided: Bool = false) -> Double {
        let logarithm = -2 * log(isOneSided ? 2 * alpha : alpha)
        return ((logarithm + log1p(logarithm)) / n).squareRoot()
    }

    /// The mixture sequential probability ratio test with a normal mixture of variance `tau2` (Johari, Pekelis and Walsh 2015). The p-value is
    /// that of this look alone; the always-valid one is the smallest so far.
    ///
    /// - Parameters:
    ///   - variance: of the difference of one pair of units.
    ///   - pairs: pairs of units so far.
    public static func mixtureSPRT(
        difference: Double, variance: Double, pairs: Double, tau2: Double, alpha: Double = 0.05
    ) throws(Failure) -> TestResult {
        try Check.level(alpha, "alpha")
        guard pairs >= 1, pairs.isFinite else {
            throw .argument("pairs", expected: "at least 1", got: numberText(pairs))
        }
        guard tau2 > 0, tau2.isFinite else {
            throw .argument("tau2", expected: "number above 0", got: numberText(tau2))
        }
        guard variance >= 0, variance.isFinite else {
            throw .argument("variance", expected: "number of at least 0", got: numberText(variance))
        }
        guard variance > 0 else { return TestResult(effect: difference, reason: "no variance") }
        let total = variance + pairs * tau2
        let logRatio =
            0.5 * log(variance / total) + pairs * pairs * tau2 * difference * difference / (2 * variance * total)
        let width = (variance * total / (pairs * pairs * tau2) * (log(total / variance) - 2 * log(alpha))).squareRoot()
        return TestResult(
            statistic: exp(logRatio), p: min(1, exp(-logRatio)), effect: difference,
            interval: Interval(difference - width, difference + width), details: [("half_width", width)])
    }
}
