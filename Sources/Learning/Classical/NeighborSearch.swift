import CKernels
import Support

/// Finds the nearest of many rows exactly.
///
/// A product of blocks gives approximate distances, by ‖a‖² − 2 a·b + ‖b‖², which cancels; every row that could be among the nearest
/// within its rounding error is then measured directly.
struct NeighborSearch: Sendable {
    struct Neighbor {
        var position: Int
        var distance: Double
    }

    private static let queryRows = 512

    private let matrix: FeatureMatrix
    private let metric: NearestNeighbors.Metric
    /// Taken off every row, so that the products stay small.
    private let center: [Double]
    private let squares: [Double]
    private let largestSquare: Double
    /// Lengths of the rows as they are, for angles.
    private let lengths: [Double]

    init(_ matrix: FeatureMatrix, _ metric: NearestNeighbors.Metric, work: Work) throws(Failure) {
        self.matrix = matrix
        self.metric = metric
        let isEuclidean = metric == .euclidean
        let center =
            isEuclidean
            ? try matrix.moments(weights: nil, aroundMean: false, work: work).mean
            : [Double](repeating: 0, count: matrix.columns)
        let squares = Scratch<Double>(count: matrix.rows, repeating: 0)
        let lines = (0..<min(work.threads, matrix.blocks)).map { _ in
            Scratch<Double>(count: FeatureMatrix.blockRows * matrix.columns, repeating: 0)
        }
        try work.forEach(matrix.blocks) { index, worker in
            let range = matrix.block(index)
            matrix.widen(range, into: lines[worker].start, offset: center)
            for (place, row) in range.enumerated() {
                let line = lines[worker].start + place * matrix.columns
                for column in 0..<matrix.columns { squares[row] += line[column] * line[column] }
            }
        }
        self.center = center
        self.squares = (0..<matrix.rows).map { squares[$0] }
        largestSquare = self.squares.max() ?? 0
        lengths = isEuclidean ? [] : self.squares.map { $0.squareRoot() }
        if let row = self.squares.firstIndex(where: { !$0.isFinite }) {
            throw .argument(
                "x", expected: "values whose squares can be summed", got: "larger ones in row \(row + 1)",
                hint: "divide the columns by a power of ten")
        }
    }

    /// Calls `body` with each row of `queries` and its `count` nearest, the nearest first, of equally near ones the earlier.
    func forEachRow(
        _ queries: FeatureMatrix, count: Int, work: Work, _ body: @Sendable (Int, [Neighbor]) -> Void
    ) throws(Failure) {
        // Small enough that every thread has some, large enough that packing the other side costs little.
        let size = max(16, min(Self.queryRows, (queries.rows + work.threads - 1) / work.threads))
        let chunks = (queries.rows + size - 1) / size
        let columns = matrix.columns
        let spaces = (0..<min(work.threads, chunks)).map { _ in Space(rows: size, columns: columns) }
        try work.forEach(chunks) { (chunk, worker) throws(Failure) in
            let range = chunk * size..<min((chunk + 1) * size, queries.rows)
            let space = spaces[worker]
            queries.widen(range, into: space.queries.start, offset: center)
            var found = range.map { place -> Candidates in
                let line = space.queries.start + (place - range.lowerBound) * columns
                var square = 0.0
                for column in 0..<columns { square += line[column] * line[column] }
                return Candidates(count: count, square: square)
            }
            for block in 0..<matrix.blocks {
                try work.cancellation.check()
                let rows = matrix.block(block)
                matrix.widen(rows, into: space.rows.start, offset: center)
                ck_pack_f64(rows.count, columns, space.rows.start, columns, 1, space.packed.start)
                ck_gemm_f64(
                    range.count, rows.count, columns, space.queries.start, columns, space.packed.start, nil,
                    space.products.start, FeatureMatrix.blockRows)
                for place in found.indices {
                    collect(space.products.start + place * FeatureMatrix.blockRows, rows, into: &found[place])
                }
            }
            for place in found.indices {
                let query = space.queries.start + place * columns
                body(range.lowerBound + place, nearest(found[place], query, space.rows.start))
            }
        }
    }

    /// Memory of one thread.
    private final class Space: Sendable {
        let queries: Scratch<Double>
        let rows: Scratch<Double>
        let packed: Scratch<Double>
        let products: Scratch<Double>

        init(rows count: Int, columns: Int) {
            let block = FeatureMatrix.blockRows
            queries = Scratch(count: count * columns, repeating: 0)
            rows = Scratch(count: block * columns, repeating: 0)
            packed = Scratch(count: ck_packed_count_f64(block, columns), repeating: 0)
            products = Scratch(count: count * block, repeating: 0)
        }
    }

    /// Rows that could be among the nearest of one row.
    private struct Candidates {
        let count: Int
        /// ‖query‖².
        let square: Double
        var entries: [(distance: Double, position: Int)] = []
        /// No farther row can be among the nearest.
        var bound = Double.infinity
        private var limit: Int

        init(count: Int, square: Double) {
            self.count = count
            self.square = square
            limit = max(4 * count, 64)
        }

        mutating func add(_ distance: Double, _ position: Int, slack: Double) {
            guard distance <= bound else { return }
            entries.append((distance, position))
            guard entries.count >= limit else { return }
            prune(slack)
            // Many at the very same distance are all kept, with room for more.
            limit = max(limit, 2 * entries.count)
        }

        mutating func prune(_ slack: Double) {
            guard entries.count > count else { return }
            entries.sort { ($0.distance, $0.position) < ($1.distance, $1.position) }
            bound = entries[count - 1].distance + slack
            entries.removeLast(entries.count - (entries.lastIndex { $0.distance <= bound } ?? 0) - 1)
        }
    }

    /// What rounding can change in an approximate distance.
    private func slack(_ square: Double) -> Double {
        let terms = Double(matrix.columns) + 8
        return 8 * terms * Double.ulpOfOne * (metric == .euclidean ? square + largestSquare : 1)
    }

    private func collect(_ products: UnsafePointer<Double>, _ rows: Range<Int>, into found: inout Candidates) {
        let slack = slack(found.square)
        if metric == .euclidean {
            for (place, row) in rows.enumerated() {
                found.add(found.square - 2 * products[place] + squares[row], row, slack: slack)
            }
        } else {
            let length = found.square.squareRoot()
            for (place, row) in rows.enumerated() {
                let scale = length * lengths[row]
                found.add(scale > 0 ? 1 - products[place] / scale : 1, row, slack: slack)
            }
        }
    }

    private func nearest(
        _ found: Candidates, _ query: UnsafePointer<Double>, _ line: UnsafeMutablePointer<Double>
    ) -> [Neighbor] {
        var found = found
        found.prune(slack(found.square))
        let columns = matrix.columns
        var measured = found.entries.map { entry -> Neighbor in
            matrix.widen(entry.position..<entry.position + 1, into: line, offset: center)
            var sum = 0.0
            if metric == .euclidean {
                for column in 0..<columns { sum += (query[column] - line[column]) * (query[column] - line[column]) }
                return Neighbor(position: entry.position, distance: sum.squareRoot())
            }
            for column in 0..<columns { sum += query[column] * line[column] }
            let scale = found.square.squareRoot() * lengths[entry.position]
            return Neighbor(position: entry.position, distance: scale > 0 ? max(0, 1 - sum / scale) : 1)
        }
        measured.sort { ($0.distance, $0.position) < ($1.distance, $1.position) }
        return Array(measured.prefix(found.count))
    }
}
