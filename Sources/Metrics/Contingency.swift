import Support

/// Counts of pairs of labels: how many items carry label i in one labelling and j in the other. Only pairs that occur are held,
/// in a fixed order, so that sums over them are the same every time.
struct Contingency {
    /// Items.
    let total: Int
    /// Items with each label of the first labelling.
    let rowSums: [Int]
    /// Items with each label of the second.
    let columnSums: [Int]
    /// The pairs that occur, by row then column.
    let cells: [(row: Int, column: Int, count: Int)]

    /// Counts pairs of `truth` and `prediction`, whose labels may be any integers.
    init(_ truth: [Int], _ prediction: [Int], _ work: Work) throws(Failure) {
        guard truth.count == prediction.count else {
            throw .argument(
                "prediction", expected: "\(truth.count) labels, as many as in 'truth'", got: "\(prediction.count)")
        }
        guard !truth.isEmpty else { throw .argument("truth", expected: "at least one label", got: "none") }
        let rows = try LabelCodes(truth, work: work)
        let columns = try LabelCodes(prediction, work: work)
        total = truth.count
        rowSums = rows.counts
        columnSums = columns.counts
        var clock = PollClock(work.cancellation)
        // The columns in the order of their rows, then the rows one by one.
        var next = rowSums.indices.map { _ in 0 }
        for row in rowSums.indices.dropFirst() { next[row] = next[row - 1] + rowSums[row - 1] }
        var ordered = [Int](repeating: 0, count: total)
        for (row, column) in zip(rows.codes, columns.codes) {
            try clock.check()
            ordered[next[row]] = column
            next[row] += 1
        }
        var cells: [(row: Int, column: Int, count: Int)] = []
        var counts = [Int](repeating: 0, count: columnSums.count)
        for row in rowSums.indices {
            var met: [Int] = []
            for column in ordered[(next[row] - rowSums[row])..<next[row]] {
                try clock.check()
                if counts[column] == 0 { met.append(column) }
                counts[column] += 1
            }
            for column in met.sorted() {
                cells.append((row, column, counts[column]))
                counts[column] = 0
            }
        }
        self.cells = cells
    }
}
