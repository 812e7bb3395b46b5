/// Numbers in rows and columns, shown by colour.
public struct HeatMap: Equatable, Sendable {
    /// Names of the rows, from top to bottom.
    public var rows: [String]
    /// Names of the columns.
    public var columns: [String]
    /// The numbers, row by row; nil for none.
    public var values: [[Double?]]
    /// How the numbers are written.
    public var style: NumberStyle
    /// The value between the two colours of a scale that goes both ways, such as 0 for correlations; nil for a scale of one colour.
    public var center: Double?
    /// What is shown.
    public var valueTitle: String

    /// A heat map.
    public init(
        rows: [String], columns: [String], values: [[Double?]], style: NumberStyle = .plain, center: Double? = nil,
        valueTitle: String = ""
    ) {
        self.rows = rows
        self.columns = columns
        self.values = values
        self.style = style
        self.center = center.flatMap { $0.isFinite ? $0 : nil }
        self.valueTitle = valueTitle
    }

    /// The number at a place, if there is one that can be drawn.
    func value(_ row: Int, _ column: Int) -> Double? {
        guard row < values.count, column < values[row].count else { return nil }
        return values[row][column].flatMap { $0.isFinite ? $0 : nil }
    }

    var finite: [Double] {
        rows.indices.flatMap { row in columns.indices.compactMap { value(row, $0) } }
    }

    /// Steps of the colour scale.
    static let steps = 9

    /// The step of the colour scale for a value, from 0.
    func step(_ value: Double, _ low: Double, _ high: Double) -> Int {
        var share: Double
        if let center {
            let reach = max((high - center).magnitude, (low - center).magnitude)
            share = reach > 0 ? 0.5 + (value / 2 - center / 2) / reach : 0.5
        } else {
            let span = high / 2 - low / 2
            share = span > 0 ? (value / 2 - low / 2) / span : 0.5
        }
        if !share.isFinite { share = 0.5 }
        return min(Self.steps - 1, max(0, Int((share * Double(Self.steps)).rounded(.down))))
    }
}
