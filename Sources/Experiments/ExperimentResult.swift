import Statistics

/// Everything an analysis found, as plain values: what prompts, reports and scripts show. No figure is ever NaN: one that the data do not
/// define is nil, and a status and a reason stand beside it. Never a row of a user.
public struct ExperimentResult: Sendable {
    /// What was planned.
    public let plan: ExperimentPlan
    /// How it was analysed.
    public let options: AnalysisOptions
    /// The arms, control first.
    public let arms: [String]
    /// Units of each arm that the analysis uses.
    public let sizes: [Int]
    /// The share each was to have.
    public let weights: [Double]
    /// Rows of the table and units in it.
    public let rowCount: Int
    /// Units, those left out included.
    public let unitCount: Int
    /// SHA-256 of the columns used.
    public let dataHash: String
    /// The first and the last day.
    public let period: (first: String, last: String, days: Int)?
    /// The decision and the rule that led to it.
    public internal(set) var decision: Decision
    /// The planned looks, if there are any and one is due.
    public let looks: [LookResult]
    /// The checks of the data and the split.
    public let health: [HealthCheck]
    /// Results by metric, in the order of the plan.
    public internal(set) var metrics: [MetricResult]
    /// Results within segments: exploratory.
    public let segments: [SegmentResult]
    /// Results day by day, for the metrics that decide.
    public let timeline: [Timeline]
    /// The same question asked in other ways.
    public let sensitivity: [SensitivityRow]
    /// Differences of quantiles.
    public let distribution: [DistributionResult]

    /// The worst status of the health checks.
    public var healthStatus: HealthCheck.Status { health.map(\.status).max() ?? .ok }
    /// The health check called `name`.
    public func check(_ name: String) -> HealthCheck? { health.first { $0.name == name } }
    /// The metric called `name`.
    public func metric(_ name: String) -> MetricResult? { metrics.first { $0.metric.name == name } }
}

/// What one metric shows.
public struct MetricResult: Sendable {
    /// The declaration.
    public let metric: Metric
    /// The arms, control first.
    public let arms: [ArmResult]
    /// Each other arm against control.
    public var effects: [EffectResult]
    /// The share of variance that covariates took away; nil where none were used.
    public let varianceReduction: Double?
    /// The values that winsorising raised or lowered others to.
    public let floor: Double?
    /// The upper one.
    public let cap: Double?
    /// Units left out because their window has not passed.
    public let immature: Int
}

/// One metric in one arm.
public struct ArmResult: Sendable {
    /// The arm.
    public let arm: String
    /// Units with a value.
    public let n: Int
    /// Units without one.
    public let missing: Int
    /// The sum of the values.
    public let sum: Double
    /// The sum of the denominator, if there is one.
    public let denominator: Double?
    /// The figure without any adjustment; nil if there is none.
    public let value: Double?
    /// The standard deviation of the units' values (linearised for ratios).
    public let sd: Double?
    /// The figure as the comparison uses it.
    public let adjusted: Double?
    /// The share of units at 0.
    public let zeroShare: Double
    /// Moments: mean of each variable, and their covariances, in full.
    public let means: [Double]
    /// Covariances, row by row.
    public let covariances: [[Double]]
}

/// One arm against control.
public struct EffectResult: Sendable {
    /// The arm.
    public let arm: String
    /// "ok", or why there is no result: "empty_arm", "one_unit", "no_variance", "too_few_values", "zero_exposure", "burn_in", "before_first_look", "no_scale".
    public let status: String
    /// The same in words; nil if all is well.
    public let reason: String?
    /// Arm minus control.
    public let absolute: Double?
    /// Its standard error.
    public let standardError: Double?
    /// Its interval, at the level that the correction asks for.
    public var interval: Interval?
    /// The interval of this comparison by itself, at 1 - alpha, whatever is said of others.
    public var uncorrected: Interval?
    /// The effect over control's figure.
    public let lift: Double?
    /// Its interval.
    public var liftInterval: Interval?
    /// The relative interval of this comparison by itself.
    public var uncorrectedLift: Interval?
    /// Why a relative effect or its interval is missing.
    public var liftReason: String?
    /// The effect over the standard deviation of both arms.
    public let scaled: Double?
    /// Two-sided p-value.
    public let p: Double?
    /// The p-value after the correction.
    public var adjustedP: Double?
    /// The level of the interval, 1 less the error that is left out.
    public var level: Double
    /// Whether the intervals of the family hold together or only match the p-values one by one.
    public var isSimultaneous = true
    /// How the interval was made, by name.
    public var intervalMethod: String
    /// The test's name.
    public let method: String
    /// What is believed after the data: "beta-binomial", "gamma-Poisson" or "normal"; nil where nothing is.
    public let posterior: String?
    /// Chance that the arm is better than control, given the data and the prior.
    public let chanceBetter: Double?
    /// What is lost on average by choosing the arm, in the metric's unit.
    public let expectedLoss: Double?
    /// The credible interval of the effect.
    public let credible: Interval?
    /// What the prior was, in the metric's unit.
    public let prior: (mean: Double, sd: Double)?
    /// A guardrail's margin in the metric's unit, and the p-value of being worse by more.
    public let margin: Double?
    /// The p-value of being worse by more than the margin.
    public let nonInferiorityP: Double?
    /// "holds", "broken" or "open" for guardrails.
    public var guardrail: String?
    /// The smallest effect that the units so far would find with the power asked for, in the metric's unit.
    public let detectable: Double?
    /// The same as a share of control's figure.
    public let detectableLift: Double?
    /// Units in all needed for the effect that matters.
    public let unitsNeeded: Double?
    /// Units still to come for it.
    public let unitsLeft: Double?
    /// Days still to come for it at the pace so far.
    public let daysLeft: Double?

    /// Whether the corrected result speaks against no effect.
    public func isSignificant(_ alpha: Double) -> Bool { adjustedP.map { $0 < alpha } ?? false }
}

/// A look at the data or the split.
public struct HealthCheck: Sendable {
    /// How it came out, mildest first.
    public enum Status: String, Sendable, Comparable {
        case unchecked, ok, warning, failed
        private var rank: Int { [.unchecked: 0, .ok: 1, .warning: 2, .failed: 3][self] ?? 0 }
        /// Whether `a` is milder.
        public static func < (a: Status, b: Status) -> Bool { a.rank < b.rank }
    }
    /// Its name: "srm", "mixed_assignment" ...
    public let name: String
    /// How it came out.
    public let status: Status
    /// The p-value, share or count that it turns on.
    public let value: Double?
    /// What `value` is: "p", "share", "count", "days".
    public let unit: String
    /// What was found, in a sentence.
    public let finding: String
    /// Further figures by name, in order.
    public var details: [(name: String, value: Double)] = []
}

/// One metric within one segment.
public struct SegmentResult: Sendable {
    /// The column.
    public let segment: String
    /// The metric.
    public let metric: String
    /// Arm against control.
    public let arm: String
    /// The values of the segment.
    public let rows: [Row]
    /// The p-value of "the effect is the same everywhere" (Cochran's Q).
    public let interactionP: Double?
    /// How many values were left out because only the largest are shown.
    public let hidden: Int

    /// One value of the segment.
    public struct Row: Sendable {
        /// The value.
        public let value: String
        /// Units in control and in the arm.
        public let sizes: (control: Int, arm: Int)
        /// The effect.
        public var effect: EffectResult
    }
}

/// Cumulative effects by day.
public struct Timeline: Sendable {
    /// The metric.
    public let metric: String
    /// Arm against control.
    public let arm: String
    /// One for each day with units.
    public let days: [Day]
    /// Whether the effect changes with the days, and the p-value of its slope.
    public let noveltyP: Double?
    /// The slope, per day.
    public let slope: Double?

    /// The state at the end of a day.
    public struct Day: Sendable {
        /// The day, as 2024-01-31.
        public let date: String
        /// Units that came in on that day: control, arm.
        public let sizes: (control: Int, arm: Int)
        /// The effect of all units so far.
        public let effect: Double?
        /// The interval that holds at this one look.
        public let interval: Interval?
        /// The interval that holds at every look.
        public let alwaysValid: Interval?
        /// The effect of the units of this day alone.
        public let daily: Double?
    }
}

/// The same comparison made in another way.
public struct SensitivityRow: Sendable {
    /// The metric.
    public let metric: String
    /// Arm against control.
    public let arm: String
    /// Which way: "as analysed", "without covariates", "winsorised at 99%", ...
    public let variation: String
    /// The effect.
    public let effect: Double?
    /// The relative effect.
    public let lift: Double?
    /// The interval at 1 − alpha, uncorrected.
    public let interval: Interval?
    /// The p-value, uncorrected.
    public let p: Double?
    /// Why there is nothing.
    public let reason: String?
}

/// Where in the distribution an effect lies.
public struct DistributionResult: Sendable {
    /// The metric.
    public let metric: String
    /// Arm against control.
    public let arm: String
    /// One for each quantile.
    public let rows: [Row]

    /// A quantile in both arms.
    public struct Row: Sendable {
        /// Which.
        public let quantile: Double
        /// Control's value and the arm's.
        public let control: Double
        /// The arm's value.
        public let arm: Double
        /// The interval of the difference, if there is one.
        public let interval: Interval?
    }
}
