import Support

extension Histogram {
    func lines(_ frame: TextFrame) -> [String] {
        let rows = 8
        let most = counts.max() ?? 0
        let numbers = [NumberStyle.plain.text(Double(most)), "0"]
        let gutter = (numbers.map(DisplayWidth.of).max() ?? 1) + 1
        let room = max(1, frame.width - gutter - 1)
        let bars = merged(into: room)
        let highest = bars.max() ?? 0
        let each = max(1, min(8, room / max(bars.count, 1)))
        let width = each * bars.count
        var lines: [String] = []
        for row in (0..<rows).reversed() {
            let number = row == rows - 1 ? NumberStyle.plain.text(Double(highest)) : row == 0 ? "0" : ""
            let edge = number.isEmpty ? "│" : "┤"
            let blocks = bars.map { count -> String in
                var eighths = highest > 0 ? Int((Double(count) / Double(highest) * Double(rows * 8)).rounded()) : 0
                if count > 0 { eighths = max(1, eighths) }
                let filled = min(8, max(0, eighths - row * 8))
                let block = Array(" ▁▂▃▄▅▆▇█")[filled]
                return String(repeating: block, count: each > 2 ? each - 1 : each) + (each > 2 ? " " : "")
            }
            lines.append(
                DisplayWidth.fill(number, to: gutter - 1, alignRight: true) + " " + edge
                    + frame.colored(Chart.trimmed(blocks.joined()), series: 0))
        }
        let indent = String(repeating: " ", count: gutter)
        let domain = Domain((edges.first ?? 0)...(edges.last ?? 1))
        let place = { (value: Double) in Int((domain.share(value) * Double(width - 1)).rounded()) }
        let ticks = TextAxis.ticks(domain, axis.style, width: width).map { (column: place($0.value), text: $0.text) }
        lines.append(indent + "└" + TextAxis.rule(ticks.map(\.column), width: width))
        lines.append(indent + " " + TextAxis.labels(ticks, width: min(room, max(width, 12))))
        if !axis.title.isEmpty {
            let title = DisplayWidth.cut(DisplayWidth.escaped(axis.title), to: room)
            lines.append(frame.quiet(indent + " " + TextAxis.labels([(width / 2, title)], width: room)))
        }
        for mark in marks where !mark.label.isEmpty {
            let words = "┊ \(DisplayWidth.escaped(mark.label)) (\(edgeStyle.text(mark.value)))"
            lines.append(frame.quiet(indent + " " + DisplayWidth.cut(words, to: room)))
        }
        return lines
    }

    /// The counts, neighbours added up where there are more than columns.
    private func merged(into room: Int) -> [Int] {
        guard counts.count > room else { return counts }
        let each = (counts.count + room - 1) / room
        return stride(from: 0, to: counts.count, by: each).map { start in
            counts[start..<min(start + each, counts.count)].reduce(0, +)
        }
    }
}
