import Glibc
import Statistics
import Support

/// One look of a plan: how far from 0 an effect must be at every level, and the level at which one just reaches.
///
/// These are the repeated confidence intervals and p-values of Jennison and Turnbull (1989): the interval is the effect ± z_k(α) standard
/// errors, z_k(α) being the k-th boundary of the same design for error α, and p is the α whose boundary the effect meets. The p-value is held as
/// the one of a single look, 2Φ̄(z), times an inflation that is computed at some z and interpolated between them.
public final class GroupBoundary: Sendable, Equatable {
    /// |z| rising, and the logarithm of the inflation there.
    private let z: [Double]
    private let inflation: [Double]
    private let slopes: [Double]
    /// The looks, with the boundary for the error declared.
    public let looks: [LookResult]
    /// Which look this is, from 1.
    public let look: Int

    /// Whether both are the same.
    public static func == (a: GroupBoundary, b: GroupBoundary) -> Bool { a === b }

    /// Whether this look is the plan's last.
    public var isLast: Bool { look == looks.count }

    /// The boundary at look `look` of `plan` with `units` units there, for `alpha`.
    public init(_ plan: GroupPlan, look: Int, units: Double, alpha: Double) throws(Failure) {
        let sequential = try GroupSequential(information: plan.information(look: look, units: units))
        var nodes: [(z: Double, level: Double)] = []
        let all: (z: [Double], cumulative: [Double])
        switch plan.boundary {
        case .spending(let spending):
            for level in [
                0.99, 0.96, 0.9, 0.75, 0.6, 0.45, 0.3, 0.2, 0.1, 0.03, 0.01, 1e-3, 1e-4, 1e-6, 1e-8, 1e-11, 1e-15,
                alpha,
            ] {
                // As far out as tails can be told from 0: a look at a thousandth of the plan's units has its boundary out there.
                let bound = try sequential.boundary(spending, alpha: level, limit: 37).z[look - 1]
                if bound > 0, bound < 36.9 { nodes.append((bound, level)) }
            }
            // The looks ahead as they are planned.
            let end = plan.looks.last ?? 1
            let ahead = plan.looks.suffix(from: look).map { $0 / end }.filter { $0 > sequential.information[look - 1] }
            all = try GroupSequential(information: sequential.information + ahead).boundary(spending, alpha: alpha)
        case .shape(let shape):
            let time = sequential.information[look - 1]
            let scale = shape.z(1, time)
            for bound in [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 3, 3.5, 4, 5, 6, 7.5, 9] {
                let constant = bound / scale
                let level = sequential.crossing(sequential.information.map { shape.z(constant, $0) }).reduce(0, +)
                if level > 0, level < 1 { nodes.append((bound, level)) }
            }
            all = try sequential.boundary(shape, alpha: alpha)
            nodes.append((all.z[look - 1], alpha))
        }
        nodes.sort { $0.z < $1.z }
        // At 0 every level is reached.
        var (z, inflation) = ([0.0], [0.0])
        for node in nodes where node.z > (z.last ?? 0) + 1e-6 {
            z.append(node.z)
            inflation.append(log(node.level) - GroupBoundary.single(node.z))
        }
        (self.z, self.inflation) = (z, inflation)
        slopes = GroupBoundary.slopes(z, inflation)
        self.look = look
        let end = plan.looks.last ?? 1
        looks = all.z.indices.map { place in
            let isPresent = place == look - 1
            let planned = place < plan.looks.count ? plan.looks[place] : end
            return LookResult(
                units: isPresent ? units : planned, information: isPresent ? min(1, units / end) : planned / end,
                boundary: all.z[place], spent: all.cumulative[place],
                status: isPresent ? "present" : place < look ? "taken" : "ahead")
        }
    }

    /// log 2Φ̄(z).
    private static func single(_ z: Double) -> Double { log(2) + Normal.logSurvival(z) }

    /// Slopes at the points: those of the parabola through each and its neighbours.
    private static func slopes(_ x: [Double], _ y: [Double]) -> [Double] {
        guard x.count > 2 else { return x.map { _ in x.count == 2 ? (y[1] - y[0]) / (x[1] - x[0]) : 0 } }
        return x.indices.map { i in
            let middle = min(max(i, 1), x.count - 2)
            let (before, after) = (x[middle] - x[middle - 1], x[middle + 1] - x[middle])
            let (first, second) = (
                (y[middle] - y[middle - 1]) / before, (y[middle + 1] - y[middle]) / after
            )
            let bend = (second - first) / (before + after)
            return first + bend * (before + 2 * (x[i] - x[middle]))
        }
    }

    /// log p of |z|.
    private func logP(_ size: Double) -> Double {
        let last = z.count - 1
        // So early that no error is spent yet: nothing is found.
        guard last > 0 else { return 0 }
        guard size < z[last] else {
            // Far out the inflation grows like z².
            let slope = slopes[last] / (2 * z[last])
            let value = inflation[last] + slope * (size * size - z[last] * z[last])
            return min(0, GroupBoundary.single(size) + max(0, value))
        }
        let i = (z.firstIndex { $0 > size } ?? last) - 1
        let width = z[i + 1] - z[i]
        let t = (size - z[i]) / width
        let (s, u) = (t * t, t * t * t)
        let value =
            inflation[i] * (2 * u - 3 * s + 1) + inflation[i + 1] * (3 * s - 2 * u)
            + width * (slopes[i] * (u - 2 * s + t) + slopes[i + 1] * (u - s))
        // One look alone never finds more than all of them.
        return min(0, GroupBoundary.single(size) + max(0, value))
    }

    /// The repeated p-value of a standardised effect.
    public func p(_ z: Double) -> Double { exp(logP(abs(z))) }

    /// How many standard errors the repeated interval of level 1 − alpha reaches to either side.
    public func critical(_ alpha: Double) -> Double {
        let target = log(alpha)
        var (low, high) = (0.0, 60.0)
        // p falls as z grows, so halving finds the last z whose p is above alpha.
        for _ in 0..<60 {
            let middle = 0.5 * (low + high)
            if logP(middle) > target { low = middle } else { high = middle }
        }
        return high
    }
}
