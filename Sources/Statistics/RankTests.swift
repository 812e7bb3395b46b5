import Glibc
import Support

/// Tests that look only at the order of values.
public enum RankTest {
    /// How the distribution under the null hypothesis is taken.
    public enum Method: String, CaseIterable, Sendable {
        /// Exact for small samples, otherwise asymptotic.
        case auto
        /// Exact, given which values are tied.
        case exact
        /// Exact as if no values were tied: the classical tables.
        case exactUntied = "exact-untied"
        /// The normal approximation, corrected for ties.
        case asymptotic
    }

    /// Ranks from 1, tied values sharing their mean, and Σ(t³ − t) over ties.
    static func ranks(_ x: [Double]) throws(Failure) -> (ranks: [Double], ties: Double) {
        var order = Array(x.indices)
        try order.sort(work: Work()) { x[$0] < x[$1] || x[$0] == x[$1] && $0 < $1 }
        var ranks = [Double](repeating: 0, count: x.count)
        var ties = 0.0
        var start = 0
        while start < order.count {
            var end = start
            while end + 1 < order.count, x[order[end + 1]] == x[order[start]] { end += 1 }
            for i in start...end { ranks[order[i]] = Double(start + end) / 2 + 1 }
            let t = Double(end - start + 1)
            ties += t * t * t - t
            start = end + 1
        }
        return (ranks, ties)
    }

    /// How many of all subsets of `size` of the `scores` (whole numbers of at least 0) have each sum, as shares of all subsets.
    private static func subsetSums(_ scores: [Int], size: Int) -> [Double] {
        let top = scores.sorted().suffix(size).reduce(0, +)
        var table = [[Double]](repeating: [Double](repeating: 0, count: top + 1), count: size + 1)
        table[0][0] = 1
        for (seen, score) in scores.enumerated() {
            for chosen in stride(from: min(size, seen + 1), through: 1, by: -1) {
                // Shares rather than counts, so that nothing overflows: divided by what a subset of this size gains.
                guard score <= top else { continue }
                for sum in stride(from: top, through: score, by: -1) {
                    table[chosen][sum] += table[chosen - 1][sum - score]
                }
            }
        }
        let total = table[size].reduce(0, +)
        return table[size].map { $0 / total }
    }

    /// The Mann–Whitney test (1947): `statistic` is U of a, `effect` the chance that a value of a exceeds one of b, ties counted half.
    public static func mannWhitney(
        _ a: [Double], _ b: [Double], method: Method = .auto, continuity: Bool = true,
        alternative: Alternative = .twoSided
    ) throws(Failure) -> TestResult {
        try Check.sample(a, "a")
        try Check.sample(b, "b")
        let (n, m) = (Double(a.count), Double(b.count))
        let (ranks, ties) = try ranks(a + b)
        let u = ranks.prefix(a.count).reduce(0, +) - n * (n + 1) / 2
        let superiority = u / (n * m)
        let details: [(name: String, value: Double?)] = [("cliffs_delta", 2 * superiority - 1)]
        func result(_ p: Double, _ z: Double? = nil) -> TestResult {
            TestResult(statistic: u, p: min(1, p), effect: superiority, details: [("z", z)] + details)
        }
        let work = n * m * (n + m) * Double(min(a.count, b.count))
        let isSmall = min(a.count, b.count) <= 8 && work < 1e7 || a.count + b.count <= 30
        let chosen = method == .auto ? (isSmall ? .exact : .asymptotic) : method
        if chosen != .asymptotic {
            guard work < 2e9, n + m <= 1000 else {
                throw .argument(
                    "method", expected: "'asymptotic' or 'auto' for samples as large as these",
                    got: "'\(method.rawValue)'")
            }
            let untied = chosen == .exactUntied || ties == 0
            // Doubled ranks are whole.
            let scores = untied ? (1...(a.count + b.count)).map { $0 } : ranks.map { Int(2 * $0) }
            let unit = untied ? 1.0 : 2.0
            let (small, isA) = a.count <= b.count ? (a.count, true) : (b.count, false)
            let shares = subsetSums(scores, size: small)
            let base = Double(small * (small + 1)) / 2
            // P(U ≥ u) of the smaller sample.
            func atLeast(_ u: Double) -> Double {
                let from = Int(((u + base) * unit - 1e-9).rounded(.up))
                return from >= shares.count ? 0 : shares[max(0, from)...].reduce(0, +)
            }
            func atMost(_ u: Double) -> Double {
                let to = Int(((u + base) * unit + 1e-9).rounded(.down))
                return to < 0 ? 0 : shares[...min(to, shares.count - 1)].reduce(0, +)
            }
            let own = isA ? u : n * m - u
            var greater = isA ? atLeast(own) : atMost(own)
            var less = isA ? atMost(own) : atLeast(own)
            if chosen == .exactUntied {
                // The tables know whole U only; a half counts against the null hypothesis no further than the whole number below. Without
                // ties U is symmetric, so either sample's distribution serves.
                greater = atLeast(u.rounded(.down))
                less = atLeast((n * m - u).rounded(.down))
            }
            switch alternative {
            case .twoSided: return result(2 * min(greater, less))
            case .greater: return result(greater)
            case .less: return result(less)
            }
        }
        let total = n + m
        let variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)))
        guard variance > 0 else {
            return TestResult(statistic: u, p: 1, effect: superiority, details: details, reason: "all values are tied")
        }
        let side: Double = alternative == .less ? -1 : 1
        let distance = alternative == .twoSided ? abs(u - n * m / 2) : side * (u - n * m / 2)
        let z = (distance - (continuity ? 0.5 : 0)) / variance.squareRoot()
        return result(alternative == .twoSided ? 2 * Normal.survival(z) : Normal.survival(z), z)
    }

    /// The Brunner–Munzel test (2000), right where the spreads differ. The statistic is negative where a tends to be larger, as in the
    /// paper; `effect` is the chance that a value of a exceeds one of b, ties counted half.
    public static func brunnerMunzel(
        _ a: [Double], _ b: [Double], alternative: Alternative = .twoSided, usesNormal: Bool = false,
        level: Double = 0.95
    ) throws(Failure) -> TestResult {
        try Check.level(level)
        try Check.sample(a, "a")
        try Check.sample(b, "b")
        let (n, m) = (Double(a.count), Double(b.count))
        let all = try ranks(a + b).ranks
        let (own, other) = (try ranks(a).ranks, try ranks(b).ranks)
        let (first, second) = (Array(all.prefix(a.count)), Array(all.suffix(b.count)))
        let (meanA, meanB) = (Moments(first).mean, Moments(second).mean)
        let effect = (meanA - (n + 1) / 2) / m
        guard a.count > 1, b.count > 1 else {
            return TestResult(effect: effect, reason: "an arm with one value has no variance")
        }
        func placement(_ ranks: [Double], _ own: [Double]) -> Double {
            Moments(zip(ranks, own).map { $0 - $1 }).variance
        }
        let (sa, sb) = (placement(first, own), placement(second, other))
        guard sa + sb > 0 else {
            return TestResult(effect: effect, reason: "no overlap of a and b, so no variance of the placements")
        }
        let statistic = n * m * (meanB - meanA) / (n + m) / (n * sa + m * sb).squareRoot()
        let (va, vb) = (n * sa, m * sb)
        let df = (va + vb) * (va + vb) / (va * va / (n - 1) + vb * vb / (m - 1))
        let error = (sa / (n * m * m) + sb / (m * n * n)).squareRoot()
        let distribution = StudentT(df: usesNormal ? .infinity : df)
        let margin = alternative.critical(level, distribution) * error
        return TestResult(
            statistic: statistic, p: alternative.p(-statistic, distribution), df: usesNormal ? nil : df,
            effect: effect, standardError: error, interval: alternative.interval(effect, margin))
    }

    /// The Kruskal–Wallis test (1952) of several groups, corrected for ties.
    public static func kruskalWallis(_ groups: [[Double]]) throws(Failure) -> TestResult {
        guard groups.count > 1 else { throw .argument("groups", expected: "at least 2 groups", got: "\(groups.count)") }
        for group in groups { try Check.sample(group, "groups") }
        let all = groups.flatMap { $0 }
        let n = Double(all.count)
        let (ranks, ties) = try ranks(all)
        var start = 0
        var sum = 0.0
        for group in groups {
            let total = ranks[start..<(start + group.count)].reduce(0, +)
            let deviation = total / Double(group.count) - (n + 1) / 2
            sum += Double(group.count) * deviation * deviation
            start += group.count
        }
        let correction = 1 - ties / (n * n * n - n)
        guard correction > 0 else { return TestResult(reason: "all values are equal") }
        let statistic = 12 / (n * (n + 1)) * sum / correction
        let df = Double(groups.count - 1)
        return TestResult(statistic: statistic, p: ChiSquared(df: df).survival(statistic), df: df)
    }

    /// Wilcoxon's signed-rank test (1945) of differences about 0, which are left out when 0 themselves. `statistic` is the smaller of the
    /// two rank sums for a two-sided test, otherwise that of the positive differences. Exact given the ties where `method` says so:
    /// "auto" does for up to 50 differences without ties or zeros, and for up to 13 with them.
    public static func wilcoxon(
        _ differences: [Double], method: Method = .auto, continuity: Bool = false, alternative: Alternative = .twoSided
    ) throws(Failure) -> TestResult {
        try Check.sample(differences, "diff")
        let kept = differences.filter { $0 != 0 }
        guard !kept.isEmpty else { return TestResult(statistic: 0, p: 1, reason: "all differences are 0") }
        let (ranks, ties) = try ranks(kept.map { abs($0) })
        let plus = zip(ranks, kept).reduce(0) { $0 + ($1.1 > 0 ? $1.0 : 0) }
        let n = Double(kept.count)
        let minus = n * (n + 1) / 2 - plus
        let statistic = alternative == .twoSided ? min(plus, minus) : plus
        let isPlain = ties == 0 && kept.count == differences.count
        let chosen = method == .auto ? (differences.count <= (isPlain ? 50 : 13) ? .exact : .asymptotic) : method
        if chosen != .asymptotic {
            guard kept.count <= 500 else {
                throw .argument(
                    "method", expected: "'asymptotic' or 'auto' for \(kept.count) differences",
                    got: "'\(method.rawValue)'")
            }
            let scores = chosen == .exactUntied ? (1...kept.count).map { 2 * $0 } : ranks.map { Int(2 * $0) }
            var shares = [Double](repeating: 0, count: scores.reduce(0, +) + 1)
            shares[0] = 1
            for score in scores {
                for sum in stride(from: shares.count - 1, through: 0, by: -1) {
                    shares[sum] = 0.5 * (shares[sum] + (sum >= score ? shares[sum - score] : 0))
                }
            }
            func atMost(_ w: Double) -> Double { shares[...min(shares.count - 1, Int(2 * w + 1e-9))].reduce(0, +) }
            switch alternative {
            case .twoSided: return TestResult(statistic: statistic, p: min(1, 2 * atMost(min(plus, minus))))
            case .greater: return TestResult(statistic: statistic, p: atMost(minus))
            case .less: return TestResult(statistic: statistic, p: atMost(plus))
            }
        }
        let variance = n * (n + 1) * (2 * n + 1) / 24 - ties / 48
        let distance = plus - n * (n + 1) / 4
        let shift =
            continuity
            ? 0.5
                * (distance == 0
                    ? 0 : alternative == .twoSided ? (distance > 0 ? 1 : -1) : alternative == .greater ? 1 : -1) : 0
        let z = (distance - shift) / variance.squareRoot()
        return TestResult(statistic: statistic, p: alternative.p(z, StandardNormal()), details: [("z", z)])
    }
}
