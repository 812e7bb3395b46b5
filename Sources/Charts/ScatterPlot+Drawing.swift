extension ScatterPlot: Drawable {
    var droppedCount: Int { series.reduce(0) { $0 + max($1.x.count, $1.y.count) - $1.points.count } }

    var isEmpty: Bool { series.allSatisfy { $0.points.isEmpty } }

    var legend: [LegendEntry] {
        series.enumerated().map { LegendEntry(name: $1.name, series: $0, shape: .dot) }
    }

    func table(_ language: Language) -> TableData {
        let hasNames = series.count > 1 || series.contains { !$0.name.isEmpty }
        var columns: [TableData.Column] = hasNames ? [.init(language.pick("Series", "序列"))] : []
        columns += [
            .init(xAxis.title.isEmpty ? "x" : xAxis.title, xAxis.style),
            .init(yAxis.title.isEmpty ? "y" : yAxis.title, yAxis.style),
        ]
        let rows = series.flatMap { points in
            zip(points.x, points.y).map { x, y in
                (hasNames ? [TableData.Cell.text(points.name)] : []) + [.number(x), .number(y)]
            }
        }
        return TableData(columns: columns, rows: rows, hasRowHeadings: false)
    }

    func summary(_ language: Language) -> String {
        let points = series.flatMap(\.points)
        let (xs, ys) = (points.map(\.x), points.map(\.y))
        guard let left = xs.min(), let right = xs.max(), let low = ys.min(), let high = ys.max() else {
            return language.pick("Empty scatter plot.", "空散点图。")
        }
        let (xStyle, yStyle) = (xAxis.style.fitted(to: xs), yAxis.style.fitted(to: ys))
        let (x, y) = (xAxis.title.isEmpty ? "x" : xAxis.title, yAxis.title.isEmpty ? "y" : yAxis.title)
        return language.pick(
            "Scatter plot of \(points.count) point\(points.count == 1 ? "" : "s"): \(x) from \(xStyle.text(left)) to \(xStyle.text(right)), \(y) from \(yStyle.text(low)) to \(yStyle.text(high)).",
            "散点图，共 \(points.count) 个点：\(x) 从 \(xStyle.text(left)) 到 \(xStyle.text(right)),\(y) 从 \(yStyle.text(low)) 到 \(yStyle.text(high))。"
        )
    }

    func draw(on canvas: inout Canvas) {
        let height = canvas.isNarrow ? 240.0 : 340
        let points = series.flatMap(\.points)
        let (yDomain, yTicks) = PlotArea.vertical(points.map(\.y), yAxis, height: height)
        let xDomain = xAxis.usableRange.map { Domain($0) } ?? Domain(of: points.map(\.x), margin: 0.04)
        if !yAxis.title.isEmpty {
            canvas.height += 16
            canvas.text(yAxis.title, 0, canvas.height - 4, "muted", room: canvas.width)
        }
        let area = PlotArea(
            left: PlotArea.gutter(yTicks, yAxis.style), right: canvas.width - 8, top: canvas.height + 8,
            bottom: canvas.height + 8 + height, xDomain: xDomain, yDomain: yDomain)
        area.drawYAxis(yTicks, yAxis.style, on: &canvas)
        let ticks = PlotArea.horizontal(xDomain, xAxis.style, width: area.right - area.left)
        for value in ticks.values { canvas.line(area.x(value), area.top, area.x(value), area.bottom, "g") }
        let radius = points.count > 2000 ? 1.75 : points.count > 300 ? 2.75 : 4
        for (index, group) in series.enumerated() {
            canvas.path(Self.dots(group.points, area, radius), "dot \(SeriesLook(index).fill)")
        }
        canvas.line(area.left, area.bottom, area.right, area.bottom, "x")
        let labels = zip(ticks.values, PlotArea.texts(ticks, xAxis.style)).map {
            PlotArea.Label(place: area.x($0), text: $1)
        }
        area.drawLabels(labels, below: area.bottom + 19, on: &canvas)
        canvas.height = area.bottom + 25
        area.drawXTitle(xAxis.title, on: &canvas)
    }

    /// All points as one path of circles. Those that fall on the same place are drawn once, so that a million of them make no large file.
    private static func dots(_ points: [(x: Double, y: Double)], _ area: PlotArea, _ radius: Double) -> String {
        let grid = points.count > 5000 ? 2.0 : 0.5
        let across = Int((area.right - area.left) / grid) + 1
        let down = Int((area.bottom - area.top) / grid) + 1
        var isDrawn = [Bool](repeating: false, count: across * down)
        let size = Decimals.coordinate(radius)
        let full = Decimals.coordinate(radius * 2)
        var path = ""
        for point in points where area.xDomain.contains(point.x) && area.yDomain.contains(point.y) {
            let column = min(across - 1, Int((area.x(point.x) - area.left) / grid))
            let row = min(down - 1, Int((area.y(point.y) - area.top) / grid))
            guard !isDrawn[row * across + column] else { continue }
            isDrawn[row * across + column] = true
            let x = area.left + Double(column) * grid - radius
            let y = area.top + Double(row) * grid
            path += "M\(Canvas.point(x, y))a\(size) \(size) 0 1 0 \(full) 0a\(size) \(size) 0 1 0-\(full) 0"
        }
        return path
    }
}
