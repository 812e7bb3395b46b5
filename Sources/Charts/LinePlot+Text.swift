import Support

extension LinePlot {
    func lines(_ frame: TextFrame) -> [String] {
        let domain = xAxis.usableRange.map { Domain($0) } ?? Domain(of: xValues)
        let labels = references.filter { !$0.label.isEmpty }.map { DisplayWidth.escaped($0.label) }
        let names = series.count > 1 ? 2 : 0
        let right = min(max((labels.map(DisplayWidth.of).max() ?? -1) + 1, names), frame.width / 4)
        var plane = TextPlane(
            frame, xDomain: domain, yValues: yValues, yAxis: yAxis, rows: frame.width < 60 ? 10 : 14, right: right)
        for reference in references { plane.reference(reference.value) }
        for (index, line) in series.enumerated() {
            for piece in line.pieces { drawBand(piece, index, on: &plane) }
        }
        for (index, line) in series.enumerated() {
            for piece in line.pieces { drawLine(piece, index, on: &plane) }
        }
        var ends: [Int: String] = [:]
        for reference in references where !reference.label.isEmpty && plane.yDomain.contains(reference.value) {
            let label = DisplayWidth.cut(DisplayWidth.escaped(reference.label), to: max(1, right - 1))
            ends[plane.y(reference.value) / 4] = frame.quiet(" " + label)
        }
        if series.count > 1 {
            for (index, line) in series.enumerated() {
                guard let last = line.pieces.last?.last else { continue }
                let row = plane.y(last.y) / 4
                // The first series keeps the place where two end on one row.
                if ends[row] == nil { ends[row] = " " + frame.colored(TextFrame.sign(index), series: index) }
            }
        }
        return plane.lines(
            xTitle: xAxis.title, yTitle: yAxis.title, xLabels: xTicks(domain, width: plane.canvas.width), ends: ends)
    }

    private func xTicks(_ domain: Domain, width: Int) -> [(value: Double, text: String)] {
        guard !xLabels.isEmpty else { return TextAxis.ticks(domain, xAxis.style, width: width) }
        let shown = xLabels.map { DisplayWidth.cut(DisplayWidth.escaped($0), to: max(4, width / 3)) }
        let widest = shown.map(DisplayWidth.of).max() ?? 1
        let spacing = Double(width) / max(domain.width, 1)
        let step = max(1, Int((Double(widest + 2) / spacing).rounded(.up)))
        return shown.indices.filter { $0 % step == 0 && domain.contains(Double($0 + 1)) }.map {
            (Double($0 + 1), shown[$0])
        }
    }

    private func drawLine(_ piece: [Series.Point], _ index: Int, on plane: inout TextPlane) {
        guard let first = piece.first else { return }
        var from = (x: plane.x(first.x), y: plane.y(first.y))
        plane.canvas.dot(from.x, from.y, series: index)
        for point in piece.dropFirst() {
            let to = (x: plane.x(point.x), y: plane.y(point.y))
            plane.canvas.line(from, to, series: index)
            from = to
        }
    }

    /// The edges of the band, every other dot.
    private func drawBand(_ piece: [Series.Point], _ index: Int, on plane: inout TextPlane) {
        for (point, next) in zip(piece, piece.dropFirst()) {
            guard let band = point.band, let nextBand = next.band else { continue }
            let (start, end) = (plane.x(point.x), plane.x(next.x))
            for x in stride(from: min(start, end), through: max(start, end), by: 1) where x % 3 == 0 {
                let share = end == start ? 0 : Double(x - start) / Double(end - start)
                for (low, high) in [(band.lowerBound, nextBand.lowerBound), (band.upperBound, nextBand.upperBound)] {
                    let (from, to) = (Double(plane.y(low)), Double(plane.y(high)))
                    plane.canvas.dot(x, Int((from + (to - from) * share).rounded()), series: index)
                }
            }
        }
    }
}
