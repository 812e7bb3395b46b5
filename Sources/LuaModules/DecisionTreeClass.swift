import Charts
import Learning
import LuaKit
import Support
import Tensors

/// A decision tree as scripts hold it.
final class DecisionTreeObject: TabularObject {}

extension DecisionTreeObject: LuaVisible {
    private static let name = "nn.DecisionTree"

    static let luaClass = LuaClass(
        name, for: DecisionTreeObject.self, "A decision tree.",
        methods: TabularMembers.methods(DecisionTreeObject.self, name, make: "nn.decision_tree()", regression: true)
            + [rules, draw, plot],
        fields: TabularMembers.fields(DecisionTreeObject.self) + [
            Field(
                "importances", "tensor", "share of the fall in impurity that is due to each column (float64 [columns])"
            ) { (object: DecisionTreeObject) throws(Failure) in
                let importances = try object.fitted(TreeModel.self).importances
                return .object(try Tensor(importances, shape: [importances.count]))
            },
            Field("depth", "integer", "splits on the longest way to a leaf") {
                (object: DecisionTreeObject) throws(Failure) in .integer(try object.fitted(TreeModel.self).depth)
            },
            Field("leaves", "integer", "number of leaves") {
                (object: DecisionTreeObject) throws(Failure) in .integer(try object.fitted(TreeModel.self).leafCount)
            },
        ],
        display: { object in
            guard let model = object.model as? TreeModel else { return object.summary(name) }
            return object.summary(name, ["depth \(model.depth)", "\(model.leafCount) leaves"])
        })

    private static let fitted = "nn.decision_tree():fit({{18}, {25}, {40}, {61}}, {\"no\", \"no\", \"yes\", \"yes\"})"

    private static let rules = Signature(
        "nn.DecisionTree:rules",
        "The tree as a list of rules, one for each leaf: what leads there, what is predicted, how many rows it was fitted on and the classes' shares.",
        returns: [.init("list of strings", "the rules, from the low side to the high")],
        example: .init(
            "return \(fitted):rules()[1]", output: "\"if x1 <= 32.5: no (2 rows, no 100 %)\""),
        related: ["nn.DecisionTree:draw"]
    ) { call throws(Failure) in
        .strings(try call.receiver(DecisionTreeObject.self).fitted(TreeModel.self).rules)
    }

    private static let draw = Signature(
        "nn.DecisionTree:draw",
        "The tree as text, with branches: at every node what led there, its rows and the classes' shares.",
        options: [.optional("max_depth", .integer(0...), standing: "the whole tree", "how far down")],
        returns: [.init("string", "the drawing, to be printed")],
        example: .init(
            "return \(fitted):draw{max_depth = 0}", output: "\"all: 4 rows, no 50 %, yes 50 % …\""),
        related: ["nn.DecisionTree:plot", "nn.DecisionTree:rules"]
    ) { call throws(Failure) in
        let model = try call.receiver(DecisionTreeObject.self).fitted(TreeModel.self)
        return .string(model.drawing(maxDepth: try call.integer(ifGiven: "max_depth")))
    }

    private static let plot = Signature(
        "nn.DecisionTree:plot",
        "The tree as a chart, from left to right: at every node what led there, what is predicted, its rows and, by colour, the classes' shares.",
        options: [
            .optional("max_depth", .integer(0...12), default: 4, "how far down"),
            .optional("title", .string, default: "", "the headline; best a sentence that says what is to be seen"),
            .optional("subtitle", .string, default: "", "a line below it: unit, period, source"),
        ],
        returns: [.init("plot.Chart", "the chart, which save writes as a picture")],
        example: .init(
            "return \(fitted):plot():text(40)",
            output:
                "\"● no   ○ yes\\nall: no 50% · 4 rows\\n├─ x1 <= 32.5: no 100% · 2 rows\\n└─ x1 > 32.5: yes 100% · 2 rows\""
        ),
        related: ["nn.DecisionTree:draw", "plot.Chart:save"]
    ) { call throws(Failure) in
        let model = try call.receiver(DecisionTreeObject.self).fitted(TreeModel.self)
        let classes = model.schema.classes.map { $0.words() }
        let nodes = model.outline(maxDepth: try call.integer("max_depth")).map { line -> TreePlot.Node in
            let node = model.nodes[line.node]
            return TreePlot.Node(
                parent: line.parent, condition: line.condition, rows: node.rows, prediction: line.prediction,
                shares: classes.isEmpty ? [] : node.values, mean: classes.isEmpty ? node.values.first : nil,
                isCut: line.isCut)
        }
        return .object(
            Chart(
                .tree(TreePlot(nodes: nodes, classes: classes)), title: try call.string("title"),
                subtitle: try call.string("subtitle")))
    }
}

extension NNClassical {
    static let decisionTree = Signature(
        "nn.decision_tree",
        """
        A decision tree (CART): rows are split in two by one column, again and again, where the parts are purest. Of equally good splits the one on \
        the earliest column is taken, so the same data give the same tree.
        """,
        options: [
            task,
            .optional(
                "criterion", .choice(DecisionTree.Criterion.allCases.map(\.rawValue)),
                standing: "\"gini\", for numbers \"squared_error\"", "the impurity that splits are to lower"),
            .optional("max_depth", .integer(1...), standing: "no limit", "splits on the way to a leaf, at most"),
            .optional("min_samples_leaf", .integer(1...), default: 1, "rows that every part of a split must have"),
            .optional("min_samples_split", .integer(2...), default: 2, "rows that a node must have to be split"),
            .optional(
                "min_impurity_decrease", .number(0...), default: 0.0,
                "how much a split must lower the impurity, times the node's share of the rows"),
            .optional(
                "class_weights", .classWeights, standing: "all the same",
                "\"balanced\" (rows / (classes * rows of the class)) or weights by class; classes left out count 1"),
        ],
        returns: [.init("nn.DecisionTree", "the model, to be fitted")],
        example: .init(
            """
            local tree = nn.decision_tree{max_depth = 2}
            return tree:fit({{18}, {25}, {40}, {61}}, {"no", "no", "yes", "yes"}):predict{{33}}
            """, output: "{\"yes\"}"),
        related: ["nn.DecisionTree:rules", "nn.DecisionTree:draw"]
    ) { call throws(Failure) in
        var options = DecisionTree()
        let predictsClasses = try call.string("task") == "classification"
        options.criterion =
            try call.string(ifGiven: "criterion").flatMap { DecisionTree.Criterion(rawValue: $0) }
            ?? (predictsClasses ? .gini : .squaredError)
        guard options.predictsClasses == predictsClasses else {
            throw .argument(
                "criterion",
                expected: predictsClasses ? "'gini' or 'entropy' for classes" : "'squared_error' for numbers",
                got: "'\(options.criterion.rawValue)'",
                hint: predictsClasses ? "task = \"regression\" predicts numbers" : nil)
        }
        options.maxDepth = try call.integer(ifGiven: "max_depth")
        options.minSamplesLeaf = try call.integer("min_samples_leaf")
        options.minSamplesSplit = try call.integer("min_samples_split")
        options.minImpurityDecrease = try call.number("min_impurity_decrease")
        options.classWeights = try call.converted(ifGiven: "class_weights") ?? .even
        return .object(DecisionTreeObject(options))
    }
}
