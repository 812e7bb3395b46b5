import Support
import Testing

@testable import Statistics

/// How often 95 % intervals hold the truth, and exact tests err, over many simulated experiments or all outcomes of small ones.
struct CoverageTests {
    #if DEBUG
        private static let runs = 400
    #else
        private static let runs = 10_000
    #endif

    /// Every continuous method on data of which it assumes no more than it may: the interval holds the planted effect in 95 % of the
    /// experiments, within four Monte-Carlo standard errors, and where nothing is planted p is uniform.
    @Test(arguments: [0.0, 0.4])
    func continuousMethodsHoldTheirLevel(effect: Double) throws {
        var held: [String: Int] = [:]
        var p: [String: [Double]] = [:]
        for run in 0..<Self.runs {
            var generator = SeededGenerator(seed: 41, stream: UInt64(run))
            let (n, m) = (120, 90)
            func note(_ name: String, _ result: TestResult, _ truth: Double? = nil) throws {
                let interval = try #require(result.interval, "\(name)")
                let truth = truth ?? effect
                if interval.lower <= truth, truth <= interval.upper { held[name, default: 0] += 1 }
                p[name, default: []].append(try #require(result.p))
            }
            // a has a larger spread, b fewer units, and half of the variance is known before.
            let preA = (0..<n).map { _ in generator.normal() }
            let preB = (0..<m).map { _ in generator.normal() }
            let a = preA.map { effect + $0 + 1.5 * generator.normal() }
            let b = preB.map { $0 + generator.normal() }
            try note("welch", try TTest.twoSample(Moments(a), Moments(b)))
            try note("paired", try TTest.paired(Array(a.prefix(m)), b))
            try note("one sample", try TTest.oneSample(a))
            try note("yuen", try TTest.yuen(a, b, trim: 0.1))
            for theta in Adjustment.Theta.allCases {
                let result = try Adjustment.cuped(a, b, preA: [preA], preB: [preB], theta: theta)
                try note("cuped \(theta.rawValue)", result.adjusted)
            }
            let (y, treated) = (a + b, a.map { _ in 1.0 } + b.map { _ in 0.0 })
            try note("lin", try Adjustment.lin(y: y, treated: treated, covariates: [preA + preB]))
            // Clusters of three that share half of their variance.
            var (values, arms, clusters): ([Double], [Double], [Int]) = ([], [], [])
            for cluster in 0..<80 {
                let common = generator.normal()
                for _ in 0..<3 {
                    values.append(common + generator.normal() + (cluster % 2 == 0 ? effect : 0))
                    arms.append(cluster % 2 == 0 ? 1 : 0)
                    clusters.append(cluster)
                }
            }
            try note("clusters", try Adjustment.clusterRobust(y: values, treated: arms, clusters: clusters))
            // Ratios: the denominator goes with the numerator.
            func ratio(_ count: Int, _ share: Double) -> (top: [Double], bottom: [Double]) {
                let bottom = (0..<count).map { _ in Double(3 + generator.below(5)) }
                return (bottom.map { share * $0 + generator.normal() }, bottom)
            }
            let (first, second) = (ratio(200, 2 + effect), ratio(200, 2))
            try note(
                "ratio",
                try Effects.ratios(
                    numeratorA: first.top, denominatorA: first.bottom, numeratorB: second.top,
                    denominatorB: second.bottom))
            if effect == 0 {
                let (x, z) = (Array(preA.prefix(60)), preB)
                try note("brunner–munzel", try RankTest.brunnerMunzel(x, z), 0.5)
            }
        }
        let error = (0.95 * 0.05 / Double(Self.runs)).squareRoot()
        #expect(held.count >= 9)
        for (name, count) in held.sorted(by: { $0.key < $1.key }) {
            let rate = Double(count) / Double(Self.runs)
            #expect(abs(rate - 0.95) < 4 * error, "\(name): \(rate)")
        }
        guard effect == 0 else { return }
        for (name, values) in p.sorted(by: { $0.key < $1.key }) {
            let distance = KolmogorovSmirnov.uniformDistance(values)
            #expect(KolmogorovSmirnov.survival(distance, n: values.count) > 1e-3, "\(name): \(distance)")
        }
    }

    /// Bootstrap intervals of a mean: those corrected for bias hold about their level; both are never far below it.
    @Test func bootstrapIntervalsHoldAboutTheirLevel() throws {
        let runs = Self.runs / 10
        for kind in [Bootstrap.Kind.bca, .percentile] {
            var held = 0
            for run in 0..<runs {
                var generator = SeededGenerator(seed: 43, stream: UInt64(run))
                let x = (0..<60).map { _ in generator.normal() }
                let result = try Bootstrap(resamples: 300, kind: kind, seed: UInt64(run)).interval(
                    x, work: Work(threads: 1))
                let interval = try #require(result.interval)
                if interval.lower <= 0, 0 <= interval.upper { held += 1 }
            }
            let rate = Double(held) / Double(runs)
            // 60 values and 300 resamples cost up to 1.5 points.
            #expect(abs(rate - 0.945) < 0.015 + 4 * (0.95 * 0.05 / Double(runs)).squareRoot(), "\(kind): \(rate)")
        }
    }

    private static let levels = [0.01, 0.05, 0.1, 0.3, 0.5]

    /// P(p ≤ α) ≤ α by counting every outcome: paired answers, signs, ranks with and without ties, rates given their total.
    @Test func exactTestsErrNoMoreThanTheySay() throws {
        func check(_ name: String, _ outcomes: [(p: Double, mass: Double)]) {
            #expect(abs(outcomes.reduce(0) { $0 + $1.mass } - 1) < 1e-9, "\(name)")
            for alpha in Self.levels {
                let level = outcomes.reduce(0) { $0 + ($1.p <= alpha * (1 + 1e-12) ? $1.mass : 0) }
                #expect(level <= alpha + 1e-9, "\(name) at \(alpha): \(level)")
            }
        }
        // McNemar: of 13 pairs that differ, each goes either way.
        check(
            "mcnemar",
            try (0...13).map { b in
                let table = try ContingencyTable([[5, Double(b)], [Double(13 - b), 4]], isTwoByTwo: true)
                return (try #require(table.mcnemar(exact: true).p), Binomial(n: 13, p: 0.5).mass(b))
            })
        for alternative in Alternative.allCases {
            // Wilcoxon: all signs of differences, some of them tied.
            let sizes = [1.0, 2, 2, 3, 5, 5, 5, 8, 9]
            check(
                "wilcoxon \(alternative)",
                try (0..<(1 << sizes.count)).map { signs in
                    let differences = sizes.indices.map { signs >> $0 & 1 == 1 ? sizes[$0] : -sizes[$0] }
                    let result = try RankTest.wilcoxon(differences, method: .exact, alternative: alternative)
                    return (try #require(result.p), 1 / Double(1 << sizes.count))
                })
            // Mann–Whitney: all splits of eight values in two samples of four.
            for values in [[1.0, 2, 3, 4, 5, 6, 7, 8], [1, 1, 2, 2, 2, 4, 4, 9]] {
                let splits = (0..<256).filter { $0.nonzeroBitCount == 4 }
                check(
                    "mann–whitney \(alternative)",
                    try splits.map { split in
                        let a = values.indices.filter { split >> $0 & 1 == 1 }.map { values[$0] }
                        let b = values.indices.filter { split >> $0 & 1 == 0 }.map { values[$0] }
                        let result = try RankTest.mannWhitney(a, b, method: .exact, alternative: alternative)
                        return (try #require(result.p), 1 / Double(splits.count))
                    })
            }
            // Rates: given 17 events, those of a are binomial with its part of the exposure.
            check(
                "rates \(alternative)",
                try (0...17).map { count in
                    let result = try PoissonRates.test(
                        countA: Double(count), exposureA: 3, countB: Double(17 - count), exposureB: 2, kind: .exact,
                        alternative: alternative)
                    return (try #require(result.p), Binomial(n: 17, p: 0.6).mass(count))
                })
        }
    }
}
