import CKernels
import Support

/// A = Q R by Householder reflections (Golub and Van Loan 2013, section 5.2), in panels of columns so that most of the work is matrix
/// products (compact WY form, Schreiber and Van Loan 1989).
///
/// The matrix is kept transposed: row j is column j of A. After the factorisation it holds R above and the reflectors' vectors below the
/// diagonal; the first element of each vector is 1 and not stored.
struct HouseholderQR {
    private let matrix: Matrix
    private var factors: [Double] = []
    /// Reflections: the lesser of rows and columns.
    private let count: Int
    private static let panel = 32

    /// Factorises A, whose columns are the rows of `columns`, in their place.
    init(_ columns: Matrix, work: Work) throws(Failure) {
        matrix = columns
        count = min(columns.rows, columns.columns)
        for start in stride(from: 0, to: count, by: Self.panel) {
            let end = min(count, start + Self.panel)
            for column in start..<end {
                try work.cancellation.check()
                let factor = reflect(column)
                factors.append(factor)
                for other in column + 1..<end { applyReflection(column, factor, to: other) }
            }
            if end < matrix.rows {
                try Block(self, start..<end).apply(to: matrix, rows: end..<matrix.rows, transposed: true, work)
            }
        }
    }

    /// Makes the reflection that clears row `column` of the transposed matrix beyond the diagonal; returns its factor, 0 for none.
    private func reflect(_ column: Int) -> Double {
        let x = matrix.row(column) + column
        let length = matrix.columns - column
        let rest = ck_dot_f64(length - 1, x + 1, x + 1)
        guard rest > 0 else { return 0 }
        let head = x[0]
        let norm = (head * head + rest).squareRoot()
        let diagonal = head > 0 ? -norm : norm
        let divisor = head - diagonal
        for i in 1..<length { x[i] /= divisor }
        x[0] = diagonal
        return -divisor / diagonal
    }

    private func applyReflection(_ column: Int, _ factor: Double, to other: Int) {
        guard factor != 0 else { return }
        let vector = matrix.row(column) + column
        let target = matrix.row(other) + column
        let length = matrix.columns - column - 1
        let share = factor * (target[0] + ck_dot_f64(length, vector + 1, target + 1))
        target[0] -= share
        ck_add_scaled_f64(length, -share, vector + 1, target + 1)
    }

    /// R, upper triangular, [min(m, n), n].
    func upper() throws(Failure) -> Matrix {
        let result = try Matrix(count, matrix.rows)
        for row in 0..<count {
            for column in row..<matrix.rows { result[row, column] = matrix[column, row] }
        }
        return result
    }

    /// The transpose of Q, [k, m], k = min(m, n); or of Q times the transpose of a square matrix [k, k], without an own product.
    func orthogonal(times square: Matrix? = nil, work: Work) throws(Failure) -> Matrix {
        let result = try Matrix(count, matrix.columns)
        for row in 0..<count {
            if let square {
                result.row(row).update(from: square.row(row), count: count)
            } else {
                result[row, row] = 1
            }
        }
        for start in stride(from: 0, to: count, by: Self.panel).reversed() {
            let end = min(count, start + Self.panel)
            // Unit vectors before the panel are not touched by it.
            let first = square == nil ? start : 0
            try Block(self, start..<end).apply(to: result, rows: first..<count, transposed: false, work)
        }
        return result
    }

    /// The reflections of one panel as one: I - V T V', T upper triangular.
    private struct Block {
        let start: Int
        /// V transposed, without the columns before `start`.
        let vectors: Matrix
        let triangle: Matrix

        init(_ qr: HouseholderQR, _ panel: Range<Int>) throws(Failure) {
            start = panel.lowerBound
            let length = qr.matrix.columns - start
            vectors = try Matrix(panel.count, length)
            triangle = try Matrix(panel.count, panel.count)
            for (index, column) in panel.enumerated() {
                let (from, to) = (qr.matrix.row(column) + start, vectors.row(index))
                to[index] = 1
                for i in index + 1..<length { to[i] = from[i] }
                let factor = qr.factors[column]
                triangle[index, index] = factor
                let products = (0..<index).map { ck_dot_f64(length, vectors.row($0), to) }
                for row in 0..<index {
                    var sum = 0.0
                    for k in row..<index { sum += triangle[row, k] * products[k] }
                    triangle[row, index] = -factor * sum
                }
            }
        }

        /// Applies the product of the reflections, or its transpose, to vectors that are rows of `target`.
        func apply(to target: Matrix, rows: Range<Int>, transposed: Bool, _ work: Work) throws(Failure) {
            let width = vectors.rows
            // A row x becomes x - x V T' V', or with T for the transpose.
            let projected = try Matrix(target.rows, width)
            try PackedMatrix(vectors, from: 0, transposed: true)
                .multiply(target, rows: rows, from: start, into: projected, column: 0, work: work)
            let weighted = try Matrix(target.rows, width)
            for row in rows {
                let (from, to) = (projected.row(row), weighted.row(row))
                for j in 0..<width {
                    var sum = 0.0
                    if transposed {
                        for k in 0...j { sum += from[k] * triangle[k, j] }
                    } else {
                        for k in j..<width { sum += from[k] * triangle[j, k] }
                    }
                    to[j] = -sum
                }
            }
            try PackedMatrix(vectors, from: 0)
                .multiply(weighted, rows: rows, from: 0, into: target, column: start, work: work)
        }
    }
}
