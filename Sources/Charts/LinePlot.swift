/// Values along a line, with bands of confidence around them.
public struct LinePlot: Equatable, Sendable {
    /// One line.
    public struct Series: Equatable, Sendable {
        /// What it shows.
        public var name: String
        /// Where along the axis; positions that are not finite are left out with their values.
        public var x: [Double]
        /// The values. One that is not finite leaves a gap.
        public var y: [Double]
        /// The band's lower ends; empty for none.
        public var lower: [Double]
        /// The band's upper ends.
        public var upper: [Double]

        /// A line. Without `x` the values stand at 1, 2, 3.
        public init(_ name: String = "", x: [Double]? = nil, y: [Double], lower: [Double] = [], upper: [Double] = []) {
            self.name = name
            self.x = x ?? y.indices.map { Double($0 + 1) }
            self.y = y
            self.lower = lower
            self.upper = upper
        }

        struct Point {
            let x: Double
            let y: Double
            let band: ClosedRange<Double>?
        }

        /// Pieces without gaps, in the order given.
        var pieces: [[Point]] {
            var pieces: [[Point]] = [[]]
            for index in 0..<min(x.count, y.count) {
                guard x[index].isFinite, y[index].isFinite else {
                    if pieces[pieces.count - 1].isEmpty == false { pieces.append([]) }
                    continue
                }
                var band: ClosedRange<Double>?
                if index < lower.count, index < upper.count, !lower[index].isNaN, !upper[index].isNaN {
                    band = min(lower[index], upper[index])...max(lower[index], upper[index])
                }
                pieces[pieces.count - 1].append(Point(x: x[index], y: y[index], band: band))
            }
            return pieces.filter { !$0.isEmpty }
        }
    }

    /// The lines.
    public var series: [Series]
    /// Lines across at some value: no effect, a target.
    public var references: [ReferenceLine]
    /// The axis along which the values lie.
    public var xAxis: Axis
    /// Names of the positions 1, 2, 3, such as days; empty if the positions are numbers.
    public var xLabels: [String]
    /// The axis of the values.
    public var yAxis: Axis

    /// A line chart.
    public init(
        _ series: [Series], references: [ReferenceLine] = [], xAxis: Axis = Axis(), xLabels: [String] = [],
        yAxis: Axis = Axis()
    ) {
        self.series = series
        self.references = references.filter(\.value.isFinite)
        self.xAxis = xAxis
        self.xLabels = xLabels
        self.yAxis = yAxis
    }

    /// The finite values of all lines, bands and references.
    var yValues: [Double] {
        var values = references.map(\.value)
        for point in series.lazy.flatMap(\.pieces).joined() {
            values.append(point.y)
            if let band = point.band { values += [band.lowerBound, band.upperBound].filter(\.isFinite) }
        }
        return values
    }

    var xValues: [Double] { series.flatMap { $0.pieces.flatMap { $0.map(\.x) } } }
}
