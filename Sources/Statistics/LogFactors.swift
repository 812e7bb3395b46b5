import Glibc

/// Logarithms of factorials and the terms around them, by the formulas that lose nothing for large arguments (Loader 2000,
/// "Fast and accurate computation of binomial probabilities").
enum LogFactors {
    static let halfLogTwoPi = 0.918938533204672741780329736406

    /// log Γ(x) for x > 0, without the C library's shared sign.
    static func logGamma(_ x: Double) -> Double {
        var sign: Int32 = 0
        return lgamma_r(x, &sign)
    }

    /// log(x!) − log(√(2πx) (x/e)^x), the error of Stirling's formula, for x > 0.
    static func stirlingError(_ x: Double) -> Double {
        guard x >= 15 else { return logGamma(x + 1) - (x + 0.5) * log(x) + x - halfLogTwoPi }
        let square = x * x
        var sum = 1.0 / 156 * 691 / 2310  // 691/360360
        sum = 1.0 / 1188 - sum / square
        sum = 1.0 / 1680 - sum / square
        sum = 1.0 / 1260 - sum / square
        sum = 1.0 / 360 - sum / square
        sum = 1.0 / 12 - sum / square
        return sum / x
    }

    /// x log(x / mean) + mean − x, also where x and mean are close.
    static func deviance(_ x: Double, _ mean: Double) -> Double {
        guard x > 0 else { return mean }
        let difference = x - mean
        guard abs(difference) < 0.1 * (x + mean) else { return x * log(x / mean) + mean - x }
        let ratio = difference / (x + mean)
        var sum = difference * ratio
        var term = 2 * x * ratio
        let square = ratio * ratio
        for j in 1..<1000 {
            term *= square
            let next = sum + term / Double(2 * j + 1)
            if next == sum { break }
            sum = next
        }
        return sum
    }

    /// log(C(n, x) p^x q^(n−x)) for real 0 ≤ x ≤ n, with q = 1 − p.
    static func logBinomialTerm(_ x: Double, _ n: Double, _ p: Double, _ q: Double) -> Double {
        if p == 0 { return x == 0 ? 0 : -.infinity }
        if q == 0 { return x == n ? 0 : -.infinity }
        if x == 0 { return p < 0.1 ? n * log1p(-p) : n * log(q) }
        if x == n { return q < 0.1 ? n * log1p(-q) : n * log(p) }
        let core =
            stirlingError(n) - stirlingError(x) - stirlingError(n - x) - deviance(x, n * p) - deviance(n - x, n * q)
        return core - halfLogTwoPi + 0.5 * (log(n) - log(x) - log(n - x))
    }

    /// log(mean^x e^(−mean) / x!) for real x ≥ 0.
    static func logPoissonTerm(_ x: Double, _ mean: Double) -> Double {
        if mean == 0 { return x == 0 ? 0 : -.infinity }
        if x == 0 { return -mean }
        return -stirlingError(x) - deviance(x, mean) - halfLogTwoPi - 0.5 * log(x)
    }

    /// log(1 − e^x) for x ≤ 0 (Mächler 2012).
    static func logOneMinusExp(_ x: Double) -> Double { x > -0.6931471805599453 ? log(-expm1(x)) : log1p(-exp(x)) }

    /// log C(n, k) of whole numbers held as doubles.
    static func logChoose(_ n: Double, _ k: Double) -> Double {
        if k <= 0 || k >= n { return 0 }
        return logBinomialTerm(k, n, 0.5, 0.5) + n * 0.6931471805599453
    }
}
