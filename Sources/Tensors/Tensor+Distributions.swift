import Glibc
import Support

/// Seeded draws from distributions, float64 rounded to the dtype. The same seed gives the same numbers for any number of threads.
extension Tensor {
    /// A distribution to draw from.
    public enum Distribution: Sendable {
        /// Evenly from `low` up to, not including, `high`.
        case uniform(low: Double, high: Double)
        /// Normal with that mean and standard deviation.
        case normal(mean: Double, deviation: Double)
        /// Exponential with that many events per unit: mean 1 / rate.
        case exponential(rate: Double)
        /// Gamma with that shape and scale: mean shape * scale.
        case gamma(shape: Double, scale: Double)
        /// Beta: mean a / (a + b).
        case beta(a: Double, b: Double)
        /// Poisson with that mean.
        case poisson(rate: Double)
        /// Successes among `trials` of that probability each.
        case binomial(trials: Int, probability: Double)
        /// 1 with that probability, otherwise 0.
        case bernoulli(probability: Double)
    }

    /// Draws of a distribution.
    ///
    /// - Throws: `argument` for parameters outside their range, by the names of the cases' labels.
    public static func draws(
        _ distribution: Distribution, _ shape: [Int], seed: UInt64, dtype: DType = .float32, work: Work = Work()
    ) throws(Failure) -> Tensor {
        try distribution.check()
        let drawn =
            switch distribution {
            case .uniform(let low, let high):
                try random(shape, seed, Double.self, work) { (g: inout SeededGenerator) -> Double in
                    let u = g.uniform()
                    // A blend, since the distance of the ends may be infinite; rounding may reach the end.
                    return min(low * (1 - u) + high * u, low < high ? high.nextDown : high)
                }
            case .normal(let mean, let deviation):
                try random(shape, seed, Double.self, work) { mean + deviation * $0.normal() }
            case .exponential(let rate): try random(shape, seed, Double.self, work) { -log1p(-$0.uniform()) / rate }
            case .gamma(let shape_, let scale):
                try random(shape, seed, Double.self, work) { $0.gamma(shape_) * scale }
            case .beta(let a, let b): try random(shape, seed, Double.self, work) { $0.beta(a, b) }
            case .poisson(let rate):
                try random(shape, seed, Double.self, work) { Double($0.poisson(rate)) }
            case .binomial(let trials, let probability):
                try random(shape, seed, Double.self, work) { Double($0.binomial(trials, probability)) }
            case .bernoulli(let probability):
                try random(shape, seed, Double.self, work) { $0.uniform() < probability ? 1 : 0 }
            }
        guard dtype == .float32, case .uniform(let low, let high) = distribution, Float(low) < Float(high) else {
            return try drawn.to(dtype, work: work)
        }
        // Rounding to float32 may reach the end as well.
        return try drawn.to(.float32, work: work).clamp(nil, .real(Double(Float(high).nextDown)), work: work)
    }

    /// The numbers from 0 to `count` - 1 in random order, each order equally likely: int64.
    public static func permutation(_ count: Int, seed: UInt64) throws(Failure) -> Tensor {
        guard count >= 0 else { throw .argument("n", expected: "integer from 0 up", got: "\(count)") }
        _ = try elementCount([count], parameter: "n")
        var generator = SeededGenerator(seed: seed)
        let order = try generated([count], of: Int64.self) { Int64($0) }
        let target = order.pointer(Int64.self)
        try withExtendedLifetime(order) { () throws(Failure) in
            try Work().inBlocks(count - 1) { range in
                for done in range {
                    let last = count - 1 - done
                    let other = generator.below(last + 1)
                    (target[last], target[other]) = (target[other], target[last])
                }
            }
        }
        return order
    }

    /// `count` positions from 0 below `size`, each equally likely or by `weights`: with replacement, or all different. int64.
    public static func choice(
        _ size: Int, count: Int, replacement: Bool, weights: [Double]? = nil, seed: UInt64, work: Work = Work()
    ) throws(Failure) -> Tensor {
        guard size > 0 else { throw .argument("n", expected: "something to choose from", got: "nothing") }
        if let weights { try checkWeights(weights) }
        let possible = weights.map { $0.count { $0 > 0 } } ?? size
        guard count >= 0, replacement || count <= possible else {
            throw .argument(
                "count", expected: "integer from 0 to \(possible), without replacement", got: "\(count)",
                hint: "give replace = true to choose a thing more than once")
        }
        guard let weights else {
            if replacement { return try random([count], seed, Int64.self, work) { Int64($0.below(size)) } }
            return count < size / 8
                ? try few(count, of: size, seed: seed) : try permutation(size, seed: seed).slice(0, 0..<count).clone()
        }
        if replacement {
            var sum = 0.0
            let ends = try work.array(size) { (index) -> Double in
                sum += weights[index]
                return sum
            }
            return try random([count], seed, Int64.self, work) { (g: inout SeededGenerator) -> Int64 in
                let point = g.uniform() * (ends.last ?? 0)
                var (low, high) = (0, ends.count - 1)
                while low < high {
                    let middle = (low + high) / 2
                    if ends[middle] > point { high = middle } else { low = middle + 1 }
                }
                return Int64(low)
            }
        }
        // The greatest of u^(1/w) come first as if drawn one after the other (Efraimidis and Spirakis 2006).
        var generator = SeededGenerator(seed: seed)
        let keys = try work.array(size) { weights[$0] > 0 ? log1p(-generator.uniform()) / weights[$0] : -.infinity }
        return try Tensor(keys, shape: [size]).top(count, dim: 0, work: work).positions
    }

    /// `count` different numbers from 0 below `size` in random order (Floyd's method), in memory for as many only.
    private static func few(_ count: Int, of size: Int, seed: UInt64) throws(Failure) -> Tensor {
        var generator = SeededGenerator(seed: seed)
        var (taken, chosen): (Set<Int>, [Int64]) = ([], [])
        taken.reserveCapacity(count)
        try Work().inBlocks(count) { range in
            for last in range.lowerBound + size - count..<range.upperBound + size - count {
                let drawn = generator.below(last + 1)
                let next = taken.contains(drawn) ? last : drawn
                taken.insert(next)
                chosen.append(Int64(next))
            }
        }
        try Work().inBlocks(count - 1) { range in
            for i in range { chosen.swapAt(count - 1 - i, generator.below(count - i)) }
        }
        return try Tensor(chosen, shape: [count])
    }

    private static func checkWeights(_ weights: [Double]) throws(Failure) {
        if let place = try Work().firstIndex(
            below: weights.count, where: { !(weights[$0] >= 0 && weights[$0].isFinite) })
        {
            throw .argument(
                "weights", expected: "finite numbers from 0 up",
                got: "\(Scalar.real(weights[place]).words) at position \(place + 1)")
        }
        guard weights.reduce(0, +) > 0 else {
            throw .argument("weights", expected: "at least one weight above 0", got: "zeros")
        }
    }
}

extension Tensor.Distribution {
    fileprivate func check() throws(Failure) {
        switch self {
        case .uniform(let low, let high):
            try require(low.isFinite, "low", "a finite number", low)
            try require(high.isFinite && high >= low, "high", "a finite number from low up", high)
        case .normal(let mean, let deviation):
            try require(mean.isFinite, "mean", "a finite number", mean)
            try require(deviation >= 0 && deviation.isFinite, "std", "a number from 0 up", deviation)
        case .exponential(let rate): try require(rate > 0 && rate.isFinite, "rate", "a number above 0", rate)
        case .gamma(let shape, let scale):
            try require(shape > 0 && shape.isFinite, "concentration", "a number above 0", shape)
            try require(scale > 0 && scale.isFinite, "scale", "a number above 0", scale)
        case .beta(let a, let b):
            try require(a > 0 && a.isFinite, "a", "a number above 0", a)
            try require(b > 0 && b.isFinite, "b", "a number above 0", b)
        case .poisson(let rate): try require(rate >= 0 && rate <= 1e15, "rate", "a number from 0 to 1e15", rate)
        case .binomial(let trials, let probability):
            try require((0...1 << 50).contains(trials), "trials", "an integer from 0 to 2^50", Double(trials))
            try require((0...1).contains(probability), "p", "a number from 0 to 1", probability)
        case .bernoulli(let probability):
            try require((0...1).contains(probability), "p", "a number from 0 to 1", probability)
        }
    }

    private func require(_ holds: Bool, _ name: String, _ expected: String, _ got: Double) throws(Failure) {
        if !holds { throw .argument(name, expected: expected, got: Scalar.real(got).words) }
    }
}
