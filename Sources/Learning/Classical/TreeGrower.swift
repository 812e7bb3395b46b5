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
    /// Numbers less their mean, so that sums of squares do not cancel.
    private let numbers: [Double]
    private let center: Double
    /// By column, then by row: the values.
    private let values: Scratch<Double>
    /// By column: the rows of every node side by side, each node's in the order of that column's values.
    private let order: Scratch<Int32>
    private let goesLow: Scratch<Bool>
    private let spare: [Scratch<Int32>]
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
        values = Scratch(count: matrix.columns * matrix.rows, repeating: 0)
        order = Scratch(count: matrix.columns * present.count, repeating: 0)
        goesLow = Scratch(count: matrix.rows, repeating: false)
        let count = present.count
        spare = (0..<min(work.threads, matrix.columns)).map { _ in Scratch(count: count, repeating: 0) }
        let (values, order) = (values, order)
        try work.forEach(matrix.columns) { column, _ in
            let own = values.start + column * matrix.rows
            for row in 0..<matrix.rows { own[row] = matrix[row, column] }
            let sorted = present.sorted { (own[Int($0)], $0) < (own[Int($1)], $1) }
            (order.start + column * count).update(from: sorted, count: count)
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
            let mayBeSplit =
                range.count >= max(options.minSamplesSplit, 2 * options.minSamplesLeaf)
                && depth < options.maxDepth ?? .max && node.impurity > Double.ulpOfOne
            let split = mayBeSplit ? try best(range, work: work) : nil
            if let split {
                try part(range, split, work: work)
                let low = range.lowerBound..<range.lowerBound + split.lowRows
                let high = range.lowerBound + split.lowRows..<range.upperBound
                if decrease(node, low, high) / total + Double.ulpOfOne >= options.minImpurityDecrease {
                    node.feature = split.feature
                    node.threshold = split.threshold
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

    private func decrease(_ node: TreeModel.Node, _ low: Range<Int>, _ high: Range<Int>) -> Double {
        let (low, high) = (describe(low), describe(high))
        return node.weight * node.impurity - low.weight * low.impurity - high.weight * high.impurity
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
        // A thread costs more than a small node.
        var work = work
        if range.count * matrix.columns < 1 << 16 { work.threads = 1 }
        try work.forEach(matrix.columns) { [self] column, _ in
            let split = best(range, column: column)
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

    private func best(_ range: Range<Int>, column: Int) -> Split? {
        let rows = order.start + column * self.rows
        let own = values.start + column * matrix.rows
        guard own[Int(rows[range.lowerBound])] < own[Int(rows[range.upperBound - 1])] else { return nil }
        var scorer = SplitScorer(goal, options.criterion)
        for place in range { scorer.add(Int(rows[place]), weights, numbers) }
        var best: Split?
        for place in range.dropLast() {
            scorer.move(Int(rows[place]), weights, numbers)
            let (value, next) = (own[Int(rows[place])], own[Int(rows[place + 1])])
            let lowRows = place + 1 - range.lowerBound
            guard value < next, lowRows >= options.minSamplesLeaf, range.count - lowRows >= options.minSamplesLeaf
            else {
                continue
            }
            let score = scorer.score
            if let best, score <= best.score + 1e-12 * abs(best.score) { continue }
            // Halves first: the sum may overflow. A middle that rounding moves to the upper value would take it along.
            let middle = value / 2 + next / 2
            best = Split(
                feature: column, threshold: middle >= value && middle < next ? middle : value, lowRows: lowRows,
                score: score)
        }
        return best
    }

    /// Puts the low part's rows before the high part's in every column, each in their order.
    private func part(_ range: Range<Int>, _ split: Split, work: Work) throws(Failure) {
        let own = values.start + split.feature * matrix.rows
        for place in range {
            let row = Int(order[place])
            goesLow[row] = own[row] <= split.threshold
        }
        var work = work
        if range.count * matrix.columns < 1 << 17 { work.threads = 1 }
        try work.forEach(matrix.columns) { [self] column, worker in
            let rows = order.start + column * self.rows
            let high = spare[worker].start
            var (lowCount, highCount) = (0, 0)
            for place in range {
                let row = rows[place]
                if goesLow[Int(row)] {
                    rows[range.lowerBound + lowCount] = row
                    lowCount += 1
                } else {
                    high[highCount] = row
                    highCount += 1
                }
            }
            (rows + range.lowerBound + lowCount).update(from: high, count: highCount)
        }
    }
}

/// The sums from which a split's score follows, as rows move from the high part to the low.
private struct SplitScorer {
    private let codes: [Int]
    private let isEntropy: Bool
    private let isNumbers: Bool
    private var low: [Double]
    private var high: [Double]
    private var lowWeight = 0.0
    private var highWeight = 0.0
    /// Σ c² (gini) or Σ c ln c (entropy) over the classes' weights c; the sum of the numbers.
    private var lowSum = 0.0
    private var highSum = 0.0

    init(_ goal: TreeGrower.Goal, _ criterion: DecisionTree.Criterion) {
        isEntropy = criterion == .entropy
        switch goal {
        case .classes(let codes, let count):
            self.codes = codes
            isNumbers = false
            low = [Double](repeating: 0, count: count)
            high = low
        case .numbers:
            codes = []
            isNumbers = true
            low = []
            high = []
        }
    }

    private func term(_ count: Double) -> Double {
        isEntropy ? (count > 0 ? count * log(count) : 0) : count * count
    }

    mutating func add(_ row: Int, _ weights: [Double], _ numbers: [Double]) {
        let weight = weights[row]
        highWeight += weight
        if isNumbers {
            highSum += weight * numbers[row]
        } else {
            let code = codes[row]
            highSum -= term(high[code])
            high[code] += weight
            highSum += term(high[code])
        }
    }

    mutating func move(_ row: Int, _ weights: [Double], _ numbers: [Double]) {
        let weight = weights[row]
        lowWeight += weight
        highWeight -= weight
        if isNumbers {
            lowSum += weight * numbers[row]
            highSum -= weight * numbers[row]
            return
        }
        let code = codes[row]
        lowSum -= term(low[code])
        highSum -= term(high[code])
        low[code] += weight
        high[code] -= weight
        lowSum += term(low[code])
        highSum += term(high[code])
    }

    var score: Double {
        if isEntropy { return lowSum - lowWeight * log(lowWeight) + highSum - highWeight * log(highWeight) }
        if isNumbers { return lowSum * lowSum / lowWeight + highSum * highSum / highWeight }
        return lowSum / lowWeight + highSum / highWeight
    }
}
