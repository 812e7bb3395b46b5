import Support

/// The text in which LightGBM keeps its trees, looked through before LightGBM reads it: over a line that is missing LightGBM ends the process, and
/// where a node leads to one before it, LightGBM walks in circles for ever.
enum LightGBMText {
    /// Checks every tree of a model of so many columns and outputs: 1 for a number, otherwise a probability for each class.
    ///
    /// - Throws: an operation failure that says what is wrong with which tree.
    static func check(_ text: String, columns: Int, outputs: Int) throws(Failure) {
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let heads = lines.indices.filter { lines[$0].starts(with: "Tree=".utf8) }
        guard let first = heads.first, let end = lines.firstIndex(where: { $0.elementsEqual("end of trees".utf8) }),
            let last = heads.last, last < end
        else { throw .operation("no trees, or no end of them") }
        // LightGBM goes by these sizes, in bytes, from one tree to the next.
        let starts = (heads + [end]).map { lines[$0].startIndex }
        let lengths = zip(starts, starts.dropFirst()).map { text.utf8.distance(from: $0, to: $1) }
        let head = try Fields(lines[..<first])
        guard try head.integers("tree_sizes") == lengths else {
            throw .operation("trees of other sizes than the head says")
        }
        // It writes as many numbers a row as one of these says into room for the other.
        let series = outputs > 2 ? outputs : 1
        guard try head.integer("num_class") == series, try head.integer("num_tree_per_iteration") == series,
            heads.count.isMultiple(of: series)
        else { throw .operation("trees of another number of classes") }
        guard try head.word("objective") == (outputs > 2 ? "multiclass" : outputs == 2 ? "binary" : "regression") else {
            throw .operation("trees for another task")
        }
        for (number, (head, next)) in zip(heads, heads.dropFirst() + [end]).enumerated() {
            do throws(Failure) {
                try check(try Fields(lines[head..<next]), columns)
            } catch {
                throw .operation("tree \(number + 1): \(error.problem)")
            }
        }
    }

    private static func check(_ tree: Fields, _ columns: Int) throws(Failure) {
        let leaves = try tree.integer("num_leaves")
        guard leaves > 0, leaves <= 1 << 20 else { throw .operation("num_leaves is \(leaves)") }
        _ = try tree.numbers("leaf_value", count: leaves)
        guard try tree.integer("is_linear") == 0 else { throw .operation("is_linear is not 0") }
        _ = try tree.numbers("shrinkage", count: 1)
        let nodes = leaves - 1
        let sets = try tree.integer("num_cat")
        guard (0...nodes).contains(sets) else { throw .operation("num_cat is \(sets)") }
        guard nodes > 0 else { return }
        // No prediction looks at these, and a gain may well be infinite.
        for name in ["split_gain", "internal_value", "internal_weight", "internal_count"] {
            _ = try tree.numbers(name, count: nodes, finite: false)
        }
        for name in ["leaf_weight", "leaf_count"] { _ = try tree.numbers(name, count: leaves, finite: false) }
        guard try tree.integers("split_feature", count: nodes).allSatisfy((0..<columns).contains) else {
            throw .operation("split_feature names a column that the model lacks")
        }
        // Every node but the first and every leaf has one parent, which stands before it: so all ways lead to a leaf.
        var isReached = [Bool](repeating: false, count: nodes + leaves)
        isReached[0] = true
        let (left, right) = (
            try tree.integers("left_child", count: nodes), try tree.integers("right_child", count: nodes)
        )
        for node in 0..<nodes {
            for child in [left[node], right[node]] {
                // A leaf is written as its number's complement.
                guard child < 0 ? child >= -leaves : child > node && child < nodes,
                    !isReached[child < 0 ? nodes + ~child : child]
                else { throw .operation("node \(node) leads to \(child), which is no child of it") }
                isReached[child < 0 ? nodes + ~child : child] = true
            }
        }
        try checkSplits(tree, nodes, sets)
    }

    // A split by categories, told by the lowest bit of its type, has the number of a set as its threshold.
    private static func checkSplits(_ tree: Fields, _ nodes: Int, _ sets: Int) throws(Failure) {
        let thresholds = try tree.numbers("threshold", count: nodes)
        let types = try tree.integers("decision_type", count: nodes)
        guard types.allSatisfy((0...127).contains) else { throw .operation("decision_type is out of range") }
        for (type, threshold) in zip(types, thresholds) where type & 1 == 1 {
            guard let set = Int(exactly: threshold), (0..<sets).contains(set) else {
                throw .operation("a threshold of \(threshold) where there are \(sets) sets of categories")
            }
        }
        guard sets > 0 else { return }
        let bounds = try tree.integers("cat_boundaries", count: sets + 1)
        guard bounds[0] == 0, zip(bounds, bounds.dropFirst()).allSatisfy(<),
            try tree.integers("cat_threshold", count: bounds[sets]).allSatisfy((0...Int(UInt32.max)).contains)
        else { throw .operation("sets of categories that are none") }
    }

    /// What stands behind "name=" in some lines.
    private struct Fields {
        private var values: [String: Substring] = [:]

        init(_ lines: ArraySlice<Substring.UTF8View>) throws(Failure) {
            for line in lines {
                let parts = Substring(line).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2 else { continue }
                guard values.updateValue(parts[1], forKey: String(parts[0])) == nil else {
                    throw .operation("\(parts[0]) twice")
                }
            }
        }

        private func items(_ name: String) throws(Failure) -> [Substring] {
            guard let value = values[name] else { throw .operation("no \(name)") }
            return value.split(separator: " ")
        }

        func numbers(_ name: String, count: Int, finite: Bool = true) throws(Failure) -> [Double] {
            let items = try items(name)
            let numbers = items.compactMap { Double($0) }.filter { !finite || $0.isFinite }
            guard items.count == count, numbers.count == count else {
                throw .operation("\(name) is not \(count) \(count == 1 ? "number" : "numbers")")
            }
            return numbers
        }

        func integers(_ name: String, count: Int? = nil) throws(Failure) -> [Int] {
            let items = try items(name)
            let integers = items.compactMap { Int($0) }
            guard integers.count == items.count, integers.count == count ?? items.count else {
                throw .operation("\(name) is not \(count.map(String.init) ?? "all") whole numbers")
            }
            return integers
        }

        /// The first of the words.
        func word(_ name: String) throws(Failure) -> String { try items(name).first.map(String.init) ?? "" }

        func integer(_ name: String) throws(Failure) -> Int { try integers(name, count: 1)[0] }
    }
}
