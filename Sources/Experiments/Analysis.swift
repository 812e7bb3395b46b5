import Statistics
import Support

/// The steps of an analysis: what they share.
struct Analysis {
    let data: ExperimentData
    let options: AnalysisOptions
    let work: Work
    let covariates: [[Double]]

    init(_ data: ExperimentData, _ options: AnalysisOptions, _ work: Work) {
        self.data = data
        self.options = options
        self.work = work
        covariates = options.adjustment == .none ? [] : data.covariates.map(\.values)
    }

    var armCount: Int { data.arms.count }

    func measure(_ index: Int) -> Measure {
        let metric = data.plan.metrics[index]
        return Measure(
            metric, data.values[index], armOf: data.armOf, lower: metric.winsorizeLower, upper: metric.winsorizeUpper)
    }

    /// Whether comparisons of this metric go by the score test: shares with nothing taken from covariates, looked at once.
    func isScore(_ metric: Metric, _ usesCovariates: Bool) -> Bool {
        metric.isBinary && !usesCovariates && options.sequential == nil
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
        if let sequential = options.sequential {
            guard arm.n >= sequential.burnIn, control.n >= sequential.burnIn else {
                return made(
                    .undefined(
                        status: "burn_in",
                        reason:
                            "always-valid intervals begin at \(Words.significant(sequential.burnIn, 6)) units in each arm"
                    ))
            }
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
        guard variance > 0 else {
            return made(.undefined(status: "no_variance", reason: "all values within the arms are equal"))
        }
        if let sequential = options.sequential {
            let n = arm.n + control.n
            return made(
                .wald(.alwaysValid(n: n, rho: Reference.rho(tuning: sequential.tuning ?? n, alpha: options.alpha))))
        }
        guard arm.df.isFinite, control.df.isFinite else { return made(.wald(.normal)) }
        // Satterthwaite's degrees of freedom.
        let df =
            variance * variance
            / (arm.variance * arm.variance / arm.df + control.variance * control.variance / control.df)
        return made(.wald(.student(df: df)))
    }

    /// What is told of a comparison before corrections.
    func effect(
        _ comparison: Comparison, arm name: String, metric: Metric, sd: Double?, perDay: Double?
    ) -> EffectResult {
        let alpha = options.alpha
        if case .undefined(let status, let reason) = comparison.basis {
            let knows = status == "no_variance" || status == "one_unit"
            return EffectResult(
                arm: name, status: status, reason: reason, absolute: knows ? comparison.effect : nil,
                standardError: nil,
                interval: nil, lift: knows ? comparison.lift : nil, liftInterval: nil, liftReason: reason, scaled: nil,
                p: nil,
                adjustedP: nil, level: 1 - alpha, intervalMethod: "none", method: "none", chanceBetter: nil,
                expectedLoss: nil, credible: nil, prior: nil, margin: nil, nonInferiorityP: nil,
                guardrail: metric.role == .guardrail ? "open" : nil, detectable: nil, detectableLift: nil,
                unitsNeeded: nil,
                unitsLeft: nil, daysLeft: nil)
        }
        let scale = abs(comparison.control.value)
        let relative = comparison.liftInterval(alpha)
        let belief = Belief(comparison, prior: options.prior, sign: metric.sign, alpha: alpha)
        let margin = metric.role == .guardrail ? metric.margin.value * (metric.margin.isRelative ? scale : 1) : nil
        let error = comparison.standardError
        let power = Normal.upperQuantile(alpha / 2) + Normal.upperQuantile(1 - options.power)
        let detectable = error > 0 ? power * error : nil
        let detectableLift = scale > 0 ? detectable.map { $0 / scale } : nil
        let units = comparison.arm.n + comparison.control.n
        let needed = options.mde.flatMap { mde in detectableLift.map { units * ($0 / mde) * ($0 / mde) } }
        let left = needed.map { max(0, ($0 - units).rounded(.up)) }
        return EffectResult(
            arm: name, status: "ok", reason: nil, absolute: comparison.effect, standardError: error,
            interval: comparison.interval(alpha), uncorrected: comparison.interval(alpha), lift: comparison.lift,
            liftInterval: relative.interval, uncorrectedLift: relative.interval,
            liftReason: comparison.lift == nil
                ? "control's figure is 0, so a relative effect is not defined" : relative.reason,
            scaled: sd.flatMap { $0 > 0 ? comparison.effect / $0 : nil }, p: comparison.p, adjustedP: nil,
            level: 1 - alpha,
            intervalMethod: "uncorrected", method: comparison.method, chanceBetter: belief.chanceBetter,
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

/// What is believed of an effect after the data: normal, from a normal prior or from none.
struct Belief {
    let chanceBetter: Double?
    let expectedLoss: Double?
    let credible: Interval?
    let prior: (mean: Double, sd: Double)?

    init(_ comparison: Comparison, prior: AnalysisOptions.Prior?, sign: Double, alpha: Double) {
        var mean = comparison.effect
        var variance = comparison.arm.variance + comparison.control.variance
        if case .score(let a, let b) = comparison.basis {
            // Beta posteriors from uniform priors: defined also where nobody or everybody converts.
            let (p, q) = (BetaDistribution(a.x + 1, a.n - a.x + 1), BetaDistribution(b.x + 1, b.n - b.x + 1))
            mean = p.mean - q.mean
            variance = p.sd * p.sd + q.sd * q.sd
        }
        let scale = abs(comparison.control.value)
        self.prior = prior.flatMap { given in
            // A relative prior is turned into the metric's unit, or not used where control is 0.
            if !given.isRelative { return (given.mean, given.sd) }
            return scale > 0 ? (given.mean * scale, given.sd * scale) : nil
        }
        guard variance > 0, !(prior != nil && self.prior == nil) else {
            (chanceBetter, expectedLoss, credible) = (nil, nil, nil)
            return
        }
        if let prior = self.prior {
            let precision = 1 / variance + 1 / (prior.sd * prior.sd)
            mean = (mean / variance + prior.mean / (prior.sd * prior.sd)) / precision
            variance = 1 / precision
        }
        let sd = variance.squareRoot()
        let z = Normal.upperQuantile(alpha / 2)
        chanceBetter = Normal.cdf(sign * mean / sd)
        expectedLoss = Normal.positivePart(mean: -sign * mean, sd: sd)
        credible = Interval(mean - z * sd, mean + z * sd)
    }
}
