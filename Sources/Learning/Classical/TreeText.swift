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

    /// The tree as lines and branches down to `maxDepth`: at every node what led there, its rows and the classes' shares.
    public func drawing(maxDepth: Int? = nil) -> String {
        var lines: [String] = []
        var waiting: [(node: Int, label: String, stem: String, isLast: Bool, depth: Int)] = [(0, "all", "", true, 0)]
        while let (index, label, stem, isLast, depth) = waiting.popLast() {
            let node = nodes[index]
            let isCut = node.feature != nil && depth >= maxDepth ?? .max
            let leaf = node.feature == nil ? " -> \(prediction(node))" : ""
            let branch = depth == 0 ? "" : stem + (isLast ? "└─ " : "├─ ")
            lines.append("\(branch)\(label): \(counts(node))\(leaf)\(isCut ? " …" : "")")
            guard let feature = node.feature, !isCut else { continue }
            let next = depth == 0 ? "" : stem + (isLast ? "   " : "│  ")
            let high = Condition(feature: feature, above: node.threshold).text(schema)
            let low = Condition(feature: feature, atMost: node.threshold).text(schema)
            waiting.append((node.high, high, next, true, depth + 1))
            waiting.append((node.low, low, next, false, depth + 1))
        }
        return lines.joined(separator: "\n")
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
