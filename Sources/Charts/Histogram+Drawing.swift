extension Histogram: Drawable {
    var droppedCount: Int { dropped }

    var isEmpty: Bool { counts.isEmpty }

    var legend: [LegendEntry] { [] }

    func table(_ language: Language) -> TableData {
        let style = edgeStyle
        let rows = counts.indices.map { index -> [TableData.Cell] in
            [.number(edges[index]), .number(edges[index + 1]), .integer(counts[index])]
        }
        return TableData(
            columns: [
                .init(language.pick("From", "从"), style), .init(language.pick("To", "到"), style),
                .init(language.pick("Count", "数量")),
            ], rows: rows, hasRowHeadings: false)
    }

    /// The style in which neighbouring bounds differ.
    var edgeStyle: NumberStyle {
        guard axis.style.decimals == nil, edges.count > 1 else { return axis.style }
        let width = edges[1] - edges[0]
        let fitted = axis.style.stepping(by: width)
        guard let decimals = fitted.decimals, decimals > 6 else { return fitted }
        return axis.style.fitted(to: edges)
    }

    func summary(_ language: Language) -> String {
        let total = counts.reduce(0, +)
        guard let low = edges.first, let high = edges.last else { return language.pick("Empty histogram.", "空直方图。") }
        let style = edgeStyle
        let most = counts.indices.max { counts[$0] < counts[$1] } ?? 0
        let peak = "\(style.text(edges[most])) – \(style.text(edges[most + 1]))"
        return language.pick(
            "Histogram of \(total) values from \(style.text(low)) to \(style.text(high)), most of them in \(peak).",
            "直方图，共 \(total) 个值，从 \(style.text(low)) 到 \(style.text(high))，最集中于 \(peak)。")
    }

    func draw(on canvas: inout Canvas) {
        let height = canvas.isNarrow ? 200.0 : 250
        let countStyle = NumberStyle(decimals: 0)
        let most = Double(counts.max() ?? 0)
        let top = Ticks.covering(Domain(0...max(most, 1)), count: Int(min(5, max(most, 1))))
        canvas.height += 16
        canvas.text(canvas.language.pick("Count", "数量"), 0, canvas.height - 4, "muted")
        let labelled = marks.filter { !$0.label.isEmpty }
        let domain = Domain((edges.first ?? 0)...(edges.last ?? 1))
        var area = PlotArea(
            left: PlotArea.gutter(top, countStyle), right: canvas.width - 6, top: canvas.height + 8,
            bottom: 0, xDomain: domain, yDomain: Domain(0...(top.values.last ?? 1)))
        area.top += labelled.isEmpty ? 0 : 18
        area.bottom = area.top + height
        area.drawYAxis(top, countStyle, on: &canvas)
        let style = edgeStyle
        for (index, count) in counts.enumerated() where count > 0 {
            let (left, right) = (area.x(edges[index]), area.x(edges[index + 1]))
            let gap = right - left > 5 ? 0.75 : 0
            canvas.path(
                BarPlot.bar(left + gap, right - left - 2 * gap, from: area.bottom, to: area.y(Double(count))), "f0",
                tip: "\(style.text(edges[index])) – \(style.text(edges[index + 1])): \(countStyle.text(Double(count)))")
        }
        drawMarks(area, on: &canvas)
        canvas.line(area.left, area.bottom, area.right, area.bottom, "x")
        let ticks = PlotArea.horizontal(domain, axis.style, width: area.right - area.left)
        let labels = zip(ticks.values, PlotArea.texts(ticks, axis.style)).map {
            PlotArea.Label(place: area.x($0), text: $1)
        }
        for label in labels { canvas.line(label.place, area.bottom, label.place, area.bottom + 4, "x") }
        area.drawLabels(labels, below: area.bottom + 19, on: &canvas)
        canvas.height = area.bottom + 25
        area.drawXTitle(axis.title, on: &canvas)
    }

    private func drawMarks(_ area: PlotArea, on canvas: inout Canvas) {
        var end = -Double.infinity
        for mark in marks.sorted(by: { $0.value < $1.value }) where area.xDomain.contains(mark.value) {
            let x = area.x(mark.value)
            canvas.line(x, area.top - 8, x, area.bottom, "eb d")
            let width = TextMetrics.width(mark.label, size: 12)
            let center = min(max(x, width / 2), canvas.width - width / 2)
            guard !mark.label.isEmpty, center - width / 2 > end + 6, width < canvas.width else { continue }
            canvas.text(mark.label, center, area.top - 12, "ink", anchor: .middle)
            end = center + width / 2
        }
    }
}
