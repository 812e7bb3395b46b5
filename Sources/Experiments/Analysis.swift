import Statistics
import Support

/// The steps of an analysis: what they share.
struct Analysis {
    let data: ExperimentData
    let options: AnalysisOptions
    let work: Work
    let covariates: [[Double]]
    let looking: Looking

    /// What the way to look makes of the units that are there.
    enum Looking: Sendable {
        /// Once.
        case once
        /// At any time.
        case anyTime(SequentialDesign)
        /// A planned look.
        case planned(GroupBoundary)
        /// No planned look is due before this many units.
        case early(first: Double)
    }

    init(_ data: ExperimentData, _ options: AnalysisOptions, _ work: Work) throws(Failure) {
        self.data = data
        self.options = options
        self.work = work
        covariates = options.adjustment == .none ? [] : data.covariates.map(\.values)
        guard let design = options.sequential else {
            looking = .once
            return
        }
        guard let plan = design.plan else {
            looking = .anyTime(design)
            return
        }
        let units = Double(data.armSizes.reduce(0, +))
        let look = plan.look(at: units)
        looking =
            look == 0
            ? .early(first: plan.looks.first ?? 0)
            : .planned(try GroupBoundary(plan, look: look, units: units, alpha: options.alpha))
    }

    /// Whether there is one look only, which exact and small-sample methods are made for.
    var isOneLook: Bool {
        if case .once = looking { return true }
        return false
    }

    /// What an effect with this variance is held against when looking at any time; nil where the test has no scale.
    func anyTime(_ design: SequentialDesign, control: ArmFigure, units: Double, variance: Double) -> Reference? {
        switch design.method {
        case .mixture(let tau):
            let spread = tau * control.value
            return spread == 0 ? nil : .alwaysValid(information: spread * spread / variance)
        case .confidenceSequence(let tuning):
            let rho = Reference.rho(tuning: tuning, alpha: options.alpha)
            return .alwaysValid(information: units * rho * rho)
        case .group: return nil
        }
    }

    var armCount: Int { data.arms.count }

    func measure(_ index: Int) -> Measure {
        let metric = data.plan.metrics[index]
        return Measure(
            metric, data.values[index], armOf: data.armOf, lower: metric.winsorizeLower, upper: metric.winsorizeUpper)
    }

    /// Whether comparisons of this metric go by the score test: shares with nothing taken from covariates, looked at once.
    func isScore(_ metric: Metric, _ usesCovariates: Bool) -> Bool {
        metric.isBinary && !usesCovariates && isOneLook
    }

    /// An arm's figure against control's.
    func comparison(
        _ arm: ArmFigure, _ control: ArmFigure, successes: (arm: Double, control: Double)?,
        names: (arm: String, control: String)
    ) -> Comparison {
        func made(_ basis: Comparison.Basis) -> Comparison {
            Comparison(arm: arm, control: control, basis: basis, relative: options.relative)
        }
        for (figure, name) in [(control, names.control), (arm, names.arm)] where figure.n < 1 {
            return made(.undefined(status: "empty_arm", reason: "'\(name)' has no units with a value"))
        }
        switch looking {
        case .anyTime(let design) where arm.n < design.burnIn || control.n < design.burnIn:
            return made(
                .undefined(
                    status: "burn_in",
                    reason: "always-valid intervals begin at \(Words.units(design.burnIn)) units in each arm"))
        case .early(let first):
            return made(
                .undefined(
                    status: "before_first_look",
                    reason: "the first planned look is at \(Words.units(first)) units of all arms"))
        default: break
        }
        if let successes,
            let a = try? Proportion(x: successes.arm, n: arm.n, name: "data"),
            let b = try? Proportion(x: successes.control, n: control.n, name: "data")
        {
            return made(.score(a, b))
        }
        for (figure, name) in [(control, names.control), (arm, names.arm)] where figure.n < 2 {
            return made(.undefined(status: "one_unit", reason: "'\(name)' has one unit, which has no variance"))
        }
        let variance = arm.variance + control.variance
        guard variance.isFinite else {
            return made(
                .undefined(
                    status: "too_few_values",
                    reason: "so far out there are too few values for an interval of the quantile"))
        }
        guard variance > 0 else {
            return made(
                .undefined(status: "no_variance", reason: "the values that it turns on do not differ within the arms"))
        }
        let df = Self.degrees(control, arm)
        switch looking {
        case .planned(let boundary): return made(.wald(.planned(boundary, df: df)))
        case .anyTime(let design):
            guard let reference = anyTime(design, control: control, units: arm.n + control.n, variance: variance) else {
                return made(
                    .undefined(
                        status: "no_scale",
                        reason: "control's figure is 0, so 'tau', a share of it, gives the test no scale"))
            }
            return made(.wald(reference))
        default: return made(.wald(df.isFinite ? .student(df: df) : .normal))
        }
    }

    /// Satterthwaite's degrees of freedom of a difference; infinite where it is normal.
    static func degrees(_ control: ArmFigure, _ arm: ArmFigure) -> Double {
        guard arm.df.isFinite, control.df.isFinite else { return .infinity }
        let variance = arm.variance + control.variance
        // In another unit where the square of the variance would be 0 or infinite.
        let unit = (1e-150...1e150).contains(variance) ? 1 : variance
        let (all, a, b) = (variance / unit, arm.variance / unit, control.variance / unit)
        return all * all / (a * a / arm.df + b * b / control.df)
    }

    /// What is told of a comparison before corrections.
    func effect(
        _ comparison: Comparison, arm name: String, metric: Metric, sd: Double?, perDay: Double?,
        counts: BeliefData? = nil
    ) -> EffectResult {
        let alpha = options.alpha
        if case .undefined(let status, let reason) = comparison.basis {
            let knows = ["no_variance", "one_unit", "no_scale", "too_few_values"].contains(status)
            return EffectResult(
                arm: name, status: status, reason: reason, absolute: knows ? comparison.effect : nil,
                standardError: nil,
                interval: nil, lift: knows ? comparison.lift : nil, liftInterval: nil, liftReason: reason, scaled: nil,
                p: nil,
                adjustedP: nil, level: 1 - alpha, intervalMethod: "none", method: "none", posterior: nil,
                chanceBetter: nil,
                expectedLoss: nil, credible: nil, prior: nil, margin: nil, nonInferiorityP: nil,
                guardrail: metric.role == .guardrail ? "open" : nil, detectable: nil, detectableLift: nil,
                unitsNeeded: nil,
                unitsLeft: nil, daysLeft: nil)
        }
        let scale = abs(comparison.control.value)
        let relative = comparison.liftInterval(alpha)
        let belief = Belief(comparison, prior: options.prior, counts: counts, sign: metric.sign, alpha: alpha)
        let margin = metric.role == .guardrail ? metric.margin.value * (metric.margin.isRelative ? scale : 1) : nil
        let error = comparison.standardError
        let power = comparison.critical(alpha) + Normal.upperQuantile(1 - options.power)
        let detectable = error > 0 ? power * error : nil
        let detectableLift = scale > 0 ? detectable.map { $0 / scale } : nil
        let units = comparison.arm.n + comparison.control.n
        let needed = options.mde.flatMap { mde in detectableLift.map { units * ($0 / mde) * ($0 / mde) } }
            .flatMap { $0.isFinite ? $0 : nil }
        let left = needed.map { max(0, ($0 - units).rounded(.up)) }
        return EffectResult(
            arm: name, status: "ok", reason: nil, absolute: comparison.effect, standardError: error,
            interval: comparison.interval(alpha), uncorrected: comparison.interval(alpha), lift: comparison.lift,
            liftInterval: relative.interval, uncorrectedLift: relative.interval,
            liftReason: comparison.lift == nil
                ? "control's figure is 0, so a relative effect is not defined" : relative.reason,
            scaled: sd.flatMap { $0 > 0 ? comparison.effect / $0 : nil }, p: comparison.p, adjustedP: nil,
            level: 1 - alpha,
            intervalMethod: "uncorrected", method: comparison.method,
            posterior: belief.name, chanceBetter: belief.chanceBetter,
            expectedLoss: belief.expectedLoss, credible: belief.credible, prior: belief.prior, margin: margin,
            nonInferiorityP: margin.flatMap { comparison.nonInferiority(margin: $0, sign: metric.sign) },
            guardrail: nil,
            detectable: detectable, detectableLift: detectableLift, unitsNeeded: needed.map { $0.rounded(.up) },
            unitsLeft: left,
            daysLeft: left.flatMap { left in perDay.flatMap { $0 > 0 ? (left / $0).rounded(.up) : nil } })
    }

    /// Whether a guardrail holds, is broken, or is open, by the interval of its effect.
    static func guardrail(_ effect: EffectResult, sign: Double) -> String {
        guard let interval = effect.interval, let margin = effect.margin else { return "open" }
        // In the direction that is good.
        let (worst, best) = sign > 0 ? (interval.lower, interval.upper) : (-interval.upper, -interval.lower)
        if worst > -margin { return "holds" }
        return best < -margin ? "broken" : "open"
    }
}
