import Support
import Tensors

/// What given centres make of given rows: labels, sizes and inertia.
struct Clusters {
    /// The centres in the space of the user's data, row-major.
    private let values: [Float]
    private let columns: Int
    private let assigned: Scratch<Int32>
    let sizes: [Int]
    let inertia: Double

    /// Labels the rows of `matrix` by the nearest of `centers`, which are in the space of the user's data: a model read back from a
    /// file labels as the fitted one does.
    init(
        _ matrix: RowMatrix, centers: [Float], metric: ClusterMetric, offset: [Double], work: Work
    ) throws(Failure) {
        let columns = matrix.columns
        let k = centers.count / columns
        let near = Scratch<Float>(count: centers.count, repeating: 0)
        for index in centers.indices { near[index] = Float(Double(centers[index]) - offset[index % columns]) }
        let packed = PackedCenters(near.start, count: k, columns: columns)
        let labels = Scratch<Int32>(count: matrix.rows, repeating: 0)
        let sums = Scratch<Double>(count: matrix.blocks, repeating: 0)
        let workers = min(work.threads, matrix.blocks)
        let scratch = Scratch<Float>(count: workers * RowMatrix.blockRows * k, repeating: 0)
        try work.forEach(matrix.blocks) { (block, worker) throws(Failure) in
            let scores = scratch.start + worker * RowMatrix.blockRows * k
            let range = matrix.block(block)
            packed.score(matrix, range, into: scores)
            var sum = 0.0
            for row in range {
                let label = smallest(scores + (row - range.lowerBound) * k, k).index
                labels.start[row] = Int32(label)
                let (point, center) = (matrix.row(row), near.start + label * columns)
                sum += sumOfSquares(columns) { Double(point[$0]) - Double(center[$0]) }
            }
            sums.start[block] = sum
        }
        var sizes = [Int](repeating: 0, count: k)
        for row in 0..<matrix.rows { sizes[Int(labels[row])] += 1 }
        var total = 0.0
        for block in 0..<matrix.blocks { total += sums[block] }
        // Of rows of length one, ‖x − c‖² is twice one minus the cosine.
        inertia = metric == .cosine ? total / 2 : total
        self.sizes = sizes
        self.columns = columns
        values = centers
        assigned = labels
    }

    /// What the centres at the end of a run make of `matrix`.
    init(
        _ matrix: RowMatrix, _ run: KMeans.Run, _ options: KMeans.Options, offset: [Double], work: Work
    ) throws(Failure) {
        let centers = KMeans.original(run.centers, k: options.k, offset: offset)
        try self.init(matrix, centers: centers, metric: options.metric, offset: offset, work: work)
    }

    /// Rows that were labelled.
    var rows: Int { assigned.count }

    /// Clusters from the largest to the smallest; of equal ones, the one whose first row comes first leads.
    var order: [Int] {
        var first = [Int](repeating: Int.max, count: sizes.count)
        for row in (0..<assigned.count).reversed() { first[Int(assigned[row])] = row }
        return sizes.indices.sorted { (sizes[$1], first[$0], $0) < (sizes[$0], first[$1], $1) }
    }

    /// The centres, float32 [k, columns], in the given order.
    func centers(_ order: [Int]) throws(Failure) -> Tensor {
        try Tensor(order.flatMap { values[$0 * columns..<($0 + 1) * columns] }, shape: [order.count, columns])
    }

    /// Each row's cluster, numbered by its place in `order`.
    func labels(_ order: [Int]) -> [Int] {
        var place = [Int](repeating: 0, count: order.count)
        for (index, cluster) in order.enumerated() { place[cluster] = index }
        return (0..<assigned.count).map { place[Int(assigned[$0])] }
    }
}

extension RowMatrix {
    /// The mean over the columns of their variance, as the rows lie around zero.
    var meanVariance: Double {
        var sum = 0.0
        for row in 0..<rows { sum += Double(squaredNorms[row]) }
        return sum / Double(rows) / Double(columns)
    }
}
