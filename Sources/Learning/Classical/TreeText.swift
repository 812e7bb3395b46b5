import Glibc
import Support

/// A tree in words.
extension TreeModel {
    /// One line for each leaf: what leads there, what is predicted, how many rows there were and how the classes share them.
    public var rules: [String] {
        var lines: [String] = []
        var waiting: [(node: Int, path: [Condition])] = [(0, [])]
        while let (index, path) = waiting.popLast() {
            let node = nodes[index]
            guard let feature = node.feature else {
                let conditions =
                    path.isEmpty ? "always" : "if " + path.map { $0.text(schema) }.joined(separator: " and ")
                lines.append("\(conditions): \(prediction(node)) (\(counts(node)))")
                continue
            }
            waiting.append((node.high, narrowed(path, Condition(feature: feature, above: node.threshold))))
            waiting.append((node.low, narrowed(path, Condition(feature: feature, atMost: node.threshold))))
        }
        return lines
    }

    /// A node in words, in the order in which a drawing has them: depth first, the low part before the high.
    public struct Outline: Sendable {
        /// The place of the node in `nodes`.
        public var node: Int
        /// The place of its parent in the outline.
        public var parent: Int?
        /// Splits on the way to it.
        public var depth: Int
        /// What led here from its parent; empty at the root.
        public var condition: String
        /// The most probable class, or the mean.
        public var prediction: String
        /// Whether it is split further down than the outline goes.
        public var isCut: Bool
    }

    /// The nodes down to `maxDepth`.
    public func outline(maxDepth: Int? = nil) -> [Outline] {
        var lines: [Outline] = []
        var waiting = [Outline(node: 0, parent: nil, depth: 0, condition: "", prediction: "", isCut: false)]
        while var line = waiting.popLast() {
            let node = nodes[line.node]
            line.prediction = prediction(node)
            line.isCut = node.feature != nil && line.depth >= maxDepth ?? .max
            lines.append(line)
            guard let feature = node.feature, !line.isCut else { continue }
            for (part, condition) in [
                (node.high, Condition(feature: feature, above: node.threshold)),
                (node.low, Condition(feature: feature, atMost: node.threshold)),
            ] {
                waiting.append(
                    Outline(
                        node: part, parent: lines.count - 1, depth: line.depth + 1, condition: condition.text(schema),
                        prediction: "", isCut: false))
            }
        }
        return lines
    }

    /// The tree as lines and branches down to `maxDepth`: at every node what led there, its rows and the classes' shares.
    public func drawing(maxDepth: Int? = nil) -> String {
        let outline = outline(maxDepth: maxDepth)
        // What stands before the parts of each node.
        var stems: [String] = []
        var seen: Set<Int> = []
        return outline.map { line in
            let node = nodes[line.node]
            let words =
                "\(counts(node))\(node.feature == nil ? " -> \(line.prediction)" : "")\(line.isCut ? " …" : "")"
            guard let parent = line.parent else {
                stems.append("")
                return "all: \(words)"
            }
            // The low part comes first.
            let isLast = !seen.insert(parent).inserted
            stems.append(stems[parent] + (isLast ? "   " : "│  "))
            return "\(stems[parent])\(isLast ? "└─ " : "├─ ")\(line.condition): \(words)"
        }.joined(separator: "\n")
    }

    /// What a column must be.
    private struct Condition {
        let feature: Int
        var above: Double?
        var atMost: Double?

        func text(_ schema: TabularSchema) -> String {
            let name = schema.name(of: feature)
            switch (above, atMost) {
            case (let above?, let atMost?): return "\(TreeModel.short(above)) < \(name) <= \(TreeModel.short(atMost))"
            case (let above?, nil): return "\(name) > \(TreeModel.short(above))"
            case (nil, let atMost?): return "\(name) <= \(TreeModel.short(atMost))"
            case (nil, nil): return name
            }
        }
    }

    /// The way to a node with one more condition: at most one for each column, in the order they came.
    private func narrowed(_ path: [Condition], _ condition: Condition) -> [Condition] {
        var path = path
        guard let place = path.firstIndex(where: { $0.feature == condition.feature }) else { return path + [condition] }
        path[place].above = condition.above ?? path[place].above
        path[place].atMost = condition.atMost ?? path[place].atMost
        return path
    }

    private func prediction(_ node: Node) -> String {
        guard !schema.classes.isEmpty else { return TreeModel.short(node.values[0]) }
        var best = 0
        for code in node.values.indices where node.values[code] > node.values[best] { best = code }
        return schema.classes[best].words()
    }

    private func counts(_ node: Node) -> String {
        let rows = "\(Digits.grouped("\(node.rows)")) \(node.rows == 1 ? "row" : "rows")"
        guard !schema.classes.isEmpty else {
            return "\(rows), mean \(TreeModel.short(node.values[0])), sd \(TreeModel.short(node.impurity.squareRoot()))"
        }
        let shares = zip(schema.classes, node.values).filter { $0.1 > 0 }.map { label, share in
            // What is not everything is not rounded to it.
            let percent = (share * 100).rounded()
            let text = share < 1 && percent == 100 ? ">99" : percent == 0 ? "<1" : "\(Int(percent))"
            return "\(label.words()) \(text) %"
        }
        return "\(rows), \(shares.joined(separator: ", "))"
    }

    /// A number on six significant digits, as a person reads it.
    static func short(_ value: Double) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            withVaList([value]) { _ = vsnprintf(start, 32, "%.6g", $0) }
            return String(cString: start)
        }
    }
}
