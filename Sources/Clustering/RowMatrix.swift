import Support
import Tensors

/// How far apart two rows are.
public enum ClusterMetric: String, CaseIterable, Sendable {
    /// Squared Euclidean distance.
    case euclidean
    /// One minus the cosine of the angle between the rows.
    case cosine
}

/// Rows made ready for k-means: float32, near zero (Euclidean) or of length one (cosine).
///
/// Products find distances by ‖x‖² − 2 x·c + ‖c‖², which cancels badly when the rows lie far from zero, so the Euclidean
/// form takes a common offset off every row first.
struct RowMatrix: Sendable {
    /// Rows that one task handles at a time. Fixed, so that sums do not depend on the number of threads.
    static let blockRows = 256

    let rows: Int
    let columns: Int
    let values: Scratch<Float>
    let squaredNorms: Scratch<Float>

    var blocks: Int { (rows + RowMatrix.blockRows - 1) / RowMatrix.blockRows }

    func block(_ index: Int) -> Range<Int> {
        let first = index * RowMatrix.blockRows
        return first..<min(first + RowMatrix.blockRows, rows)
    }

    func row(_ index: Int) -> UnsafeMutablePointer<Float> { values.start + index * columns }

    /// Rows with memory for `rows` x `columns` values, to be filled by the caller.
    init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        values = Scratch(uninitialized: rows * columns)
        squaredNorms = Scratch(uninitialized: rows)
    }

    /// The rows of `x`, checked and converted. `offset` is what is taken off each column (Euclidean only).
    ///
    /// `parameter` is the public name that failures carry.
    init(_ x: Tensor, metric: ClusterMetric, offset: [Double], parameter: String, work: Work) throws(Failure) {
        let matrix = RowMatrix(rows: x.shape[0], columns: x.shape[1])
        if x.dtype == .float64 {
            try x.withElements(as: Double.self) { (source) throws(Failure) in
                try matrix.fill(from: source, metric: metric, offset: offset, parameter: parameter, work: work)
            }
        } else {
            try x.withElements(as: Float.self) { (source) throws(Failure) in
                try matrix.fill(from: source, metric: metric, offset: offset, parameter: parameter, work: work)
            }
        }
        self = matrix
    }

    /// Throws unless `x` is a matrix with at least one row and one column.
    static func check(_ x: Tensor, parameter: String) throws(Failure) {
        guard x.rank == 2 else {
            throw .argument(
                parameter, expected: "a tensor of two dimensions (rows, columns)", got: "a tensor of shape \(x.shape)")
        }
        guard x.shape[0] > 0, x.shape[1] > 0 else {
            throw .argument(
                parameter, expected: "at least one row and one column", got: "a tensor of shape \(x.shape)")
        }
    }

    /// The mean of each column, summed in float64 in a fixed order. Not finite where the column is not.
    static func columnMeans(_ x: Tensor, work: Work) throws(Failure) -> [Double] {
        if x.dtype == .float64 {
            return try x.withElements(as: Double.self) { (source) throws(Failure) in
                try means(source, rows: x.shape[0], columns: x.shape[1], work: work)
            }
        }
        return try x.withElements(as: Float.self) { (source) throws(Failure) in
            try means(source, rows: x.shape[0], columns: x.shape[1], work: work)
        }
    }

    private static func means<T: BinaryFloatingPoint & BitwiseCopyable & SendableMetatype>(
        _ source: UnsafeBufferPointer<T>, rows: Int, columns: Int, work: Work
    ) throws(Failure) -> [Double] {
        let chunks = min(64, (rows + blockRows - 1) / blockRows)
        let partial = Scratch<Double>(count: chunks * columns, repeating: 0)
        nonisolated(unsafe) let source = source
        try work.forEach(chunks) { (chunk, _) throws(Failure) in
            let sums = partial.start + chunk * columns
            for row in rows * chunk / chunks..<rows * (chunk + 1) / chunks {
                addRow(source, at: row * columns, count: columns, to: sums)
            }
        }
        return (0..<columns).map { column in
            var sum = 0.0
            for chunk in 0..<chunks { sum += partial[chunk * columns + column] }
            return sum / Double(rows)
        }
    }

    @inline(__always)
    private static func addRow<T: BinaryFloatingPoint>(
        _ source: UnsafeBufferPointer<T>, at start: Int, count: Int, to sums: UnsafeMutablePointer<Double>
    ) {
        for column in 0..<count { sums[column] += Double(source[start + column]) }
    }

    private func fill<T: BinaryFloatingPoint & BitwiseCopyable & SendableMetatype>(
        from source: UnsafeBufferPointer<T>, metric: ClusterMetric, offset: [Double], parameter: String, work: Work
    ) throws(Failure) {
        // Distances are sums of `columns` squares in float32; beyond this they would overflow.
        let limit = (Double(Float.greatestFiniteMagnitude) / (16 * Double(columns))).squareRoot()
        nonisolated(unsafe) let source = source
        try work.forEach(blocks) { (index, _) throws(Failure) in
            for row in block(index) {
                let from = row * columns
                func check(_ isUsable: (Double) -> Bool) throws(Failure) {
                    for column in 0..<columns where !isUsable(Double(source[from + column]) - offset[column]) {
                        throw RowMatrix.notUsable(
                            Double(source[from + column]), row: row, column: column, parameter: parameter)
                    }
                }
                if metric == .euclidean {
                    let square = center(source, from: from, offset, to: self.row(row))
                    // Whatever is NaN or beyond the limit takes the sum there too.
                    if !(square <= limit * limit) { try check { $0.magnitude <= limit } }
                    squaredNorms[row] = Float(square)
                    continue
                }
                try check(\.isFinite)
                let largest = (from..<from + columns).reduce(0.0) { max($0, Double(source[$1]).magnitude) }
                guard largest > 0 else {
                    throw .argument(
                        parameter, expected: "rows that are not all zeros (such a row has no direction)",
                        got: "zeros in row \(row + 1)", hint: "leave the row out or use metric = \"euclidean\"")
                }
                scale(source, from: from, to: self.row(row), largest: largest)
                squaredNorms[row] = 1
            }
        }
    }

    /// A row less the offset, and the sum of its squares.
    @inline(__always)
    private func center<T: BinaryFloatingPoint>(
        _ source: UnsafeBufferPointer<T>, from: Int, _ offset: [Double], to target: UnsafeMutablePointer<Float>
    ) -> Double {
        for column in 0..<columns { target[column] = Float(Double(source[from + column]) - offset[column]) }
        return sumOfSquares(columns) { Double(target[$0]) }
    }

    /// Divides by the largest magnitude before squaring, so that neither huge nor tiny rows leave the range.
    private func scale<T: BinaryFloatingPoint>(
        _ source: UnsafeBufferPointer<T>, from: Int, to target: UnsafeMutablePointer<Float>, largest: Double
    ) {
        var square = 0.0
        for column in 0..<columns {
            let value = Double(source[from + column]) / largest
            square += value * value
        }
        let length = square.squareRoot()
        for column in 0..<columns { target[column] = Float(Double(source[from + column]) / largest / length) }
    }

    private static func notUsable(_ value: Double, row: Int, column: Int, parameter: String) -> Failure {
        if value.isFinite {
            return .argument(
                parameter, expected: "values whose squares fit in float32",
                got: "\(value) in row \(row + 1), column \(column + 1)", hint: "divide the column by a power of ten")
        }
        return .argument(
            parameter, expected: "finite numbers",
            got: "\(value.isNaN ? "nan" : "\(value)") in row \(row + 1), column \(column + 1)",
            hint: "leave such rows out or fill them first")
    }
}

/// The sum of the squares of `count` numbers: in four sums, so that one addition need not wait for the one before.
@inline(__always)
func sumOfSquares(_ count: Int, _ number: (Int) -> Double) -> Double {
    var sums = SIMD4<Double>.zero
    var index = 0
    while index + 4 <= count {
        let four = SIMD4(number(index), number(index + 1), number(index + 2), number(index + 3))
        sums += four * four
        index += 4
    }
    var sum = sums.sum()
    while index < count {
        sum += number(index) * number(index)
        index += 1
    }
    return sum
}
