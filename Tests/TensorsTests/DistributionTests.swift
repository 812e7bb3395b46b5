import Statistics
import Support
import Testing

@testable import Tensors

/// Draws against the distributions that they claim, by Kolmogorov and Smirnov's test and by their moments. Seeds are fixed, so the outcome is.
@Suite struct DistributionTests {
    private static let count = 20_000

    private func draws(_ distribution: Tensor.Distribution, seed: UInt64 = 3) throws -> [Double] {
        try Tensor.draws(distribution, [Self.count], seed: seed, dtype: .float64).values(as: Double.self)
    }

    private func expectMoments(_ values: [Double], mean: Double, variance: Double, _ name: String) {
        let n = Double(values.count)
        let average = values.reduce(0, +) / n
        let spread = values.reduce(0) { $0 + ($1 - average) * ($1 - average) } / n
        // Five standard errors of the mean; the variance's own error is left wide for heavy tails.
        #expect((average - mean).magnitude <= 5 * (variance / n).squareRoot() + 1e-12, "\(name): mean \(average)")
        #expect((spread - variance).magnitude <= 0.15 * variance + 1e-12, "\(name): variance \(spread)")
    }

    private func expectContinuous(
        _ distribution: Tensor.Distribution, mean: Double, variance: Double, _ cdf: (Double) -> Double
    ) throws {
        let values = try draws(distribution)
        expectMoments(values, mean: mean, variance: variance, "\(distribution)")
        let distance = KolmogorovSmirnov.uniformDistance(values.map(cdf).sorted())
        #expect(KolmogorovSmirnov.survival(distance, n: values.count) > 1e-3, "\(distribution): \(distance)")
    }

    /// The test is conservative where values repeat.
    private func expectDiscrete(
        _ distribution: Tensor.Distribution, mean: Double, variance: Double, _ cdf: (Int) -> Double
    ) throws {
        let values = try draws(distribution)
        #expect(values.allSatisfy { $0 >= 0 && $0 == $0.rounded() })
        expectMoments(values, mean: mean, variance: variance, "\(distribution)")
        let sorted = values.sorted()
        var distance = 0.0
        for (rank, value) in sorted.enumerated() where rank + 1 == sorted.count || sorted[rank + 1] > value {
            distance = max(distance, (Double(rank + 1) / Double(sorted.count) - cdf(Int(value))).magnitude)
        }
        #expect(KolmogorovSmirnov.survival(distance, n: values.count) > 1e-3, "\(distribution): \(distance)")
    }

    @Test func continuousDraws() throws {
        try expectContinuous(.uniform(low: -2, high: 3), mean: 0.5, variance: 25.0 / 12) { ($0 + 2) / 5 }
        try expectContinuous(.normal(mean: 4, deviation: 2), mean: 4, variance: 4) { Normal.cdf(($0 - 4) / 2) }
        try expectContinuous(.exponential(rate: 4), mean: 0.25, variance: 1.0 / 16) {
            GammaDistribution(shape: 1, rate: 4).cdf($0)
        }
    }

    @Test(arguments: [0.05, 0.5, 1, 1.5, 20, 3000])
    func gammaDraws(_ shape: Double) throws {
        try expectContinuous(.gamma(shape: shape, scale: 3), mean: shape * 3, variance: shape * 9) {
            GammaDistribution(shape: shape, rate: 1.0 / 3).cdf($0)
        }
    }

    @Test(arguments: [(0.02, 0.03), (0.5, 0.5), (1, 1), (2, 5), (300, 0.7)])
    func betaDraws(_ a: Double, _ b: Double) throws {
        let sum = a + b
        let values = try draws(.beta(a: a, b: b))
        #expect(values.allSatisfy { $0 >= 0 && $0 <= 1 })
        expectMoments(values, mean: a / sum, variance: a * b / (sum * sum * (sum + 1)), "beta \(a) \(b)")
        // Near 0 and 1 a double cannot tell draws of tiny shapes apart.
        guard a >= 0.5, b >= 0.5 else { return }
        let distance = KolmogorovSmirnov.uniformDistance(values.map(BetaDistribution(a, b).cdf).sorted())
        #expect(KolmogorovSmirnov.survival(distance, n: values.count) > 1e-3, "beta \(a) \(b): \(distance)")
    }

    @Test(arguments: [0, 0.3, 4, 9.9, 10, 55, 2000])
    func poissonDraws(_ rate: Double) throws {
        try expectDiscrete(.poisson(rate: rate), mean: rate, variance: rate) {
            rate == 0 ? 1 : Poisson(mean: rate).cdf($0)
        }
    }

    @Test(arguments: [
        (0, 0.5), (1, 0.3), (20, 0.02), (20, 0.5), (40, 0.3), (40, 0.9), (5000, 0.001), (5000, 0.4), (7, 1), (7, 0),
    ])
    func binomialDraws(_ trials: Int, _ p: Double) throws {
        let n = Double(trials)
        try expectDiscrete(.binomial(trials: trials, probability: p), mean: n * p, variance: n * p * (1 - p)) { k in
            p == 0 || p == 1 || trials == 0 ? 1 : Binomial(n: trials, p: p).cdf(k)
        }
    }

    @Test func bernoulliDraws() throws {
        expectMoments(try draws(.bernoulli(probability: 0.3)), mean: 0.3, variance: 0.21, "bernoulli")
    }

    @Test func threadsDoNotMatter() throws {
        let distributions: [Tensor.Distribution] = [
            .uniform(low: 0, high: 1), .normal(mean: 0, deviation: 1), .gamma(shape: 0.5, scale: 1), .poisson(rate: 30),
            .binomial(trials: 90, probability: 0.3), .beta(a: 2, b: 3),
        ]
        for distribution in distributions {
            let one = try Tensor.draws(distribution, [70_000], seed: 1, work: Work(threads: 1))
            let four = try Tensor.draws(distribution, [70_000], seed: 1, work: Work(threads: 4))
            #expect(try one.values(as: Float.self) == four.values(as: Float.self))
            let other = try Tensor.draws(distribution, [70_000], seed: 2)
            #expect(try one.values(as: Float.self) != other.values(as: Float.self))
        }
    }

    @Test func float32StaysBelowTheEnd() throws {
        let values = try Tensor.draws(.uniform(low: 0, high: 1e-30), [300_000], seed: 1).values(as: Float.self)
        #expect(values.allSatisfy { $0 >= 0 && $0 < 1e-30 })
        #expect(try Tensor.draws(.uniform(low: 2, high: 2), [3], seed: 1).values(as: Float.self) == [2, 2, 2])
    }

    @Test func permutationsAreEquallyLikely() throws {
        var counts: [[Int64]: Int] = [:]
        for seed in 0..<6000 as Range<UInt64> {
            counts[try Tensor.permutation(3, seed: seed).values(as: Int64.self), default: 0] += 1
        }
        #expect(counts.count == 6)
        let square = counts.values.reduce(0.0) { $0 + (Double($1) - 1000) * (Double($1) - 1000) / 1000 }
        #expect(ChiSquared(df: 5).survival(square) > 1e-3)
        #expect(try Tensor.permutation(0, seed: 1).count == 0)
    }

    @Test func choiceFollowsWeights() throws {
        let weights = [1.0, 0, 3, 6]
        let drawn = try Tensor.choice(4, count: 20_000, replacement: true, weights: weights, seed: 1).bincount(count: 4)
        let counts = try drawn.values(as: Double.self)
        #expect(counts[1] == 0)
        let square = [0, 2, 3].reduce(0.0) { sum, i in
            let expected = 20_000 * weights[i] / 10
            return sum + (counts[i] - expected) * (counts[i] - expected) / expected
        }
        #expect(ChiSquared(df: 2).survival(square) > 1e-3)
        // Without replacement the first comes by the same weights: 1, 3 and 6 of ten.
        var first = [0.0, 0, 0, 0]
        for seed in 0..<5000 as Range<UInt64> {
            let chosen = try Tensor.choice(4, count: 3, replacement: false, weights: weights, seed: seed)
                .values(as: Int64.self)
            #expect(Set(chosen) == [0, 2, 3])
            first[Int(chosen[0])] += 1
        }
        #expect((first[3] / 5000 - 0.6).magnitude < 0.04 && (first[0] / 5000 - 0.1).magnitude < 0.03)
        let all = try Tensor.choice(9, count: 9, replacement: false, seed: 4).values(as: Int64.self)
        #expect(all.sorted() == Array(0..<9))
        // Few of many need no memory for all; each pair, in each order, comes equally often.
        #expect(
            try Set(Tensor.choice(1 << 50, count: 1000, replacement: false, seed: 4).values(as: Int64.self)).count
                == 1000)
        var pairs: [[Int64]: Int] = [:]
        for seed in 0..<13_600 as Range<UInt64> {
            pairs[try Tensor.choice(17, count: 2, replacement: false, seed: seed).values(as: Int64.self), default: 0] +=
                1
        }
        #expect(pairs.count == 17 * 16)
        let spread = pairs.values.reduce(0.0) { $0 + (Double($1) - 50) * (Double($1) - 50) / 50 }
        #expect(ChiSquared(df: 271).survival(spread) > 1e-3)
    }

    @Test func wrongParametersAreNamed() throws {
        let cases: [(String, () throws -> Void)] = [
            ("'std'", { _ = try Tensor.draws(.normal(mean: 0, deviation: -1), [1], seed: 1) }),
            ("'high'", { _ = try Tensor.draws(.uniform(low: 1, high: 0), [1], seed: 1) }),
            ("'rate'", { _ = try Tensor.draws(.poisson(rate: .nan), [1], seed: 1) }),
            ("'p'", { _ = try Tensor.draws(.binomial(trials: 3, probability: 1.5), [1], seed: 1) }),
            ("'count'", { _ = try Tensor.choice(3, count: 4, replacement: false, seed: 1) }),
            (
                "from 0 to 1, without",
                { _ = try Tensor.choice(2, count: 2, replacement: false, weights: [0, 1], seed: 1) }
            ),
            (
                "-1.0 at position 2",
                { _ = try Tensor.choice(2, count: 1, replacement: true, weights: [0, -1], seed: 1) }
            ),
        ]
        for (words, body) in cases {
            let failure = #expect(throws: Failure.self, "\(words)") { try body() }
            #expect(failure?.description.contains(words) == true, "\(String(describing: failure))")
        }
    }
}
