import CKernels
import Support

/// The state of one run of Lloyd's algorithm: every row's label, and each cluster's sum of rows in float64.
///
/// Rows are handled in chunks whose number depends on the shape of the data only, and the chunks' sums are added in their
/// order: labels and centres are the same, to the bit, for any number of threads.
struct Lloyd {
    let matrix: RowMatrix
    let k: Int
    let metric: ClusterMetric
    private(set) var centers: Scratch<Float>
    /// The centres before they were rounded to float32.
    private(set) var exactCenters: Scratch<Double>
    let labels: Scratch<Int32>
    let distances: Scratch<Float>
    private var sums: Scratch<Double>
    private(set) var counts: [Int]
    private let chunks: Int

    /// Begins from `centers` (k x columns, in the space of `matrix`).
    init(_ matrix: RowMatrix, k: Int, metric: ClusterMetric, centers: Scratch<Float>) {
        self.matrix = matrix
        self.k = k
        self.metric = metric
        self.centers = centers
        exactCenters = Scratch(widening: centers)
        labels = Scratch(count: matrix.rows, repeating: -1)
        distances = Scratch(count: matrix.rows, repeating: 0)
        sums = Scratch(count: k * matrix.columns, repeating: 0)
        counts = [Int](repeating: 0, count: k)
        // Each chunk has sums of its own: as many as keep the cores busy, as few as keep those sums within 128 MB.
        chunks = max(1, min(matrix.blocks, 64, (128 << 20) / (8 * k * matrix.columns)))
    }

    /// Gives every row the label of its nearest centre and moves the centres to the means of their rows.
    ///
    /// - Returns: how many rows changed their label, and by how much the centres moved: the sum of squared distances.
    mutating func step(work: Work) throws(Failure) -> (changed: Int, shift: Double) {
        let width = k * matrix.columns
        let partial = Scratch<Double>(count: chunks * width, repeating: 0)
        let partialCounts = Scratch<Int>(count: chunks * (k + 1), repeating: 0)
        try assign(work: work, partial: partial, partialCounts: partialCounts)
        var changed = 0
        for chunk in 0..<chunks {
            for index in 0..<width { sums.start[index] += partial.start[chunk * width + index] }
            for cluster in 0..<k { counts[cluster] += partialCounts[chunk * (k + 1) + cluster] }
            changed += partialCounts[chunk * (k + 1) + k]
        }
        changed += refillEmpty()
        return (changed, moveCenters())
    }

    /// The labelling half of a step. What changed is added to each chunk's own sums and counts (the last count: rows changed).
    private func assign(work: Work, partial: Scratch<Double>, partialCounts: Scratch<Int>) throws(Failure) {
        let (matrix, k, chunks, labels, distances) = (matrix, k, chunks, labels, distances)
        let packed = PackedCenters(centers.start, count: k, columns: matrix.columns)
        let scratch = Scratch<Float>(count: min(work.threads, chunks) * RowMatrix.blockRows * k, repeating: 0)
        try work.forEach(chunks) { (chunk, worker) throws(Failure) in
            let scores = scratch.start + worker * RowMatrix.blockRows * k
            let sums = partial.start + chunk * k * matrix.columns
            let counts = partialCounts.start + chunk * (k + 1)
            for block in matrix.blocks * chunk / chunks..<matrix.blocks * (chunk + 1) / chunks {
                try work.cancellation.check()
                let range = matrix.block(block)
                packed.score(matrix, range, into: scores)
                for row in range {
                    let (label, score) = smallest(scores + (row - range.lowerBound) * k, k)
                    distances.start[row] = max(0, score + matrix.squaredNorms.start[row])
                    let old = Int(labels.start[row])
                    if label == old { continue }
                    labels.start[row] = Int32(label)
                    counts[k] += 1
                    counts[label] += 1
                    add(matrix.row(row), 1, to: sums + label * matrix.columns, count: matrix.columns)
                    guard old >= 0 else { continue }
                    counts[old] -= 1
                    add(matrix.row(row), -1, to: sums + old * matrix.columns, count: matrix.columns)
                }
            }
        }
    }

    /// Gives each cluster without rows the row that lies farthest from its centre, as long as one lies off it.
    ///
    /// - Returns: how many rows moved.
    private mutating func refillEmpty() -> Int {
        let empty = (0..<k).filter { counts[$0] == 0 }
        guard !empty.isEmpty else { return 0 }
        let farthest = (0..<matrix.rows).sorted { (distances[$0], $1) > (distances[$1], $0) }
        var next = 0
        var moved = 0
        for cluster in empty {
            while next < farthest.count, counts[Int(labels[farthest[next]])] < 2 { next += 1 }
            guard next < farthest.count else { break }
            let row = farthest[next]
            // Rounding leaves copies of a centre at a tiny distance: moving one would not help.
            guard distances[row] > 1e-6 * matrix.squaredNorms[row] else { break }
            let old = Int(labels[row])
            add(matrix.row(row), -1, to: sums.start + old * matrix.columns, count: matrix.columns)
            add(matrix.row(row), 1, to: sums.start + cluster * matrix.columns, count: matrix.columns)
            counts[old] -= 1
            counts[cluster] += 1
            labels[row] = Int32(cluster)
            next += 1
            moved += 1
        }
        return moved
    }

    private mutating func moveCenters() -> Double {
        let columns = matrix.columns
        let moved = Scratch<Float>(count: k * columns, repeating: 0)
        var shift = 0.0
        for cluster in 0..<k {
            let sum = sums.start + cluster * columns
            let old = centers.start + cluster * columns
            let new = moved.start + cluster * columns
            var divisor = Double(counts[cluster])
            if metric == .cosine {
                var square = 0.0
                for column in 0..<columns { square += sum[column] * sum[column] }
                divisor = square.squareRoot()
            }
            for column in 0..<columns {
                // A cluster without rows, or whose directions cancel, stays where it is.
                guard counts[cluster] > 0, divisor > 0 else {
                    new[column] = old[column]
                    continue
                }
                let value = sum[column] / divisor
                exactCenters.start[cluster * columns + column] = value
                new[column] = Float(value)
                let step = value - Double(old[column])
                shift += step * step
            }
        }
        centers = moved
        return shift
    }
}

/// Adds `sign` times a row of float32 values to sums in float64.
@inline(__always)
private func add(
    _ row: UnsafePointer<Float>, _ sign: Double, to sums: UnsafeMutablePointer<Double>, count: Int
) {
    for column in 0..<count { sums[column] += sign * Double(row[column]) }
}
