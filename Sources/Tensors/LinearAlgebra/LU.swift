import CKernels
import Support

/// P A = L U by elimination with partial pivoting (Golub and Van Loan 2013, section 3.4).
struct LU {
    /// U above and on the diagonal, L without its ones below.
    let matrix: Matrix
    /// The original position of every row.
    private(set) var order: [Int]
    /// -1 if an odd number of rows changed places.
    private(set) var sign = 1.0
    /// The first pivot that is zero to rounding, if any: beside the sizes that its row and column had at the start.
    private(set) var singularPivot: Int?

    /// Factorises a square matrix in its place.
    init(_ matrix: Matrix, work: Work) throws(Failure) {
        self.matrix = matrix
        let size = matrix.rows
        order = Array(0..<size)
        var rowSizes = (0..<size).map { row in (0..<size).reduce(0) { max($0, matrix[row, $1].magnitude) } }
        let columnSizes = (0..<size).map { column in
            (0..<size).reduce(0.0) {
                rowSizes[$1] > 0 ? max($0, matrix[$1, column].magnitude / rowSizes[$1]) : $0
            }
        }
        for step in 0..<size {
            try work.cancellation.check()
            var best = step
            for row in step + 1..<size where matrix[row, step].magnitude > matrix[best, step].magnitude {
                best = row
            }
            if best != step {
                matrix.swapRows(best, step)
                order.swapAt(best, step)
                rowSizes.swapAt(best, step)
                sign = -sign
            }
            let pivot = matrix[step, step]
            let rounding = Double(size) * Double.ulpOfOne * rowSizes[step] * columnSizes[step]
            if singularPivot == nil, pivot.magnitude <= rounding { singularPivot = step }
            guard pivot != 0 else { continue }
            for row in step + 1..<size {
                let factor = matrix[row, step] / pivot
                matrix[row, step] = factor
                if factor != 0 {
                    ck_add_scaled_f64(
                        size - step - 1, -factor, matrix.row(step) + step + 1, matrix.row(row) + step + 1)
                }
            }
        }
    }

    /// The product of the pivots with the sign of the exchanges.
    var determinant: Double { (0..<matrix.rows).reduce(sign) { $0 * matrix[$1, $1] } }

    /// X with A X = B, in new memory.
    func solve(_ right: Matrix, work: Work) throws(Failure) -> Matrix {
        let (size, width) = (matrix.rows, right.columns)
        let result = try Matrix(size, width)
        for row in 0..<size { result.copyRow(row, from: right, order[row]) }
        for row in 0..<size {
            if row & 31 == 31 { try work.cancellation.check() }
            for other in 0..<row where matrix[row, other] != 0 {
                ck_add_scaled_f64(width, -matrix[row, other], result.row(other), result.row(row))
            }
        }
        for row in (0..<size).reversed() {
            if row & 31 == 31 { try work.cancellation.check() }
            for other in row + 1..<size where matrix[row, other] != 0 {
                ck_add_scaled_f64(width, -matrix[row, other], result.row(other), result.row(row))
            }
            let target = result.row(row)
            for column in 0..<width { target[column] /= matrix[row, row] }
        }
        return result
    }
}
