import Support

extension TreePlot {
    func lines(_ frame: TextFrame) -> [String] {
        let parts = parts
        var lines: [String] = []
        var waiting = nodes.indices.filter { nodes[$0].parent == nil }.reversed().map {
            (node: $0, branch: "", stem: "")
        }
        while let (index, branch, stem) = waiting.popLast() {
            let node = nodes[index]
            let title = node.condition.isEmpty ? frame.language.pick("all", "全部") : node.condition
            let name = DisplayWidth.cut(branch + DisplayWidth.escaped(title) + ": ", to: frame.width)
            let result = DisplayWidth.cut(
                DisplayWidth.escaped(result(node, frame.language)), to: max(0, frame.width - DisplayWidth.of(name)))
            let isEnd = parts[index].isEmpty && !node.isCut
            let series = isEnd ? classes.firstIndex(of: node.prediction) : nil
            lines.append(name + (series.map { frame.colored(result, series: $0) } ?? frame.quiet(result)))
            for part in parts[index].reversed() {
                let isLast = part == parts[index].last
                waiting.append((part, stem + (isLast ? "└─ " : "├─ "), stem + (isLast ? "   " : "│  ")))
            }
        }
        return lines
    }
}
