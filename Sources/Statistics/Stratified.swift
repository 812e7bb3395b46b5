import Glibc
import Support

/// Effects over strata.
public enum Stratified {
    /// Post-stratification: the differences of shares by stratum, weighted by the strata's part of all units. The variance takes the weights
    /// as given.
    public static func postStratified(
        _ strata: [(a: Proportion, b: Proportion)], alternative: Alternative = .twoSided, level: Double = 0.95
    ) throws(Failure) -> TestResult {
        try Check.level(level)
        guard !strata.isEmpty else { throw .argument("strata", expected: "at least 1 stratum", got: "0") }
        let total = strata.reduce(0) { $0 + $1.a.n + $1.b.n }
        if let place = strata.firstIndex(where: { $0.a.n == 0 || $0.b.n == 0 }) {
            return TestResult(reason: "stratum \(place + 1) lacks one of the arms")
        }
        var effect = 0.0
        var variance = 0.0
        for stratum in strata {
            let weight = (stratum.a.n + stratum.b.n) / total
            effect += weight * (stratum.a.share - stratum.b.share)
            variance += weight * weight * (stratum.a.variance / stratum.a.n + stratum.b.variance / stratum.b.n)
        }
        guard variance > 0 else { return TestResult(effect: effect, reason: "no variance within the strata") }
        return Adjustment.normal(effect, variance, alternative, level)
    }

    /// The Mantel–Haenszel analysis (1959) of 2×2 tables {{a, b}, {c, d}}, rows exposed and not: pooled odds and risk ratios, the
    /// Cochran–Mantel–Haenszel statistic without correction, and the Breslow–Day test of equal odds ratios. The interval is of the odds ratio, by
    /// the variance of Robins, Breslow and Greenland (1986).
    public static func mantelHaenszel(_ tables: [[[Double]]], level: Double = 0.95) throws(Failure) -> TestResult {
        try Check.level(level)
        guard !tables.isEmpty else { throw .argument("tables", expected: "at least 1 table", got: "0") }
        for (index, table) in tables.enumerated() {
            _ = try ContingencyTable(table, isTwoByTwo: true, parameter: "tables[\(index + 1)]")
        }
        var (r, s, riskTop, riskBottom) = (0.0, 0.0, 0.0, 0.0)
        var (pr, psqr, qs) = (0.0, 0.0, 0.0)
        var (excess, spread) = (0.0, 0.0)
        for table in tables {
            let (a, b, c, d) = (table[0][0], table[0][1], table[1][0], table[1][1])
            let n = a + b + c + d
            guard n > 1 else { continue }
            let (x, y, p, q) = (a * d / n, b * c / n, (a + d) / n, (b + c) / n)
            r += x
            s += y
            riskTop += a * (c + d) / n
            riskBottom += c * (a + b) / n
            pr += p * x
            psqr += p * y + q * x
            qs += q * y
            excess += a - (a + b) * (a + c) / n
            spread += (a + b) * (c + d) * (a + c) * (b + d) / (n * n * (n - 1))
        }
        guard spread > 0 else { return TestResult(reason: "no table has both outcomes in both rows") }
        let chi = excess * excess / spread
        let p = ChiSquared(df: 1).survival(chi)
        guard r > 0, s > 0 else {
            return TestResult(
                statistic: chi, p: p, df: 1, effect: s == 0 ? .infinity : 0,
                details: [("risk_ratio", riskTop / riskBottom)],
                reason: "the pooled odds ratio is \(s == 0 ? "infinite" : "0"), so it has no interval")
        }
        let odds = r / s
        let z = Normal.upperQuantile((1 - level) / 2)
        let error = (pr / (2 * r * r) + psqr / (2 * r * s) + qs / (2 * s * s)).squareRoot()
        var homogeneity = 0.0
        var count = 0
        for table in tables {
            let (a, b, c, d) = (table[0][0], table[0][1], table[1][0], table[1][1])
            let cell = expectedCell(row: a + b, column: a + c, total: a + b + c + d, odds: odds)
            let variance = 1 / (1 / cell + 1 / (a + b - cell) + 1 / (a + c - cell) + 1 / (b + d - (a + b - cell)))
            guard variance > 0, variance.isFinite else { continue }
            homogeneity += (a - cell) * (a - cell) / variance
            count += 1
        }
        let df = Double(count - 1)
        return TestResult(
            statistic: chi, p: p, df: 1, effect: odds,
            interval: Interval(odds * exp(-z * error), odds * exp(z * error)),
            details: [
                ("odds_ratio", odds), ("risk_ratio", riskTop / riskBottom),
                ("homogeneity", count > 1 ? homogeneity : nil),
                ("homogeneity_p", count > 1 ? ChiSquared(df: df).survival(homogeneity) : nil),
            ])
    }

    /// The first cell of a table with these margins and this odds ratio.
    private static func expectedCell(row: Double, column: Double, total: Double, odds: Double) -> Double {
        let linear = total - row - column + odds * (row + column)
        if abs(odds - 1) < 1e-12 { return row * column / total }
        let square = 1 - odds
        // square·x² + linear·x − odds·row·column = 0, the root between the margins.
        let root = (linear * linear + 4 * square * odds * row * column).squareRoot()
        return 2 * odds * row * column / (linear + root)
    }

    /// Several estimates of one effect: the fixed-effect mean, Cochran's Q, I², and the random-effects mean with the between-study variance
    /// of DerSimonian and Laird (1986).
    public static func meta(effects: [Double], variances: [Double], level: Double = 0.95) throws(Failure) -> TestResult
    {
        try Check.level(level)
        try Check.paired(effects, variances, "effects", "variances", atLeast: 1)
        if let place = variances.firstIndex(where: { $0 <= 0 }) {
            throw .argument(
                "variances", expected: "variances above 0",
                got: "\(numberText(variances[place])) at position \(place + 1)")
        }
        func mean(_ between: Double) -> (mean: Double, variance: Double) {
            let sum = variances.reduce(0) { $0 + 1 / ($1 + between) }
            return (zip(effects, variances).reduce(0) { $0 + $1.0 / ($1.1 + between) } / sum, 1 / sum)
        }
        let fixed = mean(0)
        let q = zip(effects, variances).reduce(0) { $0 + ($1.0 - fixed.mean) * ($1.0 - fixed.mean) / $1.1 }
        let df = Double(effects.count - 1)
        let sum = 1 / fixed.variance
        let squares = variances.reduce(0) { $0 + 1 / ($1 * $1) }
        let between = df > 0 ? max(0, (q - df) / (sum - squares / sum)) : 0
        let random = mean(between)
        var result = Adjustment.normal(random.mean, random.variance, .twoSided, level)
        result.details = [
            ("fixed", fixed.mean), ("fixed_se", fixed.variance.squareRoot()), ("q", q),
            ("q_p", df > 0 ? ChiSquared(df: df).survival(q) : nil), ("i2", q > 0 ? max(0, (q - df) / q) : 0),
            ("tau2", between), ("random", random.mean), ("random_se", random.variance.squareRoot()),
        ]
        return result
    }
}
