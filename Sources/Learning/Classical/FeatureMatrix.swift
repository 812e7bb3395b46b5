import Support
import Tensors

/// Rows made ready for fitting: checked, in their own precision, read in blocks as float64.
///
/// Embeddings are float32 by the hundred thousand; a float64 copy of them all would double what is moved through memory in every pass.
struct FeatureMatrix: Sendable {
    /// Rows that are widened at a time. Fixed, so that sums do not depend on the number of threads.
    static let blockRows = 128

    let rows: Int
    let columns: Int
    private let source: Tensor

    var blocks: Int { (rows + Self.blockRows - 1) / Self.blockRows }

    func block(_ index: Int) -> Range<Int> {
        index * Self.blockRows..<min((index + 1) * Self.blockRows, rows)
    }

    /// The rows of `features`. NaN and infinite values are refused by row and column, NaN unless `allowsNaN`.
    init(_ features: Features, allowsNaN: Bool = false, work: Work) throws(Failure) {
        let x = features.x
        guard x.rank == 2 else {
            throw .argument("x", expected: "rows of numbers [n, d]", got: "shape \(x.shape)")
        }
        guard x.shape[0] > 0, x.shape[1] > 0 else {
            throw .argument("x", expected: "at least one row and one column", got: "shape \(x.shape)")
        }
        rows = x.shape[0]
        columns = x.shape[1]
        source = try x.to(x.dtype == .float32 ? .float32 : .float64, work: work).contiguous(work: work)
        let matrix = self
        try work.forEach(blocks) { (index, _) throws(Failure) in
            let range = matrix.block(index)
            guard let place = matrix.firstUnfit(in: range, allowsNaN: allowsNaN) else { return }
            let value = matrix[place / matrix.columns, place % matrix.columns]
            let column = place % matrix.columns
            let name = features.names.map { " ('\($0[column])')" } ?? ""
            throw .argument(
                "x", expected: "finite numbers",
                got:
                    "\(value.isNaN ? "nan" : "\(value)") in row \(place / matrix.columns + 1), column \(column + 1)\(name)",
                hint: "leave such rows out or fill them first")
        }
    }

    /// One value.
    subscript(row: Int, column: Int) -> Double {
        switch source.dtype {
        case .float32: Double(floats[row * columns + column])
        default: doubles[row * columns + column]
        }
    }

    /// Writes rows of `range` to `target`, row-major, each less `offset` and times `scale` by column.
    func widen(
        _ range: Range<Int>, into target: UnsafeMutablePointer<Double>, offset: UnsafePointer<Double>? = nil,
        scale: UnsafePointer<Double>? = nil
    ) {
        let from = range.lowerBound * columns
        let count = range.count * columns
        if source.dtype == .float32 {
            for index in 0..<count { target[index] = Double(floats[from + index]) }
        } else {
            target.update(from: doubles + from, count: count)
        }
        for row in 0..<range.count {
            let line = target + row * columns
            if let offset { for column in 0..<columns { line[column] -= offset[column] } }
            if let scale { for column in 0..<columns { line[column] *= scale[column] } }
        }
    }

    /// Weighted mean and mean square distance from `center`, or from the mean itself, of each column, summed in a fixed order.
    func moments(weights: [Double]?, aroundMean: Bool, work: Work) throws(Failure) -> (mean: [Double], square: [Double])
    {
        let total = weights?.reduce(0, +) ?? Double(rows)
        let mean = try columnSums(weights, offset: nil, work: work).map { $0 / total }
        let square = try columnSums(
            weights, offset: aroundMean ? mean : [Double](repeating: 0, count: columns), work: work
        )
        .map { $0 / total }
        return (mean, square)
    }

    /// Sums of the columns; of their squared distances from `offset` where it is given.
    private func columnSums(_ weights: [Double]?, offset: [Double]?, work: Work) throws(Failure) -> [Double] {
        let chunks = min(64, blocks)
        let sums = Scratch<Double>(count: chunks * columns, repeating: 0)
        let lines = (0..<min(work.threads, chunks)).map { _ in
            Scratch<Double>(count: FeatureMatrix.blockRows * columns, repeating: 0)
        }
        let matrix = self
        try work.forEach(chunks) { chunk, worker in
            let target = sums.start + chunk * matrix.columns
            for block in matrix.blocks * chunk / chunks..<matrix.blocks * (chunk + 1) / chunks {
                let range = matrix.block(block)
                let line = lines[worker].start
                matrix.widen(range, into: line)
                for row in 0..<range.count {
                    let weight = weights?[range.lowerBound + row] ?? 1
                    for column in 0..<matrix.columns {
                        let value = line[row * matrix.columns + column]
                        if let offset {
                            target[column] += weight * (value - offset[column]) * (value - offset[column])
                        } else {
                            target[column] += weight * value
                        }
                    }
                }
            }
        }
        return (0..<columns).map { column in
            (0..<chunks).reduce(0.0) { $0 + sums[$1 * columns + column] }
        }
    }

    private func firstUnfit(in range: Range<Int>, allowsNaN: Bool) -> Int? {
        let places = range.lowerBound * columns..<range.upperBound * columns
        if source.dtype == .float32 {
            return places.first { !floats[$0].isFinite && !(allowsNaN && floats[$0].isNaN) }
        }
        return places.first { !doubles[$0].isFinite && !(allowsNaN && doubles[$0].isNaN) }
    }

    private var start: UnsafeMutableRawPointer { source.storage.start + source.offset * source.dtype.byteCount }
    private var floats: UnsafePointer<Float> { UnsafePointer(start.assumingMemoryBound(to: Float.self)) }
    private var doubles: UnsafePointer<Double> { UnsafePointer(start.assumingMemoryBound(to: Double.self)) }
    /// The rows themselves, float32 or float64, contiguous.
    var tensor: Tensor { source }
}
