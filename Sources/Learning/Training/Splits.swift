import Support

/// Rows divided into those to learn from and those to test on, by position from 0.
public struct Split: Sendable, Equatable {
    /// To learn from, rising.
    public let train: [Int]
    /// To test on, rising.
    public let test: [Int]
}

/// How rows are divided.
public enum Splits {
    /// What a division respects: labels that every part shall have in like shares, or groups that stay together.
    public enum Keeping: Sendable {
        case nothing
        case shares(of: [Int])
        case groups([Int])
    }

    /// A share of `count` rows for testing, at least one and not all.
    public static func once(
        _ count: Int, test share: Double, keeping: Keeping, seed: UInt64
    ) throws(Failure) -> Split {
        guard count >= 2 else { throw .argument("rows", expected: "at least 2", got: "\(count)") }
        var generator = SeededGenerator(seed: seed)
        switch keeping {
        case .nothing:
            let order = Array(0..<count).shuffled(using: &generator)
            return split(Set(order.prefix(size(count, share))), count)
        case .shares(let labels):
            // Each class gives its share; what rounding leaves goes to the classes that are owed most.
            let classes = members(labels)
            let wanted = size(count, share)
            var sizes = classes.map { Int((Double($0.count) * share).rounded(.down)) }
            let owed = classes.indices.sorted {
                let (a, b) = (
                    Double(classes[$0].count) * share - Double(sizes[$0]),
                    Double(classes[$1].count) * share - Double(sizes[$1])
                )
                return a != b ? a > b : $0 < $1
            }
            var missing = wanted - sizes.reduce(0, +)
            for index in owed where missing > 0 && sizes[index] < classes[index].count {
                sizes[index] += 1
                missing -= 1
            }
            var test: Set<Int> = []
            for (rows, size) in zip(classes, sizes) { test.formUnion(rows.shuffled(using: &generator).prefix(size)) }
            return split(test, count)
        case .groups(let groups):
            let members = members(groups)
            guard members.count >= 2 else {
                throw .argument("groups", expected: "at least 2 different groups", got: "\(members.count)")
            }
            var test: Set<Int> = []
            for (taken, rows) in members.shuffled(using: &generator).enumerated() {
                guard test.count < size(count, share), taken < members.count - 1 else { break }
                test.formUnion(rows)
            }
            return split(test, count)
        }
    }

    /// `folds` divisions: every row is tested on once.
    public static func folds(
        _ count: Int, _ folds: Int, keeping: Keeping, seed: UInt64
    ) throws(Failure) -> [Split] {
        var generator = SeededGenerator(seed: seed)
        var fold = [Int](repeating: 0, count: count)
        switch keeping {
        case .nothing:
            try check(count, folds, "rows", "n")
            for (place, row) in Array(0..<count).shuffled(using: &generator).enumerated() { fold[row] = place % folds }
        case .shares(let labels):
            try check(count, folds, "rows", "n")
            // Classes one after the other are dealt out like cards: each fold gets its share of each, and all are of like size.
            var place = 0
            for rows in members(labels) {
                for row in rows.shuffled(using: &generator) {
                    fold[row] = place % folds
                    place += 1
                }
            }
        case .groups(let groups):
            // The largest groups first, each to the fold that has fewest rows.
            let members = members(groups).shuffled(using: &generator)
            try check(members.count, folds, "groups", "groups")
            var sizes = [Int](repeating: 0, count: folds)
            let order = members.indices.sorted {
                members[$0].count != members[$1].count ? members[$0].count > members[$1].count : $0 < $1
            }
            for index in order {
                let target = sizes.indices.min { (sizes[$0], $0) < (sizes[$1], $1) } ?? 0
                for row in members[index] { fold[row] = target }
                sizes[target] += members[index].count
            }
        }
        return (0..<folds).map { number in split(Set(fold.indices.filter { fold[$0] == number }), count) }
    }

    private static func check(_ count: Int, _ folds: Int, _ what: String, _ name: String) throws(Failure) {
        guard folds <= count else {
            throw .argument("k", expected: "integer from 2 to \(count) (the \(what))", got: "\(folds)")
        }
    }

    private static func size(_ count: Int, _ share: Double) -> Int {
        min(count - 1, max(1, Int((Double(count) * share).rounded())))
    }

    /// Rows by label, labels in order of their first row.
    private static func members(_ labels: [Int]) -> [[Int]] {
        var order: [Int: Int] = [:]
        var members: [[Int]] = []
        for (row, label) in labels.enumerated() {
            if let index = order[label] {
                members[index].append(row)
            } else {
                order[label] = members.count
                members.append([row])
            }
        }
        return members
    }

    private static func split(_ test: Set<Int>, _ count: Int) -> Split {
        Split(train: (0..<count).filter { !test.contains($0) }, test: test.sorted())
    }
}
