import Support
import Tensors

/// A decision tree (CART; Breiman, Friedman, Olshen and Stone 1984): rows are split in two, again and again, where the parts are purest.
///
/// Of equally good splits the one on the earliest column is taken, of those the lowest, so that a tree never depends on chance.
public struct DecisionTree: TabularEstimator {
    /// What a split is to lower.
    public enum Criterion: String, CaseIterable, Sendable {
        /// The chance that two rows drawn from a node differ in class.
        case gini
        /// The entropy of the classes in a node, in bits.
        case entropy
        /// The mean squared distance of the numbers in a node from their mean.
        case squaredError = "squared_error"
    }

    /// What a split is to lower; `squaredError` predicts numbers, the others classes.
    public var criterion = Criterion.gini
    /// Splits on the way to a leaf, at most; no limit without it.
    public var maxDepth: Int?
    /// Rows that a node must have to be split.
    public var minSamplesSplit = 2
    /// Rows that every part of a split must have.
    public var minSamplesLeaf = 1
    /// How much a split must lower the impurity, weighted by the node's share of all rows.
    public var minImpurityDecrease = 0.0
    /// How much the rows of each class count.
    public var classWeights = ClassWeights.even

    /// The usual options.
    public init() {}

    /// Whether classes are predicted.
    public var predictsClasses: Bool { criterion != .squaredError }

    /// Grows a tree.
    public func fit(_ features: Features, _ target: Target, weights: [Double]? = nil, work: Work = Work())
        throws(Failure) -> any TabularModel
    {
        try model(features, target, weights: weights, work: work)
    }

    /// Grows a tree.
    public func model(_ features: Features, _ target: Target, weights: [Double]? = nil, work: Work = Work())
        throws(Failure) -> TreeModel
    {
        try check(features, target, weights: weights)
        let matrix = try FeatureMatrix(features, work: work)
        let goal: TreeGrower.Goal
        let kind: TabularSchema.Kind
        var rowWeights = weights ?? [Double](repeating: 1, count: matrix.rows)
        if predictsClasses {
            let codes = try target.classCodes()
            rowWeights = try classWeights.applied(to: codes, rowWeights: weights)
            goal = .classes(codes.codes, count: codes.classes.count)
            kind = .classes(codes.classes)
        } else {
            let rows = try target.numberRows()
            guard rows.outputs == 1 else {
                throw .argument("y", expected: "one number for each row", got: "\(rows.outputs)")
            }
            goal = .numbers(rows.values)
            kind = .number
        }
        let grower = try TreeGrower(self, matrix, goal, rowWeights, work: work)
        defer { work.progress?.finish("decision tree") }
        return TreeModel(
            schema: TabularSchema(features, kind), criterion: criterion, nodes: try grower.grow(work: work))
    }
}

/// A fitted decision tree.
public struct TreeModel: TabularModel {
    /// A node: a leaf, or a split whose parts come later in the list.
    public struct Node: Sendable, Equatable {
        /// The column that is split, from 0; nil in a leaf.
        public var feature: Int?
        /// Rows whose value is at most this go to `low`, the others to `high`.
        public var threshold = 0.0
        /// The node of the part at or below the threshold.
        public var low = 0
        /// The node of the part above it.
        public var high = 0
        /// Rows in it when it was fitted.
        public var rows = 0
        /// Their weight.
        public var weight = 0.0
        /// Impurity by the criterion.
        public var impurity = 0.0
        /// Share of each class by weight, or the mean of the numbers.
        public var values: [Double] = []
    }

    /// What it expects and hands back.
    public let schema: TabularSchema
    /// What the splits lowered.
    public let criterion: DecisionTree.Criterion
    /// The nodes, the root first, every node before its parts, the low part before the high.
    public let nodes: [Node]

    /// Splits on the longest way to a leaf.
    public var depth: Int {
        var depths = [Int](repeating: 0, count: nodes.count)
        for (index, node) in nodes.enumerated() where node.feature != nil {
            depths[node.low] = depths[index] + 1
            depths[node.high] = depths[index] + 1
        }
        return depths.max() ?? 0
    }

    /// Number of leaves.
    public var leafCount: Int { nodes.count { $0.feature == nil } }

    /// How much of the fall in impurity is due to each column; they sum to one unless nothing was split.
    public var importances: [Double] {
        var sums = [Double](repeating: 0, count: schema.columns)
        for node in nodes {
            guard let feature = node.feature else { continue }
            let (low, high) = (nodes[node.low], nodes[node.high])
            sums[feature] += node.weight * node.impurity - low.weight * low.impurity - high.weight * high.impurity
        }
        let total = sums.reduce(0, +)
        return total > 0 ? sums.map { $0 / total } : sums
    }

    /// The shares of the classes in each row's leaf, or the mean there: float64 [rows, outputs].
    public func outputs(_ features: Features, work: Work = Work()) throws(Failure) -> Tensor {
        let matrix = try schema.matrix(features, work: work)
        let outputs = schema.outputs
        return try Tensor.build([matrix.rows, outputs], of: Double.self) { (target) throws(Failure) in
            nonisolated(unsafe) let target = target
            try work.forEach(matrix.blocks) { block, _ in
                for row in matrix.block(block) {
                    var node = nodes[0]
                    while let feature = node.feature {
                        node = nodes[matrix[row, feature] <= node.threshold ? node.low : node.high]
                    }
                    for output in 0..<outputs { target[row * outputs + output] = node.values[output] }
                }
            }
        }
    }
}

extension TreeModel {
    /// What files of such models say they are.
    public static let fileKind = "decision_tree"

    /// What a file of the model holds.
    public func contents() throws(Failure) -> TabularContents {
        let count = nodes.count
        func column(_ value: (Node) -> Double) throws(Failure) -> Tensor {
            try Tensor(nodes.map(value), shape: [count])
        }
        return TabularContents(
            kind: Self.fileKind,
            tensors: [
                (name: "feature", tensor: try Tensor(nodes.map { Int64($0.feature ?? -1) }, shape: [count])),
                (name: "low", tensor: try Tensor(nodes.map { Int64($0.low) }, shape: [count])),
                (name: "high", tensor: try Tensor(nodes.map { Int64($0.high) }, shape: [count])),
                (name: "rows", tensor: try Tensor(nodes.map { Int64($0.rows) }, shape: [count])),
                (name: "threshold", tensor: try column(\.threshold)),
                (name: "weight", tensor: try column(\.weight)), (name: "impurity", tensor: try column(\.impurity)),
                (name: "values", tensor: try Tensor(nodes.flatMap(\.values), shape: [count, schema.outputs])),
            ],
            notes: [(key: "criterion", value: criterion.rawValue)])
    }

    /// Reads a model that `save` wrote.
    public init(_ file: TabularFile) throws(Failure) {
        let count = try file.tensor("feature").count
        guard count > 0, let criterion = DecisionTree.Criterion(rawValue: try file.note("criterion")) else {
            throw file.broken("a decision tree without nodes")
        }
        func integers(_ name: String) throws(Failure) -> [Int] {
            try file.tensor(name, shape: [count]).values(as: Int64.self).map { Int($0) }
        }
        let (features, lows, highs) = (try integers("feature"), try integers("low"), try integers("high"))
        let rows = try integers("rows")
        let thresholds = try file.numbers("threshold", shape: [count])
        let weights = try file.numbers("weight", shape: [count])
        let impurities = try file.numbers("impurity", shape: [count])
        let outputs = file.schema.outputs
        let values = try file.numbers("values", shape: [count, outputs])
        var nodes: [Node] = []
        for index in 0..<count {
            // Parts that come later cannot lead round in a circle.
            guard
                features[index] == -1
                    || (0..<file.schema.columns).contains(features[index]) && (index + 1..<count).contains(lows[index])
                        && (index + 1..<count).contains(highs[index])
            else { throw file.broken("a decision tree whose nodes do not fit together") }
            nodes.append(
                Node(
                    feature: features[index] < 0 ? nil : features[index], threshold: thresholds[index],
                    low: lows[index], high: highs[index], rows: rows[index], weight: weights[index],
                    impurity: impurities[index], values: Array(values[index * outputs..<(index + 1) * outputs])))
        }
        self.init(schema: file.schema, criterion: criterion, nodes: nodes)
    }
}
