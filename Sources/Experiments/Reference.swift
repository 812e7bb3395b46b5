import Glibc
import Statistics

/// What a standardised effect is held against: one rule for p-values and intervals, so that they cannot disagree.
public enum Reference: Sendable, Equatable {
    /// The standard normal distribution.
    case normal
    /// Student's t.
    case student(df: Double)
    /// Valid at every look: an effect is mixed over a normal prior around 0 whose variance is `information` times the effect's own. For an
    /// asymptotic confidence sequence (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024) that is nρ² with a spread ρ set in advance, for
    /// the mixture sequential probability ratio test (Johari, Pekelis and Walsh 2015) τ²/Var.
    case alwaysValid(information: Double)
    /// The boundary of one planned look, which is one for normal effects: one that is Student's t with `df` is held against the values of the same
    /// tails (Pocock 1977; Jennison and Turnbull 2000, section 4.4), or two units an arm would be taken for two thousand. Infinite for normal ones.
    case planned(GroupBoundary, df: Double)

    /// The two-sided p-value of a standardised effect.
    public func p(_ z: Double) -> Double {
        switch self {
        case .normal: return min(1, 2 * Normal.survival(abs(z)))
        case .student(let df): return min(1, 2 * StudentT(df: df).survival(abs(z)))
        case .planned(let boundary, let df):
            let tail = df.isFinite ? StudentT(df: df).survival(abs(z)) : 0
            // Where no tail is left, df are so many that t is normal.
            return boundary.p(tail > 0 ? max(0, Normal.upperQuantile(tail)) : z)
        case .alwaysValid(let information):
            // The level at which the sequence's end just touches 0.
            return min(1, (information + 1).squareRoot() * exp(-z * z * information / (2 * (information + 1))))
        }
    }

    /// How many standard errors the interval of level 1 − alpha reaches to either side.
    public func critical(_ alpha: Double) -> Double {
        switch self {
        case .normal: return Normal.upperQuantile(alpha / 2)
        case .student(let df): return StudentT(df: df).upperQuantile(alpha / 2)
        case .planned(let boundary, let df):
            return Reference.student(df, asFarOutAs: boundary.critical(alpha))
        case .alwaysValid(let information):
            return ((information + 1) / information * (log(information + 1) - 2 * log(alpha))).squareRoot()
        }
    }

    /// The value of Student's t whose tail is that of a normal `z`; z itself where `df` is infinite, or undefined for want of variance.
    static func student(_ df: Double, asFarOutAs z: Double) -> Double {
        // Beyond the smallest tail there is nothing to tell apart.
        df.isFinite ? StudentT(df: df).upperQuantile(max(Normal.survival(z), 1e-300)) : z
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
        case .planned(let boundary, _): "look \(boundary.look) of \(boundary.looks.count)"
        }
    }
}
