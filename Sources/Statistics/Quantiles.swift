import Glibc
import Support

/// Quantiles of samples, their intervals, and means that outliers do not move.
public enum Quantiles {
    /// The quantile at `q` by the definition `type`, 1 to 9 (Hyndman and Fan 1996); 7 is the usual one of R and numpy.
    public static func value(_ x: [Double], _ q: Double, type: Int = 7) throws(Failure) -> Double {
        try Check.sample(x, "x")
        return ofSorted(try x.sorted(work: Work()), q, type)
    }

    static func ofSorted(_ x: [Double], _ q: Double, _ type: Int = 7) -> Double {
        let n = Double(x.count)
        func at(_ position: Int) -> Double { x[min(max(position, 1), x.count) - 1] }
        let shift: Double
        switch type {
        case 1, 2, 3: shift = type == 3 ? -0.5 : 0
        case 4: shift = 0
        case 5: shift = 0.5
        case 6: shift = q
        case 8: shift = (q + 1) / 3
        case 9: shift = q / 4 + 3.0 / 8
        default: shift = 1 - q
        }
        let (j, rest) = split(n * q + shift, n)
        switch type {
        case 1: return rest > 0 ? at(j + 1) : at(j)
        case 2: return rest > 0 ? at(j + 1) : 0.5 * (at(j) + at(j + 1))
        case 3: return rest > 0 || j % 2 != 0 ? at(j + 1) : at(j)
        default: return rest == 0 ? at(j) : at(j) + rest * (at(j + 1) - at(j))
        }
    }

    /// Between which of n sorted values the quantile at `q` lies by definition 7, from 1, and how far on to the next.
    static func place(_ q: Double, of n: Int) -> (place: Int, rest: Double) {
        let (place, rest) = split(Double(n) * q + 1 - q, Double(n))
        return (min(max(place, 1), n), rest)
    }

    private static func split(_ place: Double, _ n: Double) -> (whole: Int, rest: Double) {
        let nearest = place.rounded()
        // n·q that is whole but for rounding counts as whole.
        let settled = abs(place - nearest) < 4 * Double.ulpOfOne * max(1, n) ? nearest : place
        return (Int(settled.rounded(.down)), settled - settled.rounded(.down))
    }

    /// Harrell and Davis's (1982) quantile, a mean of all values under a beta distribution, with its jackknife standard error.
    public static func harrellDavis(_ x: [Double], _ q: Double) throws(Failure) -> TestResult {
        try Check.sample(x, "x")
        guard q > 0, q < 1 else { throw .argument("q", expected: "number between 0 and 1", got: numberText(q)) }
        let sorted = try x.sorted(work: Work())
        let estimate = weighted(sorted, weights(sorted.count, q))
        guard sorted.count > 1 else {
            return TestResult(effect: estimate, reason: "one value has no jackknife error")
        }
        let fewer = weights(sorted.count - 1, q)
        // Leaving value i out: values before it keep their weight, those after take the one of the place before.
        var left = [0.0]
        var right = [Double](repeating: 0, count: sorted.count)
        for i in 0..<fewer.count { left.append(left[i] + fewer[i] * sorted[i]) }
        for i in stride(from: sorted.count - 2, through: 0, by: -1) {
            right[i] = right[i + 1] + fewer[i] * sorted[i + 1]
        }
        let leftOut = Moments(sorted.indices.map { left[$0] + right[$0] })
        let n = Double(sorted.count)
        return TestResult(effect: estimate, standardError: (leftOut.variance * (n - 1) * (n - 1) / n).squareRoot())
    }

    private static func weights(_ n: Int, _ q: Double) -> [Double] {
        let beta = BetaDistribution(Double(n + 1) * q, Double(n + 1) * (1 - q))
        var previous = 0.0
        return (1...n).map {
            let next = beta.cdf(Double($0) / Double(n))
            defer { previous = next }
            return next - previous
        }
    }

    private static func weighted(_ x: [Double], _ weights: [Double]) -> Double {
        zip(x, weights).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// An interval of a quantile between two order statistics, free of any distribution (Conover 1999, section 3.2). Each tail has at most
    /// half of what `level` leaves; where no value is extreme enough the end is infinite.
    public static func interval(_ x: [Double], _ q: Double, level: Double = 0.95) throws(Failure) -> TestResult {
        try Check.level(level)
        try Check.sample(x, "x")
        guard q > 0, q < 1 else { throw .argument("q", expected: "number between 0 and 1", got: numberText(q)) }
        let sorted = try x.sorted(work: Work())
        let tail = (1 - level) / 2
        let count = Binomial(n: x.count, p: q)
        // The largest r with P(B ≤ r − 1) ≤ tail, and the smallest s with P(B ≥ s) ≤ tail.
        let r = count.cdf(0) > tail ? 0 : count.quantile(tail) + (count.cdf(count.quantile(tail)) <= tail ? 1 : 0)
        var s = count.quantile(1 - tail) + 1
        while s > 1, count.survival(s - 2) <= tail { s -= 1 }
        while s <= x.count, count.survival(s - 1) > tail { s += 1 }
        let lower = r >= 1 ? sorted[r - 1] : -Double.infinity
        let upper = s <= x.count ? sorted[s - 1] : Double.infinity
        return TestResult(
            effect: ofSorted(sorted, q), interval: Interval(lower, upper),
            reason: lower.isInfinite || upper.isInfinite ? "too few values for both ends at this level" : nil)
    }

    /// Values above the quantile at `upper` set to it, those below the one at `lower` likewise (type 7). With `ignoringZeros` the
    /// thresholds are those of the values that are not 0. Take thresholds over all arms together, or they would shift the effect.
    public static func winsorized(
        _ x: [Double], lower: Double? = nil, upper: Double? = nil, ignoringZeros: Bool = false
    ) throws(Failure) -> (values: [Double], floor: Double?, cap: Double?) {
        try Check.sample(x, "x")
        for (name, q) in [("lower", lower), ("upper", upper)] {
            if let q, !(0...1).contains(q) { throw .argument(name, expected: "number from 0 to 1", got: numberText(q)) }
        }
        if let lower, let upper, lower > upper {
            throw .argument("lower", expected: "at most 'upper', \(numberText(upper))", got: numberText(lower))
        }
        let base = try (ignoringZeros ? x.filter { $0 != 0 } : x).sorted(work: Work())
        guard !base.isEmpty else { return (x, nil, nil) }
        let floor = lower.map { ofSorted(base, $0) }
        let cap = upper.map { ofSorted(base, $0) }
        return (x.map { min(max($0, floor ?? $0), cap ?? $0) }, floor, cap)
    }

    /// The mean without the share `cut` of the values at each end, rounded down to whole values.
    public static func trimmedMean(_ x: [Double], cut: Double) throws(Failure) -> Double {
        try Check.sample(x, "x")
        guard cut >= 0, cut < 0.5 else {
            throw .argument("cut", expected: "number of at least 0 and below 0.5", got: numberText(cut))
        }
        return try trimmedMoments(x, cut).mean
    }

    /// The trimmed mean with the winsorised variance scaled to it, as Yuen's test takes them.
    static func trimmedMoments(_ x: [Double], _ trim: Double, work: Work = Work()) throws(Failure) -> Moments {
        let sorted = try x.sorted(work: work)
        let cut = Int(trim * Double(x.count))
        let kept = Array(sorted[cut..<(x.count - cut)])
        guard cut > 0, let first = kept.first, let last = kept.last else { return Moments(x) }
        let whole = Moments([Double](repeating: first, count: cut) + kept + [Double](repeating: last, count: cut))
        let h = Double(kept.count)
        let mean = Moments(kept).mean
        return Moments(n: h, mean: mean, variance: h > 1 ? whole.variance * (whole.n - 1) / (h - 1) : 0)
    }
}
