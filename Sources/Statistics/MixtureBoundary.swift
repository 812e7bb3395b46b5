import Glibc
import Support

/// Time-uniform boundaries: a martingale's sum stays below them for ever with probability 1 − alpha (Howard, Ramdas, McAuliffe and Sekhon
/// 2021, "Time-uniform, nonparametric, nonasymptotic confidence sequences"). `v` is the intrinsic time (variance so far).
public struct MixtureBoundary: Sendable {
    /// The mixture.
    public enum Kind: Sendable {
        case twoSidedNormal, oneSidedNormal
        /// With scale c.
        case gammaExponential(c: Double)
        /// With scale c.
        case gammaPoisson(c: Double)
        /// For increments from −g to h.
        case betaBinomial(g: Double, h: Double, isOneSided: Bool)
    }

    /// The mixture.
    public let kind: Kind
    /// The mixing precision.
    public let rho: Double

    /// A boundary that is tightest at intrinsic time `tunedAt` for `tunedAlpha`.
    public init(_ kind: Kind, tunedAt v: Double, tunedAlpha: Double) throws(Failure) {
        try Check.level(tunedAlpha, "tuned_alpha")
        guard v > 0, v.isFinite else { throw .argument("tuned_at", expected: "number above 0", got: numberText(v)) }
        let isTwoSided: Bool
        switch kind {
        case .twoSidedNormal: isTwoSided = true
        case .betaBinomial(let g, let h, let isOneSided):
            guard g > 0, g.isFinite else { throw .argument("g", expected: "number above 0", got: numberText(g)) }
            guard h > 0, h.isFinite else { throw .argument("h", expected: "number above 0", got: numberText(h)) }
            isTwoSided = !isOneSided
        case .gammaExponential(let c), .gammaPoisson(let c):
            guard c > 0, c.isFinite else { throw .argument("c", expected: "number above 0", got: numberText(c)) }
            isTwoSided = false
        case .oneSidedNormal: isTwoSided = false
        }
        guard isTwoSided || tunedAlpha < 0.5 else {
            throw .argument(
                "tuned_alpha", expected: "number below 0.5 for a one-sided boundary", got: numberText(tunedAlpha))
        }
        let logarithm = -2 * log(isTwoSided ? tunedAlpha : 2 * tunedAlpha)
        self.kind = kind
        rho = v / (logarithm + log1p(logarithm))
    }

    /// log of the mixture supermartingale where the sum is `s` at time `v`.
    public func logMixture(_ s: Double, _ v: Double) -> Double {
        switch kind {
        case .twoSidedNormal: return 0.5 * log(rho / (v + rho)) + s * s / (2 * (v + rho))
        case .oneSidedNormal:
            return 0.5 * log(4 * rho / (v + rho)) + s * s / (2 * (v + rho)) + Normal.logCDF(s / (v + rho).squareRoot())
        case .gammaExponential(let c):
            let (k, shape) = (rho / (c * c), (v + rho) / (c * c))
            let rate = s / c + shape
            return k * log(k) - LogFactors.logGamma(k) - IncompleteGamma.logs(k, k).lower + LogFactors.logGamma(shape)
                + IncompleteGamma.logs(shape, rate).lower - shape * log(rate) + (c * s + v) / (c * c)
        case .gammaPoisson(let c):
            let (k, rate) = (rho / (c * c), (v + rho) / (c * c))
            let shape = s / c + rate
            return k * log(k) - LogFactors.logGamma(k) - IncompleteGamma.logs(k, k).upper + LogFactors.logGamma(shape)
                + IncompleteGamma.logs(shape, rate).upper - shape * log(rate) + v / (c * c)
        case .betaBinomial(let g, let h, let isOneSided):
            let r = max(rho - g * h, 1e-3 * g * h)
            let x = isOneSided ? h / (g + h) : 1
            func logIncomplete(_ a: Double, _ b: Double) -> Double {
                LogFactors.logGamma(a) + LogFactors.logGamma(b) - LogFactors.logGamma(a + b)
                    + (x < 1 ? IncompleteBeta.logs(a, b, x: x, y: 1 - x).lower : 0)
            }
            return v / (g * h) * log(g + h) - (v + h * s) / (h * (g + h)) * log(g) - (v - g * s) / (g * (g + h))
                * log(h)
                + logIncomplete((r + v - g * s) / (g * (g + h)), (r + v + h * s) / (h * (g + h)))
                - logIncomplete(r / (g * (g + h)), r / (h * (g + h)))
        }
    }

    /// The boundary at time `v`: the sum at which the mixture reaches 1 / alpha.
    public func bound(_ v: Double, alpha: Double) throws(Failure) -> Double {
        try Check.level(alpha, "alpha")
        guard v >= 0, v.isFinite else { throw .argument("v", expected: "number of at least 0", got: numberText(v)) }
        let threshold = -log(alpha)
        if case .twoSidedNormal = kind { return ((v + rho) * (log1p(v / rho) + 2 * threshold)).squareRoot() }
        var limit = Double.infinity
        if case .betaBinomial(let g, _, _) = kind { limit = v / g * (1 - 1e-12) }
        var high = max(1, v.squareRoot())
        while high < min(limit, 1e15), logMixture(high, v) < threshold { high *= 2 }
        return Roots.brent(from: 0, to: min(high, limit), tolerance: 1e-12) { logMixture($0, v) - threshold } ?? limit
    }

    /// The polynomial stitched boundary (theorem 1 there) from time `start` on, for sums of scale `c`, which may be below 0.
    public static func stitched(
        _ v: Double, alpha: Double, start: Double, c: Double = 0, s: Double = 1.4, eta: Double = 2
    ) throws(Failure) -> Double {
        try Check.level(alpha, "alpha")
        guard start > 0, start.isFinite else {
            throw .argument("start", expected: "number above 0", got: numberText(start))
        }
        guard s > 1 else { throw .argument("s", expected: "number above 1", got: numberText(s)) }
        guard eta > 1 else { throw .argument("eta", expected: "number above 1", got: numberText(eta)) }
        guard c.isFinite else { throw .argument("c", expected: "finite number", got: numberText(c)) }
        guard v >= 0, v.isFinite else {
            throw .argument("v", expected: "number of at least 0", got: numberText(v))
        }
        let k1 = (pow(eta, 0.25) + pow(eta, -0.25)) / 2.0.squareRoot()
        let k2 = (eta.squareRoot() + 1) / 2
        let time = max(v, start)
        let length = s * log(log(eta * time / start)) + log(zeta(s) / (alpha * pow(log(eta), s)))
        return (k1 * k1 * time * length + k2 * k2 * c * c * length * length).squareRoot() + k2 * c * length
    }

    /// Riemann's zeta function for s > 1, by Euler and Maclaurin's formula after 30 terms.
    static func zeta(_ s: Double) -> Double {
        let n = 30.0
        var sum = (1..<30).reduce(0) { $0 + pow(Double($1), -s) }
        sum += pow(n, 1 - s) / (s - 1) + 0.5 * pow(n, -s)
        var term = s * pow(n, -s - 1)
        let bernoulli = [1.0 / 12, -1.0 / 720, 1.0 / 30240, -1.0 / 1_209_600]
        for (i, factor) in bernoulli.enumerated() {
            sum += factor * term
            let k = Double(2 * i)
            term *= (s + k + 1) * (s + k + 2) / (n * n)
        }
        return sum
    }
}
