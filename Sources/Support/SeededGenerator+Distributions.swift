import Glibc

extension SeededGenerator {
    /// A draw of the gamma distribution with that shape, above 0, and scale 1 (Marsaglia and Tsang 2000).
    public mutating func gamma(_ shape: Double) -> Double {
        // Below 1: a draw of shape + 1 times u^(1 / shape).
        guard shape >= 1 else { return exp(logGamma(shape)) }
        return gammaFromOne(shape)
    }

    /// The logarithm of a gamma draw, which for small shapes is too small for a number.
    private mutating func logGamma(_ shape: Double) -> Double {
        guard shape < 1 else { return log(gammaFromOne(shape)) }
        return log(gammaFromOne(shape + 1)) + log(1 - uniform()) / shape
    }

    private mutating func gammaFromOne(_ shape: Double) -> Double {
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let x = normal()
            let t = 1 + c * x
            guard t > 0 else { continue }
            let v = t * t * t
            let u = 1 - uniform()
            if log(u) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
        }
    }

    /// A draw of the beta distribution: x / (x + y) of two gamma draws, by logarithms so that small shapes do not give 0 / 0.
    public mutating func beta(_ a: Double, _ b: Double) -> Double {
        let (x, y) = (logGamma(a), logGamma(b))
        return 1 / (1 + exp(y - x))
    }

    /// A draw of the Poisson distribution: by inversion for small rates, otherwise by transformed rejection (Hörmann 1993, PTRS).
    public mutating func poisson(_ rate: Double) -> Int {
        guard rate >= 10 else {
            // The number of uniform factors until their product falls below exp(-rate).
            let limit = exp(-rate)
            var (count, product) = (0, 1 - uniform())
            while product > limit {
                count += 1
                product *= 1 - uniform()
            }
            return count
        }
        let b = 0.931 + 2.53 * rate.squareRoot()
        let a = -0.059 + 0.02483 * b
        let inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
        let vr = 0.9277 - 3.6224 / (b - 2)
        while true {
            let u = uniform() - 0.5
            let v = 1 - uniform()
            let us = 0.5 - u.magnitude
            guard us > 0 else { continue }
            let k = ((2 * a / us + b) * u + rate + 0.43).rounded(.down)
            if us >= 0.07, v <= vr { return Int(k) }
            if k < 0 || us < 0.013 && v > us { continue }
            if log(v * inverseAlpha / (a / (us * us) + b)) <= k * log(rate) - rate - logFactorial(k) { return Int(k) }
        }
    }

    /// A draw of the binomial distribution: by counting gaps between successes where few are expected, otherwise by transformed rejection
    /// (Hörmann 1993, BTRS).
    public mutating func binomial(_ trials: Int, _ probability: Double) -> Int {
        if probability > 0.5 { return trials - binomial(trials, 1 - probability) }
        let n = Double(trials)
        let p = probability
        guard p > 0, trials > 0 else { return 0 }
        guard n * p >= 10 else {
            // The gaps between successes are geometric (Devroye 1986, second waiting time method).
            let scale = log1p(-p)
            var (successes, place) = (-1, 0.0)
            while place <= n {
                place += (log(1 - uniform()) / scale).rounded(.down) + 1
                successes += 1
            }
            return successes
        }
        let q = 1 - p
        let deviation = (n * p * q).squareRoot()
        let b = 1.15 + 2.53 * deviation
        let a = -0.0873 + 0.0248 * b + 0.01 * p
        let c = n * p + 0.5
        let vr = 0.92 - 4.2 / b
        let alpha = (2.83 + 5.1 / b) * deviation
        let odds = log(p / q)
        let mode = ((n + 1) * p).rounded(.down)
        let h = logFactorial(mode) + logFactorial(n - mode)
        while true {
            let u = uniform() - 0.5
            let v = 1 - uniform()
            let us = 0.5 - u.magnitude
            guard us > 0 else { continue }
            let k = ((2 * a / us + b) * u + c).rounded(.down)
            if k < 0 || k > n { continue }
            if us >= 0.07, v <= vr { return Int(k) }
            if log(v * alpha / (a / (us * us) + b))
                <= h - logFactorial(k) - logFactorial(n - k) + (k - mode) * odds
            {
                return Int(k)
            }
        }
    }
}

/// log(k!), by the table for small k, otherwise by Stirling's series, whose next term is below 1e-12 there.
private func logFactorial(_ k: Double) -> Double {
    if k < 16 { return smallLogFactorials[Int(k)] }
    let x = k + 1
    let square = x * x
    let series = (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - 1.0 / 1680 / square) / square) / square) / x
    return (x - 0.5) * log(x) - x + 0.91893853320467274178 + series
}

private let smallLogFactorials: [Double] = (0..<16).map { k in (1..<max(2, k + 1)).reduce(0) { $0 + log(Double($1)) } }
