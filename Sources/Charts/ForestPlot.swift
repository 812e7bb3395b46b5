/// Estimates with their intervals, one below the other, around a line of no effect.
public struct ForestPlot: Equatable, Sendable {
    /// One estimate.
    public struct Row: Equatable, Sendable {
        /// What was estimated.
        public var label: String
        /// The estimate; nil where there is none.
        public var point: Double?
        /// The interval's ends; infinite where it is open.
        public var lower: Double?
        /// The upper end.
        public var upper: Double?
        /// An interval that makes a weaker claim, such as one that is not corrected for other comparisons: drawn bold within the row's own,
        /// and written beside it in its place.
        public var inner: ClosedRange<Double>?
        /// A heading that rows with the same group share.
        public var group: String
        /// Whether the effect is good or bad; neutral colours it like any series.
        public var tone: Tone
        /// Whether the label is set in bold, as a primary metric's is.
        public var isEmphasised: Bool
        /// Stands in place of the numbers where there is no estimate, and says why.
        public var status: String

        /// A row.
        public init(
            _ label: String, point: Double?, lower: Double? = nil, upper: Double? = nil, group: String = "",
            tone: Tone = .neutral, isEmphasised: Bool = false, status: String = "", inner: ClosedRange<Double>? = nil
        ) {
            self.label = label
            self.point = point
            self.lower = lower
            self.upper = upper
            self.group = group
            self.tone = tone
            self.isEmphasised = isEmphasised
            self.status = status
            self.inner = inner
        }
    }

    /// The rows, from top to bottom.
    public var rows: [Row]
    /// The line of no effect; nil draws none.
    public var reference: Double?
    /// Further lines: a margin, the least effect that matters.
    public var marks: [ReferenceLine]
    /// The axis of the effects.
    public var axis: Axis
    /// What the interval is, in the heading of the numbers: "95% interval".
    public var intervalName: String
    /// What the rows' own interval is called where they have an inner one too: "corrected".
    public var outerName: String
    /// What lies left and right of the reference ("worse", "better"); empty for none.
    public var sides: (below: String, above: String) {
        get { (sideNames[0], sideNames[1]) }
        set { sideNames = [newValue.below, newValue.above] }
    }
    private var sideNames: [String]

    /// A forest plot.
    public init(
        _ rows: [Row], reference: Double? = 0, marks: [ReferenceLine] = [], axis: Axis = Axis(style: .signed),
        intervalName: String = "", outerName: String = "", sides: (below: String, above: String) = ("", "")
    ) {
        self.rows = rows
        self.reference = reference.flatMap { $0.isFinite ? $0 : nil }
        self.marks = marks.filter(\.value.isFinite)
        self.axis = axis
        self.intervalName = intervalName
        self.outerName = outerName
        sideNames = [sides.below, sides.above]
    }

    /// A row's interval as it can be drawn: finite point, ends that are numbers, in order.
    struct Estimate {
        let point: Double
        let lower: Double?
        let upper: Double?
        /// The interval that is written: the inner one, if there is one.
        let told: (lower: Double?, upper: Double?)
        /// Whether an end is open at the reference: the estimate is on one side of it, and no more is claimed.
        static func isOpen(_ end: Double?) -> Bool { end.map { $0 != 0 && $0.magnitude < 1e-300 } ?? false }
    }

    static func estimate(_ row: Row) -> Estimate? {
        guard let point = row.point, point.isFinite else { return nil }
        var ends = (row.lower.flatMap { $0.isNaN ? nil : $0 }, row.upper.flatMap { $0.isNaN ? nil : $0 })
        if let low = ends.0, let high = ends.1, low > high { ends = (high, low) }
        return Estimate(
            point: point, lower: ends.0, upper: ends.1,
            told: row.inner.map { ($0.lowerBound, $0.upperBound) } ?? (ends.0, ends.1))
    }

    /// The stretch of the axis: what was asked for, or all points and intervals, but for ends so far out that the other rows would shrink to
    /// dots beside them; those are drawn as arrows.
    var domain: Domain {
        if let range = axis.usableRange { return Domain(range) }
        let estimates = rows.compactMap(Self.estimate)
        let arms = estimates.flatMap { row in
            [row.lower, row.upper].compactMap { $0.map { ($0 - row.point).magnitude } }.filter(\.isFinite)
        }.sorted()
        guard arms.count >= 8 else { return Domain(of: values, margin: 0.06) }
        let longest = arms[arms.count / 2] * 6
        var shown = estimates.flatMap { row in
            [row.point]
                + [row.lower, row.upper, row.told.lower, row.told.upper].compactMap { $0 }.filter {
                    ($0 - row.point).magnitude <= longest
                }
        }
        shown += marks.map(\.value) + (reference.map { [$0] } ?? [])
        return Domain(of: shown, margin: 0.06)
    }

    /// All finite values that the axis has to hold.
    var values: [Double] {
        var values = rows.compactMap(Self.estimate).flatMap { [$0.lower, $0.point, $0.upper].compactMap { $0 } }
        values += marks.map(\.value)
        if let reference { values.append(reference) }
        return values.filter(\.isFinite)
    }

    /// The style of the numbers beside the intervals.
    var numberStyle: NumberStyle {
        axis.style.fitted(
            to: rows.compactMap(Self.estimate).flatMap { [$0.told.lower, $0.point, $0.told.upper].compactMap { $0 } })
    }

    /// `+1.2% [+0.8%, +1.6%]`, or why there is nothing.
    func numbers(_ row: Row, _ style: NumberStyle) -> String {
        guard let estimate = Self.estimate(row) else { return row.status.isEmpty ? "–" : row.status }
        let (lower, upper) = estimate.told
        guard lower != nil || upper != nil else { return style.text(estimate.point) }
        let low = Estimate.isOpen(lower) ? "(0" : "[" + style.text(lower)
        let high = Estimate.isOpen(upper) ? "0)" : style.text(upper) + "]"
        return "\(style.text(estimate.point)) \(low), \(high)"
    }

    /// Whether the interval leaves the reference out.
    func excludesReference(_ estimate: Estimate) -> Bool {
        guard let reference else { return true }
        return (estimate.lower ?? -.infinity) > reference || (estimate.upper ?? .infinity) < reference
    }
}

extension ForestPlot {
    /// Two plots are equal if all they show is.
    public static func == (left: ForestPlot, right: ForestPlot) -> Bool {
        left.rows == right.rows && left.reference == right.reference && left.marks == right.marks
            && left.axis == right.axis && left.intervalName == right.intervalName && left.outerName == right.outerName
            && left.sideNames == right.sideNames
    }
}
