extension TreePlot: Drawable {
    var droppedCount: Int { 0 }

    var isEmpty: Bool { nodes.isEmpty }

    var legend: [LegendEntry] {
        classes.enumerated().map { LegendEntry(name: $1, series: $0, shape: .square) }
    }

    func table(_ language: Language) -> TableData {
        let titles = [
            language.pick("Node", "节点"), language.pick("From", "上级"), language.pick("Condition", "条件"),
            language.pick("Rows", "行数"), language.pick("Prediction", "预测"),
        ]
        return TableData(
            columns: titles.map { TableData.Column($0) }
                + classes.map { .init($0, NumberStyle(.percent, decimals: 1)) },
            rows: nodes.enumerated().map { index, node in
                [
                    .integer(index + 1), node.parent.map { .integer($0 + 1) } ?? .missing, .text(node.condition),
                    .integer(node.rows), .text(node.prediction),
                ] + node.shares.map { .number($0) }
            })
    }

    func summary(_ language: Language) -> String {
        let (parts, depths) = (parts, depths)
        let ends = parts.count { $0.isEmpty }
        let first = parts.first?.first.map { nodes[$0].condition }
        return language.pick(
            "Decision tree of \(nodes.count) nodes, \(ends) of them ends, \(depths.max() ?? 0) splits deep."
                + (first.map { " The first split asks whether \($0)." } ?? ""),
            "决策树，共 \(nodes.count) 个节点，其中末端 \(ends) 个，深 \(depths.max() ?? 0) 层。"
                + (first.map { "首先看是否 \($0)。" } ?? ""))
    }

    /// The least width of a card and what is between it and the next.
    private static let (narrowest, gap) = (92.0, 22.0)
    private static let (cardHeight, cardSpace) = (50.0, 60.0)

    func draw(on canvas: inout Canvas) {
        let (depths, parts) = (depths, parts)
        let levels = (depths.max() ?? 0) + 1
        let drawn = max(1, min(levels, Int((canvas.width + Self.gap) / (Self.narrowest + Self.gap))))
        let step = (canvas.width + Self.gap) / Double(drawn)
        let card = min(step - Self.gap, 240)
        let top = canvas.height + 4
        let middles = middles(depths, parts, drawn: drawn).map { top + $0 }
        for (index, node) in nodes.enumerated() where depths[index] < drawn {
            guard let parent = node.parent else { continue }
            let (x, from) = (Double(depths[index]) * step, Double(depths[parent]) * step + card)
            let bend = (from + x) / 2
            canvas.path(
                "M\(Canvas.point(from, middles[parent]))C\(Canvas.point(bend, middles[parent])) "
                    + "\(Canvas.point(bend, middles[index])) \(Canvas.point(x, middles[index]))", "x")
        }
        for (index, node) in nodes.enumerated() where depths[index] < drawn {
            let isEnd = parts[index].isEmpty && !node.isCut
            var shown = node
            if depths[index] == drawn - 1, !parts[index].isEmpty { shown.isCut = true }
            self.card(shown, Double(depths[index]) * step, middles[index], card, isEnd: isEnd, on: &canvas)
        }
        let lowest = zip(middles, depths).filter { $0.1 < drawn }.map(\.0).max() ?? top
        canvas.height = lowest + Self.cardHeight / 2 + 8
        if drawn < levels || nodes.contains(where: \.isCut) {
            let words = canvas.language.pick("… split further than is drawn", "… 之后的分支未画出")
            canvas.height += 16
            canvas.text(words, 0, canvas.height - 4, "muted", room: canvas.width)
        }
    }

    /// How far down the middle of each node is: ends one below the other, every other node amid its parts.
    private func middles(_ depths: [Int], _ parts: [[Int]], drawn: Int) -> [Double] {
        var middles = [Double](repeating: 0, count: nodes.count)
        var next = Self.cardHeight / 2
        for index in nodes.indices where depths[index] < drawn {
            guard parts[index].isEmpty || depths[index] == drawn - 1 else { continue }
            middles[index] = next
            next += Self.cardSpace
        }
        for index in nodes.indices.reversed() where depths[index] < drawn - 1 {
            guard let first = parts[index].first, let last = parts[index].last else { continue }
            middles[index] = (middles[first] + middles[last]) / 2
        }
        return middles
    }

    private func card(
        _ node: Node, _ x: Double, _ middle: Double, _ width: Double, isEnd: Bool, on canvas: inout Canvas
    ) {
        let top = middle - Self.cardHeight / 2
        let result = result(node, canvas.language)
        let details = [node.condition, result, shareWords(node)].filter { !$0.isEmpty }.joined(separator: "; ")
        canvas.rectangle(x, top, width, Self.cardHeight, "stripe", radius: 6, tip: details)
        let title = node.condition.isEmpty ? canvas.language.pick("all", "全部") : node.condition
        canvas.text(title, x + 8, top + 16, "ink", font: .bold, room: width - 16)
        canvas.text(result, x + 8, top + 32, isEnd ? "ink" : "muted", room: width - 16)
        bar(node, x + 8, top + Self.cardHeight - 11, width - 16, on: &canvas)
    }

    /// The shares of the classes side by side, or the mean by its colour.
    private func bar(_ node: Node, _ x: Double, _ y: Double, _ width: Double, on canvas: inout Canvas) {
        let height = 6.0
        guard !classes.isEmpty else {
            let means = nodes.compactMap(\.mean).filter(\.isFinite)
            guard let mean = node.mean, mean.isFinite, let low = means.min(), let high = means.max() else { return }
            let scale = HeatMap(rows: [], columns: [], values: [])
            return canvas.rectangle(x, y, width, height, "h\(scale.step(mean, low, high))", radius: 2)
        }
        var from = x
        for (index, share) in node.shares.enumerated() where share > 0 {
            let part = min(width * share, x + width - from)
            canvas.rectangle(from, y, part, height, SeriesLook(index).fill)
            from += part
        }
    }
}
