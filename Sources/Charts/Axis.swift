/// What an axis is called and how its numbers are written.
public struct Axis: Equatable, Sendable {
    /// What is measured along it, with its unit.
    public var title: String
    /// How its numbers are written.
    public var style: NumberStyle
    /// The ends; nil lets the data decide. A range that holds nothing or is not finite counts as nil.
    public var range: ClosedRange<Double>?

    /// An axis.
    public init(_ title: String = "", style: NumberStyle = .plain, range: ClosedRange<Double>? = nil) {
        self.title = title
        self.style = style
        self.range = range
    }

    /// The given range, if it can be drawn.
    var usableRange: ClosedRange<Double>? {
        range.flatMap { $0.lowerBound.isFinite && $0.upperBound.isFinite && $0.lowerBound < $0.upperBound ? $0 : nil }
    }
}

/// A line across a chart at one value: no effect, a margin, a target.
public struct ReferenceLine: Equatable, Sendable {
    /// Where it is.
    public var value: Double
    /// What it stands for; empty for none.
    public var label: String

    /// A line at `value`.
    public init(_ value: Double, _ label: String = "") {
        self.value = value
        self.label = label
    }
}

/// What a mark means where colour carries meaning.
public enum Tone: String, Sendable, CaseIterable {
    case neutral, good, bad, caution
}
