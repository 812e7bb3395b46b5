import Glibc
import Support

/// Posteriors of two arms, compared. `details`: the probability that a is better (larger), and the expected loss of choosing a and of choosing b.
public enum Bayes {
    /// A normal posterior of the effect a − b.
    public static func normal(mean: Double, sd: Double, level: Double = 0.95) -> TestResult {
        let margin = Normal.upperQuantile((1 - level) / 2) * sd
        return TestResult(
            effect: mean, standardError: sd, interval: Interval(mean - margin, mean + margin),
            details: [
                ("probability", Normal.cdf(mean / sd)), ("loss_a", Normal.positivePart(mean: -mean, sd: sd)),
                ("loss_b", Normal.positivePart(mean: mean, sd: sd)),
            ])
    }

    /// Means of two samples, each under a normal prior or a flat one (`priorSD` nil), the variances taken as known.
    public static func means(
        _ a: Moments, _ b: Moments, priorMean: Double = 0, priorSD: Double? = nil, level: Double = 0.95
    ) throws(Failure) -> TestResult {
        try Check.level(level)
        guard a.n > 1, b.n > 1 else {
            return TestResult(reason: "\(a.n > 1 ? "b" : "a") has fewer than 2 values, so no variance")
        }
        if let priorSD, !(priorSD > 0 && priorSD.isFinite) {
            throw .argument("prior_sd", expected: "number above 0", got: numberText(priorSD))
        }
        func posterior(_ x: Moments) -> (mean: Double, variance: Double) {
            guard let priorSD, x.ofMean > 0 else { return (x.mean, x.ofMean) }
            let (prior, data) = (1 / (priorSD * priorSD), 1 / x.ofMean)
            return ((priorMean * prior + x.mean * data) / (prior + data), 1 / (prior + data))
        }
        let (x, y) = (posterior(a), posterior(b))
        guard x.variance + y.variance > 0 else {
            return TestResult(effect: x.mean - y.mean, reason: "no variance in a or b")
        }
        var result = normal(mean: x.mean - y.mean, sd: (x.variance + y.variance).squareRoot(), level: level)
        result.details += [("mean_a", x.mean), ("mean_b", y.mean)]
        return result
    }

    /// Shares under a beta prior. The interval is of the difference a − b.
    public static func betaBinomial(
        _ a: Proportion, _ b: Proportion, alpha: Double = 1, beta: Double = 1, level: Double = 0.95
    ) throws(Failure) -> TestResult {
        try Check.level(level)
        for (name, value) in [("prior_a", alpha), ("prior_b", beta)] where !(value > 0 && value.isFinite) {
            throw .argument(name, expected: "number above 0", got: numberText(value))
        }
        let x = BetaDistribution(a.x + alpha, a.n - a.x + beta)
        let y = BetaDistribution(b.x + alpha, b.n - b.x + beta)
        return compare(x, y, means: (x.mean, y.mean), sd: (x.sd, y.sd), level: level) { $0.density($1) }
    }

    /// Rates of events under a gamma prior.
    public static func gammaPoisson(
        countA: Double, exposureA: Double, countB: Double, exposureB: Double, shape: Double = 1, rate: Double = 1,
        level: Double = 0.95
    ) throws(Failure) -> TestResult {
        try Check.level(level)
        for (name, count, exposure) in [("a", countA, exposureA), ("b", countB, exposureB)] {
            guard count >= 0, count.isFinite else {
                throw .argument(name, expected: "count of at least 0", got: numberText(count))
            }
            guard exposure > 0, exposure.isFinite else {
                throw .argument(name, expected: "exposure above 0", got: numberText(exposure))
            }
        }
        for (name, value) in [("shape", shape), ("rate", rate)] where !(value > 0 && value.isFinite) {
            throw .argument(name, expected: "number above 0", got: numberText(value))
        }
        let x = GammaDistribution(shape: countA + shape, rate: exposureA + rate)
        let y = GammaDistribution(shape: countB + shape, rate: exposureB + rate)
        func sd(_ gamma: GammaDistribution) -> Double { gamma.shape.squareRoot() / gamma.rate }
        return compare(x, y, means: (x.shape / x.rate, y.shape / y.rate), sd: (sd(x), sd(y)), level: level) {
            $0.density($1)
        }
    }

    /// Compares two posteriors by quadrature: P(a > b) = ∫ f_a F_b, E[(a − b)⁺] = ∫ F_b (1 − F_a).
    private static func compare<D: ContinuousDistribution>(
        _ a: D, _ b: D, means: (Double, Double), sd: (Double, Double), level: Double, density: (D, Double) -> Double
    ) -> TestResult {
        let tail = 1e-17
        func span(_ d: D) -> (Double, Double) { (d.quantile(tail), d.upperQuantile(tail)) }
        let (first, second) = (span(a), span(b))
        // Whichever chance is smaller is integrated, so that neither is a difference from 1.
        func beats(_ x: D, _ y: D, _ range: (Double, Double)) -> Double {
            Quadrature.integral(from: range.0, to: range.1, panels: 16, relative: 1e-12) { density(x, $0) * y.cdf($0) }
        }
        let aWins = means.0 < means.1 ? beats(a, b, first) : 1 - beats(b, a, second)
        func loss(_ chosen: D, _ other: D, from: Double, to: Double) -> Double {
            guard to > from else { return 0 }
            return Quadrature.integral(from: from, to: to, panels: 16, relative: 1e-12) {
                chosen.cdf($0) * other.survival($0)
            }
        }
        let all = (min(first.0, second.0), max(first.1, second.1))
        let (lossA, lossB) = (loss(a, b, from: all.0, to: all.1), loss(b, a, from: all.0, to: all.1))
        let half = (1 - level) / 2
        let margins = difference(a, b, spans: (first, second), half, density)
        return TestResult(
            effect: means.0 - means.1, standardError: hypot(sd.0, sd.1), interval: margins,
            details: [
                ("probability", min(1, max(0, aWins))), ("loss_a", lossA), ("loss_b", lossB), ("mean_a", means.0),
                ("mean_b", means.1),
                ("lower_a", a.quantile(half)), ("upper_a", a.upperQuantile(half)), ("lower_b", b.quantile(half)),
                ("upper_b", b.upperQuantile(half)),
            ])
    }

    /// The equal-tailed interval of a − b, whose distribution is P(a ≤ d + b) averaged over b on a fixed grid.
    private static func difference<D: ContinuousDistribution>(
        _ a: D, _ b: D, spans: ((Double, Double), (Double, Double)), _ half: Double, _ density: (D, Double) -> Double
    ) -> Interval {
        let (points, weights) = Quadrature.legendre(16)
        var nodes: [(y: Double, mass: Double)] = []
        let panels = 8
        let (low, high) = spans.1
        for panel in 0..<panels {
            let width = (high - low) / Double(panels) / 2
            let center = low + (2 * Double(panel) + 1) * width
            for (point, weight) in zip(points, weights) {
                let y = center + width * point
                nodes.append((y, weight * width * density(b, y)))
            }
        }
        let total = nodes.reduce(0) { $0 + $1.mass }
        func below(_ d: Double) -> Double { nodes.reduce(0) { $0 + $1.mass * a.cdf(d + $1.y) } / total }
        let (from, to) = (spans.0.0 - high, spans.0.1 - low)
        let lower = Roots.brent(from: from, to: to, tolerance: 1e-9) { below($0) - half } ?? from
        let upper = Roots.brent(from: from, to: to, tolerance: 1e-9) { below($0) - (1 - half) } ?? to
        return Interval(lower, upper)
    }
}
