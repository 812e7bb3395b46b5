import Glibc
import Statistics
import Support

/// Intervals for several comparisons at once that agree with their adjusted p-values: one excludes 0 exactly when its adjusted p is below alpha.
public enum Looks {
    /// How the interval of one comparison is to be made.
    public struct Level: Sendable, Equatable {
        /// The error that the interval leaves out.
        public var alpha: Double
        /// Whether the end next to 0 stops there: the effect has a sign, and no more is claimed (Strassburger and Bretz 2008).
        public var stopsAtNull: Bool
        /// Whether the intervals of the family hold together.
        public var isSimultaneous: Bool
        /// The name of the way.
        public var method: String
    }

    /// The intervals' levels for comparisons with these adjusted p-values, in their order.
    public static func levels(
        adjusted: [Double], p: [Double], method: Multiplicity.Method, alpha: Double
    ) -> [Level] {
        let count = Double(adjusted.count)
        let isRejected = adjusted.map { $0 < alpha }
        let rejected = Double(isRejected.filter { $0 }.count)
        func same(_ level: Double, _ isSimultaneous: Bool, _ name: String) -> [Level] {
            adjusted.map { _ in Level(alpha: level, stopsAtNull: false, isSimultaneous: isSimultaneous, method: name) }
        }
        switch method {
        case .none: return same(alpha, adjusted.count == 1, "uncorrected")
        case .bonferroni: return same(alpha / count, true, "Bonferroni")
        case .sidak: return same(-expm1(log1p(-alpha) / count), true, "Šidák")
        case .holm:
            // All rejected: Bonferroni's intervals, kept off 0. Otherwise those that are not share the whole error among them, and the
            // rejected ones claim their sign only.
            return isRejected.map {
                guard $0 else {
                    return Level(
                        alpha: alpha / (count - rejected), stopsAtNull: false, isSimultaneous: true, method: "Holm")
                }
                return Level(
                    alpha: alpha / count, stopsAtNull: true, isSimultaneous: true, method: "Holm (Strassburger–Bretz)")
            }
        case .bh:
            return same(alpha * max(1, rejected) / count, false, "false-coverage rate").enumerated().map {
                labelled($1, isRejected[$0])
            }
        case .by:
            let harmonic = (1...adjusted.count).reduce(0) { $0 + 1 / Double($1) }
            return same(alpha * max(1, rejected) / count / harmonic, false, "false-coverage rate").enumerated().map {
                labelled($1, isRejected[$0])
            }
        case .hochberg: return same(alpha / (count - max(1, rejected) + 1), false, "matching level, not simultaneous")
        default:
            // Any level between the p-values of the rejected and of the others agrees with both.
            let low = zip(p, isRejected).filter { $0.1 }.map(\.0).max() ?? 0
            let high = zip(p, isRejected).filter { !$0.1 }.map(\.0).min() ?? 1
            let level =
                rejected == 0
                ? min(alpha, high * 0.999) : rejected == count ? max(alpha, low * 1.001) : (low + high) / 2
            return same(max(level, .leastNormalMagnitude), false, "matching level, not simultaneous")
        }
    }

    private static func labelled(_ level: Level, _ isSelected: Bool) -> Level {
        var level = level
        if !isSelected { level.method = "matching level, not simultaneous" }
        return level
    }

    /// An interval made at its level; with an end that stops at 0 it is open there, which the least double past 0 stands for.
    static func interval(_ interval: Interval?, effect: Double, _ level: Level, isWholeFamily: Bool) -> Interval? {
        guard var interval, level.stopsAtNull else { return interval }
        let edge = Double.leastNonzeroMagnitude
        if effect > 0 {
            interval.lower = isWholeFamily ? max(interval.lower, edge) : edge
        } else if effect < 0 {
            interval.upper = isWholeFamily ? min(interval.upper, -edge) : -edge
        }
        return interval
    }

    /// Corrects the effects of one family in place. Comparisons without a p-value stay as they are.
    static func correct(
        _ effects: inout [EffectResult], _ comparisons: [Comparison], method: Multiplicity.Method, alpha: Double
    ) throws(Failure) {
        let members = effects.indices.filter { effects[$0].p != nil }
        guard !members.isEmpty else { return }
        let p = members.compactMap { effects[$0].p }
        let adjusted = try Multiplicity.adjusted(p, method, alpha: alpha)
        let levels = levels(adjusted: adjusted, p: p, method: method, alpha: alpha)
        let isWholeFamily = adjusted.allSatisfy { $0 < alpha }
        for (place, index) in members.enumerated() {
            let (comparison, level) = (comparisons[index], levels[place])
            effects[index].adjustedP = adjusted[place]
            effects[index].level = 1 - level.alpha
            effects[index].isSimultaneous = level.isSimultaneous
            effects[index].intervalMethod = level.method
            effects[index].interval = interval(
                comparison.interval(level.alpha), effect: comparison.effect, level, isWholeFamily: isWholeFamily)
            let relative = comparison.liftInterval(level.alpha)
            effects[index].liftInterval = interval(
                relative.interval, effect: comparison.effect, level, isWholeFamily: isWholeFamily)
            effects[index].liftReason = relative.reason
        }
    }
}
