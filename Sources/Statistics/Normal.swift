import Glibc

/// The standard normal distribution.
public enum Normal {
    /// The density at `z`.
    public static func density(_ z: Double) -> Double { 0.398942280401432677939946059934 * exp(-0.5 * z * z) }

    /// P(Z ≤ z).
    public static func cdf(_ z: Double) -> Double { 0.5 * erfc(-z * 0.5.squareRoot()) }

    /// P(Z > z), to full relative precision in the far tail.
    public static func survival(_ z: Double) -> Double { 0.5 * erfc(z * 0.5.squareRoot()) }

    /// log P(Z > z), also where the probability itself is below the smallest double.
    public static func logSurvival(_ z: Double) -> Double {
        if z < -1 { return log1p(-cdf(z)) }
        if z < 20 { return log(survival(z)) }
        return -0.5 * z * z - LogFactors.halfLogTwoPi + log(mills(z))
    }

    /// log P(Z ≤ z).
    public static func logCDF(_ z: Double) -> Double { logSurvival(-z) }

    /// P(Z > z) over the density at z, by a continued fraction (Abramowitz and Stegun 26.2.14) where the quotient would not be exact.
    static func mills(_ z: Double) -> Double {
        guard z > 6 else { return survival(z) / density(z) }
        var fraction = z
        for k in stride(from: 60.0, through: 1, by: -1) { fraction = z + k / fraction }
        return 1 / fraction
    }

    /// E[max(X, 0)] for X normal with `mean` and `sd`.
    public static func positivePart(mean: Double, sd: Double) -> Double {
        guard sd > 0 else { return max(0, mean) }
        let z = mean / sd
        if z > -4 { return mean * cdf(z) + sd * density(z) }
        // Of two nearly equal terms only the difference counts; 1 − u·mills(u) by its own continued fraction.
        let u = -z
        var fraction = u
        for k in stride(from: 80.0, through: 2, by: -1) { fraction = u + k / fraction }
        return sd * density(z) / (u * fraction + 1)
    }

    /// The z with P(Z ≤ z) = p (Wichura 1988, algorithm AS 241). Infinite for 0 and 1.
    public static func quantile(_ p: Double) -> Double {
        let q = p - 0.5
        if abs(q) <= 0.425 {
            let r = 0.180625 - q * q
            let numerator =
                (((((((r * 2509.0809287301226727 + 33430.575583588128105) * r + 67265.770927008700853) * r
                    + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r
                    + 133.14166789178437745) * r + 3.387132872796366608)
            let denominator =
                (((((((r * 5226.495278852545925 + 28729.085735721942674) * r + 39307.89580009271061) * r
                    + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r
                    + 42.313330701600911252) * r + 1)
            return q * numerator / denominator
        }
        let tail = q < 0 ? p : 1 - p
        guard tail > 0 else { return q < 0 ? -.infinity : .infinity }
        let z = upperTail(tail)
        return q < 0 ? -z : z
    }

    /// The z with P(Z > z) = `tail`, exact for tails far below the spacing of doubles near 1.
    public static func upperQuantile(_ tail: Double) -> Double {
        if tail > 0.075 { return -quantile(tail) }
        return tail > 0 ? upperTail(tail) : .infinity
    }

    private static func upperTail(_ tail: Double) -> Double {
        var r = (-log(tail)).squareRoot()
        if r <= 5 {
            r -= 1.6
            let numerator =
                (((((((r * 7.7454501427834140764e-4 + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
                    + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r
                    + 4.6303378461565452959) * r + 1.42343711074968357734)
            let denominator =
                (((((((r * 1.05075007164441684324e-9 + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
                    + 0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r
                    + 2.05319162663775882187) * r + 1)
            return numerator / denominator
        }
        r -= 5
        let numerator =
            (((((((r * 2.01033439929228813265e-7 + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r
                + 0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r
                + 5.4637849111641143699) * r + 6.6579046435011037772)
        let denominator =
            (((((((r * 2.04426310338993978564e-15 + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r
                + 7.868691311456132591e-4) * r + 0.0148753612908506148525) * r + 0.13692988092273580531) * r
                + 0.59983220655588793769) * r + 1)
        return numerator / denominator
    }
}
