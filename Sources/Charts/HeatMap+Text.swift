import Support

extension HeatMap {
    func lines(_ frame: TextFrame) -> [String] {
        let numbers = finite
        let style = style.fitted(to: numbers)
        let (low, high) = (numbers.min() ?? 0, numbers.max() ?? 1)
        let names = rows.map { DisplayWidth.escaped($0) }
        let nameWidth = min(names.map(DisplayWidth.of).max() ?? 0, max(4, frame.width / 3))
        let widest = max(numbers.map { DisplayWidth.of(style.text($0)) }.max() ?? 1, 1)
        let heads = columns.map { DisplayWidth.escaped($0) }
        let room = frame.width - nameWidth
        // Shade, blank, number; without the numbers where they have no room.
        let isNumbered = (widest + 4) * columns.count <= room
        let wanted = isNumbered ? max(widest + 4, min(heads.map(DisplayWidth.of).max() ?? 0, 14) + 2) : 2
        let cell = max(1, min(wanted, room / columns.count))
        let shown = min(columns.count, max(1, room / cell))
        var lines: [String] = []
        if !valueTitle.isEmpty {
            lines.append(frame.quiet(DisplayWidth.cut(DisplayWidth.escaped(valueTitle), to: frame.width)))
        }
        if isNumbered {
            let titles = heads.map { DisplayWidth.fill(DisplayWidth.cut($0, to: cell - 1), to: cell, alignRight: true) }
            lines.append(String(repeating: " ", count: nameWidth) + titles.joined())
        }
        for row in rows.indices {
            var line = DisplayWidth.fill(DisplayWidth.cut(names[row], to: nameWidth), to: nameWidth)
            for column in 0..<shown {
                let value = value(row, column)
                let shade = value.map { Self.shade(step($0, low, high), hasCenter: center != nil) } ?? " "
                if isNumbered {
                    let number = DisplayWidth.fill(style.text(value), to: widest, alignRight: true)
                    line += DisplayWidth.fill("\(shade)\(shade) \(number)", to: cell, alignRight: true)
                } else {
                    line += cell > 1 ? " " + shade : shade
                }
            }
            lines.append(line)
        }
        if shown < columns.count {
            let words = frame.language.pick(
                "\(shown) of \(columns.count) columns shown", "显示 \(columns.count) 列中的 \(shown) 列")
            lines.append(frame.quiet(DisplayWidth.cut(words, to: frame.width)))
        }
        if !isNumbered {
            let shades = center == nil ? "░ ▒ ▓ █" : "▼ ▽ · ▲"
            let words = "\(style.text(low)) \(shades) \(style.text(high))"
            lines.append(frame.quiet(DisplayWidth.cut(words, to: frame.width)))
        }
        return lines
    }

    /// A shade for a step of the scale; signs where the scale goes both ways.
    private static func shade(_ step: Int, hasCenter: Bool) -> String {
        hasCenter
            ? ["▼", "▼", "▽", "▽", "·", "△", "△", "▲", "▲"][step] : ["·", "░", "░", "▒", "▒", "▓", "▓", "█", "█"][step]
    }
}
