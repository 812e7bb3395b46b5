import CKernels
import Support

/// The directions of greatest variance of centred rows (principal component analysis).
public struct PrincipalComponents: Sendable {
    /// The rows in the new coordinates: what the centred rows measure along each component, [n, k].
    public let scores: Tensor
    /// The directions, a row each, of length 1 and orthogonal, [k, d]. The element of largest magnitude of each is positive.
    public let components: Tensor
    /// The variance along each component, falling, with n - 1 in the denominator, [k].
    public let variances: Tensor
    /// The shares of the whole variance, [k]; zeros where nothing varies.
    public let ratios: Tensor
    /// The mean that was taken from every row, [d].
    public let mean: Tensor
}

extension Tensor {
    /// The `k` principal components of the rows of this matrix [n, d], computed in float64: for many more rows than columns from the
    /// covariance matrix, as exact as its square root allows, else from the singular values of the centred rows. float32 gives float32
    /// results, everything else float64.
    public func principalComponents(_ k: Int, work: Work = Work()) throws(Failure) -> PrincipalComponents {
        guard rank == 2 else { throw .operation("pca needs rows of numbers [n, d], this tensor has shape \(shape)") }
        let (n, d) = (shape[0], shape[1])
        guard n >= 2, d >= 1 else {
            throw .operation("pca needs at least 2 rows and 1 column, this tensor has shape \(shape)")
        }
        guard k >= 1, k <= min(n, d) else {
            throw .argument("k", expected: "integer from 1 to \(min(n, d)), for shape \(shape)", got: "\(k)")
        }
        let source = dtype.isFloatingPoint ? self : try to(.float64, work: work)
        let rows = try CentredRows(source.contiguous(work: work), work: work)
        let isTall = n >= 4 * d && count > 1 << 18
        let (variances, axes) = isTall ? try rows.byCovariance(work) : try rows.bySingularValues(work)
        let total = variances.reduce(0, +)
        let components = try Matrix(k, d)
        for row in 0..<k { components.copyRow(row, from: axes, row) }
        let kept = Array(variances.prefix(k))
        let dtype = source.dtype
        return PrincipalComponents(
            scores: try rows.scores(components, work: work).to(dtype, work: work),
            components: try components.tensor.to(dtype, work: work),
            variances: try Tensor(kept, shape: [k]).to(dtype),
            ratios: try Tensor(kept.map { total > 0 ? $0 / total : 0 }, shape: [k]).to(dtype),
            mean: try Tensor(rows.mean, shape: [d]).to(dtype))
    }
}

/// Rows less their mean, made block by block so that they need not all be held in float64.
private struct CentredRows {
    private let source: Tensor
    let mean: [Double]
    private static let blockRows = 2048

    init(_ source: Tensor, work: Work) throws(Failure) {
        self.source = source
        // Refuses elements that are not finite: a single one would make every result so.
        _ = try MatrixBatch(source, for: "pca", work: work)
        mean = try source.means(0, work).values(as: Double.self)
    }

    private var count: Int { source.shape[0] }
    private var width: Int { source.shape[1] }

    private func block(_ index: Int, size: Int, work: Work) throws(Failure) -> Matrix {
        let range = index * size..<min(count, (index + 1) * size)
        let block = try Matrix(copying: source.slice(0, range), work: work)
        for row in 0..<block.rows {
            let x = block.row(row)
            for column in 0..<width { x[column] -= mean[column] }
        }
        return block
    }

    func byCovariance(_ work: Work) throws(Failure) -> (variances: [Double], axes: Matrix) {
        let products = try Matrix(width, width)
        // Bands of rows against the columns up to their end: the lower triangle is all that is read.
        let band = 96
        for index in 0..<(count + Self.blockRows - 1) / Self.blockRows {
            let rows = try block(index, size: Self.blockRows, work: work)
            let columns = try rows.transposed(work: work)
            let packed = try PackedMatrix(rows, from: 0)
            var single = work
            single.threads = 1
            let perBand = single
            try work.forEach((width + band - 1) / band) { (index, _) throws(Failure) in
                let end = min(width, (index + 1) * band)
                try packed.multiply(
                    columns, rows: index * band..<end, from: 0, into: products, column: 0, width: end, work: perBand)
            }
        }
        let scale = products.balance
        products.scale(by: scale)
        let eigen = try SymmetricEigen(products, work: work)
        let variances = eigen.values.reversed().map { max(0, $0 / scale / Double(count - 1)) }
        let axes = try Matrix(width, width)
        for row in 0..<width { axes.copyRow(row, from: eigen.vectors, width - 1 - row) }
        return (variances, axes)
    }

    func bySingularValues(_ work: Work) throws(Failure) -> (variances: [Double], axes: Matrix) {
        let (parts, scale) = try SingularValues.scaled(block(0, size: count, work: work), work: work)
        let root = Double(count - 1).squareRoot()
        let variances = parts.values.map { (value) -> Double in
            let deviation = value / scale / root
            return deviation * deviation
        }
        return (variances, parts.right)
    }

    func scores(_ components: Matrix, work: Work) throws(Failure) -> Tensor {
        let result = try Matrix(count, components.rows)
        let packed = try PackedMatrix(components, from: 0, transposed: true)
        for index in 0..<(count + Self.blockRows - 1) / Self.blockRows {
            let rows = try block(index, size: Self.blockRows, work: work)
            let part = try Matrix(rows.rows, components.rows)
            try packed.multiply(rows, rows: 0..<rows.rows, from: 0, into: part, column: 0, work: work)
            for row in 0..<rows.rows { result.copyRow(index * Self.blockRows + row, from: part, row) }
        }
        return result.tensor
    }
}
