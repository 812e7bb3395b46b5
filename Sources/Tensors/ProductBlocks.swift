/// How the product of matrices m x k and k x n is cut into blocks of the result, about 20 million operations each: long enough for a thread, short
/// enough to stop quickly. A block's rows stay in the second-level cache while its columns' panels are read; with blocks of few rows and all columns
/// the right side was read from the third level again and again.
struct ProductBlocks: Sendable {
    private let rows: Int
    private let columns: Int
    private let height: Int
    private let width: Int

    /// - Parameter line: elements of a cache line, the columns of a panel.
    init(rows: Int, columns: Int, inner: Int, line: Int) {
        (self.rows, self.columns) = (rows, columns)
        height = max(1, min(rows, 96))
        // Kernels take four panels at a time.
        let tile = 4 * line
        width = max(1, 625_000 * line / max(1, height * inner) / tile) * tile
    }

    /// Blocks in all.
    var count: Int { down * ((columns + width - 1) / width) }

    /// One of them. Those that follow each other have the same columns.
    subscript(index: Int) -> (rows: Range<Int>, columns: Range<Int>) {
        let (column, row) = (index / down * width, index % down * height)
        return (row..<min(rows, row + height), column..<min(columns, column + width))
    }

    private var down: Int { (rows + height - 1) / height }
}
