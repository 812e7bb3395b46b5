import Glibc
import Support

/// Tests about the means of several groups.
public enum GroupTest {
    /// How the variances of the groups are taken.
    public enum Variances: String, CaseIterable, Sendable {
        /// One for all: Fisher's F.
        case equal
        /// Each its own: Welch 1951.
        case welch
        /// Each its own: Brown and Forsythe 1974, degrees of freedom of the numerator by Mehrotra 1997.
        case brownForsythe = "brown-forsythe"
    }

    private static func moments(_ groups: [[Double]], atLeast: Int = 2) throws(Failure) -> [Moments] {
        guard groups.count > 1 else { throw .argument("groups", expected: "at least 2 groups", got: "\(groups.count)") }
        var result: [Moments] = []
        for group in groups {
            try Check.sample(group, "groups", atLeast: atLeast)
            result.append(Moments(group))
        }
        return result
    }

    /// One-way analysis of variance; `details` hold the numerator's degrees of freedom.
    public static func anova(_ groups: [[Double]], variances: Variances = .equal) throws(Failure) -> TestResult {
        let arms = try moments(groups)
        let k = Double(arms.count)
        let total = arms.reduce(0) { $0 + $1.n }
        guard arms.contains(where: { !$0.isConstant }) else {
            return TestResult(reason: "no variance within the groups")
        }
        if variances == .welch, let place = arms.firstIndex(where: \.isConstant) {
            return TestResult(reason: "group \(place + 1) has no variance")
        }
        let weights = arms.map { variances == .welch ? $0.n / $0.variance : $0.n }
        let sum = weights.reduce(0, +)
        let grand = zip(weights, arms).reduce(0) { $0 + $1.0 * $1.1.mean } / sum
        let between = zip(weights, arms).reduce(0) { $0 + $1.0 * ($1.1.mean - grand) * ($1.1.mean - grand) }
        let statistic: Double
        var numerator = k - 1
        let denominator: Double
        var pNumerator = k - 1
        switch variances {
        case .equal:
            denominator = total - k
            statistic = between / (k - 1) / (arms.reduce(0) { $0 + ($1.n - 1) * $1.variance } / denominator)
        case .welch:
            let spread =
                zip(weights, arms).reduce(0) { $0 + (1 - $1.0 / sum) * (1 - $1.0 / sum) / ($1.1.n - 1) } / (k * k - 1)
            statistic = between / (k - 1) / (1 + 2 * (k - 2) * spread)
            denominator = 1 / (3 * spread)
        case .brownForsythe:
            let scaled = arms.map { (1 - $0.n / total) * $0.variance }
            let spread = scaled.reduce(0, +)
            statistic = between / spread
            denominator = spread * spread / zip(scaled, arms).reduce(0) { $0 + $1.0 * $1.0 / ($1.1.n - 1) }
            let squares = arms.reduce(0) { $0 + $1.variance * $1.variance }
            let mean = arms.reduce(0) { $0 + $1.n / total * $1.variance }
            let cross = arms.reduce(0) { $0 + $1.n / total * $1.variance * $1.variance }
            numerator = spread * spread / (squares + mean * mean - 2 * cross)
            pNumerator = numerator
        }
        return TestResult(
            statistic: statistic, p: FisherF(pNumerator, denominator).survival(statistic), df: denominator,
            details: [("df_num", numerator)])
    }

    /// What two groups of several differ by, first minus second.
    public struct Pair: Sendable {
        /// The groups, counted from 0.
        public let first: Int
        /// The other group.
        public let second: Int
        /// Difference, p-value and interval that hold for all pairs together.
        public let result: TestResult
    }

    /// Tukey's honest significant differences of all pairs (Tukey–Kramer for unequal sizes), every pair in both orders left to the caller.
    public static func tukey(
        _ groups: [[Double]], level: Double = 0.95, work: Work = Work()
    ) throws(Failure) -> [Pair] {
        try Check.level(level)
        let arms = try moments(groups, atLeast: 1)
        let df = arms.reduce(0) { $0 + $1.n - 1 }
        let variance = df > 0 ? arms.reduce(0) { $0 + ($1.n - 1) * $1.variance } / df : 0
        let range = StudentizedRange(k: arms.count, df: df)
        let critical = variance > 0 ? range.upperQuantile(1 - level) : 0
        var pairs: [Pair] = []
        for i in arms.indices {
            for j in arms.indices where j > i {
                try work.cancellation.check()
                let effect = arms[i].mean - arms[j].mean
                let error = (variance / 2 * (1 / arms[i].n + 1 / arms[j].n)).squareRoot()
                let result =
                    error > 0
                    ? TestResult(
                        statistic: effect / error, p: range.survival(abs(effect) / error), df: df, effect: effect,
                        standardError: error,
                        interval: Interval(effect - critical * error, effect + critical * error))
                    : TestResult(effect: effect, reason: "no variance within the groups")
                pairs.append(Pair(first: i, second: j, result: result))
            }
        }
        return pairs
    }

    /// Dunnett's comparisons of groups with one control (1955). The joint distribution is that of correlated t's with correlations
    /// λi λj, so its probability is an integral over two variables, done by quadrature.
    public static func dunnett(
        control: [Double], groups: [[Double]], alternative: Alternative = .twoSided, level: Double = 0.95,
        work: Work = Work()
    ) throws(Failure) -> [TestResult] {
        try Check.level(level)
        try Check.sample(control, "control", atLeast: 2)
        guard !groups.isEmpty else { throw .argument("groups", expected: "at least 1 group", got: "0") }
        for group in groups { try Check.sample(group, "groups") }
        let base = Moments(control)
        let arms = groups.map { Moments($0) }
        let df = arms.reduce(base.n - 1) { $0 + $1.n - 1 }
        let variance = arms.reduce((base.n - 1) * base.variance) { $0 + ($1.n - 1) * $1.variance } / df
        guard variance > 0 else {
            return arms.map { TestResult(effect: $0.mean - base.mean, reason: "no variance within the groups") }
        }
        // Groups of one size have one factor.
        var loadings: [(loading: Double, groups: Double)] = []
        for (n, arms) in Dictionary(grouping: arms, by: \.n).sorted(by: { $0.key < $1.key }) {
            loadings.append(((n / (n + base.n)).squareRoot(), Double(arms.count)))
        }
        let (nodes, weights) = Quadrature.legendre(64)
        // P(all within c) given s, over the common part z of the control's mean.
        func within(_ c: Double, _ s: Double) -> Double {
            let sides = alternative == .twoSided
            var sum = 0.0
            for (node, weight) in zip(nodes, weights) {
                let z = 8.5 * node
                var product = 1.0
                for (loading, groups) in loadings {
                    let rest = (1 - loading * loading).squareRoot()
                    let one =
                        Normal.cdf((c * s - loading * z) / rest)
                        - (sides ? Normal.cdf((-c * s - loading * z) / rest) : 0)
                    product *= groups == 1 ? one : pow(one, groups)
                }
                sum += weight * 8.5 * Normal.density(z) * product
            }
            return sum
        }
        func outside(_ c: Double) -> Double { max(0, ScaledChi(df: df).integral { 1 - within(c, $0) }) }
        let critical = Roots.brent(from: 0, to: 100, tolerance: 1e-7) { outside($0) - (1 - level) } ?? .infinity
        var results: [TestResult] = []
        for arm in arms {
            try work.cancellation.check()
            let effect = arm.mean - base.mean
            let error = (variance * (1 / arm.n + 1 / base.n)).squareRoot()
            let t = effect / error
            let extreme = alternative == .twoSided ? abs(t) : alternative == .greater ? t : -t
            // The single comparison bounds the joint one below and, times their number, above; beyond the quadrature's reach it decides.
            let alone = alternative.p(t, StudentT(df: df))
            let p = min(Double(arms.count) * alone, max(alone, outside(extreme)))
            results.append(
                TestResult(
                    statistic: t, p: min(1, p), df: df, effect: effect, standardError: error,
                    interval: alternative.interval(effect, critical * error)))
        }
        return results
    }
}
