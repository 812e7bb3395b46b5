import CKernels

/// How the product of matrices m x k and k x n is cut into blocks of the result, about 20 million operations each, 10 in float64: long enough for a
/// thread, short enough to stop quickly. A block's rows stay in the second-level cache while its columns' panels are read. Blocks of twelve rows and all
/// columns, which read the right side from the third level again and again, took a tenth longer (670 x 384 by 384 x 1536).
struct ProductBlocks: Sendable {
    private let rows: Int
    private let columns: Int
    private let height: Int
    private let width: Int

    /// - Parameter type: of the elements.
    init<T>(of type: T.Type, rows: Int, columns: Int, inner: Int) {
        (self.rows, self.columns) = (rows, columns)
        // The columns of a panel.
        let line = CK_PANEL * MemoryLayout<Float>.stride / MemoryLayout<T>.stride
        let most = 625_000 * line
        // Kernels take four panels at a time.
        let tile = 4 * line
        width = max(1, most / max(1, min(rows, 96) * inner) / tile) * tile
        height = width < columns ? 96 : max(96, most / max(1, columns * inner))
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
