import Glibc
import Support

/// Ordinary least squares by a QR decomposition (Gram–Schmidt, repeated), for the few columns of an adjustment.
struct LeastSquares {
    let coefficients: [Double]
    let residuals: [Double]
    /// Rows of Q: the leverage of a row is its squared length.
    private let q: [[Double]]
    /// The inverse of R, upper triangular, by rows.
    private let inverse: [[Double]]

    /// Fits y to `columns`. nil if the columns depend on each other (relative tolerance 1e-10) or are more than the rows.
    init?(columns: [[Double]], y: [Double]) {
        let n = y.count
        let k = columns.count
        guard n >= k, k > 0 else { return nil }
        // Columns of equal length make the tolerance mean the same for all.
        let scales = columns.map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        guard !scales.contains(where: { !($0 > 0) }) else { return nil }
        var basis = zip(columns, scales).map { column, scale in column.map { $0 / scale } }
        var r = [[Double]](repeating: [Double](repeating: 0, count: k), count: k)
        // Gram–Schmidt, twice is enough (Kahan and Parlett).
        for j in 0..<k {
            for _ in 0..<2 {
                for i in 0..<j {
                    var product = 0.0
                    for row in 0..<n { product += basis[i][row] * basis[j][row] }
                    r[i][j] += product
                    for row in 0..<n { basis[j][row] -= product * basis[i][row] }
                }
            }
            let length = basis[j].reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard length > 1e-10 else { return nil }
            r[j][j] = length
            for row in 0..<n { basis[j][row] /= length }
        }
        var inverse = [[Double]](repeating: [Double](repeating: 0, count: k), count: k)
        for j in 0..<k {
            inverse[j][j] = 1 / r[j][j]
            for i in stride(from: j - 1, through: 0, by: -1) {
                var sum = 0.0
                for l in (i + 1)...j { sum += r[i][l] * inverse[l][j] }
                inverse[i][j] = -sum / r[i][i]
            }
        }
        for i in 0..<k { for j in 0..<k { inverse[i][j] /= scales[i] } }
        var rest = y
        var projections = [Double](repeating: 0, count: k)
        for _ in 0..<2 {
            for j in 0..<k {
                var product = 0.0
                for row in 0..<n { product += basis[j][row] * rest[row] }
                projections[j] += product
                for row in 0..<n { rest[row] -= product * basis[j][row] }
            }
        }
        coefficients = (0..<k).map { i in (0..<k).reduce(0) { $0 + inverse[i][$1] * projections[$1] } }
        residuals = rest
        q = (0..<n).map { row in (0..<k).map { basis[$0][row] } }
        self.inverse = inverse
    }

    /// The variance of a coefficient for errors of any variance, each squared residual over `1 − leverage` (HC2, MacKinnon and White 1985).
    func hc2(_ coefficient: Int) -> Double {
        var sum = 0.0
        for (row, residual) in residuals.enumerated() {
            let leverage = q[row].reduce(0) { $0 + $1 * $1 }
            let influence = influence(row, coefficient)
            if leverage < 1 - 1e-12 { sum += influence * influence * residual * residual / (1 - leverage) }
        }
        return sum
    }

    /// The variance of a coefficient for errors that are related within clusters, with Stata's small-sample factor (CR1).
    func clustered(_ coefficient: Int, clusters: [Int]) -> Double {
        let count = (clusters.max() ?? -1) + 1
        var sums = [Double](repeating: 0, count: count)
        for (row, residual) in residuals.enumerated() { sums[clusters[row]] += influence(row, coefficient) * residual }
        let (g, n, k) = (Double(count), Double(residuals.count), Double(coefficients.count))
        return sums.reduce(0) { $0 + $1 * $1 } * g / (g - 1) * (n - 1) / (n - k)
    }

    /// How far one unit more in y of a row moves the coefficient.
    private func influence(_ row: Int, _ coefficient: Int) -> Double {
        zip(inverse[coefficient], q[row]).reduce(0) { $0 + $1.0 * $1.1 }
    }
}
