import Glibc
import Support

/// Draws a sample again, n values of n with replacement, and gives a statistic of what was drawn.
///
/// Each way has the distribution of drawing value by value exactly, and draws no more than its statistic needs:
/// - A sum needs to know how often each value came, in any order. How many of the draws fall on a value that most are is binomial, and so is how many
///   of the others fall on each block of values, given the blocks before. Inside a block all values are equally likely: it stays in the
///   first-level cache, and one random word holds five places in it. Revenue of users of whom few buy is mostly zeros, which then cost nothing.
/// - A quantile needs two neighbours in the order of the draws. Of n uniform numbers the j-th smallest has a beta distribution (j, n + 1 − j), and the
///   next one is the smallest of n − j between it and 1 (David and Nagaraja 2003, section 2.5); their places in the sorted sample are what is drawn.
struct Resampler: Sendable {
    private enum Way {
        case mean(Values)
        case quantile(sorted: [Double], q: Double)
        case any([Double], Bootstrap.Statistic)
    }

    /// A sample by how its sum is drawn.
    private struct Values {
        /// The value that more than half are, and how many; 0 if there is none.
        var common = 0.0
        var commonCount = 0
        /// All other values.
        var others: [Double]
        let count: Int
    }

    private let way: Way

    /// Values of a block: 2^12, 32 KB.
    private static let block = 1 << 12

    /// Makes ready to draw `x`, which is not empty.
    init(_ x: [Double], _ statistic: Bootstrap.Statistic, _ work: Work) throws(Failure) {
        switch statistic {
        case .mean: way = .mean(Self.parted(x))
        case .median: way = .quantile(sorted: try x.sorted(work: work), q: 0.5)
        case .quantile(let q): way = .quantile(sorted: try x.sorted(work: work), q: q)
        case .trimmedMean: way = .any(x, statistic)
        }
    }

    /// The statistic of the next draw.
    func next(_ generator: inout SeededGenerator, _ work: Work) throws(Failure) -> Double {
        switch way {
        case .mean(let values): return try Self.sum(values, &generator, work) / Double(values.count)
        case .quantile(let sorted, let q): return Self.quantile(sorted, q, &generator)
        case .any(let x, let statistic):
            var clock = PollClock(work.cancellation)
            var drawn: [Double] = []
            drawn.reserveCapacity(x.count)
            for _ in x.indices {
                try clock.check()
                drawn.append(x[generator.below(x.count)])
            }
            return try statistic.value(drawn, work)
        }
    }

    /// Sets apart the value that more than half of `x` are, if there is one: the only candidate is found by their votes (Boyer and Moore 1991).
    private static func parted(_ x: [Double]) -> Values {
        var common = 0.0
        var votes = 0
        for value in x {
            if votes == 0 { common = value }
            votes += value == common ? 1 : -1
        }
        let others = x.filter { $0 != common }
        guard others.count * 2 < x.count else { return Values(others: x, count: x.count) }
        return Values(common: common, commonCount: x.count - others.count, others: others, count: x.count)
    }

    private static func sum(
        _ values: Values, _ generator: inout SeededGenerator, _ work: Work
    ) throws(Failure) -> Double {
        // Draws and values that are still to come.
        var (draws, left) = (values.count, values.others.count)
        var sum = 0.0
        if values.commonCount > 0 {
            let common = generator.binomial(draws, Double(values.commonCount) / Double(values.count))
            sum = Double(common) * values.common
            draws -= common
        }
        while left > 0 {
            try work.cancellation.check()
            let size = min(left, block)
            let here = size == left ? draws : generator.binomial(draws, Double(size) / Double(left))
            let from = values.others.count - left
            sum += values.others[from..<from + size].withUnsafeBufferPointer { drawn($0, here, &generator) }
            (draws, left) = (draws - here, left - size)
        }
        return sum
    }

    /// The sum of `count` draws of `values`, at least one.
    private static func drawn(
        _ values: UnsafeBufferPointer<Double>, _ count: Int, _ generator: inout SeededGenerator
    ) -> Double {
        // Five sums, so that one addition need not wait for the one before.
        var (a, b, c, d, e) = (0.0, 0.0, 0.0, 0.0, 0.0)
        var left = count
        if values.count == block, let start = values.baseAddress {
            func at(_ place: UInt64) -> Double { start[Int(truncatingIfNeeded: place & UInt64(block - 1))] }
            while left >= 5 {
                let places = generator.next()
                a += at(places)
                b += at(places >> 12)
                c += at(places >> 24)
                d += at(places >> 36)
                e += at(places >> 48)
                left -= 5
            }
        }
        while left > 0 {
            a += values[generator.below(values.count)]
            left -= 1
        }
        return ((a + b) + (c + d)) + e
    }

    private static func quantile(_ sorted: [Double], _ q: Double, _ generator: inout SeededGenerator) -> Double {
        let (place, rest) = Quantiles.place(q, of: sorted.count)
        let n = sorted.count
        let lower = generator.beta(Double(place), Double(n + 1 - place))
        func value(_ u: Double) -> Double { sorted[min(Int(u * Double(n)), n - 1)] }
        guard rest > 0, place < n else { return value(lower) }
        let gap = -expm1(log(1 - generator.uniform()) / Double(n - place))
        let below = value(lower)
        return below + rest * (value(lower + (1 - lower) * gap) - below)
    }
}
