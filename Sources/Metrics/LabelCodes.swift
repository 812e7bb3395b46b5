/// Labels numbered from 0 in the order of their first appearance.
public struct LabelCodes: Sendable {
    /// Each item's number.
    public let codes: [Int]
    /// Items with each number.
    public let counts: [Int]

    /// Numbers the labels of `items`.
    public init<Label: Hashable>(_ items: [Label]) {
        var known: [Label: Int] = [:]
        var codes: [Int] = []
        var counts: [Int] = []
        codes.reserveCapacity(items.count)
        for item in items {
            if let code = known[item] {
                codes.append(code)
                counts[code] += 1
            } else {
                known[item] = counts.count
                codes.append(counts.count)
                counts.append(1)
            }
        }
        self.codes = codes
        self.counts = counts
    }
}
