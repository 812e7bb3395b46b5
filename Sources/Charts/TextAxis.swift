import Support

/// Axes of charts drawn as text.
struct TextAxis {
    /// Texts on one line, each in the middle of its column as far as the edges allow, none on another.
    static func labels(_ labels: [(column: Int, text: String)], width: Int) -> String {
        var line = ""
        var used = 0
        for label in labels {
            let size = DisplayWidth.of(label.text)
            guard size <= width else { continue }
            let start = min(max(0, label.column - size / 2), width - size)
            guard used == 0 || start >= used + 1 else { continue }
            line += String(repeating: " ", count: start - used) + label.text
            used = start + size
        }
        return line
    }

    /// A line with marks at the columns that bear a number.
    static func rule(_ columns: [Int], width: Int) -> String {
        let marked = Set(columns)
        return String((0..<width).map { marked.contains($0) ? "┬" : "─" })
    }

    /// Ticks whose numbers have room on a line of `width` columns.
    static func ticks(_ domain: Domain, _ style: NumberStyle, width: Int) -> [(value: Double, text: String)] {
        for count in stride(from: max(2, min(8, width / 8)), to: 0, by: -1) {
            let ticks = Ticks.within(domain, count: count)
            let texts = PlotArea.texts(ticks, style)
            let widest = texts.map(DisplayWidth.of).max() ?? 0
            if ticks.values.count < 2 || Double(widest + 2) <= ticks.step / domain.width * Double(width) || count == 1 {
                return Array(zip(ticks.values, texts)).map { ($0.0, $0.1) }
            }
        }
        return []
    }
}

/// A plane of dots with numbers on both axes.
struct TextPlane {
    let frame: TextFrame
    let xDomain: Domain
    let yDomain: Domain
    let yTicks: Ticks
    let yTexts: [String]
    let gutter: Int
    var canvas: TextCanvas

    init(
        _ frame: TextFrame, xDomain: Domain, yValues: [Double], yAxis: Axis, rows: Int, right: Int = 0,
        margin: Double = 0.04
    ) {
        self.frame = frame
        self.xDomain = xDomain
        let (domain, ticks) = PlotArea.vertical(yValues, yAxis, height: Double(rows) * 15, margin: margin)
        yDomain = domain
        yTicks = ticks
        yTexts = PlotArea.texts(ticks, yAxis.style)
        gutter = min((yTexts.map(DisplayWidth.of).max() ?? 0) + 1, frame.width / 2)
        canvas = TextCanvas(width: frame.width - gutter - 1 - right, height: rows)
    }

    /// The column of dots for a value, two to a character.
    func x(_ value: Double) -> Int { Int((share(xDomain, value) * Double(canvas.width * 2 - 1)).rounded()) }

    /// The row of dots, four to a character, from above.
    func y(_ value: Double) -> Int { Int(((1 - share(yDomain, value)) * Double(canvas.height * 4 - 1)).rounded()) }

    private func share(_ domain: Domain, _ value: Double) -> Double {
        let share = domain.share(value)
        return share.isFinite ? min(1, max(0, share)) : share > 0 ? 1 : 0
    }

    /// A dashed line across at a value, where nothing else is.
    mutating func reference(_ value: Double) {
        guard yDomain.contains(value) else { return }
        let row = y(value) / 4
        for column in 0..<canvas.width where canvas.isEmpty(column, row) { canvas.set(column, row, "┄") }
    }

    /// The lines of the picture, `ends` behind the rows they belong to.
    func lines(xTitle: String, yTitle: String, xLabels: [(value: Double, text: String)], ends: [Int: String] = [:])
        -> [String]
    {
        var lines: [String] = []
        if !yTitle.isEmpty {
            lines.append(frame.quiet(DisplayWidth.cut(DisplayWidth.escaped(yTitle), to: frame.width)))
        }
        var numbers: [Int: String] = [:]
        for (value, text) in zip(yTicks.values, yTexts) { numbers[y(value) / 4] = text }
        for row in 0..<canvas.height {
            let number = DisplayWidth.cut(numbers[row] ?? "", to: gutter - 1)
            let edge = numbers[row] == nil ? "│" : "┤"
            lines.append(
                DisplayWidth.fill(number, to: gutter - 1, alignRight: true) + " " + edge + canvas.text(row, frame)
                    + (ends[row] ?? ""))
        }
        let indent = String(repeating: " ", count: gutter)
        let columns = xLabels.map { ($0.text, x($0.value) / 2) }
        lines.append(indent + "└" + TextAxis.rule(columns.map(\.1), width: canvas.width))
        lines.append(indent + " " + TextAxis.labels(columns.map { ($0.1, $0.0) }, width: canvas.width))
        if !xTitle.isEmpty {
            let title = DisplayWidth.cut(DisplayWidth.escaped(xTitle), to: canvas.width)
            lines.append(frame.quiet(indent + " " + TextAxis.labels([(canvas.width / 2, title)], width: canvas.width)))
        }
        return lines
    }
}
