import Learning
import LuaKit
import Metrics
import Support
import Tensors

extension NNTraining {
    static let crossValidate = Signature(
        "nn.cross_validate",
        """
        Trains a new model on all folds but one, for each in turn, and scores it on that one. For classes the folds have like shares of each \
        unless groups are given. Models of rows (nn.boosted_trees and the like) have options of their own: here k, groups and seed are theirs.
        """,
        parameters: [
            .required("make", .function, "makes a new model"),
            .required("data", .table, "{x, y} or {x = ..., y = ...}, by rows"),
        ],
        options: [
            .optional("k", .integer(2...), default: 5, "how many folds"), groups,
            .optional("loss", loss, standing: "none", "a loss, or a function that gives one; networks need it"),
        ] + options.dropFirst(),
        returns: [
            .init(
                "record",
                "folds: loss and metrics of each on its test rows; mean and std of these over the folds. Of models of rows loss is the log loss "
                    + "beside accuracy and, of two classes, roc_auc, or the mean squared error beside r2"
            )
        ],
        example: .init(
            """
            local x = tensor.linspace(-1, 1, 40):reshape(40, 1)
            local result = nn.cross_validate(function() return nn.linear(1, 1, {seed = 1}) end, {x, x * 2},
              {loss = "mse", k = 4, epochs = 60, batch = 8, lr = 0.1})
            return #result.folds, result.mean.loss < 1e-3
            """,
            output: "4\ntrue"),
        related: ["nn.fit", "nn.k_fold"]
    ) { call throws(Failure) in
        guard let make = try call.given("make") else { return .nil }
        func made() throws(Failure) -> Argument {
            let results: [Argument] = try call.apply(make, [])
            guard let first = results.first else {
                throw .argument("make", expected: "function that gives a model", got: "nothing")
            }
            return first
        }
        let first = try made()
        if let model = first.object(TabularObject.self) { return summary(of: try rowScores(call, model, made)) }
        guard try call.has("loss") else {
            throw .argument("loss", expected: loss.expected, got: "nothing", hint: "a network learns by it")
        }
        // The first model also says how texts are read.
        var next: Layer? = try call.layer(first, "make")
        let data = try call.trainingData("data", for: next)
        var keeping = try call.keeping(rows: data.count)
        if case .nothing = keeping { keeping = try call.sharesKept(data) }
        var scores: [[(name: String, value: Double)]] = []
        for fold in try Splits.folds(data.count, call.integer("k"), keeping: keeping, seed: call.seed) {
            let model = if let first = next { first } else { try call.layer(made(), "make") }
            next = nil
            let training = try call.training(model, data.rows(fold.train, work: call.work), nil)
            _ = try training.run()
            scores.append(try training.score(data.rows(fold.test, work: call.work)))
        }
        return summary(of: scores)
    }

    /// The scores of models of rows by fold.
    private static func rowScores(
        _ call: Call, _ first: TabularObject, _ made: () throws(Failure) -> Argument
    ) throws(Failure) -> [[(name: String, value: Double)]] {
        for option in options where option.name != "seed" {
            guard let given = try call.given(option.name) else { continue }
            throw .argument(
                option.name, expected: "nothing, as models of rows have options of their own", got: given.words)
        }
        let (x, y) = try call.rowsAndTruth("data")
        guard let input = try FeatureInput(x) else {
            throw .argument("data", expected: "rows [n, d] or a table as x", got: x.words)
        }
        let target = try y.target(classes: first.predictsClasses)
        var keeping = try call.keeping(rows: target.rows)
        if case .nothing = keeping, case .labels(let labels) = target {
            keeping = .shares(of: try LabelCodes(labels, work: call.work).codes)
        }
        var next: TabularObject? = first
        var scores: [[(name: String, value: Double)]] = []
        for fold in try Splits.folds(target.rows, call.integer("k"), keeping: keeping, seed: call.seed) {
            try call.work.cancellation.check()
            let object = if let first = next { first as TabularObject? } else { try made().object(TabularObject.self) }
            guard let object, let estimator = object.estimator else {
                throw .argument("make", expected: "function that gives a new model each time", got: "another value")
            }
            next = nil
            let (prepared, features) = try object.prepare(estimator, input, call)
            guard features.x.shape[0] == target.rows else {
                throw .argument(
                    "data", expected: "a y for each of the \(features.x.shape[0]) rows", got: "\(target.rows)")
            }
            let model = try prepared.fit(
                Features(try features.x.rows(fold.train), names: features.names), try target.selecting(fold.train),
                weights: nil, work: call.work)
            scores.append(
                try rowScores(
                    of: model, Features(try features.x.rows(fold.test), names: features.names),
                    try target.selecting(fold.test), call.work))
        }
        return scores
    }

    private static func rowScores(
        of model: any TabularModel, _ features: Features, _ target: Target, _ work: Work
    ) throws(Failure) -> [(name: String, value: Double)] {
        func score(_ kind: PermutationImportance.Score) throws(Failure) -> Double {
            try kind.value(of: model, features, target, work: work)
        }
        guard case .labels(let labels) = target else {
            return [("loss", -(try score(.negativeSquaredError))), ("r2", try score(.r2))]
        }
        var scores = [("loss", -(try score(.logLikelihood))), ("accuracy", try score(.accuracy))]
        if model.schema.classes.count == 2 {
            let shares = try model.outputs(features, work: work).values(as: Double.self)
            let second = model.schema.classes[1]
            scores.append(
                (
                    "roc_auc",
                    try BinaryScores.rocAUC(
                        labels.map { $0 == second }, labels.indices.map { shares[2 * $0 + 1] }, work: work)
                ))
        }
        return scores
    }

    private static func summary(of scores: [[(name: String, value: Double)]]) -> LuaValue {
        func over(_ folds: ([Double]) -> Double) -> LuaValue {
            .record(
                (scores.first ?? []).map { name, _ in
                    (name, .number(folds(scores.compactMap { $0.first { $0.name == name }?.value })))
                })
        }
        return [
            "folds": .list(scores.map { .record($0.map { ($0.name, .number($0.value)) }) }),
            "mean": over(mean), "std": over(deviation),
        ]
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }

    private static func deviation(_ values: [Double]) -> Double {
        let middle = mean(values)
        return (values.reduce(0) { $0 + ($1 - middle) * ($1 - middle) } / Double(max(1, values.count - 1))).squareRoot()
    }
}
