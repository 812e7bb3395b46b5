import Glibc

/// The regularised incomplete beta function and its inverse (DLMF 8.17; continued fraction 8.17.22 by the modified Lentz method).
public enum IncompleteBeta {
    /// log of I_x(a, b) and of 1 − I_x(a, b), both to full relative precision. `y` is 1 − x, given apart so that nothing is lost where
    /// x is near 1. a, b > 0.
    public static func logs(_ a: Double, _ b: Double, x: Double, y: Double) -> (lower: Double, upper: Double) {
        if x <= 0 { return (-.infinity, 0) }
        if y <= 0 { return (0, -.infinity) }
        // x^a y^b / B(a, b), by way of a binomial term.
        let front = LogFactors.logBinomialTerm(a, a + b, x, y) + log(a) + log(b) - log(a + b)
        if x * (a + b + 2) < a + 1 {
            let lower = min(0, front - log(a) + log(fraction(a, b, x)))
            return (lower, LogFactors.logOneMinusExp(lower))
        }
        let upper = min(0, front - log(b) + log(fraction(b, a, y)))
        return (LogFactors.logOneMinusExp(upper), upper)
    }

    /// I_x(a, b).
    public static func regularized(_ a: Double, _ b: Double, x: Double) -> Double {
        exp(logs(a, b, x: x, y: 1 - x).lower)
    }

    private static func fraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
        let tiny = 1e-300
        var c = 1.0
        var d = 1 - (a + b) * x / (a + 1)
        if abs(d) < tiny { d = tiny }
        d = 1 / d
        var result = d
        for step in 1..<1_000_000 {
            let m = Double(step)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 + even * d
            if abs(d) < tiny { d = tiny }
            c = 1 + even / c
            if abs(c) < tiny { c = tiny }
            d = 1 / d
            result *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 + odd * d
            if abs(d) < tiny { d = tiny }
            c = 1 + odd / c
            if abs(c) < tiny { c = tiny }
            d = 1 / d
            let change = d * c
            result *= change
            if abs(change - 1) < 2e-16 { break }
        }
        return result
    }

    /// The x with I_x(a, b) = p, and 1 − x, from log p or log(1 − p), whichever side is meant.
    static func inverse(_ a: Double, _ b: Double, logProbability target: Double, upper: Bool) -> (x: Double, y: Double)
    {
        // In the logit of x the logarithm of either tail is smooth and monotone.
        func parts(_ u: Double) -> (x: Double, y: Double) {
            u < 0 ? (exp(u) / (1 + exp(u)), 1 / (1 + exp(u))) : (1 / (1 + exp(-u)), exp(-u) / (1 + exp(-u)))
        }
        let u = Roots.increasing(from: -740, to: 740) { u in
            let (x, y) = parts(u)
            let tails = logs(a, b, x: x, y: y)
            let density = LogFactors.logBinomialTerm(a, a + b, x, y) + log(a) + log(b) - log(a + b)
            let tail = upper ? tails.upper : tails.lower
            let slope = exp(density - tail)
            return upper ? (target - tail, slope) : (tail - target, slope)
        }
        return parts(u)
    }
}
