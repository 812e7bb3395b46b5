import Glibc

/// Student's t distribution when the mean is not that of the null hypothesis: (Z + δ) / √(χ²/df).
public struct NoncentralT: Sendable {
    /// Degrees of freedom, above 0.
    public let df: Double
    /// The noncentrality δ.
    public let delta: Double
    /// The distribution.
    public init(df: Double, delta: Double) {
        self.df = df
        self.delta = delta
    }

    /// P(T > t), as the integral of P(Z > t·s − δ) over the distribution of s = √(χ²/df).
    public func survival(_ t: Double) -> Double {
        // s is then normal with mean 1 − 1/(4 df) and variance 1/(2 df) but for terms of order 1/df² (Abramowitz and Stegun 26.7.10), where
        // the integral would lose digits to the narrow peak of its density.
        if df > StudentT.manyDegrees {
            return Normal.survival((t - t / (4 * df) - delta) / (1 + t * t / (2 * df)).squareRoot())
        }
        return ScaledChi(df: df).integral { Normal.survival(t * $0 - delta) }
    }

    /// P(T ≤ t).
    public func cdf(_ t: Double) -> Double { NoncentralT(df: df, delta: -delta).survival(-t) }
}

/// The distribution of s = √(χ²/df), an estimated standard deviation over the true one.
struct ScaledChi {
    let df: Double

    /// The expectation of `function`, which must be bounded.
    func integral(_ function: (Double) -> Double) -> Double {
        let gamma = GammaDistribution(shape: df / 2, rate: df / 2)
        // In log s the density is smooth at both ends; the tails left out weigh under 1e-300 on the left and 1e-30 on the right.
        let low = 0.5 * log(max(gamma.quantile(1e-290), 1e-280))
        let high = 0.5 * log(gamma.upperQuantile(1e-30))
        return Quadrature.integral(from: low, to: high, panels: 24) { u in
            let square = exp(2 * u)
            return function(exp(u)) * gamma.density(square) * 2 * square
        }
    }
}

/// The range of k standard normal values over an independent standard deviation: the distribution behind Tukey's test.
public struct StudentizedRange: Sendable {
    /// Values in the range.
    public let k: Int
    /// Degrees of freedom of the standard deviation.
    public let df: Double
    /// The distribution.
    public init(k: Int, df: Double) {
        self.k = k
        self.df = df
    }

    /// P(range > w) with a known standard deviation, all terms positive: k ∫ φ(z) [Q(z)^(k−1) − (Q(z) − Q(z + w))^(k−1)] dz.
    private func normalSurvival(_ w: Double) -> Double {
        if w <= 0 { return 1 }
        let sum = Quadrature.integral(from: -9 - w, to: 9, panels: 12, relative: 1e-11) { z in
            let all = Normal.survival(z)
            let far = Normal.survival(z + w)
            let near = all - far
            // all^i near^(k - 2 - i) over all i, each sum from the one before.
            var (terms, power) = (1.0, 1.0)
            for _ in 0..<max(0, k - 2) {
                power *= all
                terms = terms * near + power
            }
            return Normal.density(z) * far * terms
        }
        return min(1, Double(k) * sum)
    }

    /// P(Q > q).
    public func survival(_ q: Double) -> Double {
        if q <= 0 { return 1 }
        if df == .infinity { return normalSurvival(q) }
        return ScaledChi(df: df).integral { normalSurvival(q * $0) }
    }

    /// The q with P(Q > q) = `tail`.
    public func upperQuantile(_ tail: Double) -> Double {
        Roots.brent(from: 1e-6, to: 500, tolerance: 1e-9) { tail - survival($0) } ?? .infinity
    }
}
