import Glibc
import Support

/// Tests and intervals about one share and the difference or ratio of two. Differences are a minus b, ratios a over b.
public enum Proportions {
    /// Intervals of one share.
    public enum Kind: String, CaseIterable, Sendable {
        /// Wilson's score interval.
        case wilson
        /// The normal approximation (Wald).
        case normal
        /// Agresti and Coull 1998.
        case agrestiCoull = "agresti-coull"
        /// Clopper and Pearson's exact interval.
        case exact
        /// The equal-tailed interval under Jeffreys' prior.
        case jeffreys
    }

    /// An interval of a share.
    public static func interval(_ p: Proportion, kind: Kind = .wilson, level: Double = 0.95) throws(Failure)
        -> TestResult
    {
        try Check.level(level)
        guard p.n > 0 else { return TestResult(reason: "no trials") }
        return TestResult(effect: p.share, interval: single(p, kind, Normal.upperQuantile((1 - level) / 2), level))
    }

    static func single(_ p: Proportion, _ kind: Kind, _ z: Double, _ level: Double) -> Interval {
        let (x, n) = (p.x, p.n)
        func clipped(_ center: Double, _ margin: Double) -> Interval {
            Interval(max(0, center - margin), min(1, center + margin))
        }
        switch kind {
        case .normal: return clipped(p.share, z * (p.variance / n).squareRoot())
        case .wilson:
            let bottom = 1 + z * z / n
            let center = (p.share + z * z / (2 * n)) / bottom
            let margin = z / bottom * (p.variance / n + z * z / (4 * n * n)).squareRoot()
            return Interval(x == 0 ? 0 : max(0, center - margin), x == n ? 1 : min(1, center + margin))
        case .agrestiCoull:
            let trials = n + z * z
            let share = (x + z * z / 2) / trials
            return clipped(share, z * (share * (1 - share) / trials).squareRoot())
        case .exact:
            let tail = (1 - level) / 2
            return Interval(
                x == 0 ? 0 : BetaDistribution(x, n - x + 1).quantile(tail),
                x == n ? 1 : BetaDistribution(x + 1, n - x).upperQuantile(tail))
        case .jeffreys:
            let posterior = BetaDistribution(x + 0.5, n - x + 0.5)
            return Interval(posterior.quantile((1 - level) / 2), posterior.upperQuantile((1 - level) / 2))
        }
    }

    /// The z test of two shares, with the variance pooled under the null hypothesis or each arm's own. The interval is Newcombe's.
    public static func z(
        _ a: Proportion, _ b: Proportion, pooled: Bool = true, alternative: Alternative = .twoSided,
        level: Double = 0.95
    ) throws(Failure) -> TestResult {
        try Check.level(level)
        if let empty = emptyArm(a, b) { return empty }
        let effect = a.share - b.share
        let both = (a.x + b.x) / (a.n + b.n)
        let variance =
            pooled ? both * (1 - both) * (1 / a.n + 1 / b.n) : a.variance / a.n + b.variance / b.n
        let z = alternative.critical(level, StandardNormal())
        var interval = newcombe(a, b, z)
        if alternative == .less { interval.lower = -1 }
        if alternative == .greater { interval.upper = 1 }
        guard variance > 0 else {
            let reason =
                effect == 0
                ? "no variance: both arms have \(both == 0 ? "no" : "only") successes"
                : "no variance within the arms; the pooled or an exact test is defined"
            return TestResult(effect: effect, interval: interval, reason: reason)
        }
        let statistic = effect / variance.squareRoot()
        return TestResult(
            statistic: statistic, p: alternative.p(statistic, StandardNormal()), effect: effect,
            standardError: variance.squareRoot(), interval: interval,
            details: [("share_a", a.share), ("share_b", b.share)])
    }

    static func emptyArm(_ a: Proportion, _ b: Proportion) -> TestResult? {
        guard a.n == 0 || b.n == 0 else { return nil }
        return TestResult(reason: "\(a.n == 0 ? "a" : "b") has no trials")
    }

    // MARK: Difference

    /// Intervals of the difference of two shares.
    public enum DifferenceKind: String, CaseIterable, Sendable {
        /// Newcombe 1998, method 10: from the two Wilson intervals.
        case newcombe
        /// The normal approximation.
        case wald
        /// Agresti and Caffo 2000: one success and one failure added to each arm.
        case agrestiCaffo = "agresti-caffo"
        /// Miettinen and Nurminen 1985: the inverted score test.
        case score
    }

    /// An interval of the difference.
    public static func difference(
        _ a: Proportion, _ b: Proportion, kind: DifferenceKind = .newcombe, level: Double = 0.95
    ) throws(Failure) -> TestResult {
        try Check.level(level)
        if let empty = emptyArm(a, b) { return empty }
        let z = Normal.upperQuantile((1 - level) / 2)
        let effect = a.share - b.share
        let interval: Interval
        switch kind {
        case .newcombe: interval = newcombe(a, b, z)
        case .wald:
            let margin = z * (a.variance / a.n + b.variance / b.n).squareRoot()
            interval = Interval(effect - margin, effect + margin)
        case .agrestiCaffo:
            let (p, q) = ((a.x + 1) / (a.n + 2), (b.x + 1) / (b.n + 2))
            let margin = z * (p * (1 - p) / (a.n + 2) + q * (1 - q) / (b.n + 2)).squareRoot()
            interval = Interval(p - q - margin, p - q + margin)
        case .score: interval = scoreInterval(a, b, z)
        }
        return TestResult(effect: effect, interval: interval)
    }

    static func newcombe(_ a: Proportion, _ b: Proportion, _ z: Double) -> Interval {
        let (p, q) = (single(a, .wilson, z, 0), single(b, .wilson, z, 0))
        let effect = a.share - b.share
        return Interval(
            effect - hypot(a.share - p.lower, q.upper - b.share), effect + hypot(p.upper - a.share, b.share - q.lower))
    }

    private static func scoreInterval(_ a: Proportion, _ b: Proportion, _ z: Double) -> Interval {
        let effect = a.share - b.share
        let total = a.n + b.n
        let correction = (total / max(1, total - 1)).squareRoot()
        func score(_ delta: Double) -> Double { scoreStatistic(a, b, delta) / correction }
        let edge = 1 - 1e-12
        let lower = Roots.brent(from: -edge, to: effect) { score($0) - z } ?? (effect > -edge ? -1 : effect)
        let upper = Roots.brent(from: effect, to: edge) { score($0) + z } ?? (effect < edge ? 1 : effect)
        return Interval(min(lower, effect), max(upper, effect))
    }

    /// (p̂a − p̂b − δ) over its standard error under pa − pb = δ (Farrington and Manning 1990).
    static func scoreStatistic(_ a: Proportion, _ b: Proportion, _ delta: Double) -> Double {
        let distance = a.share - b.share - delta
        if distance == 0 { return 0 }
        let p = restricted(a, b, delta)
        let variance = p.a * (1 - p.a) / a.n + p.b * (1 - p.b) / b.n
        return distance / max(variance, 1e-300).squareRoot()
    }

    /// The likeliest shares whose difference is δ. The likelihood is concave, so its slope has one zero.
    private static func restricted(_ a: Proportion, _ b: Proportion, _ delta: Double) -> (a: Double, b: Double) {
        func part(_ count: Double, _ share: Double) -> Double { count == 0 ? 0 : count / share }
        func curve(_ count: Double, _ share: Double) -> Double { count == 0 ? 0 : count / (share * share) }
        let q = Roots.increasing(from: max(0, -delta), to: min(1, 1 - delta)) { q in
            let p = q + delta
            let slope =
                part(b.x, q) - part(b.n - b.x, 1 - q) + part(a.x, p) - part(a.n - a.x, 1 - p)
            let bend = curve(b.x, q) + curve(b.n - b.x, 1 - q) + curve(a.x, p) + curve(a.n - a.x, 1 - p)
            return (-slope, bend)
        }
        return (min(1, max(0, q + delta)), q)
    }

    /// Tests of a given difference.
    public enum TestKind: String, CaseIterable, Sendable {
        /// Farrington and Manning 1990: the variance under the null hypothesis.
        case score
        /// The variance as observed.
        case wald
        /// One success and one failure added to each arm.
        case agrestiCaffo = "agresti-caffo"
        /// The score test as statsmodels 0.15 has it, to reproduce its figures: one coefficient of its cubic takes b's successes where the
        /// likelihood has b's trials.
        case scoreStatsmodels = "score-statsmodels"
    }

    /// Tests that a − b differs from `value`; the interval is that of the same kind.
    public static func differenceTest(
        _ a: Proportion, _ b: Proportion, value: Double, kind: TestKind = .score, alternative: Alternative,
        level: Double = 0.95
    ) throws(Failure) -> TestResult {
        try Check.level(level)
        guard value > -1, value < 1 else {
            throw .argument("margin", expected: "difference between -1 and 1", got: numberText(value))
        }
        if let empty = emptyArm(a, b) { return empty }
        let effect = a.share - b.share
        let z = alternative.critical(level, StandardNormal())
        let statistic: Double
        var interval: Interval
        switch kind {
        case .wald, .agrestiCaffo:
            let extra: Double = kind == .wald ? 0 : 1
            let (p, q) = ((a.x + extra) / (a.n + 2 * extra), (b.x + extra) / (b.n + 2 * extra))
            let error = (p * (1 - p) / (a.n + 2 * extra) + q * (1 - q) / (b.n + 2 * extra)).squareRoot()
            statistic = (p - q - value) / error
            interval = Interval(p - q - z * error, p - q + z * error)
        case .score, .scoreStatsmodels:
            statistic = kind == .score ? scoreStatistic(a, b, value) : statsmodelsScore(a, b, value)
            interval = scoreInterval(a, b, z)
        }
        if alternative == .greater { interval.upper = 1 }
        if alternative == .less { interval.lower = -1 }
        guard statistic.isFinite else {
            return TestResult(
                effect: effect, interval: interval, reason: "no variance within the arms; 'score' is defined")
        }
        return TestResult(
            statistic: statistic, p: alternative.p(statistic, StandardNormal()), effect: effect, interval: interval)
    }

    private static func statsmodelsScore(_ a: Proportion, _ b: Proportion, _ delta: Double) -> Double {
        guard delta != 0 else { return scoreStatistic(a, b, 0) }
        let (n, x) = (a.n + b.n, a.x + b.x)
        let square = ((a.n + 2 * b.n) * delta - n - x) / (3 * n)
        let linear = (b.x * delta - n - 2 * b.x) * delta + x
        let constant = b.x * delta * (1 - delta)
        let q = square * square * square - linear * square / (2 * n) + constant / (2 * n)
        let root = (square * square - linear / (3 * n)).squareRoot() * (q < 0 ? -1 : 1)
        let share = 2 * root * cos((.pi + acos(q / (root * root * root))) / 3) - square
        let other = share + delta
        let variance = other * (1 - other) / a.n + share * (1 - share) / b.n
        return (a.share - b.share - delta) / variance.squareRoot()
    }

    // MARK: Ratio

    /// Intervals of the ratio of two shares.
    public enum RatioKind: String, CaseIterable, Sendable {
        /// Katz and others 1978: normal on the log scale.
        case log
        /// The same with half a success added to each arm.
        case logAdjusted = "log-adjusted"
        /// Miettinen and Nurminen 1985: the inverted score test.
        case score
    }

    /// An interval of the ratio.
    public static func ratio(
        _ a: Proportion, _ b: Proportion, kind: RatioKind = .log, level: Double = 0.95
    ) throws(Failure) -> TestResult {
        try Check.level(level)
        if let empty = emptyArm(a, b) { return empty }
        let z = Normal.upperQuantile((1 - level) / 2)
        let effect = a.share / b.share
        if kind == .score {
            guard a.x + b.x > 0 else { return TestResult(reason: "neither arm has successes") }
            let interval = scoreRatio(a, b, z)
            guard b.x > 0 else {
                return TestResult(interval: interval, reason: "b has no successes, so the ratio has no estimate")
            }
            return TestResult(effect: effect, interval: interval)
        }
        let half = kind == .logAdjusted ? 0.5 : 0
        let (x, n, y, m) = (a.x + half, a.n + half, b.x + half, b.n + half)
        guard y > 0 else { return TestResult(reason: "b has no successes, so the ratio is not defined") }
        guard x > 0 else {
            return TestResult(effect: 0, reason: "a has no successes: 'score' or 'log-adjusted' gives an interval")
        }
        let margin = z * max(0, 1 / x - 1 / n + 1 / y - 1 / m).squareRoot()
        let center = Glibc.log((x / n) / (y / m))
        return TestResult(
            effect: b.x > 0 ? effect : nil, interval: Interval(exp(center - margin), exp(center + margin)),
            reason: b.x > 0 ? nil : "b has no successes, so the ratio has no estimate")
    }

    private static func scoreRatio(_ a: Proportion, _ b: Proportion, _ z: Double) -> Interval {
        let total = a.n + b.n
        let correction = total / max(1, total - 1)
        // The score under pa = r pb; the restricted pb solves a quadratic.
        func score(_ logRatio: Double) -> Double {
            let r = exp(logRatio)
            let square = total * r
            let linear = -(a.n * r + a.x + b.n + b.x * r)
            let constant = a.x + b.x
            let root = max(0, linear * linear - 4 * square * constant).squareRoot()
            let q = 2 * constant / (-linear + root)
            let p = min(1, r * q)
            let variance = (p * (1 - p) / a.n + r * r * q * (1 - q) / b.n) * correction
            let distance = a.share - r * b.share
            return distance == 0 ? 0 : distance / max(variance, 1e-300).squareRoot()
        }
        let center = Glibc.log(max(a.share, 0.5 / a.n) / max(b.share, 0.5 / b.n))
        let lower = a.x == 0 ? 0 : Roots.brent(from: center - 40, to: center) { score($0) - z }.map { exp($0) } ?? 0
        let upper =
            b.x == 0
            ? Double.infinity
            : Roots.brent(from: center, to: center + 40) { score($0) + z }.map { exp($0) } ?? .infinity
        return Interval(lower, upper)
    }
}
