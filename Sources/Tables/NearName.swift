/// Names that a mistyped one may have meant.
public enum NearName {
    /// At most three of `names` within two edits (one for short names) or equal but for case, nearest first.
    public static func among(_ names: [String], to name: String) -> [String] {
        let wanted = Array(name.lowercased().unicodeScalars)
        let limit = wanted.count < 4 ? 1 : 2
        var found: [(distance: Int, index: Int)] = []
        for (index, candidate) in names.prefix(2_000).enumerated() {
            let scalars = Array(candidate.lowercased().unicodeScalars)
            guard abs(scalars.count - wanted.count) <= limit, scalars.count < 200 else { continue }
            let distance = edits(wanted, scalars)
            if distance <= limit, distance < max(wanted.count, 1) { found.append((distance, index)) }
        }
        return found.sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }.prefix(3).map { names[$0.index] }
    }

    private static func edits(_ a: [UnicodeScalar], _ b: [UnicodeScalar]) -> Int {
        var previous = Array(0...b.count)
        for (row, scalar) in a.enumerated() {
            var current = [row + 1]
            for (column, other) in b.enumerated() {
                let replaced = previous[column] + (scalar == other ? 0 : 1)
                current.append(min(replaced, previous[column + 1] + 1, current[column] + 1))
            }
            previous = current
        }
        return previous[b.count]
    }
}
