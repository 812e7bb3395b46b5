import Learning
import LuaKit
import Support
import Tensors

/// A calibrated classifier as scripts hold it.
final class CalibratedObject: TabularObject {
    /// The classifier that is calibrated; nil for one read from a file.
    private let base: TabularObject?

    init(_ estimator: CalibratedClassifier?, base: TabularObject?, model: CalibratedModel? = nil) {
        self.base = base
        super.init(estimator, model: model)
    }

    override func prepare(_ estimator: any TabularEstimator, _ x: FeatureInput, _ call: Call) throws(Failure) -> (
        any TabularEstimator, Features
    ) {
        guard var calibrated = estimator as? CalibratedClassifier, let base else {
            return try super.prepare(estimator, x, call)
        }
        let (prepared, features) = try base.prepare(calibrated.base, x, call)
        calibrated.base = prepared
        return (calibrated, features)
    }
}

extension CalibratedObject: LuaVisible {
    private static let name = "nn.Calibrated"

    static let luaClass = LuaClass(
        name, for: CalibratedObject.self, "A classifier and the map that makes its probabilities hold.",
        methods: TabularMembers.methods(
            CalibratedObject.self, name, make: "nn.calibrated(nn.naive_bayes(), {folds = 2})"),
        fields: TabularMembers.fields(CalibratedObject.self) + [
            Field("method", "string", "\"sigmoid\" or \"isotonic\"") { (object: CalibratedObject) throws(Failure) in
                .string(try object.fitted(CalibratedModel.self).method.rawValue)
            }
        ],
        display: { object in
            object.summary(name, (object.model as? CalibratedModel).map { [$0.method.rawValue] } ?? [])
        })
}

extension ParameterType {
    /// A model of rows, fitted or not.
    static let tabularModel = ParameterType.object("model of rows, as of nn.decision_tree()", TabularObject.self)
}

extension NNClassical {
    static let calibrated = Signature(
        "nn.calibrated",
        """
        Makes of a classifier one whose probabilities hold: of the rows given 0.3, three in ten are of the class. Every row is predicted by a model \
        that has not seen it (stratified folds), and a map from what those models say to what came is fitted; the model itself is fitted on all rows.
        """,
        parameters: [.required("model", .tabularModel, "the classifier with its options; it is left as it is")],
        options: [
            .optional(
                "method", .choice(CalibratedClassifier.Method.allCases.map(\.rawValue)), default: "sigmoid",
                "the map: Platt's, of the log-odds, for few rows; or a rising step function, for a thousand and more"),
            .optional(
                "folds", .integer(2...1_000_000), default: 5, "folds, at most as many as rows of the rarest class"),
            .seed,
        ],
        returns: [.init("nn.Calibrated", "the model, to be fitted")],
        example: .init(
            """
            local model = nn.calibrated(nn.naive_bayes(), {folds = 2})
            return model:fit({{0}, {1}, {8}, {9}}, {"no", "no", "yes", "yes"}):predict{{2}}
            """, output: "{\"no\"}"),
        related: ["metrics.calibration", "nn.Calibrated:fit"]
    ) { call throws(Failure) in
        let base: TabularObject = try call.object("model")
        guard let estimator = base.estimator else {
            throw .argument(
                "model", expected: "a model with its options", got: "one read from a file, which keeps none")
        }
        guard estimator.predictsClasses else {
            throw .argument("model", expected: "a model that predicts classes", got: "one that predicts numbers")
        }
        var calibrated = CalibratedClassifier(estimator)
        calibrated.method = CalibratedClassifier.Method(rawValue: try call.string("method")) ?? .sigmoid
        calibrated.folds = try call.integer("folds")
        calibrated.seed = call.seed
        return .object(CalibratedObject(calibrated, base: base))
    }

    static let permutationImportance = Signature(
        "nn.permutation_importance",
        """
        How much a fitted model needs each column: by how much its score on these rows falls when the column's values change places among them. Use \
        rows that the model was not fitted on. Columns that say the same share their importance, and each may seem to matter little.
        """,
        parameters: [
            .required("model", .tabularModel, "a fitted model"),
            .required("x", .features, "rows [n, d]"),
            .required("y", .target, "what is true of each row"),
        ],
        options: [
            .optional(
                "metric", .choice(PermutationImportance.Score.allCases.map(\.rawValue)),
                standing: "\"accuracy\", for numbers \"r2\"", "the score: more is better"),
            .optional("repeats", .integer(1...1_000_000), default: 10, "times that each column is shuffled"),
            .seed,
        ],
        returns: [
            .init(
                "record",
                "score: on the rows as they are; columns: a list, the most important first, of {name, importance: the mean fall, deviation: of the falls, low, high: the middle 95 % of the falls}"
            )
        ],
        example: .init(
            """
            local x, y = {{0, 1}, {1, 0}, {2, 1}, {3, 0}}, {"a", "a", "b", "b"}
            local tree = nn.decision_tree():fit(x, y)
            return nn.permutation_importance(tree, x, y).columns[1].name
            """, output: "\"x1\""),
        related: ["nn.DecisionTree:rules"]
    ) { call throws(Failure) in
        let object: TabularObject = try call.object("model")
        let model = try object.fitted()
        guard let y = try call.given("y") else { return .nil }
        let result = try PermutationImportance(
            model, try call.features(for: model), try y.target(classes: !model.schema.classes.isEmpty),
            score: try call.string(ifGiven: "metric").flatMap { PermutationImportance.Score(rawValue: $0) },
            repeats: try call.integer("repeats"), seed: call.seed, work: call.work)
        return .record([
            ("score", .number(result.score)),
            (
                "columns",
                .list(
                    result.ranked.map {
                        .record([
                            ("name", .string($0.name)), ("importance", .number($0.mean)),
                            ("deviation", .number($0.deviation)), ("low", .number($0.interval.low)),
                            ("high", .number($0.interval.high)),
                        ])
                    })
            ),
        ])
    }
}
