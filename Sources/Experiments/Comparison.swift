import Glibc
import Statistics
import Support

/// One arm against control, before any correction for many looks: everything that follows is read off it at any level.
struct Comparison: Sendable {
    enum Basis: Sendable {
        /// An effect with a standard error.
        case wald(Reference)
        /// Two shares by the score test (Miettinen and Nurminen 1985): right for few units and for no conversions at all.
        case score(Proportion, Proportion)
        /// Nothing can be said.
        case undefined(status: String, reason: String)
    }

    let arm: ArmFigure
    let control: ArmFigure
    let basis: Basis
    let relative: AnalysisOptions.Relative

    var effect: Double { arm.value - control.value }
    var standardError: Double { (arm.variance + control.variance).squareRoot() }

    /// The two-sided p-value.
    var p: Double? {
        switch basis {
        case .wald(let reference): return reference.p(effect / standardError)
        case .score(let a, let b):
            let pooled = (a.x + b.x) / (a.n + b.n)
            guard pooled > 0, pooled < 1 else { return 1 }
            let total = a.n + b.n
            let z = effect / (pooled * (1 - pooled) * (1 / a.n + 1 / b.n) * total / (total - 1)).squareRoot()
            return Reference.normal.p(z)
        case .undefined: return nil
        }
    }

    /// The interval of the absolute effect that leaves `alpha` out.
    func interval(_ alpha: Double) -> Interval? {
        switch basis {
        case .wald(let reference):
            let margin = reference.critical(alpha) * standardError
            return Interval(effect - margin, effect + margin)
        case .score(let a, let b):
            return (try? Proportions.difference(a, b, kind: .score, level: 1 - alpha))?.interval
        case .undefined: return nil
        }
    }

    /// The relative effect; nil where control's figure is 0.
    var lift: Double? { control.value == 0 ? nil : effect / abs(control.value) }

    /// The interval of the relative effect; nil with a reason where there is none.
    func liftInterval(_ alpha: Double) -> (interval: Interval?, reason: String?) {
        if control.value == 0 { return (nil, "control's figure is 0, so a relative effect is not defined") }
        switch basis {
        case .undefined(_, let reason): return (nil, reason)
        case .score(let a, let b):
            guard let ratio = (try? Proportions.ratio(a, b, kind: .score, level: 1 - alpha))?.interval else {
                return (nil, "the ratio of the shares is not defined")
            }
            guard ratio.upper.isFinite else { return (nil, "control has too few conversions for a relative interval") }
            return (Interval(ratio.lower - 1, ratio.upper - 1), nil)
        case .wald(let reference):
            let critical = reference.critical(alpha)
            let scale = abs(control.value)
            if relative == .delta {
                let ratio = arm.value / control.value
                let error = (arm.variance + ratio * ratio * control.variance).squareRoot() / scale
                guard let lift else { return (nil, "control's figure is 0") }
                return (Interval(lift - critical * error, lift + critical * error), nil)
            }
            // Fieller: all r with |arm − r·control| ≤ critical · its standard error.
            let square = critical * critical
            let a = control.value * control.value - square * control.variance
            let b = arm.value * control.value
            let c = arm.value * arm.value - square * arm.variance
            guard a > 0 else {
                return (nil, "control's figure is not clearly different from 0, so a relative interval has no end")
            }
            let root = max(0, b * b - a * c).squareRoot()
            let ends = ((b - root) / a - 1, (b + root) / a - 1)
            return control.value > 0 ? (Interval(ends.0, ends.1), nil) : (Interval(-ends.1, -ends.0), nil)
        }
    }

    /// The one-sided p-value of "worse than `margin`" (positive, in the metric's unit): small where the arm is not worse by as much.
    func nonInferiority(margin: Double, sign: Double) -> Double? {
        switch basis {
        case .undefined: return nil
        case .score(let a, let b) where margin > 0 && margin < 1:
            return
                (try? Proportions.differenceTest(
                    a, b, value: -sign * margin, kind: .score, alternative: sign > 0 ? .greater : .less))?.p
        case .wald(let reference):
            guard standardError > 0 else { return nil }
            // One side of the test that the interval comes from, so that the guardrail and its p-value agree whatever the way to look.
            let z = (sign * effect + margin) / standardError
            let half = reference.p(z) / 2
            return z > 0 ? half : 1 - half
        case .score:
            guard standardError > 0 else { return nil }
            return Normal.survival((sign * effect + margin) / standardError)
        }
    }

    /// How many standard errors an effect must have to be found at this look.
    func critical(_ alpha: Double) -> Double {
        if case .wald(let reference) = basis { return reference.critical(alpha) }
        return Normal.upperQuantile(alpha / 2)
    }

    /// The test's name.
    var method: String {
        switch basis {
        case .wald(let reference): "\(reference.name)"
        case .score: "score"
        case .undefined: "none"
        }
    }
}
