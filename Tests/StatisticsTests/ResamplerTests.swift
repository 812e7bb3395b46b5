import Support
import Testing

@testable import Statistics

/// Draws that take short cuts come as often as those that are made value by value.
struct ResamplerTests {
    private static let work = Work(threads: 1)

    /// Samples of four, of which all 256 draws are counted out: each value of the statistic comes as often as it should.
    @Test(arguments: [[1.0, 2, 4, 8], [0, 0, 3, 5], [0, 0, 0, 1], [7, 7, 7, 7], [-2, 5, 5, 1]])
    func smallSamplesComeAsOftenAsCounted(x: [Double]) throws {
        let statistics: [Bootstrap.Statistic] = [
            .mean, .median, .quantile(0), .quantile(0.3), .quantile(1), .trimmedMean(0.25),
        ]
        for statistic in statistics {
            var share: [Double: Double] = [:]
            for code in 0..<256 {
                let value = try statistic.value([0, 2, 4, 6].map { x[code >> $0 & 3] }, Self.work)
                share[(value * 1e9).rounded(), default: 0] += 1.0 / 256
            }
            let resampler = try Resampler(x, statistic, Self.work)
            var generator = SeededGenerator(seed: 3)
            let draws = 20_000
            var seen: [Double: Int] = [:]
            for _ in 0..<draws { seen[(try resampler.next(&generator, Self.work) * 1e9).rounded(), default: 0] += 1 }
            #expect(Set(seen.keys).isSubset(of: share.keys), "\(statistic)")
            for (value, p) in share {
                let error = (p * (1 - p) / Double(draws)).squareRoot()
                let rate = Double(seen[value] ?? 0) / Double(draws)
                #expect(abs(rate - p) <= 5 * error + 1e-12, "\(statistic) \(value / 1e9): \(rate), \(p) expected")
            }
        }
    }

    /// A mean of n draws has the sample's mean and n-th part of its variance, whatever parts the sample is drawn in.
    @Test(arguments: [1, 2, 100, 4095, 4096, 4097, 9000], [0, 0.1, 0.2, 0.95])
    func meansHaveTheSamplesMomentsInAnyParts(count: Int, common: Double) throws {
        var generator = SeededGenerator(seed: 1)
        let x = (0..<count).map {
            Double($0) < common * Double(count) ? -3 : generator.normal() * 2 + Double($0 / 4096)
        }
        let resampler = try Resampler(x, .mean, Self.work)
        var draws: [Double] = []
        for _ in 0..<400 { draws.append(try resampler.next(&generator, Self.work)) }
        let (sample, drawn) = (Moments(x), Moments(draws))
        let variance = sample.variance * Double(count - 1) / Double(count) / Double(count)
        guard sample.variance > 0 else { return #expect(draws.allSatisfy { $0 == x[0] }) }
        #expect(abs(drawn.mean - sample.mean) < 5 * (variance / 400).squareRoot())
        // The variance of 400 near-normal numbers has a relative error of sqrt(2 / 399); few values give means that are further from normal.
        #expect(abs(drawn.variance / variance - 1) < (count < 100 ? 0.8 : 0.36))
    }

    /// Quantiles of large samples vary as those of samples drawn value by value: the same quantiles, within what 800 draws of each allow.
    @Test func quantilesVaryAsThoseOfWholeDraws() throws {
        var generator = SeededGenerator(seed: 2)
        let x = (0..<301).map { _ in generator.normal() }
        for q in [0.1, 0.5, 0.77] {
            let resampler = try Resampler(x, .quantile(q), Self.work)
            var short: [Double] = []
            var whole: [Double] = []
            for _ in 0..<800 {
                short.append(try resampler.next(&generator, Self.work))
                whole.append(Quantiles.ofSorted(x.map { _ in x[generator.below(x.count)] }.sorted(), q))
            }
            // Two samples of 800: the greatest distance of their distributions exceeds 0.1 once in some 1,500 times.
            let distances = whole.map { at in
                abs(Double(short.count { $0 <= at } - whole.count { $0 <= at })) / 800
            }
            #expect(distances.allSatisfy { $0 < 0.1 })
        }
    }
}
