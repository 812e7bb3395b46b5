import Support

extension ForestPlot {
    func lines(_ frame: TextFrame) -> [String] {
        let style = numberStyle
        let numbers = rows.map { self.numbers($0, style) }
        let numberWidth = numbers.map(DisplayWidth.of).max() ?? 0
        let names = rows.map { DisplayWidth.escaped($0.label) }
        let nameWidth = min(names.map(DisplayWidth.of).max() ?? 0, max(6, frame.width * 3 / 10))
        let isStacked = frame.width - nameWidth - numberWidth - 4 < 16
        let width = isStacked ? frame.width : frame.width - nameWidth - numberWidth - 4
        let domain = self.domain
        let indent = isStacked ? "" : String(repeating: " ", count: nameWidth + 2)
        var lines: [String] = []
        var group = ""
        for (index, row) in rows.enumerated() {
            if row.group != group, !row.group.isEmpty {
                lines.append(frame.quiet(DisplayWidth.cut(DisplayWidth.escaped(row.group), to: frame.width)))
            }
            group = row.group
            let interval = drawn(row, domain, width, frame)
            if isStacked {
                let room = frame.width - DisplayWidth.of(numbers[index]) - 1
                if room >= 4 {
                    lines.append(
                        DisplayWidth.fill(DisplayWidth.cut(names[index], to: room), to: room) + " " + numbers[index])
                } else {
                    lines.append(DisplayWidth.cut(names[index], to: frame.width))
                    lines.append(DisplayWidth.cut(numbers[index], to: frame.width))
                }
                lines.append(interval)
            } else {
                let name = DisplayWidth.fill(DisplayWidth.cut(names[index], to: nameWidth), to: nameWidth)
                let number = DisplayWidth.fill(numbers[index], to: numberWidth, alignRight: true)
                lines.append("\(name)  \(interval)  \(number)")
            }
        }
        let ticks = TextAxis.ticks(domain, axis.style, width: width)
        let columns = ticks.map { (column: self.column($0.value, domain, width), text: $0.text) }
        lines.append(indent + TextAxis.rule(columns.map(\.column), width: width))
        lines.append(indent + TextAxis.labels(columns, width: width))
        if !axis.title.isEmpty {
            let title = DisplayWidth.cut(DisplayWidth.escaped(axis.title), to: width)
            lines.append(frame.quiet(indent + TextAxis.labels([(width / 2, title)], width: width)))
        }
        for mark in marks where !mark.label.isEmpty && domain.contains(mark.value) {
            let words = "┊ \(DisplayWidth.escaped(mark.label)) (\(axis.style.text(mark.value)))"
            lines.append(frame.quiet(indent + DisplayWidth.cut(words, to: width)))
        }
        return lines
    }

    private func column(_ value: Double, _ domain: Domain, _ width: Int) -> Int {
        let share = domain.share(value)
        return Int(((share.isFinite ? min(1, max(0, share)) : share > 0 ? 1 : 0) * Double(width - 1)).rounded())
    }

    /// `├──●──┤` on the line of no effect; an open or cut end is an arrow.
    private func drawn(_ row: Row, _ domain: Domain, _ width: Int, _ frame: TextFrame) -> String {
        var characters = [Character](repeating: " ", count: width)
        for mark in marks where domain.contains(mark.value) { characters[column(mark.value, domain, width)] = "┊" }
        if let reference, domain.contains(reference) { characters[column(reference, domain, width)] = "│" }
        guard let estimate = Self.estimate(row) else { return String(characters) }
        let middle = column(estimate.point, domain, width)
        let low = column(estimate.lower ?? estimate.point, domain, width)
        let high = column(estimate.upper ?? estimate.point, domain, width)
        for place in low...max(low, high) { characters[place] = "─" }
        let bold = row.inner.map { column($0.lowerBound, domain, width)...column($0.upperBound, domain, width) }
        if let bold { for place in bold { characters[place] = "━" } }
        if estimate.lower != nil { characters[low] = "├" }
        if estimate.upper != nil { characters[high] = "┤" }
        let ends = [estimate.lower, estimate.upper, estimate.told.lower, estimate.told.upper].compactMap { $0 }
        if ends.contains(where: { $0 < domain.low }) { characters[0] = "◀" }
        if ends.contains(where: { $0 > domain.high }) { characters[width - 1] = "▶" }
        characters[middle] = excludesReference(estimate) ? "●" : "○"
        let drawn = min(low, middle, bold?.lowerBound ?? low)...max(high, middle, bold?.upperBound ?? high)
        return String(characters[..<drawn.lowerBound]) + frame.colored(String(characters[drawn]), row.tone)
            + String(characters[(drawn.upperBound + 1)...])
    }
}
