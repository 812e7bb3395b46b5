import Glibc
import Statistics
import Support

/// One look of a plan: how far from 0 an effect must be at every level, and the level at which one just reaches.
///
/// These are the repeated confidence intervals and p-values of Jennison and Turnbull (1989): the interval is the effect ± z_k(α) standard
/// errors, z_k(α) being the k-th boundary of the same design for error α, and p is the α whose boundary the effect meets. p is held as the z of
/// one look alone that has it, the `single` with p = 2Φ̄(single), which is computed at some z and interpolated between them, rising: nearly a
/// line far out, however early the look.
public final class GroupBoundary: Sendable, Equatable {
    /// |z| rising, and what it is worth in one look alone.
    private let z: [Double]
    private let single: [Double]
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
                0.9999, 0.99, 0.96, 0.9, 0.75, 0.6, 0.45, 0.3, 0.2, 0.1, 0.03, 0.01, 1e-3, 1e-4, 1e-6, 1e-8, 1e-11,
                1e-15,
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
        // At 0 every level is reached, and a little beyond where the level 1 would not spend all.
        var (z, single) = ([0.0], [0.0])
        for node in nodes where node.z > (z.last ?? 0) + 1e-6 {
            z.append(node.z)
            single.append(Normal.upperQuantile(node.level / 2))
        }
        (self.z, self.single) = (z, single)
        slopes = GroupBoundary.slopes(z, single)
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

    /// Slopes at the points: those of the parabola through each and its neighbours, limited so that the curve nowhere falls (Fritsch and Carlson
    /// 1980: to three times the steepness on either side).
    private static func slopes(_ x: [Double], _ y: [Double]) -> [Double] {
        let secants = x.indices.dropFirst().map { (y[$0] - y[$0 - 1]) / (x[$0] - x[$0 - 1]) }
        guard secants.count > 1 else { return x.map { _ in secants.first ?? 0 } }
        return x.indices.map { i in
            let middle = min(max(i, 1), x.count - 2)
            let (first, second) = (secants[middle - 1], secants[middle])
            let bend = (second - first) / (x[middle + 1] - x[middle - 1])
            let slope = first + bend * (2 * x[i] - x[middle] - x[middle - 1])
            return max(0, min(slope, 3 * secants[max(i - 1, 0)], 3 * secants[min(i, secants.count - 1)]))
        }
    }

    /// The z of one look alone that tells as much as |z| here.
    private func single(_ size: Double) -> Double {
        let last = z.count - 1
        // So early that no error is spent yet: nothing is found.
        guard last > 0 else { return 0 }
        // One look alone never finds less than one of several. Far out the squares grow on a line, whether the look costs a factor of p or a
        // share of z.
        guard size < z[last] else {
            let (known, before) = (z[last] * z[last], z[last - 1] * z[last - 1])
            let (reached, less) = (single[last] * single[last], single[last - 1] * single[last - 1])
            return min(size, (reached + (reached - less) / (known - before) * (size * size - known)).squareRoot())
        }
        let i = (z.firstIndex { $0 > size } ?? last) - 1
        let width = z[i + 1] - z[i]
        let t = (size - z[i]) / width
        let (s, u) = (t * t, t * t * t)
        return min(
            size,
            single[i] * (2 * u - 3 * s + 1) + single[i + 1] * (3 * s - 2 * u)
                + width * (slopes[i] * (u - 2 * s + t) + slopes[i + 1] * (u - s)))
    }

    /// The repeated p-value of a standardised effect.
    public func p(_ z: Double) -> Double { 2 * Normal.survival(single(abs(z))) }

    /// How many standard errors the repeated interval of level 1 − alpha reaches to either side.
    public func critical(_ alpha: Double) -> Double {
        let target = Normal.upperQuantile(alpha / 2)
        var (low, high) = (0.0, 60.0)
        for _ in 0..<60 {
            let middle = 0.5 * (low + high)
            if single(middle) < target { low = middle } else { high = middle }
        }
        return high
    }
}
