import Glibc
import Support

/// Tests of two rates of events. The ratio is a over b.
public enum PoissonRates {
    /// How the ratio is tested.
    public enum Kind: String, CaseIterable, Sendable {
        /// Variance under the null hypothesis.
        case score
        /// Variance as observed.
        case wald
        /// Score test on the log scale.
        case scoreLog = "score-log"
        /// Wald test on the log scale.
        case waldLog = "wald-log"
        /// Square-root (variance-stabilising) test of Huffman 1984, as Gu and others 2008 recommend.
        case squareRoot = "sqrt"
        /// Exact, given the total of both counts.
        case exact
        /// Exact with the middle p-value.
        case midP = "mid-p"
        /// Krishnamoorthy and Thomson's E-test (2004) of the score statistic.
        case etest
        /// The E-test of the Wald statistic.
        case etestWald = "etest-wald"
    }

    /// Tests whether the ratio of the rates is `ratio`.
    public static func test(
        countA: Double, exposureA: Double, countB: Double, exposureB: Double, ratio: Double = 1, kind: Kind = .score,
        alternative: Alternative = .twoSided, level: Double = 0.95
    ) throws(Failure) -> TestResult {
        try Check.level(level)
        for (name, count, exposure) in [("a", countA, exposureA), ("b", countB, exposureB)] {
            guard count >= 0, count == count.rounded(), count < 1e15 else {
                throw .argument(name, expected: "whole count of at least 0", got: numberText(count))
            }
            guard exposure > 0, exposure.isFinite else {
                throw .argument(name, expected: "exposure above 0", got: numberText(exposure))
            }
        }
        guard ratio > 0, ratio.isFinite else {
            throw .argument("ratio", expected: "number above 0", got: numberText(ratio))
        }
        let (x, y) = (countA, countB)
        let r = ratio * exposureA / exposureB
        let effect = y > 0 ? (x / exposureA) / (y / exposureB) : nil
        let interval = self.interval(x, y, exposureA / exposureB, level, alternative)
        guard x + y > 0 else {
            return TestResult(p: kind == .exact || kind == .midP ? 1 : nil, reason: "no events in either arm")
        }
        let reason = y > 0 ? nil : "b has no events, so the ratio has no estimate"
        if kind == .exact || kind == .midP {
            let share = r / (1 + r)
            let binomial = Binomial(n: Int(x + y), p: share)
            var p: Double
            switch alternative {
            case .twoSided: p = binomial.twoSided(Int(x))
            case .greater: p = binomial.survival(Int(x) - 1)
            case .less: p = binomial.cdf(Int(x))
            }
            if kind == .midP { p -= 0.5 * binomial.mass(Int(x)) }
            return TestResult(p: p, effect: effect, interval: interval, reason: reason)
        }
        let base: Kind = kind == .etest ? .score : kind == .etestWald ? .wald : kind
        let z = statistic(base, x, y, r)
        guard z.isFinite else {
            return TestResult(
                effect: effect, interval: interval, reason: "an arm without events has no logarithm; 'exact' is defined"
            )
        }
        if kind == .etest || kind == .etestWald {
            guard x + y < 5000 else {
                throw .argument(
                    "kind", expected: "'score' or 'exact' for more than 5000 events", got: "'\(kind.rawValue)'")
            }
            let p = etest(base, z, x, y, r, alternative)
            return TestResult(statistic: z, p: p, effect: effect, interval: interval, reason: reason)
        }
        return TestResult(
            statistic: z, p: alternative.p(z, StandardNormal()), effect: effect, interval: interval, reason: reason)
    }

    private static func statistic(_ kind: Kind, _ x: Double, _ y: Double, _ r: Double) -> Double {
        switch kind {
        case .wald: return (x - y * r) / (x + y * r * r).squareRoot()
        case .scoreLog: return (log(x / y) - log(r)) / ((2 + 1 / r + r) / (x + y)).squareRoot()
        case .waldLog: return (log(x / y) - log(r)) / (1 / x + 1 / y).squareRoot()
        case .squareRoot: return 2 * ((x + 0.375).squareRoot() - ((y + 0.375) * r).squareRoot()) / (1 + r).squareRoot()
        default: return (x - y * r) / ((x + y) * r).squareRoot()
        }
    }

    /// The probability, under the rates estimated with the null hypothesis, of a statistic as extreme as `observed`.
    private static func etest(
        _ kind: Kind, _ observed: Double, _ x: Double, _ y: Double, _ r: Double, _ alternative: Alternative
    ) -> Double {
        let meanB = (x + y) / (1 + r)
        func table(_ mean: Double) -> [Double] {
            let poisson = Poisson(mean: mean)
            let top = Int(mean + 12 * mean.squareRoot() + 40)
            return (0...top).map { poisson.mass($0) }
        }
        let (first, second) = (table(meanB * r), table(meanB))
        let room = 1e-12 * max(1, abs(observed))
        var p = 0.0
        for (i, mass) in first.enumerated() where mass > 0 {
            for (j, other) in second.enumerated() {
                let z = i + j == 0 ? 0 : statistic(kind, Double(i), Double(j), r)
                let counts =
                    switch alternative {
                    case .twoSided: abs(z) >= abs(observed) - room
                    case .greater: z >= observed - room
                    case .less: z <= observed + room
                    }
                if counts { p += mass * other }
            }
        }
        return min(1, p)
    }

    /// The exact interval of the ratio: Clopper and Pearson's of the share of events in a.
    private static func interval(
        _ x: Double, _ y: Double, _ exposure: Double, _ level: Double, _ alternative: Alternative
    ) -> Interval {
        let tail = alternative == .twoSided ? (1 - level) / 2 : 1 - level
        let lower = x == 0 || alternative == .less ? 0 : BetaDistribution(x, y + 1).quantile(tail)
        let upper = y == 0 || alternative == .greater ? 1 : BetaDistribution(x + 1, y).upperQuantile(tail)
        return Interval(lower / (1 - lower) / exposure, upper == 1 ? .infinity : upper / (1 - upper) / exposure)
    }
}
