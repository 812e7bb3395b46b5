extension BarPlot: Drawable {
    var droppedCount: Int {
        series.reduce(0) { count, bars in count + categories.indices.count { bars.value($0) == nil } }
    }

    var isEmpty: Bool { categories.isEmpty || series.isEmpty }

    var legend: [LegendEntry] {
        series.enumerated().map { LegendEntry(name: $1.name, series: $0, shape: .square) }
    }

    var numberStyle: NumberStyle { axis.style.fitted(to: values) }

    func table(_ language: Language) -> TableData {
        let style = numberStyle
        var columns: [TableData.Column] = [
            .init(categoryTitle.isEmpty ? language.pick("Category", "类别") : categoryTitle)
        ]
        for bars in series {
            let name = bars.name.isEmpty ? (axis.title.isEmpty ? language.pick("Value", "数值") : axis.title) : bars.name
            columns.append(.init(name, style))
            if !bars.lower.isEmpty {
                columns += [
                    .init(language.pick("\(name), lower", "\(name) 下限"), style),
                    .init(language.pick("\(name), upper", "\(name) 上限"), style),
                ]
            }
        }
        let rows = categories.indices.map { index -> [TableData.Cell] in
            var cells: [TableData.Cell] = [.text(categories[index])]
            for bars in series {
                cells.append(.init(bars.value(index)))
                if !bars.lower.isEmpty {
                    cells += [.init(bars.interval(index)?.lowerBound), .init(bars.interval(index)?.upperBound)]
                }
            }
            return cells
        }
        return TableData(columns: columns, rows: rows)
    }

    func summary(_ language: Language) -> String {
        let style = numberStyle
        let parts = categories.indices.prefix(8).map { index in
            let numbers = series.map { bars in
                (bars.name.isEmpty ? "" : bars.name + " ") + style.text(bars.value(index))
            }
            return "\(categories[index]) \(numbers.joined(separator: ", "))"
        }
        let more = categories.count > 8 ? " …" : ""
        return language.pick(
            "Bar chart: \(parts.joined(separator: "; "))\(more).", "条形图：\(parts.joined(separator: "；"))\(more)。")
    }

    /// Whether the bars stand upright on a picture of some width.
    func isVertical(width: Double) -> Bool {
        switch direction {
        case .vertical: return true
        case .horizontal: return false
        case .automatic:
            let slot = (width - 60) / Double(max(categories.count, 1))
            let widest = categories.map { TextMetrics.width($0, size: 12) }.max() ?? 0
            return widest + 10 <= slot && slot >= Double(series.count) * 12 + 12
        }
    }

    func draw(on canvas: inout Canvas) {
        if isVertical(width: canvas.width) { drawVertical(on: &canvas) } else { drawHorizontal(on: &canvas) }
    }

    private func tip(_ bars: Series, _ index: Int, _ style: NumberStyle) -> String {
        let name = [categories[index], bars.name].filter { !$0.isEmpty }.joined(separator: ", ")
        let range = bars.interval(index).map { " [\(style.text($0.lowerBound)), \(style.text($0.upperBound))]" } ?? ""
        return "\(name): \(style.text(bars.value(index)))\(range)"
    }

    private func drawVertical(on canvas: inout Canvas) {
        let height = canvas.isNarrow ? 210.0 : 260
        let style = numberStyle
        let (domain, ticks) = PlotArea.vertical(values, axis, height: height, margin: 0.02)
        if !axis.title.isEmpty {
            canvas.height += 16
            canvas.text(axis.title, 0, canvas.height - 4, "muted", room: canvas.width)
        }
        let area = PlotArea(
            left: PlotArea.gutter(ticks, axis.style), right: canvas.width, top: canvas.height + 14,
            bottom: canvas.height + 14 + height, xDomain: Domain(0...1), yDomain: domain)
        area.drawYAxis(ticks, axis.style, on: &canvas)
        let slot = (area.right - area.left) / Double(categories.count)
        let thickness = max(0.5, min(52, slot * 0.76 / Double(series.count)))
        let start = (slot - thickness * Double(series.count)) / 2
        let hasErrors = series.contains { !$0.lower.isEmpty }
        // Numbers on the bars only where each has room for its own.
        let widest =
            series.flatMap { bars in categories.indices.compactMap { bars.value($0) } }
            .map { TextMetrics.width(style.text($0), size: 12) }.max() ?? 0
        let isNumbered = !hasErrors && widest + 2 <= (series.count == 1 ? slot : thickness)
        for index in categories.indices {
            for (order, bars) in series.enumerated() {
                guard let value = bars.value(index) else { continue }
                let x = area.left + slot * Double(index) + start + thickness * Double(order)
                let (top, bottom) = (area.y(max(value, 0)), area.y(min(value, 0)))
                let gap = thickness > 6 ? 1.0 : 0
                canvas.path(
                    Self.bar(x + gap, thickness - 2 * gap, from: area.y(0), to: value < 0 ? bottom : top),
                    SeriesLook(order).fill, tip: tip(bars, index, style))
                if let interval = bars.interval(index) {
                    let middle = x + thickness / 2
                    canvas.path(Self.whisker(middle, area.y(interval.lowerBound), area.y(interval.upperBound)), "eb")
                }
                if isNumbered {
                    canvas.text(
                        style.text(value), x + thickness / 2, value < 0 ? bottom + 14 : top - 5, "ink halo",
                        anchor: .middle)
                }
            }
        }
        canvas.line(area.left, area.y(0), area.right, area.y(0), "x")
        drawCategories(area, slot, on: &canvas)
    }

    private func drawCategories(_ area: PlotArea, _ slot: Double, on canvas: inout Canvas) {
        let step = direction == .automatic ? 1 : PlotArea.interval(of: categories, spacing: slot)
        let labels = categories.indices.filter { $0 % step == 0 }.map {
            PlotArea.Label(place: area.left + slot * (Double($0) + 0.5), text: categories[$0])
        }
        area.drawLabels(labels, below: area.bottom + 19, on: &canvas)
        canvas.height = area.bottom + 25
        area.drawXTitle(categoryTitle, on: &canvas)
    }

    private func drawHorizontal(on canvas: inout Canvas) {
        let style = numberStyle
        let thickness = series.count > 1 ? 15.0 : categories.count > 40 ? 12 : 18
        let slot = thickness * Double(series.count) + (categories.count > 40 ? 5 : 12)
        let widest = categories.map { TextMetrics.width($0, size: 12) }.max() ?? 0
        let isStacked = canvas.isNarrow && widest > canvas.width * 0.36
        let numbers =
            series.flatMap { bars in categories.indices.map { style.text(bars.value($0)) } }
            .map { TextMetrics.width($0, size: 12) }.max() ?? 0
        let left = isStacked ? 2 : min(widest, canvas.width * 0.36) + 12
        let domain = axis.usableRange.map { Domain($0) } ?? Domain(of: values)
        let reserve = numbers + 10
        let below = values.contains { $0 < 0 } ? reserve : 0
        var area = PlotArea(
            left: left + below, right: canvas.width - reserve, top: canvas.height + 4, bottom: 0, xDomain: domain,
            yDomain: Domain(0...1))
        let rowHeight = slot + (isStacked ? 18 : 0)
        area.bottom = area.top + rowHeight * Double(categories.count)
        let ticks = PlotArea.horizontal(domain, axis.style, width: area.right - area.left)
        for value in ticks.values { canvas.line(area.x(value), area.top, area.x(value), area.bottom, "g") }
        for index in categories.indices {
            let top = area.top + rowHeight * Double(index)
            if isStacked {
                canvas.text(categories[index], 0, top + 13, "ink halo", room: canvas.width)
            } else {
                canvas.text(
                    categories[index], left - 10, top + slot / 2 + 4, "ink", anchor: .end, room: left - 10)
            }
            let first = top + (isStacked ? 20 : (slot - thickness * Double(series.count)) / 2)
            for (order, bars) in series.enumerated() {
                drawAcross(bars, index, order, first + thickness * Double(order), thickness, area, style, on: &canvas)
            }
        }
        canvas.line(area.x(0), area.top, area.x(0), area.bottom, "x")
        let labels = zip(ticks.values, PlotArea.texts(ticks, axis.style)).map {
            PlotArea.Label(place: area.x($0), text: $1)
        }
        area.drawLabels(labels, below: area.bottom + 17, on: &canvas)
        canvas.height = area.bottom + 23
        area.drawXTitle(axis.title, on: &canvas)
    }

    private func drawAcross(
        _ bars: Series, _ index: Int, _ order: Int, _ y: Double, _ thickness: Double, _ area: PlotArea,
        _ style: NumberStyle, on canvas: inout Canvas
    ) {
        let middle = y + thickness / 2
        guard let value = bars.value(index) else {
            canvas.text("–", area.x(0) + 6, middle + 4, "muted")
            return
        }
        canvas.path(
            Self.bar(y + 1, thickness - 2, from: area.x(0), to: area.x(value), isAcross: true), SeriesLook(order).fill,
            tip: tip(bars, index, style))
        var (end, start) = (max(area.x(value), area.x(0)), min(area.x(value), area.x(0)))
        if let interval = bars.interval(index) {
            canvas.path(
                Self.whisker(middle, area.x(interval.lowerBound), area.x(interval.upperBound), isAcross: true), "eb")
            end = max(end, area.x(interval.upperBound))
            start = min(start, area.x(interval.lowerBound))
        }
        if value < 0 {
            canvas.text(style.text(value), start - 6, middle + 4, "ink halo", anchor: .end)
        } else {
            canvas.text(style.text(value), end + 6, middle + 4, "ink halo")
        }
    }

    /// A bar whose far end is round.
    static func bar(_ at: Double, _ thickness: Double, from: Double, to: Double, isAcross: Bool = false) -> String {
        let radius = min(3, thickness / 2, (to - from).magnitude)
        let back = to > from ? -radius : radius
        let point = { (along: Double, across: Double) in
            isAcross ? Canvas.point(along, across) : Canvas.point(across, along)
        }
        return "M\(point(from, at))L\(point(to + back, at))Q\(point(to, at)) \(point(to, at + radius))"
            + "L\(point(to, at + thickness - radius))Q\(point(to, at + thickness)) \(point(to + back, at + thickness))"
            + "L\(point(from, at + thickness))Z"
    }

    private static func whisker(_ middle: Double, _ low: Double, _ high: Double, isAcross: Bool = false) -> String {
        let point = { (along: Double, across: Double) in
            isAcross ? Canvas.point(along, across) : Canvas.point(across, along)
        }
        return "M\(point(low, middle))L\(point(high, middle))M\(point(low, middle - 4))L\(point(low, middle + 4))"
            + "M\(point(high, middle - 4))L\(point(high, middle + 4))"
    }
}
