import CKernels
import Support

/// The working memory of a factorisation: a float64 matrix, row after row.
///
/// Factorisations work along rows, where elements lie side by side; where the mathematics speaks of columns, the transpose is kept.
/// A matrix handed to a function lives at least until it returns, so pointers into it are good there.
final class Matrix: @unchecked Sendable {
    // Sendable by hand: blocks of work write to rows of their own.
    let rows: Int
    let columns: Int
    /// The elements, [rows, columns].
    let tensor: Tensor

    /// Zeros.
    init(_ rows: Int, _ columns: Int) throws(Failure) {
        tensor = try Tensor.zeros([rows, columns], dtype: .float64)
        (self.rows, self.columns) = (rows, columns)
    }

    /// A copy of a tensor of two dimensions.
    init(copying source: Tensor, work: Work) throws(Failure) {
        let converted = try source.to(.float64, work: work)
        tensor = converted.storage === source.storage ? try converted.clone(work: work) : converted
        (rows, columns) = (tensor.shape[0], tensor.shape[1])
    }

    /// The first element of a row.
    @inline(__always) func row(_ index: Int) -> UnsafeMutablePointer<Double> {
        assert(index >= 0 && index < rows)
        return tensor.pointer(Double.self) + index * columns
    }

    @inline(__always) subscript(row: Int, column: Int) -> Double {
        get { self.row(row)[column] }
        set { self.row(row)[column] = newValue }
    }

    /// The transpose in memory of its own.
    func transposed(work: Work) throws(Failure) -> Matrix {
        let result = try Matrix(columns, rows)
        // Tiles of 32 x 32: both sides stay in the cache.
        let tile = 32
        try work.forEach((columns + tile - 1) / tile) { block, _ in
            for top in stride(from: 0, to: rows, by: tile) {
                for column in block * tile..<min(columns, (block + 1) * tile) {
                    let target = result.row(column)
                    for row in top..<min(rows, top + tile) { target[row] = self[row, column] }
                }
            }
        }
        return result
    }

    /// Multiplies every element.
    func scale(by factor: Double) {
        guard factor != 1 else { return }
        let elements = tensor.pointer(Double.self)
        for index in 0..<rows * columns { elements[index] *= factor }
    }

    /// Copies the elements of a row of another matrix of as many columns.
    func copyRow(_ row: Int, from other: Matrix, _ source: Int) {
        self.row(row).update(from: other.row(source), count: columns)
    }

    /// Exchanges two rows.
    func swapRows(_ a: Int, _ b: Int) {
        guard a != b else { return }
        let (x, y) = (row(a), row(b))
        for column in 0..<columns { (x[column], y[column]) = (y[column], x[column]) }
    }

    /// The largest magnitude of an element; 0 if there is none.
    var largest: Double {
        var best = 0.0
        let elements = tensor.pointer(Double.self)
        for index in 0..<rows * columns { best = max(best, elements[index].magnitude) }
        return best
    }

    /// The power of two that brings the largest magnitude near 1, so that squares neither overflow nor vanish; 1 for zeros.
    var balance: Double {
        let greatest = largest
        guard greatest > 0 else { return 1 }
        // 2^1023 at most: the least numbers of all stay below 1, which does no harm.
        return Double(sign: .plus, exponent: min(1023, max(-1022, -greatest.exponent)), significand: 1)
    }

    /// `self` [rows, columns] times `other` [columns, n].
    func times(_ other: Matrix, work: Work) throws(Failure) -> Matrix {
        let result = try Matrix(rows, other.columns)
        let packed = try PackedMatrix(other, from: 0)
        try packed.multiply(self, rows: 0..<rows, from: 0, into: result, column: 0, work: work)
        return result
    }
}

/// The right side of products, packed once for the kernels.
final class PackedMatrix: Sendable {
    /// Length of what is summed, and width of the result.
    let inner: Int
    let width: Int
    private let packed: Tensor

    /// `matrix`, [k, n], from column `from` on, or its transpose if `transposed`: then [n, k - from].
    init(_ matrix: Matrix, from: Int, transposed: Bool = false) throws(Failure) {
        let columns = matrix.columns - from
        (inner, width) = transposed ? (columns, matrix.rows) : (matrix.rows, columns)
        packed = try Tensor.uninitialized([ck_packed_count_f64(width, inner)], dtype: .float64)
        guard matrix.rows > 0 else { return }
        ck_pack_f64(
            width, inner, matrix.row(0) + from, matrix.columns, transposed ? 1 : 0, packed.pointer(Double.self))
    }

    /// Adds to `result`, from `column` on, the product of the given rows of `left`, from its column `from` on, with this; of this only the
    /// first `width` columns if given.
    func multiply(
        _ left: Matrix, rows: Range<Int>, from: Int, into result: Matrix, column: Int, width: Int? = nil, work: Work
    ) throws(Failure) {
        let width = width ?? self.width
        guard inner > 0, width > 0, !rows.isEmpty else { return }
        let blocks = ProductBlocks(of: Double.self, rows: rows.count, columns: width, inner: inner)
        try work.forEach(blocks.count) { index, _ in
            let (taken, columns) = blocks[index]
            let (first, next) = (rows.lowerBound + taken.lowerBound, columns.lowerBound)
            ck_gemm_add_f64(
                taken.count, columns.count, inner, left.row(first) + from, left.columns,
                packed.pointer(Double.self) + next * inner, result.row(first) + column + next, result.columns)
        }
    }
}
