import Support

/// Labels numbered from 0 in the order of their first appearance.
public struct LabelCodes<Label: Hashable & Sendable>: Sendable {
    /// Each item's number.
    public let codes: [Int]
    /// What each number stands for.
    public let labels: [Label]
    /// Items with each number.
    public let counts: [Int]

    /// Numbers the labels of `items`. Fails when cancelled alone.
    public init(_ items: [Label], work: Work = Work()) throws(Failure) {
        var clock = PollClock(work.cancellation)
        var known: [Label: Int] = [:]
        var codes: [Int] = []
        var counts: [Int] = []
        var labels: [Label] = []
        codes.reserveCapacity(items.count)
        for item in items {
            try clock.check()
            if let code = known[item] {
                codes.append(code)
                counts[code] += 1
            } else {
                known[item] = counts.count
                codes.append(counts.count)
                counts.append(1)
                labels.append(item)
            }
        }
        self.codes = codes
        self.counts = counts
        self.labels = labels
    }
}
