import Metrics
import Support
import Tensors

/// How many clusters suit some rows: k-means for every number of a range, and the one with the best mean silhouette.
public struct ChooseK: Sendable {
    /// What one number of clusters gave.
    public struct Candidate: Sendable {
        /// Number of clusters.
        public let k: Int
        /// Inertia of the fitted model.
        public let inertia: Double
        /// Mean silhouette over the rows compared, from −1 to 1.
        public let silhouette: Double
    }

    /// Rows compared for the silhouette unless the caller says otherwise.
    public static let defaultSample = 2_000

    /// Every number tried, rising.
    public let candidates: [Candidate]
    /// The model of the best silhouette (of equal ones, the fewest clusters).
    public let best: KMeans

    /// Tries every number of clusters from `from` to `to`, both included.
    ///
    /// - Parameters:
    ///   - options: how each model is fitted; its `k` is not used.
    ///   - sample: rows compared for the silhouette, drawn once from `options.seed`.
    public static func search(
        _ x: Tensor, from: Int, to: Int, options: KMeans.Options, sample: Int = defaultSample, work: Work = Work()
    ) throws(Failure) -> ChooseK {
        try RowMatrix.check(x, parameter: "x")
        let rows = x.shape[0]
        guard rows >= 3 else { throw .argument("x", expected: "at least 3 rows", got: "\(rows)") }
        guard from >= 2, from < rows else {
            throw .argument("from", expected: "integer from 2 to \(rows - 1) (one less than the rows)", got: "\(from)")
        }
        guard to >= from, to < rows else {
            throw .argument(
                "to", expected: "integer from \(from) to \(rows - 1) (one less than the rows)", got: "\(to)")
        }
        let metric: Silhouette.Metric = options.metric == .cosine ? .cosine : .euclidean
        let silhouette = try Silhouette(x, metric: metric, sample: sample, seed: options.seed, work: work)
        var quiet = work
        quiet.progress = nil
        defer { work.progress?.finish("choose k") }
        var candidates: [Candidate] = []
        var best: (model: KMeans, score: Double)?
        for k in from...to {
            work.progress?.report("choose k", done: k - from, total: to - from + 1, unit: "models")
            var options = options
            options.k = k
            let model = try KMeans.fit(x, options, work: quiet)
            let score = try grade(model, silhouette, work: quiet)
            candidates.append(Candidate(k: k, inertia: model.inertia, silhouette: score))
            if score > best?.score ?? -.infinity { best = (model, score) }
        }
        guard let best else { throw .operation("no number of clusters could be tried") }
        return ChooseK(candidates: candidates, best: best.model)
    }

    /// The silhouette, or −1 where the sampled rows fell into one cluster or each into its own: nothing speaks for such a grouping.
    private static func grade(_ model: KMeans, _ silhouette: Silhouette, work: Work) throws(Failure) -> Double {
        let groups = Set(silhouette.rows.map { model.labels[$0] }).count
        guard groups >= 2, groups < silhouette.rows.count else { return -1 }
        return try silhouette.score(model.labels, work: work)
    }
}
