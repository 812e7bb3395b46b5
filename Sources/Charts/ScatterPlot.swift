/// Points in a plane.
public struct ScatterPlot: Equatable, Sendable {
    /// Points of one colour.
    public struct Series: Equatable, Sendable {
        /// What they are.
        public var name: String
        /// Where along the lower axis.
        public var x: [Double]
        /// Where along the left axis.
        public var y: [Double]

        /// Points. Those with a coordinate that is not finite are left out.
        public init(_ name: String = "", x: [Double], y: [Double]) {
            self.name = name
            self.x = x
            self.y = y
        }

        var points: [(x: Double, y: Double)] {
            zip(x, y).filter { $0.isFinite && $1.isFinite }.map { ($0, $1) }
        }
    }

    /// The points, one series per colour.
    public var series: [Series]
    /// The lower axis.
    public var xAxis: Axis
    /// The left axis.
    public var yAxis: Axis

    /// A scatter plot.
    public init(_ series: [Series], xAxis: Axis = Axis(), yAxis: Axis = Axis()) {
        self.series = series
        self.xAxis = xAxis
        self.yAxis = yAxis
    }
}
