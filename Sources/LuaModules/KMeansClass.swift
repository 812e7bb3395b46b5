import Clustering
import LuaKit
import Support
import Tensors

/// A k-means model as scripts hold it.
final class KMeansModel: Sendable {
    let model: KMeans
    /// Labels from 1, made once: a script may read them row by row. Nil in a model read from a file.
    let labels: Tensor?

    init(_ model: KMeans) throws(Failure) {
        self.model = model
        labels = model.labels.isEmpty ? nil : try KMeansModel.tensor(of: model.labels)
    }

    /// Clusters as Lua counts them, an int64 tensor.
    static func tensor(of labels: [Int]) throws(Failure) -> Tensor {
        try Tensor.build([labels.count], of: Int64.self) { target in
            for (index, label) in labels.enumerated() { target[index] = Int64(label) + 1 }
        }
    }
}

extension KMeansModel: LuaVisible {
    static let luaClass = LuaClass(
        "cluster.KMeans", for: KMeansModel.self,
        "A fitted k-means model. Clusters are numbered from 1, from the largest to the smallest.",
        methods: [predict, save],
        fields: [
            Field(
                "labels", "tensor", "cluster of each row it was fitted on, from 1 (int64 [n]; nil after cluster.load)"
            ) {
                (model: KMeansModel) in .optional(model.labels.map { .object($0) })
            },
            Field("centers", "tensor", "mean of each cluster's rows, or their mean direction (float32 [k, d])") {
                (model: KMeansModel) in .object(model.model.centers)
            },
            Field("inertia", "number", "sum of squared distances from the centers, or of one minus the cosines") {
                (model: KMeansModel) in .number(model.model.inertia)
            },
            Field("sizes", "list of integers", "rows in each cluster") {
                (model: KMeansModel) in .integers(model.model.sizes)
            },
            Field("iterations", "integer", "iterations of the run that was kept") {
                (model: KMeansModel) in .integer(model.model.iterations)
            },
            Field("k", "integer", "number of clusters") { (model: KMeansModel) in .integer(model.model.k) },
            Field("metric", "string", "\"euclidean\" or \"cosine\"") {
                (model: KMeansModel) in .string(model.model.metric.rawValue)
            },
        ],
        display: { "cluster.KMeans(k = \($0.model.k), inertia = \(numberText($0.model.inertia)))" })

    private static let predict = Signature(
        "cluster.KMeans:predict", "The cluster whose center is nearest to each row.",
        parameters: [.required("y", .matrix, "rows [n, d], with as many columns as the model was fitted on")],
        returns: [.init("tensor", "clusters from 1 (int64 [n])")],
        example: .init(
            "local model = cluster.kmeans({{0, 0}, {0, 1}, {9, 9}}, {k = 2})\nreturn model:predict{{8, 8}, {1, 0}}:totable()",
            output: "{2, 1}")
    ) { call throws(Failure) in
        let model = try call.receiver(KMeansModel.self)
        return .object(
            try KMeansModel.tensor(of: try model.model.predict(try call.converted("y", Tensor.self), work: call.work)))
    }

    private static let save = Signature(
        "cluster.KMeans:save",
        "Writes the model to a file, whole or not at all. Labels of the fitted rows are not kept.",
        parameters: [.required("path", .path, "where to, usually ending in .safetensors")],
        example: .init(
            """
            local path = os.tmpname()
            cluster.kmeans({{1}, {5}}, {k = 2}):save(path)
            local k = cluster.load(path).k
            os.remove(path)
            return k
            """,
            output: "2"),
        related: ["cluster.load"]
    ) { call throws(Failure) in
        try call.receiver(KMeansModel.self).model.save(call.path("path"), work: call.work)
        return .nothing
    }
}
