import Statistics
import Support

/// Counts that have a posterior of their own.
enum BeliefData: Sendable {
    /// Successes out of units.
    case shares(Proportion, Proportion)
    /// Events over exposure.
    case rates(arm: (count: Double, exposure: Double), control: (count: Double, exposure: Double))

    /// How far the variance between units may be from a Poisson's, as a factor either way.
    static let poissonRange = 0.8...1.25

    /// Shares have a beta posterior. Counts have a gamma one as long as they vary between units as a Poisson's do; those that vary more are
    /// not told from control as surely as it would say. Nothing of this holds of capped values.
    init?(_ measure: Measure, _ arm: CrossMoments, _ control: CrossMoments, _ a: ArmFigure, _ b: ArmFigure) {
        guard arm.count > 0, control.count > 0 else { return nil }
        if measure.metric.isBinary {
            guard let x = try? Proportion(x: arm.sum(0).rounded(), n: arm.n, name: "data"),
                let y = try? Proportion(x: control.sum(0).rounded(), n: control.n, name: "data")
            else { return nil }
            self = .shares(x, y)
            return
        }
        guard case .count = measure.metric.kind, !measure.metric.isWinsorized else { return nil }
        func events(_ m: CrossMoments, _ figure: ArmFigure) -> (count: Double, exposure: Double)? {
            let exposure = measure.isRatio ? m.sum(1) : m.n
            guard exposure > 0, m.sum(0) > 0 else { return nil }
            // A Poisson rate has variance rate / exposure.
            return BeliefData.poissonRange.contains(figure.variance * exposure / figure.value)
                ? (m.sum(0).rounded(), exposure) : nil
        }
        guard let x = events(arm, a), let y = events(control, b) else { return nil }
        self = .rates(arm: x, control: y)
    }
}

/// What is believed of an effect after the data.
struct Belief {
    /// Which posterior it is; nil where there is none.
    let name: String?
    let chanceBetter: Double?
    let expectedLoss: Double?
    let credible: Interval?
    let prior: (mean: Double, sd: Double)?

    /// Without a prior of the effect: a beta posterior of each share from a uniform prior, a gamma posterior of each rate from Jeffreys's, by
    /// quadrature. Everything else, and everything under a prior of the effect, is normal.
    init(
        _ comparison: Comparison, prior: AnalysisOptions.Prior?, counts: BeliefData?, sign: Double, alpha: Double
    ) {
        if prior == nil, let exact = Belief.exact(counts, alpha) {
            self.prior = nil
            (name, credible) = (exact.name, exact.result.interval)
            let chance = exact.result.detail("probability")
            chanceBetter = sign > 0 ? chance : chance.map { 1 - $0 }
            expectedLoss = exact.result.detail(sign > 0 ? "loss_a" : "loss_b")
            return
        }
        var mean = comparison.effect
        var variance = comparison.arm.variance + comparison.control.variance
        if case .score(let a, let b) = comparison.basis {
            // The moments of beta posteriors: defined also where nobody or everybody converts.
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
            (name, chanceBetter, expectedLoss, credible) = (nil, nil, nil, nil)
            return
        }
        if let prior = self.prior {
            let precision = 1 / variance + 1 / (prior.sd * prior.sd)
            mean = (mean / variance + prior.mean / (prior.sd * prior.sd)) / precision
            variance = 1 / precision
        }
        let sd = variance.squareRoot()
        let z = Normal.upperQuantile(alpha / 2)
        name = "normal"
        chanceBetter = Normal.cdf(sign * mean / sd)
        expectedLoss = Normal.positivePart(mean: -sign * mean, sd: sd)
        credible = Interval(mean - z * sd, mean + z * sd)
    }

    private static func exact(_ counts: BeliefData?, _ alpha: Double) -> (name: String, result: TestResult)? {
        switch counts {
        case .shares(let a, let b):
            return (try? Bayes.betaBinomial(a, b, level: 1 - alpha)).map { ("beta-binomial", $0) }
        case .rates(let a, let b):
            // Jeffreys's prior has rate 0, which this stands for.
            let rate = 1e-12 * min(a.exposure, b.exposure)
            return
                (try? Bayes.gammaPoisson(
                    countA: a.count, exposureA: a.exposure, countB: b.count, exposureB: b.exposure, shape: 0.5,
                    rate: rate, level: 1 - alpha)).map { ("gamma-Poisson", $0) }
        case nil: return nil
        }
    }
}
