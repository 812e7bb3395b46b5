import Learning
import LuaKit
import Support
import Tensors

/// A k-nearest-neighbours model as scripts hold it.
final class NeighborsObject: TabularObject {}

extension NeighborsObject: LuaVisible {
    private static let name = "nn.KNN"

    static let luaClass = LuaClass(
        name, for: NeighborsObject.self, "A model that predicts by the nearest rows it has seen.",
        methods: TabularMembers.methods(NeighborsObject.self, name, make: "nn.knn{k = 1}", regression: true) + [
            neighbors
        ],
        fields: TabularMembers.fields(NeighborsObject.self) + [
            Field("k", "integer", "neighbours looked at") { (object: NeighborsObject) throws(Failure) in
                .integer(try object.fitted(NeighborModel.self).k)
            }
        ],
        display: { object in
            guard let model = object.model as? NeighborModel else { return object.summary(name) }
            return object.summary(name, ["k = \(model.k)", "\(Digits.grouped("\(model.rowCount)")) rows"])
        })

    private static let neighbors = Signature(
        "nn.KNN:neighbors", "The nearest rows, the nearest first, of equally near ones the earlier.",
        parameters: [.required("x", .features, "rows [n, d], as many columns as fitted on")],
        options: [.optional("k", .integer(1...), standing: "the model's", "how many for each row")],
        returns: [
            .init("tensor", "positions of the fitted rows, from 1 (int64 [n, k])"),
            .init("tensor", "their distances (float64 [n, k])"),
        ],
        example: .init(
            """
            local model = nn.knn{k = 2}:fit({{0}, {1}, {5}}, {"a", "a", "b"})
            local rows, distances = model:neighbors{{4}}
            return rows:totable(), distances:totable()
            """, output: "{{3, 2}}\n{{1.0, 3.0}}")
    ) { call throws(Failure) in
        let model = try call.receiver(NeighborsObject.self).fitted(NeighborModel.self)
        let found = try model.neighbors(
            try call.features(for: model), count: try call.integer(ifGiven: "k") ?? model.k, work: call.work)
        return .values([.object(found.positions), .object(found.distances)])
    }
}

extension NNClassical {
    static let task = Parameter.optional(
        "task", .choice(["classification", "regression"]), default: "classification",
        "whether classes or numbers are predicted")

    static let knn = Signature(
        "nn.knn",
        """
        Predicts by the k nearest of the rows it was fitted on, found exactly, in float64: the share of each class among them, or the mean of their \
        numbers. Of equally near rows the earlier counts.
        """,
        options: [
            .optional("k", .integer(1...), default: 5, "neighbours, at most as many as rows"),
            .optional(
                "metric", .choice(NearestNeighbors.Metric.allCases.map(\.rawValue)), default: "euclidean",
                "how far apart rows are: the length of their difference, or one minus the cosine"),
            .optional(
                "weights", .choice(NearestNeighbors.Weights.allCases.map(\.rawValue)), default: "uniform",
                "how much a neighbour counts: all the same, or one over its distance"),
            task,
        ],
        returns: [.init("nn.KNN", "the model, to be fitted")],
        example: .init(
            "return nn.knn{k = 1}:fit({{0, 0}, {9, 9}}, {\"near\", \"far\"}):predict{{1, 2}}", output: "{\"near\"}"),
        related: ["nn.KNN:fit", "nn.KNN:neighbors"]
    ) { call throws(Failure) in
        var options = NearestNeighbors()
        options.k = try call.integer("k")
        options.metric = NearestNeighbors.Metric(rawValue: try call.string("metric")) ?? .euclidean
        options.weights = NearestNeighbors.Weights(rawValue: try call.string("weights")) ?? .uniform
        options.predictsClasses = try call.string("task") == "classification"
        return .object(NeighborsObject(options))
    }
}
