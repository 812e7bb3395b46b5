import Support
import Tensors

/// A fitted k-means model: `k` centres, and the labels of the rows it was fitted on.
///
/// Clusters are numbered from the largest to the smallest (of equal ones, the one whose first row comes first leads), so that a
/// segment's number means the same thing from run to run.
public struct KMeans: Sendable {
    /// How a model is fitted.
    public struct Options: Sendable {
        /// Number of clusters.
        public var k: Int
        /// Seed of the first centres.
        public var seed: UInt64 = 0
        /// Runs from different first centres; the one with the lowest inertia is kept. On more than 32,768 rows they run on a sample, and
        /// the best goes on over all rows. Without a value 50 on small data (up to a million rows x columns x k), where they are
        /// cheap and single runs differ most, and 10 otherwise.
        public var restarts: Int?
        /// Iterations of one run, at most.
        public var maxIterations = 300
        /// A run ends when the squared movement of all centres is below `tolerance` times the mean variance of the columns, or
        /// when no label changes.
        public var tolerance = 1e-4
        /// How far apart two rows are.
        public var metric = ClusterMetric.euclidean
        /// Rows drawn for each step of mini-batch k-means, or nil to use every row in every step.
        public var minibatch: Int?

        /// The usual options for `k` clusters.
        public init(k: Int) { self.k = k }
    }

    /// How far apart two rows are.
    public let metric: ClusterMetric
    /// The centres, float32 [k, columns]: means of their rows; for `cosine` their mean direction, of length one.
    public let centers: Tensor
    /// The cluster of each row it was fitted on, from 0. Empty in a model read from a file.
    public let labels: [Int]
    /// Sum over the rows of the squared distance from the row's centre (`euclidean`), or of one minus its cosine (`cosine`),
    /// in float64.
    public let inertia: Double
    /// Rows in each cluster.
    public let sizes: [Int]
    /// Iterations of the run that was kept.
    public let iterations: Int
    /// What is taken off each column before distances are computed (zeros for `cosine`).
    let offset: [Double]

    /// Number of clusters.
    public var k: Int { centers.shape[0] }
    /// Columns of the rows it was fitted on.
    public var columns: Int { centers.shape[1] }

    init(
        metric: ClusterMetric, centers: Tensor, labels: [Int], inertia: Double, sizes: [Int], iterations: Int,
        offset: [Double]
    ) {
        self.metric = metric
        self.centers = centers
        self.labels = labels
        self.inertia = inertia
        self.sizes = sizes
        self.iterations = iterations
        self.offset = offset
    }

    /// Groups the rows of `x` ([rows, columns], any dtype) by k-means: centres seeded by greedy k-means++ and moved by Lloyd's
    /// algorithm, in float32 with sums in float64. The result is the same for any number of threads.
    ///
    /// - Throws: an argument failure for `x` that is not a matrix or holds NaN or infinite values, and for options out of range.
    public static func fit(_ x: Tensor, _ options: Options, work: Work = Work()) throws(Failure) -> KMeans {
        try RowMatrix.check(x, parameter: "x")
        try options.check(rows: x.shape[0])
        let columns = x.shape[1]
        var offset = [Double](repeating: 0, count: columns)
        if options.metric == .euclidean {
            // A column that is not finite is reported by its row, below.
            offset = try RowMatrix.columnMeans(x, work: work).map { $0.isFinite ? shortened($0) : 0 }
        }
        let matrix = try RowMatrix(x, metric: options.metric, offset: offset, parameter: "x", work: work)
        defer { work.progress?.finish("k-means") }
        var (run, clusters) = try bestStart(matrix, options, offset: offset, work: work)
        if clusters.rows < matrix.rows {
            let last = Restart(number: 0, of: 1, from: Scratch(rounding: run.centers))
            run = try self.run(matrix, options, last, work: work)
            clusters = try Clusters(matrix, run, options, offset: offset, work: work)
        }
        let order = clusters.order
        return KMeans(
            metric: options.metric, centers: try clusters.centers(order), labels: clusters.labels(order),
            inertia: clusters.inertia, sizes: order.map { clusters.sizes[$0] }, iterations: run.iterations,
            offset: offset)
    }

    /// Runs every restart and keeps the one of the lowest inertia. Many rows are stood for by a sample, from whose best centres the
    /// caller goes on: a tenth of the time for an inertia that differs by less than the restarts do.
    private static func bestStart(
        _ matrix: RowMatrix, _ options: Options, offset: [Double], work: Work
    ) throws(Failure) -> (Run, Clusters) {
        var generator = SeededGenerator(seed: options.seed, stream: .max)
        let sample = matrix.sampled(max(Seeding.sampleRows, 32 * options.k), generator: &generator)
        let restarts = options.restarts(rows: matrix.rows, columns: matrix.columns)
        let rows = restarts == 1 ? matrix : sample
        var best: (Run, Clusters)?
        for number in 0..<restarts {
            var generator = SeededGenerator(seed: options.seed, stream: UInt64(number))
            let first = try Seeding.centers(sample, k: options.k, generator: &generator, work: work)
            let run = try self.run(rows, options, Restart(number: number, of: restarts, from: first), work: work)
            let clusters = try Clusters(rows, run, options, offset: offset, work: work)
            if clusters.inertia < best?.1.inertia ?? .infinity { best = (run, clusters) }
        }
        guard let best else { throw .operation("k-means found no centres") }
        return best
    }

    /// The cluster, from 0, whose centre is nearest to each row of `y` ([rows, columns]).
    public func predict(_ y: Tensor, work: Work = Work()) throws(Failure) -> [Int] {
        try RowMatrix.check(y, parameter: "y")
        guard y.shape[1] == columns else {
            throw .argument(
                "y", expected: "a tensor of \(columns) columns, as the model was fitted on",
                got: "\(y.shape[1]) columns")
        }
        let matrix = try RowMatrix(y, metric: metric, offset: offset, parameter: "y", work: work)
        let centers = try centers.values(as: Float.self)
        return try Clusters(matrix, centers: centers, metric: metric, offset: offset, work: work)
            .labels(Array(0..<k))
    }

    /// Where a run begins.
    struct Restart {
        let number: Int
        let of: Int
        let from: Scratch<Float>
    }

    /// Where a run ended.
    struct Run {
        /// In the space of the matrix, not rounded to float32.
        let centers: Scratch<Double>
        let iterations: Int
    }

    private static func run(
        _ matrix: RowMatrix, _ options: Options, _ start: Restart, work: Work
    ) throws(Failure) -> Run {
        if options.minibatch != nil { return try minibatch(matrix, options, start, work: work) }
        var state = Lloyd(matrix, k: options.k, metric: options.metric, centers: start.from)
        let enough = options.tolerance * matrix.meanVariance
        for iteration in 1...options.maxIterations {
            report(iteration, of: start, options, work: work)
            let (changed, shift) = try state.step(work: work)
            if changed == 0 || shift <= enough { return Run(centers: state.exactCenters, iterations: iteration) }
        }
        return Run(centers: state.exactCenters, iterations: options.maxIterations)
    }

    static func report(_ iteration: Int, of start: Restart, _ options: Options, work: Work) {
        work.progress?.report(
            "k-means", done: start.number * options.maxIterations + iteration - 1,
            total: start.of * options.maxIterations, unit: "iterations")
    }

    /// A number near `value` with 16 significant bits: taking it off leaves whole numbers and short fractions exact in float32.
    private static func shortened(_ value: Double) -> Double {
        Double(bitPattern: value.bitPattern & ~((1 << 37) - 1))
    }

    /// Centres in the space of the user's data.
    static func original(_ centers: Scratch<Double>, k: Int, offset: [Double]) -> [Float] {
        (0..<k * offset.count).map { Float(centers[$0] + offset[$0 % offset.count]) }
    }
}

extension KMeans.Options {
    /// Runs to make on data of that size.
    func restarts(rows: Int, columns: Int) -> Int {
        restarts ?? (Double(rows) * Double(columns) * Double(k) <= 1e6 ? 50 : 10)
    }

    /// Throws for an option that is out of range for `rows` rows.
    func check(rows: Int) throws(Failure) {
        guard k >= 1, k <= rows else {
            throw .argument("k", expected: "integer from 1 to \(rows) (the number of rows)", got: "\(k)")
        }
        // Labels are held in 32 bits.
        guard k <= Int32.max else { throw .argument("k", expected: "integer below 2^31", got: "\(k)") }
        if let restarts, !(1...10_000).contains(restarts) {
            throw .argument("restarts", expected: "integer from 1 to 10000", got: "\(restarts)")
        }
        guard maxIterations >= 1, maxIterations <= 1_000_000 else {
            throw .argument("max_iterations", expected: "integer from 1 to 1000000", got: "\(maxIterations)")
        }
        guard tolerance >= 0, tolerance.isFinite else {
            throw .argument("tolerance", expected: "number from 0 up", got: "\(tolerance)")
        }
        if let minibatch, minibatch < 1 {
            throw .argument("minibatch", expected: "integer from 1 up (rows of a batch)", got: "\(minibatch)")
        }
    }
}

extension Scratch where Element == Float {
    /// The values rounded to float32.
    convenience init(rounding values: Scratch<Double>) {
        self.init(count: values.count, repeating: 0)
        for index in 0..<values.count { self[index] = Float(values[index]) }
    }
}

extension Scratch where Element == Double {
    /// Float32 values.
    convenience init(widening values: Scratch<Float>) {
        self.init(count: values.count, repeating: 0)
        for index in 0..<values.count { self[index] = Double(values[index]) }
    }
}
