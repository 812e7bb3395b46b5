import Glibc

/// The regularised incomplete gamma functions and their inverse (DLMF 8.2, series 8.7.1, continued fraction 8.9.2).
public enum IncompleteGamma {
    /// log P(a, x) and log Q(a, x) = log(1 − P), both to full relative precision. a > 0.
    public static func logs(_ a: Double, _ x: Double) -> (lower: Double, upper: Double) {
        if x <= 0 { return (-.infinity, 0) }
        if x == .infinity { return (0, -.infinity) }
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
