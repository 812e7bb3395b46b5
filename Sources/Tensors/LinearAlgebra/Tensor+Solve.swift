import CKernels
import Support

/// Systems of linear equations. All compute in float64 and give the dtype in which both sides meet (float64 for whole numbers).
extension Tensor {
    /// The x for which `self` x = `b`: by elimination with partial pivoting. `b` is a vector [n] or columns [n, r]; before them stand the
    /// same batch dimensions as here, or none. A matrix that is singular to rounding is refused.
    public func solve(_ b: Tensor, work: Work = Work()) throws(Failure) -> Tensor {
        let batch = try MatrixBatch(self, for: "solve", square: true, work: work)
        return try solved(b, batch, of: batch.rows, gives: batch.rows, work) { (index) throws(Failure) in
            let factors = try LU(batch.matrix(index, work: work), work: work)
            try factors.refuseSingular("solve", batch, index)
            return { (right) throws(Failure) in try factors.solve(right, work: work) }
        }
    }

    /// The x for which `self` x is nearest to `b` (least squares); of several the one of least length. `b` as in `solve`. Singular values
    /// up to max(m, n) times the dtype's rounding of the greatest count as zero.
    public func leastSquares(_ b: Tensor, work: Work = Work()) throws(Failure) -> Tensor {
        let batch = try MatrixBatch(self, for: "lstsq", work: work)
        return try solved(b, batch, of: batch.rows, gives: batch.columns, work) { (index) throws(Failure) in
            let (parts, scale) = try SingularValues.scaled(batch.matrix(index, work: work), work: work)
            let count = batch.significant(parts.values)
            return { (right) throws(Failure) in
                let shares = try parts.left.times(right, work: work)
                for row in 0..<shares.rows {
                    let factor = row < count ? scale / parts.values[row] : 0
                    for column in 0..<shares.columns { shares[row, column] *= factor }
                }
                return try parts.right.transposed(work: work).times(shares, work: work)
            }
        }
    }

    /// The inverse of a square matrix. One that is singular to rounding is refused.
    public func inverse(work: Work = Work()) throws(Failure) -> Tensor {
        let batch = try MatrixBatch(self, for: "inv", square: true, work: work)
        let size = batch.rows
        var parts: [Tensor] = []
        for index in 0..<batch.count {
            let factors = try LU(batch.matrix(index, work: work), work: work)
            try factors.refuseSingular("inv", batch, index)
            let unit = try Matrix(size, size)
            for row in 0..<size { unit[row, row] = 1 }
            parts.append(try factors.solve(unit, work: work).tensor)
        }
        return try batch.assembled(parts, tail: [size, size], work: work)
    }

    /// The determinant of a square matrix: a single value, or one per matrix.
    public func determinant(work: Work = Work()) throws(Failure) -> Tensor {
        let batch = try MatrixBatch(self, for: "det", square: true, work: work)
        var parts: [Tensor] = []
        for index in 0..<batch.count {
            let factors = try LU(batch.matrix(index, work: work), work: work)
            parts.append(try Tensor([factors.determinant], shape: []))
        }
        return try batch.assembled(parts, tail: [], work: work)
    }

    /// The pseudo-inverse [n, m] of Moore and Penrose; singular values count as zero as in `leastSquares`.
    public func pseudoInverse(work: Work = Work()) throws(Failure) -> Tensor {
        let batch = try MatrixBatch(self, for: "pinv", work: work)
        var parts: [Tensor] = []
        for index in 0..<batch.count {
            let (svd, scale) = try SingularValues.scaled(batch.matrix(index, work: work), work: work)
            let count = batch.significant(svd.values)
            for row in 0..<svd.left.rows {
                let factor = row < count ? scale / svd.values[row] : 0
                for column in 0..<svd.left.columns { svd.left[row, column] *= factor }
            }
            parts.append(try svd.right.transposed(work: work).times(svd.left, work: work).tensor)
        }
        return try batch.assembled(parts, tail: [batch.columns, batch.rows], work: work)
    }

    /// How many singular values are not zero to rounding, as in `leastSquares`: an int64 single value, or one per matrix.
    public func matrixRank(work: Work = Work()) throws(Failure) -> Tensor {
        let batch = try MatrixBatch(self, for: "matrix_rank", work: work)
        var ranks: [Int64] = []
        for index in 0..<batch.count {
            let parts = try SingularValues.scaled(batch.matrix(index, work: work), work: work).parts
            ranks.append(Int64(batch.significant(parts.values)))
        }
        return try Tensor(ranks, shape: batch.batch)
    }

    /// Applies, for every matrix of the batch, what `solver` makes of it to its right side.
    private func solved(
        _ b: Tensor, _ batch: MatrixBatch, of height: Int, gives size: Int, _ work: Work,
        _ solver: (_ index: Int) throws(Failure) -> ((Matrix) throws(Failure) -> Matrix)
    ) throws(Failure) -> Tensor {
        let isVector = b.rank == 1 || b.rank == batch.batch.count + 1 && b.shape == Array(shape.dropLast())
        let sides = isVector ? try b.reshape(b.shape + [1]) : b
        let fits =
            sides.rank >= 2 && sides.shape[sides.rank - 2] == height
            && (sides.rank == 2 || Array(sides.shape.dropLast(2)) == batch.batch)
        guard fits else {
            throw .argument(
                "b", expected: "a tensor of \(height) rows, for shape \(shape)", got: "shape \(b.shape)")
        }
        let right = try MatrixBatch(sides, for: "solving", work: work)
        var parts: [Tensor] = []
        for index in 0..<batch.count {
            let solve = try solver(index)
            parts.append(try solve(right.matrix(right.batch.isEmpty ? 0 : index, work: work)).tensor)
        }
        let result = try batch.assembled(parts, tail: [size, right.columns], work: work)
        let dtype = DType.promoted(self.dtype, b.dtype).fractional
        return try (isVector ? result.reshape(batch.batch + [size]) : result).to(dtype, work: work)
    }
}

extension MatrixBatch {
    /// How many of falling singular values count.
    fileprivate func significant(_ values: [Double]) -> Int {
        let rounding = dtype == .float32 ? Double(Float.ulpOfOne) : Double.ulpOfOne
        let least = (values.first ?? 0) * Double(max(rows, columns)) * rounding
        return values.count { $0 > least }
    }
}

extension LU {
    fileprivate func refuseSingular(_ name: String, _ batch: MatrixBatch, _ index: Int) throws(Failure) {
        guard let pivot = singularPivot else { return }
        throw .operation(
            "\(name) needs an invertible matrix, but column \(pivot + 1)\(batch.words(index)) depends on those before it: it is singular",
            hint: "t:lstsq(b) and t:pinv() take any matrix")
    }
}
