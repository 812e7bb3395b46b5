extension ScatterPlot {
    func lines(_ frame: TextFrame) -> [String] {
        let points = series.flatMap(\.points)
        let domain = xAxis.usableRange.map { Domain($0) } ?? Domain(of: points.map(\.x), margin: 0.04)
        var plane = TextPlane(
            frame, xDomain: domain, yValues: points.map(\.y), yAxis: yAxis, rows: frame.width < 60 ? 10 : 16)
        for (index, group) in series.enumerated() {
            for point in group.points where domain.contains(point.x) && plane.yDomain.contains(point.y) {
                if series.count == 1 {
                    plane.canvas.dot(plane.x(point.x), plane.y(point.y), series: index)
                } else {
                    // Dots of several series could not be told apart without colours.
                    let sign = Character(TextFrame.sign(index))
                    plane.canvas.set(plane.x(point.x) / 2, plane.y(point.y) / 4, sign, series: index)
                }
            }
        }
        let ticks = TextAxis.ticks(domain, xAxis.style, width: plane.canvas.width)
        return plane.lines(xTitle: xAxis.title, yTitle: yAxis.title, xLabels: ticks)
    }
}
