import Support

extension BarPlot {
    /// Categories that are drawn as text: more scroll everything else away.
    private static let mostDrawn = 40

    func lines(_ frame: TextFrame) -> [String] {
        let left = categories.count - Self.mostDrawn
        guard left > 0, !frame.isWhole else { return drawn(frame) }
        var first = self
        first.categories = Array(categories.prefix(Self.mostDrawn))
        let more = Digits.grouped(String(left))
        return first.drawn(frame) + [frame.quiet(frame.language.pick("… \(more) more", "… 还有 \(more) 项"))]
    }

    private func drawn(_ frame: TextFrame) -> [String] {
        let style = numberStyle
        let names = categories.map { DisplayWidth.escaped($0) }
        let nameWidth = min(names.map(DisplayWidth.of).max() ?? 0, frame.width * 3 / 10)
        var texts = numbers(style, hasIntervals: true)
        let widest = { (texts: [[String]]) in texts.joined().map(DisplayWidth.of).max() ?? 0 }
        if nameWidth + widest(texts) + 11 > frame.width { texts = numbers(style, hasIntervals: false) }
        let numberWidth = min(widest(texts), frame.width / 2)
        let width = max(1, frame.width - nameWidth - numberWidth - 3)
        let drawn: [Double] = series.flatMap { bars in categories.indices.compactMap { bars.value($0) } } + [0]
        let domain = axis.usableRange.map { Domain($0) } ?? Domain(of: drawn)
        var lines: [String] = []
        if !axis.title.isEmpty {
            lines.append(frame.quiet(DisplayWidth.cut(DisplayWidth.escaped(axis.title), to: frame.width)))
        }
        for index in categories.indices {
            for (order, bars) in series.enumerated() {
                let name = order == 0 ? DisplayWidth.cut(names[index], to: nameWidth) : ""
                let bar = bars.value(index).map { Self.bar($0, domain, width) } ?? ""
                let number = DisplayWidth.cut(texts[order][index], to: numberWidth)
                lines.append(
                    DisplayWidth.fill(name, to: nameWidth) + " ▏"
                        + frame.colored(bar, series: order)
                        + String(repeating: " ", count: max(0, width - DisplayWidth.of(bar))) + " "
                        + DisplayWidth.fill(number, to: numberWidth, alignRight: true))
            }
            if series.count > 1, index < categories.count - 1 { lines.append("") }
        }
        return lines
    }

    private func numbers(_ style: NumberStyle, hasIntervals: Bool) -> [[String]] {
        series.map { bars in
            categories.indices.map { index in
                let interval = hasIntervals ? bars.interval(index) : nil
                let range = interval.map { " [\(style.text($0.lowerBound)), \(style.text($0.upperBound))]" } ?? ""
                return style.text(bars.value(index)) + range
            }
        }
    }

    /// A bar of blocks with eighths at its end; a negative one reaches to the left from where zero is.
    private static func bar(_ value: Double, _ domain: Domain, _ width: Int) -> String {
        let low = min(domain.low, 0)
        let span = max(domain.high, 0) - low
        let place = { (value: Double) in min(1, max(0, (value - low) / span)) * Double(width) }
        let (zero, end) = (place(0), place(value))
        guard value < 0 else {
            let start = Int(zero.rounded())
            let eighths = Int(((end - Double(start)) * 8).rounded())
            // What is not zero must not look like it.
            let shown = value > 0 ? max(1, eighths) : 0
            let rest = shown % 8 > 0 ? String(Array("▏▎▍▌▋▊▉")[shown % 8 - 1]) : ""
            let bar = String(repeating: " ", count: start) + String(repeating: "█", count: max(0, shown / 8)) + rest
            return DisplayWidth.of(bar) > width ? String(bar.prefix(width)) : bar
        }
        // There are no blocks that end at the left but the half.
        let start = Int(end.rounded(.down))
        let stop = max(start + 1, Int(zero.rounded()))
        let isHalf = end - Double(start) > 0.5
        return String(repeating: " ", count: start) + (isHalf ? "▐" : "█")
            + String(repeating: "█", count: max(0, stop - start - 1))
    }
}
