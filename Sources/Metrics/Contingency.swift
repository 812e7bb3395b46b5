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
    init(_ truth: [Int], _ prediction: [Int]) throws(Failure) {
        guard truth.count == prediction.count else {
            throw .argument(
                "prediction", expected: "\(truth.count) labels, as many as in 'truth'", got: "\(prediction.count)")
        }
        guard !truth.isEmpty else { throw .argument("truth", expected: "at least one label", got: "none") }
        let rows = LabelCodes(truth)
        let columns = LabelCodes(prediction)
        total = truth.count
        rowSums = rows.counts
        columnSums = columns.counts
        let pairs = zip(rows.codes, columns.codes).map { $0 * columns.counts.count + $1 }.sorted()
        var cells: [(row: Int, column: Int, count: Int)] = []
        for pair in pairs {
            let row = pair / columns.counts.count
            let column = pair % columns.counts.count
            if let last = cells.indices.last, cells[last].row == row, cells[last].column == column {
                cells[last].count += 1
            } else {
                cells.append((row, column, 1))
            }
        }
        self.cells = cells
    }
}
