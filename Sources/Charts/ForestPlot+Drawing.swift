extension ForestPlot: Drawable {
    var droppedCount: Int {
        rows.count { row in
            row.status.isEmpty && Self.estimate(row) == nil
                || [row.lower, row.upper].contains { $0?.isNaN ?? false }
        }
    }

    var isEmpty: Bool { rows.isEmpty }

    var legend: [LegendEntry] { [] }

    func table(_ language: Language) -> TableData {
        let hasGroups = rows.contains { !$0.group.isEmpty }
        let hasStatus = rows.contains { !$0.status.isEmpty }
        var columns: [TableData.Column] = hasGroups ? [.init(language.pick("Group", "分组"))] : []
        let style = numberStyle
        columns += [
            .init(language.pick("Name", "名称")),
            .init(axis.title.isEmpty ? language.pick("Estimate", "估计值") : axis.title, style),
            .init(language.pick("Lower", "下限"), style), .init(language.pick("Upper", "上限"), style),
        ]
        let hasInner = rows.contains { $0.inner != nil }
        if hasInner {
            let name = outerName.isEmpty ? language.pick("outer", "外") : outerName
            columns += [
                .init(language.pick("Lower, \(name)", "下限（\(name)）"), style),
                .init(language.pick("Upper, \(name)", "上限（\(name)）"), style),
            ]
        }
        if hasStatus { columns.append(.init(language.pick("Status", "状态"))) }
        return TableData(
            columns: columns,
            rows: rows.map { row in
                let estimate = Self.estimate(row)
                var cells: [TableData.Cell] = hasGroups ? [.text(row.group)] : []
                cells += [
                    .text(row.label), .init(estimate?.point), .init(estimate?.told.lower), .init(estimate?.told.upper),
                ]
                if hasInner { cells += [.init(estimate?.lower), .init(estimate?.upper)] }
                if hasStatus { cells.append(row.status.isEmpty ? .missing : .text(row.status)) }
                return cells
            })
    }

    func summary(_ language: Language) -> String {
        let style = numberStyle
        let shown = rows.prefix(8).map { "\($0.label) \(numbers($0, style))" }.joined(separator: "; ")
        let more = rows.count > 8 ? " …" : ""
        let count = rows.count
        return language.pick(
            "Forest plot of \(count) estimate\(count == 1 ? "" : "s"): \(shown)\(more).",
            "森林图，共 \(count) 个估计值：\(shown)\(more)。")
    }

    func draw(on canvas: inout Canvas) {
        ForestDrawing(self, width: canvas.width, language: canvas.language).draw(on: &canvas)
    }
}

/// Where everything of a forest plot goes on a picture of some width.
private struct ForestDrawing {
    let plot: ForestPlot
    let language: Language
    let style: NumberStyle
    /// On a narrow picture names and numbers stand above their interval.
    let isStacked: Bool
    let area: PlotArea
    let labelRoom: Double
    let numberRoom: Double

    init(_ plot: ForestPlot, width: Double, language: Language) {
        self.plot = plot
        self.language = language
        style = plot.numberStyle
        let style = self.style
        let numbers = plot.rows.map { TextMetrics.width(plot.numbers($0, style), size: 12) }.max() ?? 0
        let names = plot.rows.map { TextMetrics.width($0.label, size: 12, isBold: $0.isEmphasised) }.max() ?? 0
        isStacked = width < 520
        numberRoom = min(numbers, width * (isStacked ? 0.55 : 0.32))
        labelRoom = isStacked ? width : min(max(names, 60), width * 0.3)
        let left = isStacked ? 8 : labelRoom + 24
        let right = isStacked ? width - 8 : width - max(numberRoom, ForestDrawing.headingRoom(plot, language)) - 24
        area = PlotArea(
            left: left, right: max(right, left + 60), top: 0, bottom: 0, xDomain: plot.domain, yDomain: Domain(0...1))
    }

    private static func headingRoom(_ plot: ForestPlot, _ language: Language) -> Double {
        min(150, TextMetrics.width(heading(plot, language), size: 12))
    }

    private static func heading(_ plot: ForestPlot, _ language: Language) -> String {
        let estimate = language.pick("Estimate", "估计值")
        return plot.intervalName.isEmpty ? "" : "\(estimate) [\(plot.intervalName)]"
    }

    func draw(on canvas: inout Canvas) {
        drawMarkLabels(on: &canvas)
        let top = canvas.height
        // Stripes lie behind lines and lines behind intervals, whose heights are known only when they are drawn.
        var rows = Canvas(width: canvas.width, language: language)
        rows.height = top
        var stripes = Canvas(width: canvas.width, language: language)
        drawRows(on: &rows, over: &stripes)
        canvas.embed(stripes, x: 0, y: 0)
        let bottom = rows.height + 4
        let ticks = PlotArea.horizontal(area.xDomain, plot.axis.style, width: area.right - area.left)
        for value in ticks.values { canvas.line(area.x(value), top, area.x(value), bottom, "g") }
        if let reference = plot.reference, area.xDomain.contains(reference) {
            canvas.line(area.x(reference), top - 2, area.x(reference), bottom + 4, "x")
        }
        for mark in plot.marks where area.xDomain.contains(mark.value) {
            canvas.line(area.x(mark.value), top - 2, area.x(mark.value), bottom, "x d")
        }
        canvas.embed(rows, x: 0, y: 0)
        let labels = zip(ticks.values, PlotArea.texts(ticks, plot.axis.style)).map {
            PlotArea.Label(place: area.x($0), text: $1)
        }
        area.drawLabels(labels, below: bottom + 18, on: &canvas)
        canvas.height = bottom + 24
        drawAxisTitle(on: &canvas)
    }

    private func drawMarkLabels(on canvas: inout Canvas) {
        let labels = plot.marks.filter { !$0.label.isEmpty && area.xDomain.contains($0.value) }
            .sorted { $0.value < $1.value }
        let heading = isStacked ? "" : Self.heading(plot, language)
        guard !labels.isEmpty || !heading.isEmpty else { return }
        var ends: [Double] = []
        var placed: [(label: String, x: Double, tier: Int)] = []
        for mark in labels {
            let width = min(TextMetrics.width(mark.label, size: 12), area.right - area.left)
            let x = min(
                max(area.x(mark.value), width / 2 + area.left), max(area.right - width / 2, width / 2 + area.left))
            let tier = ends.firstIndex { $0 + 8 <= x - width / 2 } ?? ends.count
            if tier == ends.count { ends.append(0) }
            ends[tier] = x + width / 2
            placed.append((mark.label, x, tier))
        }
        let tiers = Double(max(ends.count, 1))
        for entry in placed {
            canvas.text(
                entry.label, entry.x, canvas.height + (tiers - Double(entry.tier)) * 17 - 4, "muted", anchor: .middle,
                room: area.right - area.left)
        }
        if !heading.isEmpty {
            canvas.text(
                heading, canvas.width, canvas.height + tiers * 17 - 4, "muted", anchor: .end,
                room: canvas.width - area.right - 12)
        }
        canvas.height += tiers * 17 + 6
    }

    private func drawRows(on canvas: inout Canvas, over stripes: inout Canvas) {
        var group = ""
        var isStriped = false
        for row in plot.rows {
            if row.group != group, !row.group.isEmpty {
                canvas.height += 26
                canvas.text(row.group, 0, canvas.height - 6, "muted halo", font: .bold, room: canvas.width)
                isStriped = false
            }
            group = row.group
            let top = canvas.height
            drawRow(row, on: &canvas)
            if isStriped, !isStacked, plot.rows.count > 3 {
                stripes.rectangle(0, top, canvas.width, canvas.height - top, "stripe", radius: 4)
            }
            isStriped.toggle()
        }
    }

    private func drawRow(_ row: ForestPlot.Row, on canvas: inout Canvas) {
        let top = canvas.height
        let font: Canvas.Font = row.isEmphasised ? .bold : .label
        let numbers = plot.numbers(row, style)
        let hasEstimate = ForestPlot.estimate(row) != nil
        if isStacked {
            let numberWidth = TextMetrics.width(numbers, size: 12)
            canvas.text(
                row.label, 0, top + 16, "ink halo", font: font, room: canvas.width - min(numberWidth, numberRoom) - 12)
            canvas.text(
                numbers, canvas.width, top + 16, hasEstimate ? "ink halo" : "muted halo", anchor: .end, room: numberRoom
            )
            drawInterval(row, at: top + 32, on: &canvas)
            canvas.height = top + 46
            return
        }
        let lines = TextMetrics.wrapped(row.label, to: labelRoom, size: 12, isBold: row.isEmphasised, most: 2)
        let height = lines.count > 1 ? 42.0 : 32
        let middle = top + height / 2
        for (index, line) in lines.enumerated() {
            let y = middle + 4 + (Double(index) - Double(lines.count - 1) / 2) * 15
            canvas.text(line, 4, y, "ink", font: font, room: labelRoom)
        }
        canvas.text(
            numbers, canvas.width - 4, middle + 4, hasEstimate ? "ink" : "muted", anchor: .end,
            room: canvas.width - area.right - 16)
        drawInterval(row, at: middle, on: &canvas)
        canvas.height = top + height
    }

    private func drawInterval(_ row: ForestPlot.Row, at y: Double, on canvas: inout Canvas) {
        guard let estimate = ForestPlot.estimate(row) else { return }
        let tip = "\(row.label): \(plot.numbers(row, style))"
        let tone = row.tone.rawValue
        var (low, high) = (estimate.lower ?? estimate.point, estimate.upper ?? estimate.point)
        let line = { (from: Double, to: Double) in
            "M\(Canvas.point(area.x(from), y))L\(Canvas.point(area.x(to), y))"
        }
        if estimate.lower != nil || estimate.upper != nil {
            canvas.path(line(low, high), row.inner == nil ? "ci k-\(tone)" : "cj k-\(tone)", tip: tip)
        }
        // It may be there where the outer one has no bounds.
        if let inner = row.inner {
            canvas.path(line(inner.lowerBound, inner.upperBound), "ci k-\(tone)", tip: tip)
            (low, high) = (min(low, inner.lowerBound), max(high, inner.upperBound))
        }
        // What goes on beyond the picture ends in an arrow.
        if low < area.xDomain.low { arrow(area.left, y, -1, tone, on: &canvas) }
        if high > area.xDomain.high { arrow(area.right, y, 1, tone, on: &canvas) }
        guard area.xDomain.contains(estimate.point) else { return }
        if plot.excludesReference(estimate) {
            canvas.circle(area.x(estimate.point), y, 5.25, "pt f-\(tone)", tip: tip)
        } else {
            canvas.circle(area.x(estimate.point), y, 4.75, "ci hollow k-\(tone)", tip: tip)
        }
    }

    private func arrow(_ x: Double, _ y: Double, _ side: Double, _ tone: String, on canvas: inout Canvas) {
        let points = [(x, y - 5), (x + side * 7, y), (x, y + 5)].map { Canvas.point($0.0, $0.1) }
        canvas.path("M\(points.joined(separator: "L"))Z", "f-\(tone)")
    }

    private func drawAxisTitle(on canvas: inout Canvas) {
        let middle = (area.left + area.right) / 2
        if !plot.axis.title.isEmpty {
            canvas.height += 16
            canvas.text(
                plot.axis.title, min(max(middle, 0), canvas.width), canvas.height - 4, "muted", anchor: .middle,
                room: 2 * min(middle, canvas.width - middle))
        }
        let sides = plot.sides
        guard let reference = plot.reference, !(sides.below.isEmpty && sides.above.isEmpty) else { return }
        canvas.height += 18
        let x = min(max(area.x(reference), area.left + 40), area.right - 40)
        if !sides.below.isEmpty {
            canvas.text("← \(sides.below)", x - 10, canvas.height - 4, "muted", anchor: .end, room: x - 10)
        }
        if !sides.above.isEmpty {
            canvas.text("\(sides.above) →", x + 10, canvas.height - 4, "muted", room: canvas.width - x - 10)
        }
    }
}
