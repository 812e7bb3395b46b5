import Glibc
import Support

/// How two measures of the same units go together.
public enum Correlation {
    /// Pearson's correlation with its t test; the interval is Fisher's.
    public static func pearson(_ x: [Double], _ y: [Double], level: Double = 0.95) throws(Failure) -> TestResult {
        try Check.level(level)
        try Check.paired(x, y, "x", "y", atLeast: 2)
        return linear(x, y, level)
    }

    private static func linear(_ x: [Double], _ y: [Double], _ level: Double) -> TestResult {
        guard let x = scaled(x) else { return TestResult(reason: "x has no variance") }
        guard let y = scaled(y) else { return TestResult(reason: "y has no variance") }
        let (a, b) = (Moments(x), Moments(y))
        let product = zip(x, y).reduce(0) { $0 + ($1.0 - a.mean) * ($1.1 - b.mean) }
        let r = min(1, max(-1, product / ((a.n - 1) * a.sd * b.sd)))
        let df = a.n - 2
        guard df > 0 else { return TestResult(effect: r, reason: "2 pairs always lie on a line") }
        // P(|R| > |r|) = I(1 − r²) with shapes df/2 and ½.
        let p = exp(IncompleteBeta.logs(df / 2, 0.5, x: (1 - r) * (1 + r), y: r * r).lower)
        var interval: Interval?
        if a.n > 3 {
            let margin = Normal.upperQuantile((1 - level) / 2) / (a.n - 3).squareRoot()
            interval = Interval(tanh(atanh(r) - margin), tanh(atanh(r) + margin))
        }
        return TestResult(
            statistic: r * (df / ((1 - r) * (1 + r))).squareRoot(), p: p, df: df, effect: r, interval: interval)
    }

    /// The values less the first, as shares of the greatest: large ones near each other lose no digits by that, and the squares of none leave the range
    /// of numbers. Nil of equal values.
    private static func scaled(_ x: [Double]) -> [Double]? {
        // Halves, whose differences are numbers.
        let x = x.map { 0.5 * $0 - 0.5 * x[0] }
        let greatest = x.reduce(0) { max($0, $1.magnitude) }
        return greatest > 0 ? x.map { $0 / greatest } : nil
    }

    /// Spearman's rank correlation, p-value by the t distribution.
    public static func spearman(_ x: [Double], _ y: [Double], level: Double = 0.95) throws(Failure) -> TestResult {
        try Check.level(level)
        try Check.paired(x, y, "x", "y", atLeast: 2)
        var result = linear(try RankTest.ranks(x).ranks, try RankTest.ranks(y).ranks, level)
        result.interval = nil
        return result
    }

    /// Kendall's τ-b; the p-value is exact without ties for up to 33 pairs, otherwise by the normal distribution with the variance for ties
    /// (Kendall 1970).
    public static func kendall(_ x: [Double], _ y: [Double]) throws(Failure) -> TestResult {
        try Check.paired(x, y, "x", "y", atLeast: 2)
        let n = x.count
        var order = Array(x.indices)
        try order.sort(work: Work()) { (x[$0], y[$0], $0) < (x[$1], y[$1], $1) }
        func ties(_ values: [Double]) throws(Failure) -> (pairs: Double, cubic: Double, quintic: Double) {
            var result = (0.0, 0.0, 0.0)
            let sorted = try values.sorted(work: Work())
            var start = 0
            while start < n {
                var end = start
                while end < n, sorted[end] == sorted[start] { end += 1 }
                let t = Double(end - start)
                result.0 += t * (t - 1) / 2
                result.1 += t * (t - 1) * (t - 2)
                result.2 += t * (t - 1) * (2 * t + 5)
                start = end
            }
            return result
        }
        var both = 0.0
        var run = 1
        for i in 1..<n {
            if x[order[i]] == x[order[i - 1]], y[order[i]] == y[order[i - 1]] { run += 1 } else { run = 1 }
            both += Double(run - 1)
        }
        var sequence = order.map { y[$0] }
        var scratch = sequence
        let discordant = try inversions(&sequence, &scratch, 0, n)
        let (tx, ty) = (try ties(x), try ties(y))
        let total = Double(n) * Double(n - 1) / 2
        guard tx.pairs < total, ty.pairs < total else {
            return TestResult(reason: "\(tx.pairs < total ? "y" : "x") has no variance")
        }
        let score = total - tx.pairs - ty.pairs + both - 2 * discordant
        let tau = min(1, max(-1, score / (total - tx.pairs).squareRoot() / (total - ty.pairs).squareRoot()))
        if tx.pairs == 0, ty.pairs == 0, n <= 33 || min(discordant, total - discordant) <= 1 {
            return TestResult(p: exactKendall(n, Int(min(discordant, total - discordant))), effect: tau)
        }
        let m = Double(n) * Double(n - 1)
        let variance =
            (m * Double(2 * n + 5) - tx.quintic - ty.quintic) / 18 + 2 * tx.pairs * ty.pairs / m
            + (n > 2 ? tx.cubic * ty.cubic / (9 * m * Double(n - 2)) : 0)
        let z = score / variance.squareRoot()
        return TestResult(statistic: z, p: Alternative.twoSided.p(z, StandardNormal()), effect: tau)
    }

    /// Twice the chance of at most `count` inversions in a random order of n.
    private static func exactKendall(_ n: Int, _ count: Int) -> Double {
        var shares = [Double](repeating: 0, count: count + 1)
        shares[0] = 1
        guard n > 1 else { return 1 }
        for j in 2...n {
            var next = shares
            var window = 0.0
            for i in 0...count {
                window += shares[i]
                if i >= j { window -= shares[i - j] }
                next[i] = window / Double(j)
            }
            shares = next
        }
        return min(1, 2 * shares.reduce(0, +))
    }

    private static func inversions(_ x: inout [Double], _ scratch: inout [Double], _ from: Int, _ to: Int)
        throws(Failure) -> Double
    {
        guard to - from > 1 else { return 0 }
        if to - from > 10_000 { try Cancellation.checkPresent() }
        let middle = (from + to) / 2
        var count = try inversions(&x, &scratch, from, middle) + inversions(&x, &scratch, middle, to)
        var (i, j) = (from, middle)
        for k in from..<to {
            if j >= to || i < middle && x[i] <= x[j] {
                scratch[k] = x[i]
                i += 1
            } else {
                scratch[k] = x[j]
                count += Double(middle - i)
                j += 1
            }
        }
        x.replaceSubrange(from..<to, with: scratch[from..<to])
        return count
    }
}
