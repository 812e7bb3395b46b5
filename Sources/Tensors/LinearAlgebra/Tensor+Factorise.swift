import CKernels
import Support

/// Factorisations of matrices. All compute in float64 and give the tensor's own dtype back (float64 for whole numbers); dimensions before
/// the last two are batches. Results do not depend on the number of threads, and signs that the mathematics leaves open are fixed as told.
extension Tensor {
    /// The thin singular value decomposition: `u` [m, k] times the diagonal of `s` [k] times the transpose of `v` [n, k] is this matrix,
    /// k = min(m, n), `s` falling. In every column of `v` the element of largest magnitude is positive.
    public func svd(work: Work = Work()) throws(Failure) -> (u: Tensor, s: Tensor, v: Tensor) {
        let batch = try MatrixBatch(self, for: "svd", work: work)
        let rank = min(batch.rows, batch.columns)
        var (left, values, right): ([Tensor], [Tensor], [Tensor]) = ([], [], [])
        for index in 0..<batch.count {
            let (parts, scale) = try SingularValues.scaled(batch.matrix(index, work: work), work: work)
            left.append(try parts.left.transposed(work: work).tensor)
            values.append(try Tensor(parts.values.map { $0 / scale }, shape: [rank]))
            right.append(try parts.right.transposed(work: work).tensor)
        }
        return (
            try batch.assembled(left, tail: [batch.rows, rank], work: work),
            try batch.assembled(values, tail: [rank], work: work),
            try batch.assembled(right, tail: [batch.columns, rank], work: work)
        )
    }

    /// Eigenvalues of a symmetric matrix in rising order, and its eigenvectors, a column each, of length 1. In every column the element of
    /// largest magnitude is positive. A matrix that is not symmetric is refused.
    public func eigh(work: Work = Work()) throws(Failure) -> (values: Tensor, vectors: Tensor) {
        let batch = try MatrixBatch(self, for: "eigh", square: true, work: work)
        let size = batch.rows
        var (values, vectors): ([Tensor], [Tensor]) = ([], [])
        for index in 0..<batch.count {
            let matrix = try batch.symmetric(index, work: work)
            let scale = matrix.balance
            matrix.scale(by: scale)
            let parts = try SymmetricEigen(matrix, work: work)
            values.append(try Tensor(parts.values.map { $0 / scale }, shape: [size]))
            vectors.append(try parts.vectors.tensor.transposed())
        }
        return (
            try batch.assembled(values, tail: [size], work: work),
            try batch.assembled(vectors, tail: [size, size], work: work)
        )
    }

    /// The thin QR decomposition: `q` [m, k] with orthogonal columns of length 1 times `r` [k, n], upper triangular, is this matrix,
    /// k = min(m, n). The diagonal of `r` is not negative.
    public func qr(work: Work = Work()) throws(Failure) -> (q: Tensor, r: Tensor) {
        let batch = try MatrixBatch(self, for: "qr", work: work)
        let rank = min(batch.rows, batch.columns)
        var (lefts, rights): ([Tensor], [Tensor]) = ([], [])
        for index in 0..<batch.count {
            let matrix = try batch.matrix(index, work: work).transposed(work: work)
            let scale = matrix.balance
            matrix.scale(by: scale)
            let parts = try HouseholderQR(matrix, work: work)
            let upper = try parts.upper()
            let orthogonal = try parts.orthogonal(work: work)
            for row in 0..<rank where upper[row, row] < 0 {
                for column in row..<batch.columns { upper[row, column] = -upper[row, column] }
                for column in 0..<batch.rows { orthogonal[row, column] = -orthogonal[row, column] }
            }
            upper.scale(by: 1 / scale)
            lefts.append(try orthogonal.transposed(work: work).tensor)
            rights.append(upper.tensor)
        }
        return (
            try batch.assembled(lefts, tail: [batch.rows, rank], work: work),
            try batch.assembled(rights, tail: [rank, batch.columns], work: work)
        )
    }

    /// The lower triangular matrix that, times its transpose, is this symmetric positive definite matrix (Cholesky).
    public func cholesky(work: Work = Work()) throws(Failure) -> Tensor {
        let batch = try MatrixBatch(self, for: "cholesky", square: true, work: work)
        let size = batch.rows
        var parts: [Tensor] = []
        for index in 0..<batch.count {
            let matrix = try batch.symmetric(index, work: work)
            for row in 0..<size {
                if row & 31 == 31 { try work.cancellation.check() }
                let line = matrix.row(row)
                for column in 0..<row {
                    let other = matrix.row(column)
                    line[column] = (line[column] - ck_dot_f64(column, line, other)) / other[column]
                }
                let pivot = line[row] - ck_dot_f64(row, line, line)
                guard pivot > 0 else {
                    throw .operation(
                        "cholesky needs a positive definite matrix, but pivot \(row + 1)\(batch.words(index)) is \(short(pivot))",
                        hint:
                            "columns that depend on each other make it so; add a little to the diagonal, as in t + 1e-6 * tensor.eye(\(size))"
                    )
                }
                line[row] = pivot.squareRoot()
                for column in row + 1..<size { line[column] = 0 }
            }
            parts.append(matrix.tensor)
        }
        return try batch.assembled(parts, tail: [size, size], work: work)
    }
}

extension SingularValues {
    /// The decomposition of `matrix` times a power of two, and that power.
    static func scaled(_ matrix: Matrix, work: Work) throws(Failure) -> (parts: SingularValues, scale: Double) {
        let scale = matrix.balance
        matrix.scale(by: scale)
        return (try SingularValues(matrix, work: work), scale)
    }
}
