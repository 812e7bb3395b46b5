import Glibc
import Statistics

/// What a standardised effect is held against: one rule for p-values and intervals, so that they cannot disagree.
public enum Reference: Sendable, Equatable {
    /// The standard normal distribution.
    case normal
    /// Student's t.
    case student(df: Double)
    /// An asymptotic confidence sequence (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024) at `n` units with the mixture's spread `rho`: valid
    /// at every look.
    case alwaysValid(n: Double, rho: Double)

    /// The two-sided p-value of a standardised effect.
    public func p(_ z: Double) -> Double {
        switch self {
        case .normal: return min(1, 2 * Normal.survival(abs(z)))
        case .student(let df): return min(1, 2 * StudentT(df: df).survival(abs(z)))
        case .alwaysValid(let n, let rho):
            // The level at which the sequence's end just touches 0.
            let information = n * rho * rho
            return min(1, (information + 1).squareRoot() * exp(-z * z * information / (2 * (information + 1))))
        }
    }

    /// How many standard errors the interval of level 1 − alpha reaches to either side.
    public func critical(_ alpha: Double) -> Double {
        switch self {
        case .normal: return Normal.upperQuantile(alpha / 2)
        case .student(let df): return StudentT(df: df).upperQuantile(alpha / 2)
        case .alwaysValid(let n, let rho):
            let information = n * rho * rho
            return ((information + 1) / information * (log(information + 1) - 2 * log(alpha))).squareRoot()
        }
    }

    /// The spread that makes the sequence tightest at `n` units.
    public static func rho(tuning n: Double, alpha: Double) -> Double {
        let level = -2 * log(alpha)
        return ((level + log(level + 1)) / n).squareRoot()
    }

    /// How the report names it.
    public var name: String {
        switch self {
        case .normal: "normal"
        case .student(let df): "t(\(Int(df.rounded())))"
        case .alwaysValid: "always valid"
        }
    }
}
