import Glibc
import Support

/// Intervals by drawing the data again (Efron and Tibshirani 1993). Each resample has its own stream of the seed, so that the result is the same
/// for any number of threads. How a resample is drawn: `Resampler`.
public struct Bootstrap: Sendable {
    /// How the interval is read off the resamples.
    public enum Kind: String, CaseIterable, Sendable {
        /// Bias-corrected and accelerated (Efron 1987).
        case bca
        /// Quantiles of the resamples.
        case percentile
        /// Quantiles mirrored at the estimate.
        case basic
    }

    /// What is estimated in each sample.
    public enum Statistic: Sendable {
        case mean, median
        case quantile(Double)
        case trimmedMean(Double)

        func value(_ x: [Double], _ work: Work) throws(Failure) -> Double {
            switch self {
            case .mean: x.reduce(0, +) / Double(x.count)
            case .median: Quantiles.ofSorted(try x.sorted(work: work), 0.5)
            case .quantile(let q): Quantiles.ofSorted(try x.sorted(work: work), q)
            case .trimmedMean(let cut): try Quantiles.trimmedMoments(x, cut, work: work).mean
            }
        }
    }

    /// Resamples.
    public var resamples: Int
    /// The interval.
    public var kind: Kind
    /// Seed of the resamples.
    public var seed: UInt64

    /// A bootstrap.
    public init(resamples: Int = 2000, kind: Kind = .bca, seed: UInt64 = 0) {
        self.resamples = resamples
        self.kind = kind
        self.seed = seed
    }

    /// The interval of a statistic of `a`, or of its difference a − b, absolute or relative to b.
    public func interval(
        _ a: [Double], _ b: [Double]? = nil, statistic: Statistic = .mean,
        difference: ArmSummary.Difference = .absolute,
        level: Double = 0.95, work: Work = Work()
    ) throws(Failure) -> TestResult {
        try Check.level(level)
        try Check.sample(a, "a")
        if let b { try Check.sample(b, "b") }
        guard resamples >= 10 else {
            throw .argument("resamples", expected: "integer of at least 10", got: "\(resamples)")
        }
        @Sendable func effect(_ x: Double, _ y: Double?) -> Double {
            guard let y else { return x }
            return difference == .absolute ? x - y : (x - y) / abs(y)
        }
        func measured(_ x: [Double], _ y: [Double]?) throws(Failure) -> Double {
            let value = try statistic.value(x, work)
            guard let y else { return value }
            return effect(value, try statistic.value(y, work))
        }
        let estimate = try measured(a, b)
        guard estimate.isFinite else { return TestResult(reason: "b is 0, so a relative difference is not defined") }
        let first = try Resampler(a, statistic, work)
        let second = try b.map { (b) throws(Failure) in try Resampler(b, statistic, work) }
        let draws = Locked([Double](repeating: 0, count: resamples))
        let block = 64
        try work.forEach((resamples + block - 1) / block) { (index, _) throws(Failure) in
            var values: [Double] = []
            for draw in (index * block)..<min(resamples, (index + 1) * block) {
                var generator = SeededGenerator(seed: seed, stream: UInt64(draw))
                let x = try first.next(&generator, work)
                values.append(effect(x, try second.map { (y) throws(Failure) in try y.next(&generator, work) }))
            }
            draws.withLock { $0.replaceSubrange((index * block)..<(index * block + values.count), with: values) }
        }
        let sorted = draws.withLock { $0 }.filter(\.isFinite).sorted()
        guard sorted.count > resamples / 2, let first = sorted.first, let last = sorted.last, first < last else {
            return TestResult(
                effect: estimate,
                reason: sorted.count > resamples / 2 ? "all resamples give one value" : "most resamples of b are 0")
        }
        let tail = (1 - level) / 2
        var (lower, upper) = (tail, 1 - tail)
        var details: [(name: String, value: Double?)] = []
        if kind == .bca {
            let below = sorted.reduce(0) { $0 + ($1 < estimate ? 1 : $1 == estimate ? 0.5 : 0) } / Double(sorted.count)
            let bias = Normal.quantile(min(max(below, 0.5 / Double(sorted.count)), 1 - 0.5 / Double(sorted.count)))
            let acceleration = try jackknife(a, b, statistic, effect, work)
            func moved(_ quantile: Double) -> Double {
                let z = bias + quantile
                // So far out that the acceleration turns the scale round, it is the end.
                let room = 1 - acceleration * z
                return room > 0 ? Normal.cdf(bias + z / room) : z > 0 ? 1 : 0
            }
            (lower, upper) = (moved(-Normal.upperQuantile(tail)), moved(Normal.upperQuantile(tail)))
            details = [("bias", bias), ("acceleration", acceleration)]
        }
        var interval = Interval(Quantiles.ofSorted(sorted, lower), Quantiles.ofSorted(sorted, upper))
        if kind == .basic { interval = Interval(2 * estimate - interval.upper, 2 * estimate - interval.lower) }
        return TestResult(effect: estimate, standardError: Moments(sorted).sd, interval: interval, details: details)
    }

    /// The acceleration, from what leaving out one value of either sample changes. Means need one pass; others are left out at no more than
    /// 500 places per sample.
    private func jackknife(
        _ a: [Double], _ b: [Double]?, _ statistic: Statistic, _ effect: (Double, Double?) -> Double, _ work: Work
    ) throws(Failure) -> Double {
        func leftOut(_ x: [Double]) throws(Failure) -> [Double] {
            guard x.count > 1 else { return [] }
            if case .mean = statistic {
                let sum = x.reduce(0, +)
                return x.map { (sum - $0) / Double(x.count - 1) }
            }
            let sorted = try x.sorted(work: work)
            let step = max(1, sorted.count / 500)
            var values: [Double] = []
            for i in stride(from: step / 2, to: sorted.count, by: step) {
                try work.cancellation.check()
                var rest = sorted
                rest.remove(at: i)
                values.append(try statistic.value(rest, work))
            }
            return values
        }
        let x = try statistic.value(a, work)
        let y = try b.map { (b) throws(Failure) in try statistic.value(b, work) }
        var cubes = 0.0
        var squares = 0.0
        var samples: [[Double]] = [try leftOut(a).map { effect($0, y) }]
        if let b { samples.append(try leftOut(b).map { effect(x, $0) }) }
        for values in samples where !values.isEmpty {
            let mean = values.reduce(0, +) / Double(values.count)
            let n = Double(values.count)
            for value in values {
                let influence = (mean - value) * (n - 1) / n
                cubes += influence * influence * influence
                squares += influence * influence
            }
        }
        return squares > 0 ? cubes / (6 * pow(squares, 1.5)) : 0
    }
}
