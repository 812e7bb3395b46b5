import Statistics
import Support

/// What is known before anybody looks: where the units, arms and metrics stand in the data, and how it will be decided.
public struct ExperimentPlan: Sendable {
    /// What the experiment is called.
    public var name: String?
    /// What it is to show.
    public var hypothesis: String?
    /// The column that names the unit; nil if each row is a unit of its own.
    public var unit: String?
    /// The column that names the arm.
    public var variant: String
    /// The arm that the others are compared with.
    public var control: String
    /// The other arms in order; every arm in the data if empty.
    public var arms: [String] = []
    /// How the units were to be split; equally if empty.
    public var weights: [(arm: String, weight: Double)] = []
    /// What each arm said: the words that the users read.
    public var copy: [(arm: String, text: String)] = []
    /// The metrics, in order.
    public var metrics: [Metric]
    /// Columns whose values split the units into segments.
    public var segments: [String] = []
    /// Columns known before the experiment began.
    public var covariates: [String] = []
    /// The column with the day a unit came in.
    public var date: String?
    /// Whether a unit may have several rows.
    public var isEvents = false
    /// Whether dates may stand in any order.
    public var allowsUnsortedDates = false
    /// How the analysis is done unless it is told otherwise.
    public var options = AnalysisOptions()

    /// A plan with the parts that every one has.
    public init(variant: String, control: String, metrics: [Metric]) {
        self.variant = variant
        self.control = control
        self.metrics = metrics
    }
}

/// How an experiment is analysed.
public struct AnalysisOptions: Sendable {
    /// How covariates are used.
    public enum Adjustment: String, Sendable, CaseIterable {
        /// Not at all.
        case none
        /// CUPED (Deng and others 2013) with one theta from all arms together.
        case cuped
        /// CUPED with theta from the spread within arms.
        case cupedWithin = "cuped_within"
        /// Lin's regression with a slope of its own in each arm (Lin 2013).
        case lin
    }

    /// How the interval of a relative effect is made.
    public enum Relative: String, Sendable, CaseIterable {
        /// Fieller's (1954): agrees with the p-value, and says when control's figure is too near 0.
        case fieller
        /// The delta method.
        case delta
    }

    /// A normal prior of the effect.
    public struct Prior: Sendable, Equatable {
        /// Its mean.
        public var mean: Double
        /// Its standard deviation.
        public var sd: Double
        /// Whether both are shares of control's figure; they are then turned into its unit.
        public var isRelative: Bool

        /// A prior.
        public init(mean: Double, sd: Double, isRelative: Bool) {
            self.mean = mean
            self.sd = sd
            self.isRelative = isRelative
        }
    }

    /// The error of the first kind that is allowed.
    public var alpha = 0.05
    /// How several looks at once are paid for.
    public var correction = Multiplicity.Method.holm
    /// Looking more than once, if that was planned.
    public var sequential: SequentialDesign?
    /// What covariates are used for.
    public var adjustment = Adjustment.cuped
    /// How relative intervals are made.
    public var relative = Relative.fieller
    /// What was believed of the effect; nothing if nil.
    public var prior: Prior?
    /// The smallest effect that matters, as a share of control's figure.
    public var mde: Double?
    /// The power wanted for it.
    public var power = 0.8
    /// Days the experiment must run before it decides.
    public var minimumDays: Int?
    /// Units it must have before it decides.
    public var minimumUnits: Int?
    /// The p-value below which the split counts as broken.
    public var ratioAlpha = 0.001
    /// The rules, first to last; the usual ones if empty.
    public var rules: [DecisionRule] = []
    /// The seed of what is drawn.
    public var seed: UInt64 = 0

    /// The usual settings.
    public init() {}

    /// A share of control's figure below which no effect matters to anybody, and the units it takes cannot be counted.
    private static let smallestEffect = 1e-9

    /// Refuses settings that mean nothing.
    public func check() throws(Failure) {
        func between(_ value: Double, _ name: String) throws(Failure) {
            guard value > 0, value < 1 else {
                throw .argument(name, expected: "number between 0 and 1", got: Words.units(value))
            }
        }
        try between(alpha, "alpha")
        try between(power, "power")
        try between(ratioAlpha, "srm_alpha")
        guard power > alpha else {
            throw .argument("power", expected: "number above alpha, \(alpha)", got: "\(power)")
        }
        if let mde, !(mde >= Self.smallestEffect && mde.isFinite) {
            throw .argument("mde", expected: "number above 0, at least \(Self.smallestEffect)", got: "\(mde)")
        }
        if let prior, !(prior.sd > 0 && prior.sd.isFinite && prior.mean.isFinite) {
            throw .argument("prior", expected: "a mean and a standard deviation above 0", got: "sd \(prior.sd)")
        }
        try sequential?.check()
    }
}
