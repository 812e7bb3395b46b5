import Glibc
import Support

/// How often values fall into each of some intervals.
public struct Histogram: Equatable, Sendable {
    /// Bounds of the intervals, one more than there are counts, rising.
    public var edges: [Double]
    /// How many values fall into each; the last interval holds its upper end as well.
    public var counts: [Int]
    /// Values that are not finite and were not counted.
    public var dropped: Int
    /// Lines across at some value: a mean, a cap.
    public var marks: [ReferenceLine]
    /// The axis of the values.
    public var axis: Axis

    /// A histogram of counts made elsewhere.
    public init(edges: [Double], counts: [Int], dropped: Int = 0, marks: [ReferenceLine] = [], axis: Axis = Axis()) {
        let isValid =
            edges.count == counts.count + 1 && edges.allSatisfy(\.isFinite)
            && zip(edges, edges.dropFirst()).allSatisfy { $0 < $1 } && counts.allSatisfy { $0 >= 0 }
        self.edges = isValid ? edges : []
        self.counts = isValid ? counts : []
        self.dropped = dropped
        self.marks = marks.filter(\.value.isFinite)
        self.axis = axis
    }

    /// Counts `values` in `bins` intervals of nice bounds. Without `bins` their width is that of Freedman and Diaconis (1981), or of
    /// Sturges (1926) where the middle half of the values has no width.
    public init(_ values: [Double], bins: Int? = nil, marks: [ReferenceLine] = [], axis: Axis = Axis()) {
        // Nothing can stop this one.
        let counted = try? Self(values, bins: bins, marks: marks, axis: axis, work: Work(threads: 1))
        self = counted ?? Self(edges: [], counts: [], dropped: values.count, marks: marks, axis: axis)
    }

    /// The same of many values, in work that can be stopped.
    public init(
        _ values: [Double], bins: Int? = nil, marks: [ReferenceLine] = [], axis: Axis = Axis(), work: Work
    ) throws(Failure) {
        var clock = PollClock(work.cancellation)
        var finite: [Double] = []
        finite.reserveCapacity(values.count)
        var (low, high) = (Double.infinity, -Double.infinity)
        for value in values {
            try clock.check()
            guard value.isFinite else { continue }
            finite.append(value)
            low = min(low, value)
            high = max(high, value)
        }
        let dropped = values.count - finite.count
        guard low <= high else {
            self.init(edges: [], counts: [], dropped: dropped, marks: marks, axis: axis)
            return
        }
        let edges = try Self.edges(&finite, low, high, bins: bins, work)
        var counts = [Int](repeating: 0, count: max(edges.count - 1, 0))
        let perWidth = Double(counts.count) / (high / 2 - low / 2)
        for value in finite {
            try clock.check()
            // Near enough, and then exactly by the bounds.
            let guess = (value / 2 - low / 2) * perWidth
            var bin = guess.isFinite ? Int(min(max(guess, 0), Double(counts.count - 1))) : 0
            while bin > 0, value < edges[bin] { bin -= 1 }
            while bin + 2 < edges.count, value >= edges[bin + 1] { bin += 1 }
            counts[bin] += 1
        }
        self.init(edges: edges, counts: counts, dropped: dropped, marks: marks, axis: axis)
    }

    /// Bounds for `values`, which lie from `low` to `high` and change their order.
    private static func edges(
        _ values: inout [Double], _ low: Double, _ high: Double, bins: Int?, _ work: Work
    ) throws(Failure) -> [Double] {
        let domain = Domain(low...high)
        if low == high { return [domain.low, domain.high] }
        if let bins {
            // Exactly as many as asked for, from end to end.
            let count = min(max(bins, 1), 1000)
            let edges = (0...count).map { low + (high / Double(count) - low / Double(count)) * Double($0) }
            let closed = Array(edges.dropLast()) + [high]
            return zip(closed, closed.dropFirst()).allSatisfy { $0 < $1 } ? closed : [low, high]
        }
        let count = Double(values.count)
        let quarter = Int((0.25 * (count - 1)).rounded()), threeQuarters = Int((0.75 * (count - 1)).rounded())
        let spread = try values.select(threeQuarters, work: work) - values.select(quarter, work: work)
        let width = spread > 0 && spread.isFinite ? 2 * spread / cbrt(count) : 0
        let span = high / 2 - low / 2
        let wanted = width > 0 ? ceil(span / width * 2) : ceil(log2(count)) + 1
        let ticks = Ticks.covering(domain, count: Int(min(max(wanted, 3), 50)))
        return ticks.values.count >= 2 ? ticks.values : [low, high]
    }
}
