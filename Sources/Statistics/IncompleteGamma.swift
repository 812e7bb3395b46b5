import Glibc

/// The regularised incomplete gamma functions and their inverse (DLMF 8.2, series 8.7.1, continued fraction 8.9.2).
public enum IncompleteGamma {
    /// log P(a, x) and log Q(a, x) = log(1 − P), both to full relative precision. a > 0.
    public static func logs(_ a: Double, _ x: Double) -> (lower: Double, upper: Double) {
        if x <= 0 { return (-.infinity, 0) }
        if x == .infinity { return (0, -.infinity) }
        if let tails = logsOfLarge(a, x) { return tails }
        let front = LogFactors.logPoissonTerm(a, x)  // x^a e^-x / Γ(a + 1)
        if x < a + 1 {
            var term = 1.0
            var sum = 1.0
            var n = a
            repeat {
                n += 1
                term *= x / n
                sum += term
            } while term > sum * 1e-17
            let lower = min(0, front + log(sum))
            return (lower, LogFactors.logOneMinusExp(lower))
        }
        let tiny = 1e-300
        var b = x + 1 - a
        var c = 1 / tiny
        var d = 1 / b
        var fraction = d
        for step in 1..<1_000_000 {
            let i = Double(step)
            let factor = -i * (i - a)
            b += 2
            d = factor * d + b
            if abs(d) < tiny { d = tiny }
            c = b + factor / c
            if abs(c) < tiny { c = tiny }
            d = 1 / d
            fraction *= d * c
            if abs(d * c - 1) < 2e-16 { break }
        }
        let upper = min(0, front + log(a) + log(fraction))
        return (LogFactors.logOneMinusExp(upper), upper)
    }

    /// Temme's uniform expansion (1979; DLMF 8.12.3 and 8.12.7) for a from 100,000 and x within a tenth of it, where series and fraction
    /// take √a steps: Q = Φ(−z) + φ(z) S(η) / √a, P = Φ(z) − φ(z) S(η) / √a with z = η √a, z² / 2 = a − x + x log(x / a).
    private static func logsOfLarge(_ a: Double, _ x: Double) -> (lower: Double, upper: Double)? {
        guard a >= 1e5, abs(x - a) < 0.1 * a else { return nil }
        let z = (2 * LogFactors.deviance(a, x)).squareRoot() * (x < a ? -1 : 1)
        let eta = z / a.squareRoot()
        func series(_ coefficients: [Double]) -> Double { coefficients.reversed().reduce(0) { $0 * eta + $1 } }
        let s = series(firstTerm) + (series(secondTerm) + 4.1335978835978836e-3 / a) / a
        let correction = s / a.squareRoot()
        let (lower, upper) = (Normal.logCDF(z), Normal.logSurvival(z))
        let density = -0.5 * z * z - 0.918938533204672741780329736406
        return (
            min(0, lower + log1p(-exp(density - lower) * correction)),
            min(0, upper + log1p(exp(density - upper) * correction))
        )
    }

    /// The expansions of the first two terms of S at η = 0.
    private static let firstTerm: [Double] = [
        -1.0 / 3, 1.0 / 12, -2.0 / 135, 1.0 / 864, 1.0 / 2835, -139.0 / 777_600, 1.0 / 25515, -571.0 / 261_273_600,
        -281.0 / 151_559_100, 163_879.0 / 197_522_841_600,
    ]
    private static let secondTerm: [Double] = [
        -1.0 / 540, -1.0 / 288, 1.0 / 378, -77.0 / 77760, 1.0 / 4860, -101.0 / 251_328_000,
    ]

    /// The x with P(a, x) = p, from log p or log(1 − p).
    static func inverse(_ a: Double, logProbability target: Double, upper: Bool) -> Double {
        let u = Roots.increasing(from: -740, to: 709) { u in
            let x = exp(u)
            let tails = logs(a, x)
            let density = LogFactors.logPoissonTerm(a, x) + log(a)
            let tail = upper ? tails.upper : tails.lower
            let slope = exp(density - tail)
            return upper ? (target - tail, slope) : (tail - target, slope)
        }
        return exp(u)
    }
}
