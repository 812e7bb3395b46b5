import Learning
import LuaKit
import Support
import Tensors

/// Boosted trees as scripts hold them.
final class BoostedTreesObject: TabularObject {
    /// Columns of categories as the script named them: positions from 1, or names.
    private let categorical: [LuaValue]

    init(_ estimator: BoostedTrees?, model: BoostedModel? = nil, categorical: [LuaValue] = []) {
        self.categorical = categorical
        super.init(estimator, model: model)
    }

    override func prepare(_ estimator: any TabularEstimator, _ x: FeatureInput, _ call: Call) throws(Failure) -> (
        any TabularEstimator, Features
    ) {
        guard var trees = estimator as? BoostedTrees else { return try super.prepare(estimator, x, call) }
        trees.levels = try x.levels()
        let features = try x.features(for: nil, levels: trees.levels)
        for column in categorical {
            if let position = column.int {
                trees.categorical.append(position - 1)
            } else {
                guard let name = column.text, let place = features.names?.firstIndex(of: name) else {
                    throw .argument(
                        "categorical", expected: "columns of x", got: column.text.map { "'\($0)'" } ?? column.typeName,
                        hint: features.names == nil ? "without a table, columns are named by position, from 1" : nil)
                }
                trees.categorical.append(place)
            }
        }
        // A calibration of such trees has no such option.
        let mayValidate = call.signature.options.contains { $0.name == "validation" }
        if mayValidate, let validation = try call.given("validation") {
            guard validation.count == 2, let rows = try FeatureInput(try call.element(1, of: validation)) else {
                throw .argument(
                    "validation", expected: "rows and what is to be predicted for them, as in {x, y}",
                    got: validation.words)
            }
            let y = try call.element(2, of: validation)
            do throws(Failure) {
                trees.validation = (
                    try rows.features(for: features.names, levels: trees.levels),
                    try y.target(classes: trees.predictsClasses)
                )
            } catch {
                guard case .argument = error.kind else { throw error }
                throw .argument("validation", expected: error.problem, got: error.got ?? "another", hint: error.hint)
            }
        }
        return (trees, features)
    }
}

extension BoostedTreesObject: LuaVisible {
    private static let name = "nn.BoostedTrees"

    static let luaClass = LuaClass(
        name, for: BoostedTreesObject.self, "Gradient-boosted trees, grown by LightGBM.",
        methods: TabularMembers.methods(
            BoostedTreesObject.self, name, make: "nn.boosted_trees{min_data_in_leaf = 1, min_data_in_bin = 1}",
            regression: true,
            needs: "LightGBM",
            fitOptions: [
                .optional(
                    "validation",
                    .custom("validation", expected: "{x, y}") { (argument) throws(Failure) -> Bool? in
                        argument.kind == .table ? true : nil
                    }, "rows and what is to be predicted for them, {x, y}, to measure the loss on after each tree")
            ]),
        fields: TabularMembers.fields(BoostedTreesObject.self) + [
            Field("trees", "integer", "trees grown, of each class where there are more than two") {
                (object: BoostedTreesObject) throws(Failure) in
                .integer(try object.fitted(BoostedModel.self).treeCount)
            },
            Field(
                "importances", "tensor", "share of the fall in loss that is due to each column (float64 [columns])"
            ) { (object: BoostedTreesObject) throws(Failure) in
                let importances = try object.fitted(BoostedModel.self).importances
                return .object(try Tensor(importances, shape: [importances.count]))
            },
            Field(
                "losses", "list of numbers",
                "loss on the validation rows after each tree: mean −ln p of the classes, or mean squared error"
            ) { (object: BoostedTreesObject) throws(Failure) in
                .numbers(try object.fitted(BoostedModel.self).losses)
            },
            Field("best", "integer", "the tree with the lowest of these losses; nil without a validation") {
                (object: BoostedTreesObject) throws(Failure) in
                .optional(try object.fitted(BoostedModel.self).best.map { .integer($0) })
            },
        ],
        display: { object in
            object.summary(name, (object.model as? BoostedModel).map { ["\($0.treeCount) trees"] } ?? [])
        })
}

extension NNClassical {
    static let boostedTrees = Signature(
        "nn.boosted_trees",
        """
        Gradient-boosted trees, grown by LightGBM: each tree corrects what those before it got wrong. NaN and null are missing values, which need no \
        filling; text columns of a table are categories. The same data, options and seed give the same trees on any number of threads.
        """,
        options: [
            task,
            .optional(
                "iterations", .integer(1...1_000_000), default: 100,
                "trees, at most; of each class where there are more than two"),
            .optional("learning_rate", .number(above: 0), default: 0.1, "how much of each tree counts"),
            .optional("num_leaves", .integer(2...131_072), default: 31, "leaves of a tree, at most"),
            .optional(
                "max_depth", .integer(1...1_000_000), standing: "no limit", "splits on the way to a leaf, at most"),
            .optional("min_data_in_leaf", .integer(0...2_147_483_647), default: 20, "rows of a leaf, at least"),
            .optional(
                "min_data_in_bin", .integer(1...2_147_483_647), default: 3, "rows of an interval of values, at least"),
            .optional("lambda_l1", .number(0...1e100), default: 0.0, "penalty on the leaves' magnitudes"),
            .optional("lambda_l2", .number(0...1e100), default: 0.0, "penalty on the leaves' squares"),
            .optional(
                "feature_fraction", .number(0.000_001...1), default: 1.0, "share of the columns that each tree looks at"
            ),
            .optional(
                "bagging_fraction", .number(0.000_001...1), default: 1.0, "share of the rows that each tree looks at"),
            .optional(
                "max_bin", .integer(2...65_535), default: 255, "intervals that a column's values are sorted into"),
            .optional(
                "categorical", .list(of: .either(.integer(1...), .string)), standing: "text columns of a table",
                "further columns, by position or name, whose whole numbers are categories without order"),
            .optional(
                "class_weights", .classWeights, standing: "all the same",
                "\"balanced\" (rows / (classes * rows of the class)) or weights by class; classes left out count 1"),
            .optional(
                "early_stopping", .integer(1...), standing: "all trees",
                "with m:fit(x, y, {validation = {x, y}}): trees without a lower loss after which fitting ends; the best number is kept"
            ),
            .seed,
        ],
        returns: [.init("nn.BoostedTrees", "the model, to be fitted")],
        example: .init(
            """
            local trees = nn.boosted_trees{min_data_in_leaf = 1, min_data_in_bin = 1}
            return trees:fit({{18}, {25}, {40}, {61}}, {"no", "no", "yes", "yes"}):predict{{20}, {50}}
            """, output: "{\"no\", \"yes\"}", needs: "LightGBM"),
        related: ["nn.BoostedTrees:fit", "nn.decision_tree"]
    ) { call throws(Failure) in
        var options = BoostedTrees()
        options.predictsClasses = try call.string("task") == "classification"
        options.iterations = try call.integer("iterations")
        options.learningRate = try call.number("learning_rate")
        options.leaves = try call.integer("num_leaves")
        options.maxDepth = try call.integer(ifGiven: "max_depth")
        options.minRowsInLeaf = try call.integer("min_data_in_leaf")
        options.minRowsInBin = try call.integer("min_data_in_bin")
        options.l1 = try call.number("lambda_l1")
        options.l2 = try call.number("lambda_l2")
        options.columnShare = try call.number("feature_fraction")
        options.rowShare = try call.number("bagging_fraction")
        options.bins = try call.integer("max_bin")
        options.classWeights = try call.converted(ifGiven: "class_weights") ?? .even
        options.patience = try call.integer(ifGiven: "early_stopping")
        options.seed = call.seed
        guard case .table(let columns) = try call.value("categorical") else {
            return .object(BoostedTreesObject(options))
        }
        return .object(BoostedTreesObject(options, categorical: columns.list))
    }
}
