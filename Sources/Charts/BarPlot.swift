/// Bars from zero, grouped by category, with error bars.
public struct BarPlot: Equatable, Sendable {
    /// Bars of one colour.
    public struct Series: Equatable, Sendable {
        /// What they show.
        public var name: String
        /// One value for each category; nil for none.
        public var values: [Double?]
        /// Lower ends of the error bars; empty for none.
        public var lower: [Double?]
        /// Upper ends.
        public var upper: [Double?]

        /// Bars.
        public init(_ name: String = "", _ values: [Double?], lower: [Double?] = [], upper: [Double?] = []) {
            self.name = name
            self.values = values
            self.lower = lower
            self.upper = upper
        }

        func value(_ index: Int) -> Double? {
            index < values.count ? values[index].flatMap { $0.isFinite ? $0 : nil } : nil
        }

        func interval(_ index: Int) -> ClosedRange<Double>? {
            guard index < lower.count, index < upper.count, let low = lower[index], let high = upper[index],
                low.isFinite, high.isFinite
            else { return nil }
            return min(low, high)...max(low, high)
        }
    }

    /// Which way the bars go.
    public enum Direction: String, Sendable, CaseIterable {
        /// Upright where the names fit below, else across.
        case automatic
        case vertical
        case horizontal
    }

    /// Names of the groups of bars.
    public var categories: [String]
    /// The bars, one series per colour.
    public var series: [Series]
    /// The axis of the values; it always holds zero.
    public var axis: Axis
    /// What the categories are.
    public var categoryTitle: String
    /// Which way the bars go.
    public var direction: Direction

    /// A bar chart.
    public init(
        _ categories: [String], _ series: [Series], axis: Axis = Axis(), categoryTitle: String = "",
        direction: Direction = .automatic
    ) {
        self.categories = categories
        self.series = series
        self.axis = axis
        self.categoryTitle = categoryTitle
        self.direction = direction
    }

    /// All values that the axis has to hold, zero among them.
    var values: [Double] {
        var values = [0.0]
        for line in series {
            for index in categories.indices {
                if let value = line.value(index) { values.append(value) }
                if let interval = line.interval(index) { values += [interval.lowerBound, interval.upperBound] }
            }
        }
        return values
    }
}
