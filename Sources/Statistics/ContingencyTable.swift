import Glibc
import Support

/// A table of counts by two classifications.
public struct ContingencyTable: Sendable {
    /// Counts by row and column.
    public let counts: [[Double]]

    /// A table of whole counts with at least two rows and columns, or two of each if `isTwoByTwo`. Failures name `parameter`.
    public init(_ counts: [[Double]], isTwoByTwo: Bool = false, parameter: String = "table") throws(Failure) {
        let columns = counts.first?.count ?? 0
        let fits =
            counts.allSatisfy { $0.count == columns }
            && (isTwoByTwo ? counts.count == 2 && columns == 2 : counts.count > 1 && columns > 1)
        guard fits else {
            throw .argument(
                parameter,
                expected: isTwoByTwo
                    ? "two rows of two counts" : "at least two rows of at least two counts, all of one length",
                got: "rows of \(counts.map { "\($0.count)" }.joined(separator: ", "))")
        }
        for (i, row) in counts.enumerated() {
            for (j, count) in row.enumerated() where !(count >= 0 && count.isFinite && count == count.rounded()) {
                throw .argument(
                    parameter, expected: "whole counts of at least 0",
                    got: "\(numberText(count)) at [\(i + 1)][\(j + 1)]"
                )
            }
        }
        self.counts = counts
    }

    private var rowSums: [Double] { counts.map { $0.reduce(0, +) } }
    private var columnSums: [Double] { (0..<counts[0].count).map { j in counts.reduce(0) { $0 + $1[j] } } }

    /// Pearson's chi-square test of independence, with the likelihood-ratio statistic G and Cramér's V (uncorrected). `yates` moves each count of
    /// a 2×2 table up to one half towards its expectation.
    public func independence(yates: Bool = false) -> TestResult {
        let (rows, columns) = (rowSums, columnSums)
        let total = rows.reduce(0, +)
        guard !rows.contains(0), !columns.contains(0) else {
            return TestResult(reason: "a row or column has no counts")
        }
        let corrects = yates && counts.count == 2 && columns.count == 2
        var chi = 0.0
        var g = 0.0
        var plain = 0.0
        for (i, row) in counts.enumerated() {
            for (j, count) in row.enumerated() {
                let expected = rows[i] * columns[j] / total
                let distance = abs(count - expected)
                plain += distance * distance / expected
                let moved = corrects ? distance - min(0.5, distance) : distance
                chi += moved * moved / expected
                let observed = expected + (count > expected ? moved : -moved)
                g += 2 * LogFactors.deviance(observed, expected)
            }
        }
        let df = Double((rows.count - 1) * (columns.count - 1))
        let distribution = ChiSquared(df: df)
        let smaller = Double(min(rows.count, columns.count) - 1)
        return TestResult(
            statistic: chi, p: distribution.survival(chi), df: df,
            details: [
                ("cramers_v", (plain / (total * smaller)).squareRoot()), ("g", g), ("g_p", distribution.survival(g)),
            ])
    }

    /// Fisher's exact test of a 2×2 table {{a, b}, {c, d}}. `effect` is the conditional maximum-likelihood odds ratio, the interval exact.
    /// The two-sided p-value sums the tables no likelier than this one.
    public func fisher(alternative: Alternative = .twoSided, level: Double = 0.95) throws(Failure) -> TestResult {
        try Check.level(level)
        let (a, b, c, d) = (counts[0][0], counts[0][1], counts[1][0], counts[1][1])
        guard a + b > 0, c + d > 0, a + c > 0, b + d > 0 else {
            return TestResult(
                p: 1, interval: Interval(0, .infinity), details: [("p_two_sided", 1), ("p_greater", 1), ("p_less", 1)],
                reason: "a row or column has no counts, so the odds ratio is not defined")
        }
        guard a + b + c + d < 1e8 else {
            throw .argument(
                "table", expected: "fewer than 100 million counts for an exact test", got: numberText(a + b + c + d))
        }
        let cell = Hypergeometric(total: Int(a + b + c + d), marked: Int(a + b), drawn: Int(a + c))
        let masses = cell.masses()
        let place = Int(a) - cell.range.lowerBound
        let observed = masses.at(place) * (1 + 1e-14 * 1e7)
        let greater = min(1, masses.from(place))
        let less = min(1, masses.upTo(place))
        let both = min(1, masses.values.reduce(0) { $0 + ($1 <= observed ? $1 : 0) })
        let first = place == 0
        let last = place == cell.range.count - 1
        func solve(_ function: @escaping (Double) -> Double) -> Double {
            Roots.brent(from: -60, to: 60) { function(exp($0)) }.map { exp($0) } ?? .nan
        }
        let tail = alternative == .twoSided ? (1 - level) / 2 : 1 - level
        let estimate =
            first
            ? 0
            : last
                ? Double.infinity
                : solve { odds in cell.masses(odds: odds).mean - Double(place) }
        let lower = first || alternative == .less ? 0 : solve { odds in cell.masses(odds: odds).from(place) - tail }
        let upper =
            last || alternative == .greater
            ? Double.infinity : solve { odds in tail - cell.masses(odds: odds).upTo(place) }
        return TestResult(
            p: alternative == .twoSided ? both : alternative == .greater ? greater : less, effect: estimate,
            interval: Interval(lower, upper),
            details: [
                ("p_two_sided", both), ("p_greater", greater), ("p_less", less),
                ("odds_ratio_sample", b * c == 0 ? (a * d == 0 ? .nan : .infinity) : a * d / (b * c)),
            ])
    }

    /// McNemar's test of paired yes-or-no answers {{both, only first}, {only second, neither}}: exact binomial, or chi-square with or
    /// without the continuity correction.
    public func mcnemar(exact: Bool = true, correction: Bool = true) -> TestResult {
        let (b, c) = (counts[0][1], counts[1][0])
        guard b + c > 0 else {
            // The exact test of no pairs is certain of nothing; the chi-square of none is 0/0.
            return exact
                ? TestResult(statistic: 0, p: 1, reason: "no pair differs") : TestResult(reason: "no pair differs")
        }
        let n = counts.reduce(0) { $0 + $1.reduce(0, +) }
        let effect = (b - c) / n
        if exact {
            let smaller = min(b, c)
            return TestResult(
                statistic: smaller, p: min(1, 2 * Binomial(n: Int(b + c), p: 0.5).cdf(Int(smaller))), effect: effect)
        }
        let distance = correction ? max(0, abs(b - c) - 1) : abs(b - c)
        let statistic = distance * distance / (b + c)
        return TestResult(statistic: statistic, p: ChiSquared(df: 1).survival(statistic), df: 1, effect: effect)
    }
}

/// Barnard's unconditional exact test (1945) of two shares, with the Wald statistic.
public enum Barnard {
    /// The largest probability, over the unknown common share, of tables with a statistic at least as extreme. `effect` is a − b.
    ///
    /// - Parameter tolerance: statistics that differ by less, relatively, are tied: without it rounding would drop tables as extreme as the one
    ///   observed, as it does in scipy (whose figures 0 gives).
    public static func test(
        _ a: Proportion, _ b: Proportion, pooled: Bool = true, alternative: Alternative = .twoSided,
        tolerance: Double = 1e-10,
        work: Work = Work()
    ) throws(Failure) -> TestResult {
        if var empty = Proportions.emptyArm(a, b) {
            empty.p = 1
            return empty
        }
        guard a.n * b.n <= 4e6 else {
            throw .argument(
                "a", expected: "arms whose sizes multiply to at most 4 million",
                got: "\(numberText(a.n)) and \(numberText(b.n))")
        }
        let (n, m) = (Int(a.n), Int(b.n))
        func statistic(_ x: Double, _ y: Double) -> Double {
            let (p, q) = (x / a.n, y / b.n)
            let both = (x + y) / (a.n + b.n)
            let variance = pooled ? both * (1 - both) * (1 / a.n + 1 / b.n) : p * (1 - p) / a.n + q * (1 - q) / b.n
            return p == q ? 0 : (p - q) / variance.squareRoot()
        }
        let observed = statistic(a.x, b.x)
        let room = abs(observed).isFinite ? tolerance * max(1, abs(observed)) : 0
        // For each count of a, the counts of b that are as extreme.
        var extreme: [(x: Int, ys: [Int])] = []
        for x in 0...n {
            let ys = (0...m).filter { y in
                let t = statistic(Double(x), Double(y))
                switch alternative {
                case .twoSided: return abs(t) >= abs(observed) - room
                case .greater: return t >= observed - room
                case .less: return t <= observed + room
                }
            }
            if !ys.isEmpty { extreme.append((x, ys)) }
        }
        try work.cancellation.check()
        func probability(_ share: Double) -> Double {
            let first = (0...n).map { Binomial(n: n, p: share).mass($0) }
            let second = (0...m).map { Binomial(n: m, p: share).mass($0) }
            return extreme.reduce(0) { sum, row in sum + first[row.x] * row.ys.reduce(0) { $0 + second[$1] } }
        }
        let worst = Roots.highest(from: 0, to: 1, grid: n * m > 10_000 ? 200 : 1000, probability)
        return TestResult(
            statistic: observed, p: min(1, worst.value), effect: a.share - b.share, details: [("nuisance", worst.x)])
    }
}

/// The sample-ratio test: whether units arrived in the arms as they were meant to.
public enum SampleRatio {
    /// The chi-square test of `observed` counts against `weights`. An arm of weight 0 takes no part, and leaves the degrees of freedom;
    /// the units in it are counted as `strays`, each of which is an alarm by itself.
    public static func test(observed: [Double], weights: [Double]) throws(Failure) -> TestResult {
        guard observed.count > 1 else {
            throw .argument("observed", expected: "counts of at least 2 arms", got: "\(observed.count)")
        }
        guard observed.count == weights.count else {
            throw .argument(
                "weights", expected: "one weight for each of the \(observed.count) arms", got: "\(weights.count)")
        }
        for (i, count) in observed.enumerated() where !(count >= 0 && count.isFinite && count == count.rounded()) {
            throw .argument(
                "observed", expected: "whole counts of at least 0", got: "\(numberText(count)) at position \(i + 1)")
        }
        for (i, weight) in weights.enumerated() where !(weight >= 0 && weight.isFinite) {
            throw .argument(
                "weights", expected: "weights of at least 0", got: "\(numberText(weight)) at position \(i + 1)")
        }
        let sum = weights.reduce(0, +)
        guard sum > 0 else { throw .argument("weights", expected: "a weight above 0", got: "none") }
        guard sum.isFinite else {
            throw .argument("weights", expected: "weights whose sum is a number", got: "infinity")
        }
        let strays = zip(observed, weights).reduce(0) { $0 + ($1.1 == 0 ? $1.0 : 0) }
        let arms = zip(observed, weights).filter { $0.1 > 0 }
        let total = arms.reduce(0) { $0 + $1.0 }
        guard total > 0 else { return TestResult(reason: "no units") }
        guard total <= 0x1p53 else {
            throw .argument("observed", expected: "counts of at most 2^53 units", got: numberText(total))
        }
        guard arms.count > 1 else { return TestResult(reason: "only one arm has a weight above 0") }
        let statistic = arms.reduce(0) { chi, arm in
            let expected = total * arm.1 / sum
            return chi + (arm.0 - expected) * (arm.0 - expected) / expected
        }
        let df = Double(arms.count - 1)
        return TestResult(
            statistic: statistic, p: ChiSquared(df: df).survival(statistic), df: df, details: [("strays", strays)],
            reason: strays > 0 ? "\(numberText(strays)) units in an arm of weight 0, left out of the test" : nil)
    }
}
