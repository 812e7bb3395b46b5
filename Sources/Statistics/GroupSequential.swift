import Glibc
import Support

/// Boundaries for a planned number of looks at accumulating data, by numerical integration of the joint normal distribution of the statistics
/// (Armitage, McPherson and Rowe 1969; Jennison and Turnbull 2000, chapter 19).
public struct GroupSequential: Sendable {
    /// How much of alpha may be spent by a share t of the information.
    public enum Spending: Sendable, Equatable {
        /// Lan and DeMets 1983, like O'Brien and Fleming: 2 − 2Φ(z(alpha/2)/√t), for each tail by itself.
        case obrienFleming
        /// Lan and DeMets, like Pocock: alpha·log(1 + (e − 1)t).
        case pocock
        /// Kim and DeMets 1987: alpha·t^rho.
        case power(rho: Double)

        func spent(_ t: Double, _ alpha: Double, sides: Int) -> Double {
            if t >= 1 { return alpha }
            if t <= 0 { return 0 }
            switch self {
            case .obrienFleming:
                let tail = alpha / Double(sides)
                return Double(sides) * 2 * Normal.survival(Normal.upperQuantile(tail / 2) / t.squareRoot())
            case .pocock: return alpha * log1p((M_E - 1) * t)
            case .power(let rho): return alpha * pow(t, rho)
            }
        }
    }

    /// The shape of a boundary whose constant is solved for.
    public enum Shape: Sendable, Equatable {
        /// The same z at every look.
        case pocock
        /// z over √t.
        case obrienFleming
        /// z·t^(delta − ½) (Wang and Tsiatis 1987): 0 is O'Brien and Fleming's, ½ Pocock's.
        case wangTsiatis(delta: Double)
        /// 3 at every look but the last.
        case haybittlePeto

        /// The boundary at a share `t` of the information, for the shape's constant.
        public func z(_ constant: Double, _ t: Double) -> Double {
            switch self {
            case .pocock: constant
            case .obrienFleming: constant / t.squareRoot()
            case .wangTsiatis(let delta): constant * pow(t, delta - 0.5)
            case .haybittlePeto: t < 1 ? 3 : constant
            }
        }
    }

    /// Shares of the information at the looks, rising, the last at most 1.
    public let information: [Double]
    /// 1 for a test in one direction, 2 for both.
    public let sides: Int

    /// Looks at these shares of the information.
    public init(information: [Double], sides: Int = 2) throws(Failure) {
        guard !information.isEmpty, information.count <= 100 else {
            throw .argument("information", expected: "1 to 100 looks", got: "\(information.count)")
        }
        var last = 0.0
        for (i, t) in information.enumerated() {
            guard t > last, t <= 1 + 1e-12 else {
                throw .argument(
                    "information", expected: "rising shares above 0, at most 1",
                    got: "\(numberText(t)) at position \(i + 1)")
            }
            last = t
        }
        guard sides == 1 || sides == 2 else { throw .argument("sides", expected: "1 or 2", got: "\(sides)") }
        self.information = information
        self.sides = sides
    }

    /// The density of the score process where no boundary was crossed so far, at the nodes of a quadrature rule.
    private struct Paths {
        var nodes: [Double] = [0]
        /// Density times weight.
        var masses: [Double] = [1]
        var time = 0.0

        /// The chance of crossing at time `t` with boundary `z`.
        func exit(_ t: Double, _ z: Double, sides: Int) -> Double {
            let sd = (t - time).squareRoot()
            let edge = z * t.squareRoot()
            var sum = 0.0
            for (s, mass) in zip(nodes, masses) {
                sum += mass * (Normal.survival((edge - s) / sd) + (sides == 2 ? Normal.survival((edge + s) / sd) : 0))
            }
            return sum
        }

        /// Goes on to time `t`, staying within `z`.
        mutating func advance(_ t: Double, _ z: Double, sides: Int) {
            let sd = (t - time).squareRoot()
            let high = min(z, 9) * t.squareRoot()
            let low = sides == 2 ? -high : -9 * t.squareRoot()
            let panels = min(400, max(4, Int(((high - low) / sd).rounded(.up))))
            let (points, weights) = GroupSequential.rule
            let half = (high - low) / Double(panels) / 2
            var next: [Double] = []
            var density: [Double] = []
            for panel in 0..<panels {
                let center = low + (2 * Double(panel) + 1) * half
                for (point, weight) in zip(points, weights) {
                    let s = center + half * point
                    var sum = 0.0
                    for (from, mass) in zip(nodes, masses) {
                        let z = (s - from) / sd
                        if abs(z) < 12 { sum += mass * exp(-0.5 * z * z) }
                    }
                    next.append(s)
                    density.append(sum * 0.3989422804014327 / sd * weight * half)
                }
            }
            nodes = next
            masses = density
            time = t
        }
    }

    private static let rule = Quadrature.legendre(10)

    /// The chance of crossing at each look, for boundary values `z`, when there is no effect.
    public func crossing(_ z: [Double]) -> [Double] {
        var paths = Paths()
        var result: [Double] = []
        for (t, bound) in zip(information, z) {
            result.append(paths.exit(t, bound, sides: sides))
            if result.count < information.count { paths.advance(t, bound, sides: sides) }
        }
        return result
    }

    /// The z values that spend `alpha` as `spending` says, and what is spent by each look. z never exceeds `limit`.
    public func boundary(
        _ spending: Spending, alpha: Double = 0.05, limit: Double = 12
    ) throws(Failure) -> (z: [Double], cumulative: [Double]) {
        try Check.level(alpha, "alpha")
        if case .power(let rho) = spending, !(rho > 0 && rho.isFinite) {
            throw .argument("rho", expected: "number above 0", got: numberText(rho))
        }
        var paths = Paths()
        var zs: [Double] = []
        var cumulative: [Double] = []
        var spent = 0.0
        for (i, t) in information.enumerated() {
            let target = spending.spent(t, alpha, sides: sides)
            let part = max(0, target - spent)
            let root = Roots.brent(from: -12, to: limit, tolerance: 1e-11) { paths.exit(t, $0, sides: sides) - part }
            let z = root ?? limit
            // A boundary that is held back spends more than was meant.
            spent = root == nil ? spent + paths.exit(t, limit, sides: sides) : target
            zs.append(z)
            cumulative.append(spent)
            if i < information.count - 1 { paths.advance(t, z, sides: sides) }
        }
        return (zs, cumulative)
    }

    /// The z values of a shape whose whole chance of crossing is `alpha`.
    public func boundary(_ shape: Shape, alpha: Double = 0.05) throws(Failure) -> (z: [Double], cumulative: [Double]) {
        try Check.level(alpha, "alpha")
        let last = information.last ?? 1
        let times = information.map { $0 / last }
        func values(_ constant: Double) -> [Double] { times.map { shape.z(constant, $0) } }
        guard
            let constant = Roots.brent(from: 0, to: 12, tolerance: 1e-9, { crossing(values($0)).reduce(0, +) - alpha })
        else {
            throw .argument("alpha", expected: "more than the interim looks spend", got: numberText(alpha))
        }
        let z = values(constant)
        var sum = 0.0
        return (
            z,
            crossing(z).map {
                sum += $0; return sum
            }
        )
    }

    /// The true false-positive rate of testing at |z| > `z` at each of `looks` equally spaced looks.
    public static func peeking(looks: Int, z: Double, sides: Int = 2) throws(Failure) -> Double {
        guard looks >= 1, looks <= 100 else {
            throw .argument("looks", expected: "integer from 1 to 100", got: "\(looks)")
        }
        guard z >= 0, z.isFinite else { throw .argument("z", expected: "number of at least 0", got: numberText(z)) }
        let plan = try GroupSequential(information: (1...looks).map { Double($0) / Double(looks) }, sides: sides)
        return plan.crossing([Double](repeating: z, count: looks)).reduce(0, +)
    }
}
