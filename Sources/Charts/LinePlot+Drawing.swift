extension LinePlot: Drawable {
    var droppedCount: Int {
        series.reduce(0) { count, line in
            let drawn = line.pieces.reduce(0) { $0 + $1.count }
            return count + max(line.x.count, line.y.count) - drawn
        }
    }

    var isEmpty: Bool { series.allSatisfy { $0.pieces.isEmpty } }

    var legend: [LegendEntry] {
        series.enumerated().map { LegendEntry(name: $1.name, series: $0, shape: .line) }
    }

    func table(_ language: Language) -> TableData {
        let hasNames = series.count > 1 || series.contains { !$0.name.isEmpty }
        let hasBand = series.contains { !$0.lower.isEmpty }
        var columns: [TableData.Column] = hasNames ? [.init(language.pick("Series", "序列"))] : []
        columns.append(.init(xAxis.title.isEmpty ? "x" : xAxis.title, xAxis.style))
        columns.append(.init(yAxis.title.isEmpty ? language.pick("Value", "数值") : yAxis.title, yAxis.style))
        if hasBand {
            columns += [
                .init(language.pick("Lower", "下限"), yAxis.style), .init(language.pick("Upper", "上限"), yAxis.style),
            ]
        }
        var rows: [[TableData.Cell]] = []
        for line in series {
            for index in 0..<min(line.x.count, line.y.count) {
                var cells: [TableData.Cell] = hasNames ? [.text(line.name)] : []
                cells.append(xLabel(line.x[index]).map { .text($0) } ?? .init(line.x[index]))
                cells.append(.init(line.y[index]))
                if hasBand {
                    cells.append(index < line.lower.count ? .init(line.lower[index]) : .missing)
                    cells.append(index < line.upper.count ? .init(line.upper[index]) : .missing)
                }
                rows.append(cells)
            }
        }
        return TableData(columns: columns, rows: rows)
    }

    func summary(_ language: Language) -> String {
        let style = yAxis.style.fitted(to: yValues)
        let parts = series.prefix(6).compactMap { line -> String? in
            guard let first = line.pieces.first?.first, let last = line.pieces.last?.last else { return nil }
            let name = line.name.isEmpty ? "" : line.name + " "
            return language.pick(
                "\(name)from \(style.text(first.y)) to \(style.text(last.y))",
                "\(name)从 \(style.text(first.y)) 到 \(style.text(last.y))")
        }
        let count = series.count
        return language.pick(
            "Line chart with \(count) line\(count == 1 ? "" : "s"): \(parts.joined(separator: "; ")).",
            "折线图，共 \(count) 条线：\(parts.joined(separator: "；"))。")
    }

    /// The name of a position, where positions have names.
    func xLabel(_ x: Double) -> String? {
        guard let place = Int(exactly: x), place >= 1, place <= xLabels.count else { return nil }
        return xLabels[place - 1]
    }

    func draw(on canvas: inout Canvas) {
        let height = canvas.isNarrow ? 220.0 : 280
        let (yDomain, yTicks) = PlotArea.vertical(yValues, yAxis, height: height)
        let xDomain = xAxis.usableRange.map { Domain($0) } ?? Domain(of: xValues)
        drawYTitle(on: &canvas)
        let right = canvas.width - 10 - endRoom(canvas)
        let area = PlotArea(
            left: PlotArea.gutter(yTicks, yAxis.style), right: right, top: canvas.height + 8,
            bottom: canvas.height + 8 + height, xDomain: xDomain, yDomain: yDomain)
        area.drawYAxis(yTicks, yAxis.style, on: &canvas)
        for (index, line) in series.enumerated() { drawBand(line, SeriesLook(index), area, on: &canvas) }
        for reference in references where yDomain.contains(reference.value) {
            canvas.line(area.left, area.y(reference.value), area.right, area.y(reference.value), "x d")
        }
        for (index, line) in series.enumerated() { drawLine(line, SeriesLook(index), area, on: &canvas) }
        drawReferenceLabels(area, on: &canvas)
        drawXAxis(area, on: &canvas)
    }

    private func endRoom(_ canvas: Canvas) -> Double {
        let labels = references.map(\.label).filter { !$0.isEmpty }
        return min((labels.map { TextMetrics.width($0, size: 12) }.max() ?? 0), canvas.width * 0.26)
    }

    private func drawYTitle(on canvas: inout Canvas) {
        guard !yAxis.title.isEmpty else { return }
        canvas.height += 16
        canvas.text(yAxis.title, 0, canvas.height - 4, "muted", room: canvas.width)
    }

    private func drawBand(_ line: Series, _ look: SeriesLook, _ area: PlotArea, on canvas: inout Canvas) {
        for piece in line.pieces {
            let points = piece.compactMap { point in point.band.map { (point.x, $0) } }
            guard points.count > 1 else { continue }
            let upper = points.map { Canvas.point(area.x($0.0), area.y($0.1.upperBound)) }
            let lower = points.reversed().map { Canvas.point(area.x($0.0), area.y($0.1.lowerBound)) }
            canvas.path("M\((upper + lower).joined(separator: "L"))Z", "band \(look.fill)")
        }
    }

    private func drawLine(_ line: Series, _ look: SeriesLook, _ area: PlotArea, on canvas: inout Canvas) {
        for piece in line.pieces {
            let points = piece.map { Canvas.point(area.x($0.x), area.y($0.y)) }
            if points.count > 1 {
                canvas.path("M\(points.joined(separator: "L"))", "ln \(look.stroke)")
            }
            if points.count == 1, let point = piece.first {
                if let band = point.band {
                    canvas.line(
                        area.x(point.x), area.y(band.lowerBound), area.x(point.x), area.y(band.upperBound),
                        "ln \(look.stroke)")
                }
                canvas.circle(area.x(point.x), area.y(point.y), 4.5, look.fill)
            }
        }
        // Where the line ends is what most readers look for.
        if let last = line.pieces.last, last.count > 1, let end = last.last {
            canvas.circle(area.x(end.x), area.y(end.y), 5, "pt \(look.fill)")
        }
    }

    private func drawReferenceLabels(_ area: PlotArea, on canvas: inout Canvas) {
        let shown = references.filter { !$0.label.isEmpty && area.yDomain.contains($0.value) }
        let places = PlotArea.spread(
            shown.map { area.y($0.value) + 4 }, gap: 15, low: area.top + 6, high: area.bottom + 2)
        for (reference, place) in zip(shown, places) {
            canvas.text(reference.label, area.right + 8, place, "muted", room: canvas.width - area.right - 8)
        }
    }

    private func drawXAxis(_ area: PlotArea, on canvas: inout Canvas) {
        let width = area.right - area.left
        var labels: [PlotArea.Label] = []
        if xLabels.isEmpty {
            let ticks = PlotArea.horizontal(area.xDomain, xAxis.style, width: width)
            labels = zip(ticks.values, PlotArea.texts(ticks, xAxis.style)).map { .init(place: area.x($0), text: $1) }
        } else {
            let places = xLabels.indices.filter { area.xDomain.contains(Double($0 + 1)) }
            let step = PlotArea.interval(of: xLabels, spacing: width / area.xDomain.width)
            labels = places.enumerated().filter { $0.offset % step == 0 }.map {
                .init(
                    place: area.x(Double($0.element + 1)),
                    text: TextMetrics.cut(xLabels[$0.element], to: canvas.width * 0.4, size: 12))
            }
        }
        canvas.line(area.left, area.bottom, area.right, area.bottom, "x")
        for label in labels { canvas.line(label.place, area.bottom, label.place, area.bottom + 4, "x") }
        area.drawLabels(labels, below: area.bottom + 19, on: &canvas)
        canvas.height = area.bottom + 25
        area.drawXTitle(xAxis.title, on: &canvas)
    }
}

extension PlotArea {
    /// The title of the lower axis, in the middle below its numbers.
    func drawXTitle(_ title: String, on canvas: inout Canvas) {
        guard !title.isEmpty else { return }
        canvas.height += 16
        let middle = (left + right) / 2
        canvas.text(
            title, middle, canvas.height - 3, "muted", anchor: .middle, room: 2 * min(middle, canvas.width - middle))
    }
}
