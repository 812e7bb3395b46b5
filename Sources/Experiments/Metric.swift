import Support

/// What an experiment measures of each unit, and what counts as good.
public struct Metric: Sendable {
    /// How the values of a unit become the figure of an arm.
    public enum Kind: Sendable, Equatable {
        /// The share of units with 1; with `of`, successes of a number of trials that each unit has.
        case proportion(of: String?)
        /// The mean over units.
        case mean
        /// The sum of one column over the sum of another, by the delta method.
        case ratio(denominator: String, mayExceedOne: Bool)
        /// A quantile of the values; units with several values are clusters.
        case quantile(Double)
        /// A count for each unit of exposure; with no exposure column, for each unit.
        case count(exposure: String?)
        /// The share of units that came back within days `from` to `to` after their first day.
        case retention(from: Int, to: Int)

        /// The word for it in results.
        public var name: String {
            switch self {
            case .proportion: "proportion"
            case .mean: "mean"
            case .ratio: "ratio"
            case .quantile: "quantile"
            case .count: "count"
            case .retention: "retention"
            }
        }
    }

    /// What the decision does with the metric.
    public enum Role: String, Sendable, CaseIterable {
        /// Decides.
        case primary
        /// Is told.
        case secondary
        /// Must not get worse by more than its margin.
        case guardrail
    }

    /// How much worse a guardrail may get.
    public struct Margin: Sendable, Equatable {
        /// The size, at least 0.
        public var value: Double
        /// Whether it is a share of control's figure rather than in the metric's own unit.
        public var isRelative: Bool

        /// A margin of `value`.
        public init(_ value: Double, isRelative: Bool) {
            self.value = value
            self.isRelative = isRelative
        }
    }

    /// The name in results: the column's unless said otherwise.
    public var name: String
    /// The column measured.
    public var column: String
    /// How it is measured.
    public var kind: Kind
    /// Values below this quantile of all arms together are raised to it.
    public var winsorizeLower: Double?
    /// Values above this quantile of all arms together are lowered to it.
    public var winsorizeUpper: Double?
    /// Whether more is better.
    public var isUpGood = true
    /// What the decision does with it.
    public var role = Role.primary
    /// What its values count, as reports write it: "$", "ms"; empty for none.
    public var unit = ""
    /// How much worse a guardrail may get; 0 if not given.
    public var margin = Margin(0, isRelative: true)

    /// A metric of `column`.
    public init(_ kind: Kind, _ column: String, name: String? = nil) {
        self.kind = kind
        self.column = column
        self.name = name ?? column
    }

    /// 1 where more is better, otherwise -1.
    public var sign: Double { isUpGood ? 1 : -1 }

    /// Whether a unit's value is 0 or 1.
    public var isBinary: Bool {
        switch kind {
        case .proportion(of: nil), .retention: true
        default: false
        }
    }

    /// The column that the values are divided by, if there is one.
    public var denominator: String? {
        switch kind {
        case .ratio(let denominator, _): denominator
        case .proportion(let trials): trials
        case .count(let exposure): exposure
        default: nil
        }
    }

    /// Whether any value is capped.
    public var isWinsorized: Bool { winsorizeLower != nil || winsorizeUpper != nil }
}
