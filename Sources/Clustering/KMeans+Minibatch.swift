import Support

extension KMeans {
    /// Mini-batch k-means (Sculley 2010): each step labels a random batch of rows and moves every centre towards the mean of all rows
    /// it was given so far. Ends after `max_iterations` steps, or when ten steps in a row have not improved the smoothed
    /// inertia of the batches.
    static func minibatch(
        _ matrix: RowMatrix, _ options: Options, _ start: Restart, work: Work
    ) throws(Failure) -> Run {
        var generator = SeededGenerator(seed: options.seed, stream: 1 << 32 + UInt64(start.number))
        let k = options.k
        let columns = matrix.columns
        let centers = Scratch<Float>(count: k * columns, repeating: 0)
        centers.start.update(from: start.from.start, count: k * columns)
        let size = min(options.minibatch ?? matrix.rows, matrix.rows)
        let exact = Scratch<Double>(widening: centers)
        var seen = [Double](repeating: 0, count: k)
        var smoothed: Double?
        var lowest = Double.infinity
        var idle = 0
        let weight = min(1, 2 * Double(size) / Double(matrix.rows + 1))
        for iteration in 1...options.maxIterations {
            report(iteration, of: start, options, work: work)
            let batch = matrix.gathered((0..<size).map { _ in generator.below(matrix.rows) })
            var state = Lloyd(batch, k: k, metric: options.metric, centers: centers)
            _ = try state.step(work: work)
            var inertia = 0.0
            for row in 0..<batch.rows {
                let cluster = Int(state.labels[row])
                seen[cluster] += 1
                inertia += Double(state.distances[row])
                let center = exact.start + cluster * columns
                for column in 0..<columns {
                    center[column] += (Double(batch.row(row)[column]) - center[column]) / seen[cluster]
                }
            }
            for cluster in 0..<k { write(exact, cluster, columns: columns, options.metric, to: centers) }
            let level = smoothed.map { $0 + weight * (inertia / Double(size) - $0) } ?? inertia / Double(size)
            smoothed = level
            idle = level < lowest ? 0 : idle + 1
            lowest = min(lowest, level)
            if idle >= 10 { return Run(centers: Scratch(widening: centers), iterations: iteration) }
        }
        return Run(centers: Scratch(widening: centers), iterations: options.maxIterations)
    }

    /// Writes a cluster's exact centre as float32, scaled to length one for `cosine`.
    private static func write(
        _ exact: Scratch<Double>, _ cluster: Int, columns: Int, _ metric: ClusterMetric, to centers: Scratch<Float>
    ) {
        let range = cluster * columns..<(cluster + 1) * columns
        var length = 1.0
        if metric == .cosine {
            length = range.reduce(0) { $0 + exact[$1] * exact[$1] }.squareRoot()
            if length == 0 { return }
        }
        for index in range { centers[index] = Float(exact[index] / length) }
    }
}
