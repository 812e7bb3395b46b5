import Glibc
import Support

/// Grows a decision tree. Every column is sorted once; a split parts each sorted column in two and keeps the order.
final class TreeGrower: Sendable {
    /// What is to be predicted.
    enum Goal: Sendable {
        /// The class of each row, from 0.
        case classes([Int], count: Int)
        /// The number of each row.
        case numbers([Double])
    }

    private struct Split {
        var feature: Int
        var threshold: Double
        /// Rows of the low part.
        var lowRows: Int
        /// What is to be as large as possible: minus the impurities of the parts, by weight, up to what every split has.
        var score: Double
    }

    private let options: DecisionTree
    private let matrix: FeatureMatrix
    private let goal: Goal
    private let weights: [Double]
    /// The class of each row in 32 bits; empty where numbers are predicted.
    private let codes: [Int32]
    private let classCount: Int
    /// Numbers less their mean, so that sums of squares do not cancel.
    private let numbers: [Double]
    private let center: Double
    /// By column: the rows of every node side by side, each node's in the order of that column's values.
    private let order: Scratch<Int32>
    /// By column: the values of those rows, in the same order.
    private let values: Scratch<Double>
    /// 1 for rows that go to the low part of the split under way, 0 for the others.
    private let goesLow: Scratch<UInt8>
    /// For each thread what it needs while it looks for a split or parts rows.
    private let spare: [Spare]

    private struct Spare: Sendable {
        let rows: Scratch<Int32>
        let values: Scratch<Double>
        /// The weight of each class in the low part, then in the high.
        let sums: Scratch<Double>
    }
    /// Rows with weight, which alone count.
    private let rows: Int

    init(
        _ options: DecisionTree, _ matrix: FeatureMatrix, _ goal: Goal, _ weights: [Double], work: Work
    ) throws(Failure) {
        self.options = options
        self.matrix = matrix
        self.goal = goal
        self.weights = weights
        // Row numbers are held in 32 bits.
        guard matrix.rows <= Int32.max else {
            throw .argument("x", expected: "at most \(Int32.max) rows", got: "\(matrix.rows)")
        }
        if case .classes(let all, let count) = goal {
            codes = all.map { Int32(clamping: $0) }
            classCount = count
        } else {
            codes = []
            classCount = 0
        }
        if case .numbers(let all) = goal {
            var (sum, total) = (0.0, 0.0)
            for (value, weight) in zip(all, weights) {
                sum += weight * value
                total += weight
            }
            center = sum / total
            numbers = all.map { [center] in $0 - center }
        } else {
            center = 0
            numbers = []
        }
        let present = (0..<matrix.rows).filter { weights[$0] > 0 }.map { Int32($0) }
        rows = present.count
        let (count, classes) = (present.count, classCount)
        order = Scratch(count: matrix.columns * count, repeating: 0)
        values = Scratch(count: matrix.columns * count, repeating: 0)
        goesLow = Scratch(count: matrix.rows, repeating: 0)
        spare = (0..<min(work.threads, matrix.columns)).map { _ in
            Spare(
                rows: Scratch(count: count, repeating: 0), values: Scratch(count: count, repeating: 0),
                sums: Scratch(count: 2 * classes, repeating: 0))
        }
        let (values, order) = (values, order)
        try work.forEach(matrix.columns) { column, _ in
            var sorted = present.map { (value: matrix[Int($0), column], row: $0) }
            sorted.sort { $0.value < $1.value || $0.value == $1.value && $0.row < $1.row }
            for (place, entry) in sorted.enumerated() {
                order[column * count + place] = entry.row
                values[column * count + place] = entry.value
            }
        }
    }

    /// The nodes, the root first, depth first.
    func grow(work: Work) throws(Failure) -> [TreeModel.Node] {
        var nodes: [TreeModel.Node] = []
        var waiting: [(range: Range<Int>, depth: Int, parent: Int?, isHigh: Bool)] = [(0..<rows, 0, nil, false)]
        let total = weights.reduce(0, +)
        var settled = 0
        while let (range, depth, parent, isHigh) = waiting.popLast() {
            try work.cancellation.check()
            var node = describe(range)
            let index = nodes.count
            if let parent { if isHigh { nodes[parent].high = index } else { nodes[parent].low = index } }
            let split = mayBeSplit(node, depth) ? try best(range, work: work) : nil
            if let split {
                mark(range, split)
                // What is in each part, the first column tells; the others are parted where they are looked at again.
                try part(range, 0..<1, work: work)
                let low = range.lowerBound..<range.lowerBound + split.lowRows
                let high = range.lowerBound + split.lowRows..<range.upperBound
                let parts = (low: describe(low), high: describe(high))
                if decrease(node, parts.low, parts.high) / total + Double.ulpOfOne >= options.minImpurityDecrease {
                    node.feature = split.feature
                    node.threshold = split.threshold
                    if mayBeSplit(parts.low, depth + 1) || mayBeSplit(parts.high, depth + 1) {
                        try part(range, 1..<matrix.columns, work: work)
                    }
                    waiting.append((high, depth + 1, index, true))
                    waiting.append((low, depth + 1, index, false))
                }
            }
            if node.feature == nil {
                settled += range.count
                work.progress?.report("decision tree", done: settled, total: rows, unit: "rows")
            }
            nodes.append(node)
        }
        return nodes
    }

    private func mayBeSplit(_ node: TreeModel.Node, _ depth: Int) -> Bool {
        node.rows >= max(options.minSamplesSplit, 2 * options.minSamplesLeaf) && depth < options.maxDepth ?? .max
            && node.impurity > Double.ulpOfOne
    }

    private func decrease(_ node: TreeModel.Node, _ low: TreeModel.Node, _ high: TreeModel.Node) -> Double {
        node.weight * node.impurity - low.weight * low.impurity - high.weight * high.impurity
    }

    /// A node without its split.
    private func describe(_ range: Range<Int>) -> TreeModel.Node {
        var node = TreeModel.Node(rows: range.count)
        switch goal {
        case .classes(let codes, let count):
            var sums = [Double](repeating: 0, count: count)
            for place in range {
                let row = Int(order[place])
                sums[codes[row]] += weights[row]
                node.weight += weights[row]
            }
            node.values = sums.map { $0 / node.weight }
            node.impurity =
                options.criterion == .gini
                ? 1 - node.values.reduce(0) { $0 + $1 * $1 }
                : node.values.reduce(0) { $1 > 0 ? $0 - $1 * log2($1) : $0 }
        case .numbers:
            var (sum, squares) = (0.0, 0.0)
            for place in range {
                let row = Int(order[place])
                sum += weights[row] * numbers[row]
                node.weight += weights[row]
            }
            let mean = sum / node.weight
            for place in range {
                let distance = numbers[Int(order[place])] - mean
                squares += weights[Int(order[place])] * distance * distance
            }
            node.values = [mean + center]
            node.impurity = squares / node.weight
        }
        return node
    }

    /// The best split of the rows of `range`; nil if all their columns are constant or parts would be too small.
    private func best(_ range: Range<Int>, work: Work) throws(Failure) -> Split? {
        let found = Locked<[Split?]>([Split?](repeating: nil, count: matrix.columns))
        let totals = totals(range)
        // A thread costs more than a small node.
        var work = work
        if range.count * matrix.columns < 1 << 16 { work.threads = 1 }
        try work.forEach(matrix.columns) { [self] column, worker in
            guard let split = best(range, column: column, totals, spare[worker].sums) else { return }
            found.withLock { $0[column] = split }
        }
        return found.withLock { splits in
            var best: Split?
            for split in splits.compactMap({ $0 }) {
                // What only rounding makes better is not.
                if let best, split.score <= best.score + 1e-12 * abs(best.score) { continue }
                best = split
            }
            return best
        }
    }

    /// What the rows of a node sum to: their weight, and the weight of each class or the weighted sum of the numbers.
    private func totals(_ range: Range<Int>) -> (weight: Double, classes: [Double], numbers: Double) {
        var totals = (weight: 0.0, classes: [Double](repeating: 0, count: classCount), numbers: 0.0)
        for place in range {
            let row = Int(order[place])
            totals.weight += weights[row]
            if classCount > 0 {
                totals.classes[Int(codes[row])] += weights[row]
            } else {
                totals.numbers += weights[row] * numbers[row]
            }
        }
        return totals
    }

    private func best(
        _ range: Range<Int>, column: Int, _ totals: (weight: Double, classes: [Double], numbers: Double),
        _ sums: Scratch<Double>
    ) -> Split? {
        let start = column * rows + range.lowerBound
        let line = SplitScan(
            values: values.start + start, rows: order.start + start, count: range.count,
            leastRows: options.minSamplesLeaf)
        guard line.varies else { return nil }
        let found = weights.withUnsafeBufferPointer { weights -> SplitScan.Found? in
            guard let weights = weights.baseAddress else { return nil }
            guard classCount > 0 else {
                return numbers.withUnsafeBufferPointer { numbers in
                    guard let numbers = numbers.baseAddress else { return nil }
                    var scorer = NumberScorer(weights, numbers, weight: totals.weight, sum: totals.numbers)
                    return line.best(&scorer)
                }
            }
            return codes.withUnsafeBufferPointer { codes in
                guard let codes = codes.baseAddress else { return nil }
                let (low, high) = (sums.start, sums.start + classCount)
                for code in 0..<classCount { (low[code], high[code]) = (0, totals.classes[code]) }
                if options.criterion == .entropy {
                    var scorer = ClassScorer<EntropyPurity>(
                        weights, codes, low, high, classCount, weight: totals.weight)
                    return line.best(&scorer)
                }
                var scorer = ClassScorer<GiniPurity>(weights, codes, low, high, classCount, weight: totals.weight)
                return line.best(&scorer)
            }
        }
        return found.map { Split(feature: column, threshold: $0.threshold, lowRows: $0.lowRows, score: $0.score) }
    }

    /// Marks the rows of the low part, which come first in the order of the column that is split.
    private func mark(_ range: Range<Int>, _ split: Split) {
        let rows = order.start + split.feature * self.rows
        for place in range {
            goesLow[Int(rows[place])] = place < range.lowerBound + split.lowRows ? 1 : 0
        }
    }

    /// Puts the low part's rows before the high part's in some columns, each in their order.
    private func part(_ range: Range<Int>, _ columns: Range<Int>, work: Work) throws(Failure) {
        var work = work
        if range.count * columns.count < 1 << 17 { work.threads = 1 }
        try work.forEach(columns.count) { [self] index, worker in
            let start = columns[columns.startIndex + index] * self.rows + range.lowerBound
            let goesLow = goesLow.start
            let (rows, values) = (order.start + start, self.values.start + start)
            let (highRows, highValues) = (spare[worker].rows.start, spare[worker].values.start)
            var (lowCount, highCount) = (0, 0)
            // Each is written to both places and counted in one: a branch that nobody can foretell would take longer.
            for place in 0..<range.count {
                let (row, value) = (rows[place], values[place])
                let low = Int(goesLow[Int(row)])
                rows[lowCount] = row
                values[lowCount] = value
                highRows[highCount] = row
                highValues[highCount] = value
                lowCount += low
                highCount += 1 - low
            }
            (rows + lowCount).update(from: highRows, count: highCount)
            (values + lowCount).update(from: highValues, count: highCount)
        }
    }
}
