import CKernels
import Glibc
import Support

/// The eigenvalues and eigenvectors of a symmetric matrix: reduction to tridiagonal form by Householder reflections, then the implicit QL
/// iteration with Wilkinson's shift (Golub and Van Loan 2013, sections 8.3.1 and 8.3.3).
struct SymmetricEigen {
    /// In rising order.
    let values: [Double]
    /// The eigenvector of each value, a row each.
    let vectors: Matrix

    /// Decomposes `matrix`, of which only the lower triangle is read and which is written over. Its largest element should be near 1.
    init(_ matrix: Matrix, work: Work) throws(Failure) {
        var tridiagonal = try Tridiagonal(matrix, work: work)
        try tridiagonal.diagonalise(work: work)
        let diagonal = tridiagonal.diagonal
        let order = diagonal.indices.sorted { diagonal[$0] != diagonal[$1] ? diagonal[$0] < diagonal[$1] : $0 < $1 }
        values = order.map { diagonal[$0] }
        let size = order.count
        vectors = try Matrix(size, size)
        for (row, from) in order.enumerated() {
            vectors.copyRow(row, from: tridiagonal.vectors, from)
        }
        fixSigns(of: vectors)
    }
}

/// The tridiagonal form of a symmetric matrix on its way to the diagonal one.
private struct Tridiagonal {
    var diagonal: [Double]
    /// Element i couples i and i + 1.
    private var beside: [Double]
    /// The transformation so far, transposed.
    let vectors: Matrix
    private static let mostIterations = 80

    init(_ matrix: Matrix, work: Work) throws(Failure) {
        let size = matrix.rows
        diagonal = [Double](repeating: 0, count: size)
        beside = [Double](repeating: 0, count: size)
        vectors = try Matrix(size, size)
        var factors = [Double](repeating: 0, count: size)
        var product = [Double](repeating: 0, count: size)
        // From the last row up: what a reflection clears is the beginning of a row, side by side in memory.
        for row in stride(from: size - 1, to: 0, by: -1) {
            try work.cancellation.check()
            let vector = matrix.row(row)
            diagonal[row] = vector[row]
            let rest = ck_dot_f64(row - 1, vector, vector)
            let head = vector[row - 1]
            guard rest > 0 else {
                beside[row - 1] = head
                continue
            }
            let norm = (head * head + rest).squareRoot()
            let target = head > 0 ? -norm : norm
            beside[row - 1] = target
            let divisor = head - target
            for i in 0..<row - 1 { vector[i] /= divisor }
            vector[row - 1] = 1
            let factor = -divisor / target
            factors[row] = factor
            // p = factor * A v from the lower triangle, w = p - factor / 2 (p'v) v, then A - v w' - w v'.
            product.withUnsafeMutableBufferPointer { buffer in
                guard let w = buffer.baseAddress else { return }
                for i in 0..<row { w[i] = 0 }
                for i in 0..<row {
                    let line = matrix.row(i)
                    w[i] += ck_dot_f64(i + 1, line, vector)
                    ck_add_scaled_f64(i, vector[i], line, w)
                }
                for i in 0..<row { w[i] *= factor }
                ck_add_scaled_f64(row, -factor / 2 * ck_dot_f64(row, w, vector), vector, w)
                for i in 0..<row {
                    ck_add_scaled_f64(i + 1, -vector[i], w, matrix.row(i))
                    ck_add_scaled_f64(i + 1, -w[i], vector, matrix.row(i))
                }
            }
        }
        if size > 0 { diagonal[0] = matrix[0, 0] }
        for row in 0..<size {
            vectors[row, row] = 1
            guard factors[row] != 0 else { continue }
            if row & 31 == 31 { try work.cancellation.check() }
            for other in 0..<row {
                let target = vectors.row(other)
                ck_add_scaled_f64(
                    row, -factors[row] * ck_dot_f64(row, target, matrix.row(row)), matrix.row(row), target)
            }
        }
    }

    mutating func diagonalise(work: Work) throws(Failure) {
        let size = diagonal.count
        var rotations: [(row: Int, cosine: Double, sine: Double)] = []
        for first in 0..<size {
            var iterations = 0
            while true {
                var last = first
                while last < size - 1 {
                    let around = diagonal[last].magnitude + diagonal[last + 1].magnitude
                    if beside[last].magnitude <= Double.ulpOfOne / 2 * around { break }
                    last += 1
                }
                if last == first { break }
                iterations += 1
                guard iterations <= Self.mostIterations else {
                    throw .operation("the eigenvalues did not converge after \(Self.mostIterations) iterations")
                }
                rotations.removeAll(keepingCapacity: true)
                chase(first, last, &rotations)
                try apply(rotations, work)
            }
        }
    }

    // One QL step on rows first ... last: a rotation creates an element outside the band, the next ones chase it up and out.
    private mutating func chase(
        _ first: Int, _ last: Int, _ rotations: inout [(row: Int, cosine: Double, sine: Double)]
    ) {
        let slope = (diagonal[first + 1] - diagonal[first]) / (2 * beside[first])
        let reach = hypot(slope, 1)
        var g = diagonal[last] - diagonal[first] + beside[first] / (slope + (slope < 0 ? -reach : reach))
        var (sine, cosine, shift) = (1.0, 1.0, 0.0)
        for row in (first..<last).reversed() {
            let f = sine * beside[row]
            let b = cosine * beside[row]
            let r = hypot(f, g)
            beside[row + 1] = r
            if r == 0 {
                // The matrix falls apart here.
                diagonal[row + 1] -= shift
                beside[last] = 0
                return
            }
            sine = f / r
            cosine = g / r
            g = diagonal[row + 1] - shift
            let h = (diagonal[row] - g) * sine + 2 * cosine * b
            shift = sine * h
            diagonal[row + 1] = g + shift
            g = cosine * h - b
            rotations.append((row, cosine, sine))
        }
        diagonal[first] -= shift
        beside[first] = g
        beside[last] = 0
    }

    private func apply(_ rotations: [(row: Int, cosine: Double, sine: Double)], _ work: Work) throws(Failure) {
        let size = vectors.columns
        // Columns in chunks, which threads share; a small step is done before a thread would have started.
        let isSmall = rotations.count * size < 1 << 20
        let chunk = isSmall ? size : 256
        try work.forEach((size + chunk - 1) / chunk) { block, _ in
            let from = block * chunk
            let width = min(chunk, size - from)
            for (row, cosine, sine) in rotations {
                ck_rotate_f64(width, cosine, sine, vectors.row(row) + from, vectors.row(row + 1) + from)
            }
        }
    }
}

/// Turns every row so that its element of largest magnitude is positive. Of elements that differ by rounding alone the first decides.
func fixSigns(of rows: Matrix, alongside others: Matrix? = nil) {
    for row in 0..<rows.rows where isTurned(rows.row(row), rows.columns) {
        for matrix in [rows, others] {
            guard let matrix else { continue }
            let x = matrix.row(row)
            for column in 0..<matrix.columns { x[column] = -x[column] }
        }
    }
}

private func isTurned(_ x: UnsafePointer<Double>, _ count: Int) -> Bool {
    var greatest = 0.0
    for i in 0..<count { greatest = max(greatest, x[i].magnitude) }
    for i in 0..<count where x[i].magnitude >= greatest * (1 - 1e-6) { return x[i] < 0 }
    return false
}
