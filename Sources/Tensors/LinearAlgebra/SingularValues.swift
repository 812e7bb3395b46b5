import CKernels
import Glibc
import Support

/// A = U S V' with U [m, k], V [n, k], k = min(m, n): a QR factorisation, the eigenvectors of the triangle's Gram matrix as a start, which
/// is as good as squaring allows, and one-sided Jacobi rotations (Golub and Van Loan 2013, section 8.6.3) that make it exact.
struct SingularValues {
    /// In falling order.
    let values: [Double]
    /// U transposed, [k, m].
    let left: Matrix
    /// V transposed, [k, n].
    let right: Matrix

    /// Decomposes `matrix`, which is written over. Its largest element should be near 1.
    init(_ matrix: Matrix, work: Work) throws(Failure) {
        if matrix.rows < matrix.columns {
            let (values, left, right) = try Self.tall(transposed: matrix, work)
            (self.values, self.left, self.right) = (values, right, left)
        } else {
            (values, left, right) = try Self.tall(transposed: matrix.transposed(work: work), work)
        }
        fixSigns(of: right, alongside: left)
    }

    private static func tall(
        transposed columns: Matrix, _ work: Work
    ) throws(Failure) -> (values: [Double], left: Matrix, right: Matrix) {
        let (size, length) = (columns.rows, columns.columns)
        var outer: HouseholderQR?
        var square = columns
        if length > size {
            let qr = try HouseholderQR(columns, work: work)
            square = try qr.upper().transposed(work: work)
            outer = qr
        }
        // Rotations W make the rows of the square R orthogonal: W R = D V', so R = W' D V'.
        let triangle = try square.transposed(work: work)
        let rotations = try SymmetricEigen(triangle.times(square, work: work), work: work).vectors
        let product = try rotations.times(triangle, work: work)
        try RowJacobi(product, rotations).run(work)
        let norms = (0..<size).map { norm(product, $0) }
        let falling = norms.indices.sorted { norms[$0] != norms[$1] ? norms[$0] > norms[$1] : $0 < $1 }
        let turned = try Matrix(size, size)
        let right = try Matrix(size, size)
        for (row, from) in falling.enumerated() {
            turned.copyRow(row, from: rotations, from)
            guard norms[from] > 0 else { continue }
            for column in 0..<size { right[row, column] = product[from, column] / norms[from] }
        }
        completeBasis(right, from: norms.count { $0 > leastSquarable })
        let left = if let outer { try outer.orthogonal(times: turned, work: work) } else { turned }
        return (falling.map { norms[$0] }, left, right)
    }

    // The largest element is taken out first: squares of tiny numbers vanish.
    private static func norm(_ rows: Matrix, _ row: Int) -> Double {
        let (x, count) = (rows.row(row), rows.columns)
        var greatest = 0.0
        for i in 0..<count { greatest = max(greatest, x[i].magnitude) }
        guard greatest > 0 else { return 0 }
        if greatest > 0x1p-400 { return ck_dot_f64(count, x, x).squareRoot() }
        var sum = 0.0
        for i in 0..<count { sum += (x[i] / greatest) * (x[i] / greatest) }
        return greatest * sum.squareRoot()
    }

    /// Norms up to here have squares that are no longer exact, or zero: the rotations could not see such rows.
    private static let leastSquarable = 0x1p-500

    /// Makes the rows from `from` on, unit vectors or zeros, unit vectors orthogonal to all others. Of a row that those before it leave
    /// too little of, and of zeros, nothing is kept: an axis that lies least in what there is takes its place.
    private static func completeBasis(_ rows: Matrix, from: Int) {
        let size = rows.columns
        var shares = [Double](repeating: 0, count: size)
        for row in 0..<rows.rows {
            if row >= from, isolate(row, in: rows) < 0.5,
                let axis = shares.indices.min(by: { shares[$0] < shares[$1] })
            {
                for j in 0..<size { rows[row, j] = j == axis ? 1 : 0 }
                _ = isolate(row, in: rows)
            }
            for j in 0..<size { shares[j] += rows[row, j] * rows[row, j] }
        }
    }

    /// Takes from a row what lies along the rows before it and makes the rest a unit vector; the rest's length before that.
    private static func isolate(_ row: Int, in rows: Matrix) -> Double {
        let (x, size) = (rows.row(row), rows.columns)
        var length = norm(rows, row)
        // Twice is enough (Kahan and Parlett): what rounding leaves of the first pass is taken by the second.
        for pass in 0..<2 where length > 0 {
            for other in 0..<row { ck_add_scaled_f64(size, -ck_dot_f64(size, x, rows.row(other)), rows.row(other), x) }
            let rest = norm(rows, row)
            if pass == 0 { length = rest }
            guard rest > 0 else { return 0 }
            for j in 0..<size { x[j] /= rest }
        }
        return length
    }
}

/// Rotates pairs of rows until all are orthogonal to each other, and a second matrix along. Each round takes disjoint pairs (a round-robin
/// tournament), so that threads may share it and the result is the same for any number of them.
private struct RowJacobi {
    let rows: Matrix
    let along: Matrix
    /// The greatest cosine of two rows that count as orthogonal: what rounding leaves.
    private let tolerance: Double
    private static let mostSweeps = 60

    init(_ rows: Matrix, _ along: Matrix) {
        (self.rows, self.along) = (rows, along)
        tolerance = Double.ulpOfOne * Double(max(1, rows.columns)).squareRoot()
    }

    func run(_ work: Work) throws(Failure) {
        let size = rows.rows
        guard size > 1 else { return }
        var single = work
        if size < 160 { single.threads = 1 }
        let players = size + size % 2
        let squares = try Matrix(1, size)
        let perBlock = 8
        for _ in 0..<Self.mostSweeps {
            for row in 0..<size { squares[0, row] = ck_dot_f64(size, rows.row(row), rows.row(row)) }
            let turned = try Matrix(1, players / 2)
            for round in 0..<players - 1 {
                try single.forEach((players / 2 + perBlock - 1) / perBlock) { block, _ in
                    for pair in block * perBlock..<min(players / 2, (block + 1) * perBlock) {
                        // The last player stays, the others go round.
                        let a = pair == 0 ? players - 1 : (round + pair) % (players - 1)
                        let b = (round + players - 1 - pair) % (players - 1)
                        guard a < size, b < size else { continue }
                        if rotate(min(a, b), max(a, b), squares) { turned[0, pair] = 1 }
                    }
                }
            }
            if turned.largest == 0 { return }
        }
        throw .operation("the singular values did not converge after \(Self.mostSweeps) sweeps")
    }

    /// Makes two rows orthogonal; false if they were.
    private func rotate(_ p: Int, _ q: Int, _ squares: Matrix) -> Bool {
        let size = rows.columns
        let (x, y) = (rows.row(p), rows.row(q))
        let (a, b) = (squares[0, p], squares[0, q])
        guard a > 0, b > 0 else { return false }
        let product = ck_dot_f64(size, x, y)
        guard product.magnitude > tolerance * (a.squareRoot() * b.squareRoot()) else { return false }
        let slope = (b - a) / (2 * product)
        let tangent = (slope < 0 ? -1 : 1) / (slope.magnitude + hypot(slope, 1))
        let cosine = 1 / (1 + tangent * tangent).squareRoot()
        let sine = cosine * tangent
        ck_rotate_f64(size, cosine, sine, x, y)
        ck_rotate_f64(size, cosine, sine, along.row(p), along.row(q))
        squares[0, p] = a - tangent * product
        squares[0, q] = b + tangent * product
        // Where most of a square went to the other row, the difference is not exact enough.
        if squares[0, p] < a / 16 { squares[0, p] = ck_dot_f64(size, x, x) }
        if squares[0, q] < b / 16 { squares[0, q] = ck_dot_f64(size, y, y) }
        return true
    }
}
