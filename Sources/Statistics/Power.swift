import Glibc
import Support

/// Sample size, power and the smallest effect that can be found.
public enum Power {
    /// How the variance of two shares is taken when planning.
    public enum Formula: String, CaseIterable, Sendable {
        /// Cohen's h: the difference of 2·arcsin(√p), of variance 1.
        case arcsine
        /// Each arm's own variance (Wald).
        case unpooled
        /// Pooled under the null hypothesis, own under the alternative (Fleiss).
        case pooled
        /// The baseline's variance for both arms.
        case baseline
    }

    private static func check(alpha: Double, power: Double? = nil) throws(Failure) {
        try Check.level(alpha, "alpha")
        if let power {
            try Check.level(power, "power")
            guard power > alpha else {
                throw .argument("power", expected: "number above alpha, \(numberText(alpha))", got: numberText(power))
            }
        }
    }

    private static func share(_ p: Double, _ name: String) throws(Failure) {
        guard p >= 0, p <= 1 else { throw .argument(name, expected: "number from 0 to 1", got: numberText(p)) }
    }

    private static func ratio(_ ratio: Double) throws(Failure) {
        guard ratio > 0, ratio.isFinite else {
            throw .argument("ratio", expected: "number above 0", got: numberText(ratio))
        }
    }

    /// How large a difference is in the direction that the alternative looks to; below 0 if it points the other way.
    private static func directed(_ difference: Double, _ alternative: Alternative) -> Double {
        switch alternative {
        case .twoSided: abs(difference)
        case .greater: difference
        case .less: -difference
        }
    }

    private static func quantiles(_ alpha: Double, _ power: Double, _ alternative: Alternative) -> Double {
        Normal.upperQuantile(alternative == .twoSided ? alpha / 2 : alpha) - Normal.upperQuantile(power)
    }

    /// Cohen's h, the difference of two shares on the arcsine scale.
    public static func cohensH(_ p1: Double, _ p2: Double) -> Double {
        2 * (asin(p1.squareRoot()) - asin(p2.squareRoot()))
    }

    /// Units of the first arm (the second has `ratio` times as many) to tell share `p2` from `p1`; not rounded. A one-sided alternative
    /// is about p2 − p1, and refuses a difference that points the other way.
    public static func sampleSize(
        p1: Double, p2: Double, alpha: Double = 0.05, power: Double = 0.8, alternative: Alternative = .twoSided,
        formula: Formula = .unpooled, ratio: Double = 1
    ) throws(Failure) -> Double {
        try check(alpha: alpha, power: power)
        try share(p1, "p1")
        try share(p2, "p2")
        guard p1 != p2 else { throw .argument("p2", expected: "share other than p1", got: numberText(p2)) }
        try Self.ratio(ratio)
        let difference = directed(p2 - p1, alternative)
        guard difference > 0 else {
            throw .argument(
                "p2", expected: "a share \(alternative == .less ? "below" : "above") p1 for '\(alternative.rawValue)'",
                got: "\(numberText(p2)) against \(numberText(p1))")
        }
        let (v1, v2) = (p1 * (1 - p1), p2 * (1 - p2))
        let both = quantiles(alpha, power, alternative)
        // Divided twice: the square of a difference may be less than a number can hold.
        let units: Double
        switch formula {
        case .arcsine:
            let h = abs(cohensH(p1, p2))
            units = solveSize { n in
                normalPower(h * (n * (ratio / (1 + ratio))).squareRoot(), alpha, alternative) - power
            }
        case .unpooled: units = both * both * (v1 + v2 / ratio) / difference / difference
        case .baseline: units = both * both * v1 * (1 + 1 / ratio) / difference / difference
        case .pooled:
            let mean = (p1 + ratio * p2) / (1 + ratio)
            let null = (mean * (1 - mean) * (1 + 1 / ratio)).squareRoot()
            let root =
                Normal.upperQuantile(alternative == .twoSided ? alpha / 2 : alpha) * null - Normal.upperQuantile(power)
                * (v1 + v2 / ratio).squareRoot()
            units = root * root / difference / difference
        }
        return try findable(units, "p2", p2)
    }

    /// Refuses numbers of units that nobody has and that a double does not count one by one.
    private static func findable(_ units: Double, _ name: String, _ value: Double) throws(Failure) -> Double {
        guard units < 1e15 else {
            throw .argument(name, expected: "an effect that fewer than 1e15 units find", got: numberText(value))
        }
        return units
    }

    /// The power of a test whose statistic is normal with mean `shift` and variance 1.
    static func normalPower(_ shift: Double, _ alpha: Double, _ alternative: Alternative) -> Double {
        let z = Normal.upperQuantile(alternative == .twoSided ? alpha / 2 : alpha)
        return Normal.survival(z - shift) + (alternative == .twoSided ? Normal.survival(z + shift) : 0)
    }

    /// The power of a two-proportion test with `n1` units and `ratio` times as many. A one-sided alternative is about p2 − p1.
    public static func power(
        p1: Double, p2: Double, n1: Double, ratio: Double = 1, alpha: Double = 0.05,
        alternative: Alternative = .twoSided, formula: Formula = .unpooled
    ) throws(Failure) -> Double {
        try check(alpha: alpha)
        try share(p1, "p1")
        try share(p2, "p2")
        guard n1 > 0, n1.isFinite else { throw .argument("n1", expected: "number above 0", got: numberText(n1)) }
        try Self.ratio(ratio)
        guard p1 != p2 else { return alpha }
        let difference = directed(p2 - p1, alternative)
        let (v1, v2) = (p1 * (1 - p1), p2 * (1 - p2))
        let own = ((v1 + v2 / ratio) / n1).squareRoot()
        switch formula {
        case .arcsine:
            let h = directed(cohensH(p2, p1), alternative)
            return normalPower(h * (n1 * (ratio / (1 + ratio))).squareRoot(), alpha, alternative)
        case .unpooled: return normalPower(difference / own, alpha, alternative)
        case .baseline: return normalPower(difference / (v1 * (1 + 1 / ratio) / n1).squareRoot(), alpha, alternative)
        case .pooled:
            let mean = (p1 + ratio * p2) / (1 + ratio)
            let null = (mean * (1 - mean) * (1 + 1 / ratio) / n1).squareRoot()
            let z = Normal.upperQuantile(alternative == .twoSided ? alpha / 2 : alpha)
            return Normal.survival((z * null - difference) / own)
                + (alternative == .twoSided ? Normal.survival((z * null + difference) / own) : 0)
        }
    }

    /// The smallest p2 − p1 that `n1` units and `ratio` times as many find with the given power: below 0 for the alternative `less`,
    /// otherwise above; nil if no share is that far away.
    public static func detectableDifference(
        p1: Double, n1: Double, ratio: Double = 1, alpha: Double = 0.05, power goal: Double = 0.8,
        alternative: Alternative = .twoSided, formula: Formula = .unpooled
    ) throws(Failure) -> Double? {
        try check(alpha: alpha, power: goal)
        let sign: Double = alternative == .less ? -1 : 1
        func isFound(_ size: Double) throws(Failure) -> Bool {
            try power(
                p1: p1, p2: p1 + sign * size, n1: n1, ratio: ratio, alpha: alpha, alternative: alternative,
                formula: formula) >= goal
        }
        var (low, high) = (0.0, (alternative == .less ? p1 : 1 - p1) * (1 - 1e-12))
        guard try isFound(high) else { return nil }
        for _ in 0..<200 where high - low > 1e-15 * high {
            let middle = 0.5 * (low + high)
            if try isFound(middle) { high = middle } else { low = middle }
        }
        return sign * 0.5 * (low + high)
    }

    /// The nearest share above (or, with `below`, under) `p1` that `n` units per arm tell from it, with each arm's own variance. Without
    /// `below` the alternative says which.
    public static func detectableShare(
        p1: Double, n: Double, alpha: Double = 0.05, power: Double = 0.8, alternative: Alternative = .twoSided,
        below: Bool? = nil
    ) throws(Failure) -> TestResult {
        try check(alpha: alpha, power: power)
        try share(p1, "p1")
        guard n > 0, n.isFinite else { throw .argument("n", expected: "number above 0", got: numberText(n)) }
        let below = below ?? (alternative == .less)
        guard alternative == .twoSided || below == (alternative == .less) else {
            throw .argument(
                "below", expected: "\(!below) for '\(alternative.rawValue)', which looks the other way", got: "\(below)"
            )
        }
        let both = quantiles(alpha, power, alternative)
        func excess(_ p: Double) -> Double {
            abs(p - p1) - both * ((p1 * (1 - p1) + p * (1 - p)) / n).squareRoot()
        }
        let limit = below ? 0.0 : 1
        guard let p = Roots.brent(from: p1, to: limit, { excess($0) }), p != p1 || p1 * (1 - p1) == 0 else {
            return TestResult(reason: "no share \(below ? "below" : "above") p1 can be told apart with so few units")
        }
        return TestResult(effect: p - p1, details: [("p", p), ("relative", p1 > 0 ? (p - p1) / p1 : nil)])
    }

    // MARK: Means

    /// The power of the two-sample t test for the standardised difference `d` (noncentral t distribution).
    public static func powerT(
        d: Double, n1: Double, ratio: Double = 1, alpha: Double = 0.05, alternative: Alternative = .twoSided
    ) throws(Failure) -> Double {
        try check(alpha: alpha)
        guard d.isFinite else { throw .argument("d", expected: "finite number", got: numberText(d)) }
        try Self.ratio(ratio)
        guard n1 * (1 + ratio) > 2, n1.isFinite else {
            throw .argument("n1", expected: "more than 2 units in both arms together", got: numberText(n1))
        }
        return tPower(d, n1, ratio, alpha, alternative)
    }

    private static func tPower(_ d: Double, _ n1: Double, _ ratio: Double, _ alpha: Double, _ alternative: Alternative)
        -> Double
    {
        let df = n1 * (1 + ratio) - 2
        guard df > 0 else { return 0 }
        let delta = d * (n1 * (ratio / (1 + ratio))).squareRoot()
        let t = StudentT(df: df).upperQuantile(alternative == .twoSided ? alpha / 2 : alpha)
        switch alternative {
        case .twoSided:
            return NoncentralT(df: df, delta: delta).survival(t) + NoncentralT(df: df, delta: -delta).survival(t)
        case .greater: return NoncentralT(df: df, delta: delta).survival(t)
        case .less: return NoncentralT(df: df, delta: -delta).survival(t)
        }
    }

    /// Units of the first arm for the two-sample t test; not rounded.
    public static func sampleSizeT(
        d: Double, alpha: Double = 0.05, power: Double = 0.8, ratio: Double = 1, alternative: Alternative = .twoSided
    ) throws(Failure) -> Double {
        try check(alpha: alpha, power: power)
        guard d != 0, d.isFinite else { throw .argument("d", expected: "number other than 0", got: numberText(d)) }
        try Self.ratio(ratio)
        let size = directed(d, alternative)
        guard size > 0 else {
            throw .argument(
                "d", expected: "an effect in the direction of '\(alternative.rawValue)'", got: numberText(d))
        }
        let units = solveSize(from: 2 / (1 + ratio) + 1e-6) { n in
            tPower(size, n, ratio, alpha, alternative == .less ? .greater : alternative) - power
        }
        return try findable(units, "d", d)
    }

    /// The standardised difference that `n1` units and `ratio` times as many find with the given power.
    public static func detectableT(
        n1: Double, ratio: Double = 1, alpha: Double = 0.05, power: Double = 0.8, alternative: Alternative = .twoSided
    ) throws(Failure) -> Double {
        try check(alpha: alpha, power: power)
        _ = try powerT(d: 0, n1: n1, ratio: ratio, alpha: alpha)
        let sided: Alternative = alternative == .less ? .greater : alternative
        // In units of what the normal distribution asks for; where n is small this one asks for far more.
        let unit = quantiles(alpha, power, alternative) * ((1 + ratio) / ratio / n1).squareRoot()
        let d = unit * zero(from: 0, upTo: 20) { d in tPower(d * unit, n1, ratio, alpha, sided) - power }
        guard d.isFinite else {
            throw .argument("n1", expected: "units that find some difference", got: numberText(n1))
        }
        return alternative == .less ? -d : d
    }

    private static func solveSize(from start: Double = 1e-6, _ excess: (Double) -> Double) -> Double {
        zero(from: start, upTo: max(4, 2 * start), excess)
    }

    /// Where a rising function is 0: `start` if it is above 0 already there, infinity if it never is.
    private static func zero(from start: Double, upTo guess: Double, _ excess: (Double) -> Double) -> Double {
        var (low, high) = (start, guess)
        while excess(high) < 0 {
            guard high < 1e300 else { return .infinity }
            (low, high) = (high, 4 * high)
        }
        return Roots.brent(from: low, to: high, tolerance: 1e-12) { excess($0) } ?? start
    }
}
