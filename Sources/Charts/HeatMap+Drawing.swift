extension HeatMap: Drawable {
    var droppedCount: Int {
        rows.indices.reduce(0) { sum, row in sum + columns.indices.count { value(row, $0) == nil } }
    }

    var isEmpty: Bool { rows.isEmpty || columns.isEmpty }

    var legend: [LegendEntry] { [] }

    func table(_ language: Language) -> TableData {
        let style = style.fitted(to: finite)
        return TableData(
            columns: [.init(valueTitle)] + columns.map { .init($0, style) },
            rows: rows.indices.map { row in [.text(rows[row])] + columns.indices.map { .init(value(row, $0)) } })
    }

    func summary(_ language: Language) -> String {
        let numbers = finite
        let style = style.fitted(to: numbers)
        guard let low = numbers.min(), let high = numbers.max() else {
            return language.pick("Empty heat map.", "空热力图。")
        }
        return language.pick(
            "Heat map of \(rows.count) by \(columns.count) values from \(style.text(low)) to \(style.text(high)).",
            "热力图，\(rows.count) 行 \(columns.count) 列，从 \(style.text(low)) 到 \(style.text(high))。")
    }

    func draw(on canvas: inout Canvas) {
        let numbers = finite
        let style = style.fitted(to: numbers)
        let (low, high) = (numbers.min() ?? 0, numbers.max() ?? 1)
        drawScale(low, high, style, on: &canvas)
        let names = rows.map { TextMetrics.width($0, size: 12) }.max() ?? 0
        let left = min(names, canvas.width * 0.32) + 10
        let cell = (canvas.width - left) / Double(columns.count)
        let gap = cell > 8 ? 2.0 : cell > 3 ? 0.5 : 0
        let height = min(38, max(16, cell * 0.62))
        let top = columnNames(left, cell, on: &canvas)
        let widest = numbers.map { TextMetrics.width(style.text($0), size: 12) }.max() ?? 0
        let isNumbered = widest + 6 <= cell - gap && height >= 16
        let isTipped = rows.count * columns.count <= 1000
        for row in rows.indices {
            let y = top + Double(row) * height
            canvas.text(rows[row], left - 10, y + height / 2 + 4, "ink", anchor: .end, room: left - 10)
            for column in columns.indices {
                let x = left + Double(column) * cell
                guard let value = value(row, column) else {
                    canvas.rectangle(x, y, cell - gap, height - gap, "void", radius: gap)
                    continue
                }
                let step = step(value, low, high)
                canvas.rectangle(
                    x, y, cell - gap, height - gap, fill(step), radius: gap,
                    tip: isTipped ? "\(rows[row]), \(columns[column]): \(style.text(value))" : nil)
                guard isNumbered else { continue }
                canvas.text(
                    style.text(value), x + (cell - gap) / 2, y + height / 2 + 3.5, isFar(step) ? "far" : "near",
                    anchor: .middle)
            }
        }
        canvas.height = top + Double(rows.count) * height + 4
    }

    private func fill(_ step: Int) -> String { center == nil ? "h\(step)" : "v\(step)" }

    private func isFar(_ step: Int) -> Bool { center == nil ? step >= 5 : (step - 4).magnitude >= 3 }

    /// The names of the columns above them, upright where they have no room.
    private func columnNames(_ left: Double, _ cell: Double, on canvas: inout Canvas) -> Double {
        let widest = columns.map { TextMetrics.width($0, size: 12) }.max() ?? 0
        if widest <= cell - 4 || cell >= 48 {
            canvas.height += 20
            for (index, name) in columns.enumerated() {
                canvas.text(
                    name, left + (Double(index) + 0.5) * cell, canvas.height - 7, "ink", anchor: .middle, room: cell - 4
                )
            }
            return canvas.height
        }
        let room = min(widest, 120)
        canvas.height += room + 10
        let step = cell >= 13 ? 1 : Int((13 / cell).rounded(.up))
        for (index, name) in columns.enumerated() where index % step == 0 {
            canvas.upright(name, left + (Double(index) + 0.5) * cell + 4, canvas.height - 6, room: room)
        }
        return canvas.height
    }

    private func drawScale(_ low: Double, _ high: Double, _ style: NumberStyle, on canvas: inout Canvas) {
        let (first, last) =
            center.map { center -> (Double, Double) in
                let reach = max((high - center).magnitude, (low - center).magnitude)
                return (center - reach, center + reach)
            } ?? (low, high)
        let texts = [style.text(first), style.text(last)]
        let y = canvas.height + 14
        var x = 0.0
        if !valueTitle.isEmpty {
            let room = canvas.width * 0.45
            canvas.text(valueTitle, 0, y, "muted", room: room)
            x = min(room, TextMetrics.width(valueTitle, size: 12)) + 14
        }
        canvas.text(texts[0], x, y, "muted")
        x += TextMetrics.width(texts[0], size: 12) + 6
        let step = min(14, max(4, (canvas.width - x - TextMetrics.width(texts[1], size: 12) - 10) / Double(Self.steps)))
        for index in 0..<Self.steps {
            canvas.rectangle(x + Double(index) * step, y - 10, step, 12, fill(index))
        }
        canvas.text(texts[1], x + Double(Self.steps) * step + 6, y, "muted")
        canvas.height = y + 12
    }
}

extension Canvas {
    /// A text that reads from below to above, its beginning at a place.
    mutating func upright(_ text: String, _ x: Double, _ y: Double, room: Double) {
        var turned = Canvas(width: width, language: language)
        turned.text(text, 0, 0, room: room)
        turn(turned, x, y)
    }
}
