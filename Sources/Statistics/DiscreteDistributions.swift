import Glibc

/// A number of successes in independent trials.
public struct Binomial: Sendable {
    /// Trials.
    public let n: Int
    /// Chance of success in each, from 0 to 1.
    public let p: Double
    /// `n` trials with chance `p`.
    public init(n: Int, p: Double) {
        self.n = n
        self.p = p
    }

    /// P(X = k).
    public func mass(_ k: Int) -> Double {
        guard k >= 0, k <= n else { return 0 }
        return exp(LogFactors.logBinomialTerm(Double(k), Double(n), p, 1 - p))
    }

    /// P(X ≤ k), by the incomplete beta function.
    public func cdf(_ k: Int) -> Double {
        if k < 0 { return 0 }
        if k >= n { return 1 }
        return exp(IncompleteBeta.logs(Double(k + 1), Double(n - k), x: p, y: 1 - p).upper)
    }

    /// P(X > k).
    public func survival(_ k: Int) -> Double {
        if k < 0 { return 1 }
        if k >= n { return 0 }
        return exp(IncompleteBeta.logs(Double(k + 1), Double(n - k), x: p, y: 1 - p).lower)
    }

    /// The smallest k with P(X ≤ k) ≥ q.
    public func quantile(_ q: Double) -> Int {
        var low = -1
        var high = n
        while high - low > 1 {
            let middle = (low + high) / 2
            if cdf(middle) >= q { high = middle } else { low = middle }
        }
        return high
    }

    /// The two-sided p-value of k successes: the chance of all counts no likelier than k (with room for rounding, as usual).
    public func twoSided(_ k: Int) -> Double {
        let observed = mass(k) * (1 + 1e-7)
        let mean = p * Double(n)
        if Double(k) == mean { return 1 }
        // The mass falls away from its mode, so the counts beyond are found by halving.
        if Double(k) < mean {
            var low = Int(mean.rounded(.up)) - 1
            var high = n + 1
            while high - low > 1 {
                let middle = (low + high) / 2
                if mass(middle) <= observed { high = middle } else { low = middle }
            }
            return min(1, cdf(k) + survival(high - 1))
        }
        var low = -1
        var high = Int(mean) + 1
        while high - low > 1 {
            let middle = (low + high) / 2
            if mass(middle) <= observed { low = middle } else { high = middle }
        }
        return min(1, survival(k - 1) + cdf(low))
    }
}

/// A number of events of a constant rate.
public struct Poisson: Sendable {
    /// Expected events, at least 0.
    public let mean: Double
    /// Events with the expectation `mean`.
    public init(mean: Double) { self.mean = mean }

    /// P(X = k).
    public func mass(_ k: Int) -> Double { k < 0 ? 0 : exp(LogFactors.logPoissonTerm(Double(k), mean)) }
    /// P(X ≤ k).
    public func cdf(_ k: Int) -> Double { k < 0 ? 0 : exp(IncompleteGamma.logs(Double(k + 1), mean).upper) }
    /// P(X > k).
    public func survival(_ k: Int) -> Double { k < 0 ? 1 : exp(IncompleteGamma.logs(Double(k + 1), mean).lower) }
}

/// Marked items in a draw without replacement, and its generalisation with an odds ratio (Fisher's noncentral hypergeometric
/// distribution): the first cell of a 2×2 table with given margins.
public struct Hypergeometric: Sendable {
    /// The smallest and largest possible count.
    public let range: ClosedRange<Int>
    /// log of each count's weight under odds ratio 1, up to the probabilities' sum.
    private let logWeights: [Double]

    /// Draws `drawn` of `total` items of which `marked` are marked.
    public init(total: Int, marked: Int, drawn: Int) {
        range = max(0, drawn + marked - total)...min(drawn, marked)
        // Weights by their ratios, outwards from the likeliest: no cancellation, whatever the size.
        let others = Double(total - marked - drawn)
        var weights = [0.0]
        weights.reserveCapacity(range.count)
        for count in range.dropLast() {
            let k = Double(count)
            let ratio = (Double(marked) - k) * (Double(drawn) - k) / ((k + 1) * (others + k + 1))
            weights.append((weights.last ?? 0) + log(ratio))
        }
        logWeights = weights
    }

    /// Probabilities of counts that follow each other; those before and behind are below the smallest number.
    public struct Masses: Sendable {
        /// Where in `range` they begin, from 0.
        let first: Int
        let values: [Double]

        /// P(X = the count at `place` of the range).
        func at(_ place: Int) -> Double { values.indices.contains(place - first) ? values[place - first] : 0 }
        /// P(X ≤ that count).
        func upTo(_ place: Int) -> Double { values.prefix(max(0, place - first + 1)).reduce(0, +) }
        /// P(X ≥ that count).
        func from(_ place: Int) -> Double { values.dropFirst(max(0, place - first)).reduce(0, +) }
        /// The mean place.
        var mean: Double { values.enumerated().reduce(0) { $0 + Double(first + $1.offset) * $1.element } }
    }

    /// The probabilities with the given odds ratio.
    public func masses(odds: Double = 1) -> Masses {
        let last = logWeights.count - 1
        if odds == 0 || odds == .infinity { return Masses(first: odds == 0 ? 0 : last, values: [1]) }
        let logOdds = log(odds)
        let weight = { (place: Int) in logWeights[place] + Double(place) * logOdds }
        // The logarithms are concave: they rise to the top and fall from there, so that halving finds it, and where they leave the numbers.
        let top = Self.first(from: 0, to: last) { weight($0 + 1) <= weight($0) }
        let highest = weight(top)
        let start = Self.first(from: 0, to: top) { weight($0) > highest - 746 }
        let end = Self.first(from: top, to: last + 1) { $0 > last || weight($0) < highest - 746 }
        var values = (start..<end).map { exp(weight($0) - highest) }
        let sum = values.reduce(0, +)
        for i in values.indices { values[i] /= sum }
        return Masses(first: start, values: values)
    }

    /// The first place from `low` on of which `holds` is true, or else `high`; it stays true from there.
    private static func first(from low: Int, to high: Int, where holds: (Int) -> Bool) -> Int {
        var (low, high) = (low, high)
        while low < high {
            let middle = (low + high) / 2
            if holds(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

/// The Kolmogorov–Smirnov statistic: the largest distance between an empirical distribution and the true continuous one.
public enum KolmogorovSmirnov {
    /// P(D√n > x) for large n: the Kolmogorov distribution, by whichever of its two series converges at once (DLMF 20.7.32).
    public static func limitSurvival(_ x: Double) -> Double {
        guard x > 0 else { return 1 }
        if x < 1 {
            var sum = 0.0
            for k in 0..<20 { sum += exp(-pow(Double(2 * k + 1) * .pi, 2) / (8 * x * x)) }
            return 1 - (2 * Double.pi).squareRoot() / x * sum
        }
        var sum = 0.0
        for k in stride(from: 20.0, through: 1, by: -1) {
            sum += (k.truncatingRemainder(dividingBy: 2) == 1 ? 1 : -1) * exp(-2 * k * k * x * x)
        }
        return 2 * sum
    }

    /// P(D > d) for a sample of `n` (two-sided): twice the exact one-sided probability (Smirnov 1944) in the tail, where both sides cannot be
    /// that far; before it the exact distribution by Durbin's matrix (Marsaglia, Tsang and Wang 2003) for up to 140 values, otherwise the
    /// limit with the correction √n + 0.12 + 0.11/√n (Stephens 1970).
    public static func survival(_ d: Double, n: Int) -> Double {
        if d <= 0 { return 1 }
        if d >= 1 { return 0 }
        let root = Double(n).squareRoot()
        if d * root > 2.2 { return 2 * oneSided(d, n) }
        guard n <= 140 else { return min(1, limitSurvival(d * (root + 0.12 + 0.11 / root))) }
        return max(0, 1 - exact(d, n))
    }

    /// The distance of `sample` from the uniform distribution on [0, 1].
    public static func uniformDistance(_ sample: [Double]) -> Double {
        let n = Double(sample.count)
        var distance = 0.0
        for (i, u) in sample.sorted().enumerated() {
            distance = max(distance, Double(i + 1) / n - u, u - Double(i) / n)
        }
        return distance
    }

    private static func oneSided(_ d: Double, _ n: Int) -> Double {
        let size = Double(n)
        var sum = 0.0
        for j in 0...Int(size * (1 - d)) {
            let k = Double(j)
            let (up, down) = (d + k / size, 1 - d - k / size)
            guard down > 0 || j == n else { continue }
            sum += exp(LogFactors.logChoose(size, k) + (k - 1) * log(up) + (size - k) * (down > 0 ? log(down) : 0))
        }
        return d * sum
    }

    private static func exact(_ d: Double, _ n: Int) -> Double {
        let k = Int(Double(n) * d) + 1
        let size = 2 * k - 1
        let h = Double(k) - Double(n) * d
        var matrix = [Double](repeating: 0, count: size * size)
        for i in 0..<size { for j in 0..<size where i - j + 1 >= 0 { matrix[i * size + j] = 1 } }
        for i in 0..<size {
            matrix[i * size] -= pow(h, Double(i + 1))
            matrix[(size - 1) * size + i] -= pow(h, Double(size - i))
        }
        matrix[(size - 1) * size] += 2 * h - 1 > 0 ? pow(2 * h - 1, Double(size)) : 0
        for i in 0..<size {
            for j in 0..<size where i - j + 1 > 0 {
                for g in 1...(i - j + 1) { matrix[i * size + j] /= Double(g) }
            }
        }
        func product(_ a: [Double], _ b: [Double]) -> [Double] {
            var c = [Double](repeating: 0, count: size * size)
            for i in 0..<size {
                for l in 0..<size where a[i * size + l] != 0 {
                    for j in 0..<size { c[i * size + j] += a[i * size + l] * b[l * size + j] }
                }
            }
            return c
        }
        var result = matrix
        var bits = Int.bitWidth - n.leadingZeroBitCount - 2
        while bits >= 0 {
            result = product(result, result)
            if n >> bits & 1 == 1 { result = product(result, matrix) }
            bits -= 1
        }
        var probability = result[(k - 1) * size + k - 1]
        for i in 1...n { probability *= Double(i) / Double(n) }
        return probability
    }
}
