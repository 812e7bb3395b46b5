/// A decision tree from left to right: at every node what led there, what is predicted, and how its rows are shared.
public struct TreePlot: Equatable, Sendable {
    /// A node of the tree.
    public struct Node: Equatable, Sendable {
        /// The place of the node that was split into this one and others, earlier in the list; nil for the root.
        public var parent: Int?
        /// What led here from the parent, such as `age <= 32.5`.
        public var condition: String
        /// How many rows came here.
        public var rows: Int
        /// What is predicted of them: a class, or a number.
        public var prediction: String
        /// The share of every class, in the order of the plot's classes; empty where numbers are predicted.
        public var shares: [Double]
        /// The mean of the rows where numbers are predicted.
        public var mean: Double?
        /// Whether it was split further than is drawn.
        public var isCut: Bool

        /// A node.
        public init(
            parent: Int?, condition: String, rows: Int, prediction: String, shares: [Double] = [], mean: Double? = nil,
            isCut: Bool = false
        ) {
            self.parent = parent
            self.condition = condition
            self.rows = rows
            self.prediction = prediction
            self.shares = shares
            self.mean = mean
            self.isCut = isCut
        }
    }

    /// The nodes, depth first: every node before its parts, the part drawn higher before the lower.
    public let nodes: [Node]
    /// Names of the classes; empty where numbers are predicted.
    public let classes: [String]

    /// A tree of nodes; a parent that does not stand before its node is taken for none.
    public init(nodes: [Node], classes: [String] = []) {
        self.classes = classes
        self.nodes = nodes.enumerated().map { index, node in
            var node = node
            if let parent = node.parent, !(0..<index).contains(parent) { node.parent = nil }
            return node
        }
    }

    /// Splits on the way to each node.
    var depths: [Int] {
        var depths: [Int] = []
        for node in nodes { depths.append(node.parent.map { depths[$0] + 1 } ?? 0) }
        return depths
    }

    /// The parts of each node, in order.
    var parts: [[Int]] {
        var parts = [[Int]](repeating: [], count: nodes.count)
        for (index, node) in nodes.enumerated() { if let parent = node.parent { parts[parent].append(index) } }
        return parts
    }

    /// What is predicted at a node and of how many, as in `yes 63% · 1,234 rows`.
    func result(_ node: Node, _ language: Language) -> String {
        let rows = NumberStyle.plain.text(Double(node.rows))
        let count = language.pick("\(rows) \(node.rows == 1 ? "row" : "rows")", "\(rows) 行")
        return "\(verdict(node)) · \(count)\(node.isCut ? " …" : "")"
    }

    /// What is predicted at a node, with the share of a class.
    private func verdict(_ node: Node) -> String {
        guard let place = classes.firstIndex(of: node.prediction), place < node.shares.count else {
            return node.prediction
        }
        return "\(node.prediction) \(Self.percent(node.shares[place]))"
    }

    /// All shares of a node that are not zero.
    func shareWords(_ node: Node) -> String {
        zip(classes, node.shares).filter { $0.1 > 0 }.map { "\($0) \(Self.percent($1))" }.joined(separator: ", ")
    }

    /// A share in whole per cent; what is not everything is not rounded to it, nor what is something to nothing.
    static func percent(_ share: Double) -> String {
        share > 0 && share < 0.005
            ? "<1%" : share >= 0.995 && share < 1 ? ">99%" : NumberStyle(.percent, decimals: 0).text(share)
    }
}
