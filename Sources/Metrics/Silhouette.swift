import Support
import Tensors

/// The mean silhouette of a grouping (Rousseeuw 1987): for each row (b − a) / max(a, b), where a is its mean distance from the other rows of
/// its group and b the mean distance from the rows of the nearest other group; 0 for a group of one row.
public struct Silhouette: Sendable {
    /// The distance between rows.
    public enum Metric: String, CaseIterable, Sendable {
        /// The length of the difference.
        case euclidean
        /// One minus the cosine of the angle.
        case cosine
    }

    /// The rows that are compared, counted from 0: all, or a seeded sample.
    public let rows: [Int]
    private let points: PointMatrix

    /// Takes the rows of `x` ([rows, columns]).
    ///
    /// - Parameters:
    ///   - sample: compares that many rows, drawn without replacement, instead of all: the work grows with their square.
    ///   - seed: seed of the sample.
    public init(
        _ x: Tensor, metric: Metric = .euclidean, sample: Int? = nil, seed: UInt64 = 0, work: Work = Work()
    ) throws(Failure) {
        guard x.rank == 2, x.shape[0] >= 2, x.shape[1] >= 1 else {
            throw .argument(
                "x", expected: "a tensor of two dimensions with at least 2 rows", got: "a tensor of shape \(x.shape)")
        }
        if let sample {
            guard sample >= 2 else {
                throw .argument(
                    "sample", expected: "integer from 2 up (the number of rows to compare)", got: "\(sample)")
            }
            var generator = SeededGenerator(seed: seed)
            rows = generator.sample(sample, of: x.shape[0])
        } else {
            rows = Array(0..<x.shape[0])
        }
        points = try PointMatrix(x, rows: rows, unit: metric == .cosine, work: work)
    }

    /// The mean silhouette of the grouping that gives row i of the tensor `labels[i]`.
    ///
    /// - Throws: an argument failure for `labels` of another length than the tensor's, or that make one group only, or one for each row.
    public func score(_ labels: [Int], work: Work = Work()) throws(Failure) -> Double {
        guard labels.count == points.sourceRows else {
            throw .argument(
                "labels", expected: "\(points.sourceRows) labels, as many as rows in 'x'", got: "\(labels.count)")
        }
        let groups = try LabelCodes(rows.map { labels[$0] }, work: work)
        let k = groups.counts.count
        guard k >= 2, k < rows.count else {
            throw .argument(
                "labels", expected: "from 2 to \(rows.count - 1) groups (one less than the rows compared)", got: "\(k)")
        }
        let blockRows = 32
        let blocks = (rows.count + blockRows - 1) / blockRows
        let sums = Scratch<Double>(count: blocks, repeating: 0)
        let scratch = Scratch<Double>(count: min(work.threads, blocks) * k, repeating: 0)
        let (points, count) = (points, rows.count)
        defer { work.progress?.finish("silhouette") }
        try work.forEach(blocks) { (block, worker) throws(Failure) in
            if worker == 0 { work.progress?.report("silhouette", done: block, total: blocks, unit: "blocks") }
            let distances = scratch.start + worker * k
            var sum = 0.0
            for row in block * blockRows..<min((block + 1) * blockRows, count) {
                try work.cancellation.check()
                for group in 0..<k { distances[group] = 0 }
                groups.codes.withUnsafeBufferPointer { points.addDistances(of: row, to: distances, groups: $0) }
                sum += Silhouette.width(of: groups.codes[row], distances, groups.counts)
            }
            sums.start[block] = sum
        }
        var total = 0.0
        for block in 0..<blocks { total += sums[block] }
        return total / Double(count)
    }

    private static func width(of group: Int, _ distances: UnsafePointer<Double>, _ counts: [Int]) -> Double {
        guard counts[group] > 1 else { return 0 }
        let within = distances[group] / Double(counts[group] - 1)
        var between = Double.infinity
        for other in counts.indices where other != group {
            between = min(between, distances[other] / Double(counts[other]))
        }
        let larger = max(within, between)
        return larger > 0 ? (between - within) / larger : 0
    }
}
