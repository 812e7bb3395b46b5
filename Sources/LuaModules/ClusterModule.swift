import Clustering
import LuaKit
import Support
import Tensors

extension LuaModule {
    static let cluster = LuaModule(
        "cluster", "Groups rows that are alike into segments.", functions: [kmeans, chooseK, load],
        classes: [KMeansModel.luaClass])

    private static let metric = Parameter.optional(
        "metric", .choice(ClusterMetric.allCases.map(\.rawValue)), default: "euclidean",
        "how rows are compared; \"cosine\" looks at their direction only")
    private static let restarts = Parameter.optional(
        "restarts", .integer(1...10_000), standing: "10, on small data 50",
        "runs from different first centers, the best of which is kept")

    private static let kmeans = Signature(
        "cluster.kmeans",
        """
        Groups rows into k clusters (segments) by k-means: first centers by greedy k-means++, then Lloyd's iterations, in float32 with sums in float64. \
        The same data, options and seed give the same result on any number of threads. Clusters are numbered from 1, from the largest to \
        the smallest. On more than 32,768 rows the restarts run on a sample and the best goes on over all rows.
        """,
        parameters: [.required("x", .matrix, "rows to group [n, d], at least one, without NaN or infinite values")],
        options: [
            .required("k", .integer, "number of clusters, from 1 to the number of rows"),
            .seed,
            restarts,
            .optional("max_iterations", .integer(1...1_000_000), default: 300, "iterations of one run, at most"),
            .optional(
                "tolerance", .number(0...), default: 1e-4,
                "a run ends when the centers' squared movement falls below this part of the mean variance of the columns"
            ),
            metric,
            .optional(
                "minibatch", .integer(1...), standing: "every row", "rows drawn for each step (mini-batch k-means)"),
        ],
        returns: [
            .init("cluster.KMeans", "the fitted model: .labels .centers .inertia .sizes .iterations, :predict(y)")
        ],
        example: .init(
            "cluster.kmeans({{0, 0}, {0, 1}, {9, 9}}, {k = 2}).sizes", output: "{2, 1}"),
        related: ["cluster.choose_k", "metrics.silhouette"]
    ) { call throws(Failure) in
        var options = KMeans.Options(k: try call.integer("k"))
        options.seed = call.seed
        options.restarts = try call.integer(ifGiven: "restarts")
        options.maxIterations = try call.integer("max_iterations")
        options.tolerance = try call.number("tolerance")
        options.metric = ClusterMetric(rawValue: try call.string("metric")) ?? .euclidean
        options.minibatch = try call.integer(ifGiven: "minibatch")
        return .object(try KMeansModel(try KMeans.fit(try call.converted("x", Tensor.self), options, work: call.work)))
    }

    private static let chooseK = Signature(
        "cluster.choose_k",
        """
        Runs k-means for every number of clusters (segments) of a range and takes the one with the highest mean silhouette, which is measured on at \
        most `sample` rows.
        """,
        parameters: [.required("x", .matrix, "rows to group [n, d], at least three")],
        options: [
            .optional("from", .integer, default: 2, "fewest clusters, at least 2"),
            .optional("to", .integer, standing: "10, or the rows less one", "most clusters, below the number of rows"),
            .optional("sample", .integer(2...), default: 2_000, "rows compared for the silhouette"),
            .seed,
            restarts,
            metric,
        ],
        returns: [
            .init(
                "record",
                "k: the number chosen; candidates: a list of {k, inertia, silhouette}, one for each number tried; model: the cluster.KMeans of k"
            )
        ],
        example: .init(
            "cluster.choose_k({{0, 0}, {0, 1}, {9, 9}, {9, 8}, {0, 9}, {1, 9}}, {to = 5}).k", output: "3"),
        related: ["cluster.kmeans"]
    ) { call throws(Failure) in
        let x: Tensor = try call.converted("x")
        var options = KMeans.Options(k: 0)
        options.seed = call.seed
        options.restarts = try call.integer(ifGiven: "restarts")
        options.metric = ClusterMetric(rawValue: try call.string("metric")) ?? .euclidean
        let from = try call.integer("from")
        let choice = try ChooseK.search(
            x, from: from, to: try call.integer(ifGiven: "to") ?? max(from, min(10, x.shape[0] - 1)), options: options,
            sample: try call.integer("sample"), work: call.work)
        return .record([
            ("k", .integer(choice.best.k)),
            (
                "candidates",
                .list(
                    choice.candidates.map {
                        .record([
                            ("k", .integer($0.k)), ("inertia", .number($0.inertia)),
                            ("silhouette", .number($0.silhouette)),
                        ])
                    })
            ),
            ("model", .object(try KMeansModel(choice.best))),
        ])
    }

    private static let load = Signature(
        "cluster.load", "Reads a model that a model's save(path) wrote.",
        parameters: [.required("path", .path, "the file")],
        returns: [.init("cluster.KMeans", "the model, without the labels of the rows it was fitted on")],
        example: .init(
            """
            local path = os.tmpname()
            cluster.kmeans({{0, 0}, {0, 1}, {9, 9}}, {k = 2}):save(path)
            local model = cluster.load(path)
            os.remove(path)
            return model:predict{{8, 8}}:totable()
            """,
            output: "{2}"),
        related: ["cluster.KMeans:save"]
    ) { call throws(Failure) in
        .object(try KMeansModel(try KMeans.load(try call.path("path"))))
    }
}
