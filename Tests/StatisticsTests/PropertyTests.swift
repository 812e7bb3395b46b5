import Foundation
import Support
import Testing

@testable import Statistics

/// What holds for any data: random ones, seeded, or all of a small space.
struct PropertyTests {
    #if DEBUG
        private static let experiments = 400
    #else
        private static let experiments = 10_000
    #endif

    private static func sample(_ generator: inout SeededGenerator, _ n: Int, shift: Double = 0) -> [Double] {
        (0..<n).map { _ in generator.normal() + shift }
    }

    @Test func intervalsContainTheEstimateAndArmsSwap() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<150 {
            let (n, m) = (2 + generator.below(60), 2 + generator.below(60))
            let a = try Proportion(x: Double(generator.below(n + 1)), n: Double(n), name: "a")
            let b = try Proportion(x: Double(generator.below(m + 1)), n: Double(m), name: "b")
            for kind in Proportions.DifferenceKind.allCases {
                let r = try Proportions.difference(a, b, kind: kind)
                let other = try Proportions.difference(b, a, kind: kind)
                let (i, j) = (try #require(r.interval), try #require(other.interval))
                // Agresti and Caffo's is centered elsewhere.
                let effect = try #require(r.effect)
                if kind != .agrestiCaffo {
                    #expect(i.lower <= effect + 1e-12 && effect - 1e-12 <= i.upper, "\(kind) \(a) \(b)")
                }
                #expect(
                    abs(i.lower + j.upper) < 1e-9 && abs(i.upper + j.lower) < 1e-9, "\(kind) \(a) \(b): \(i) and \(j)")
            }
            for kind in Proportions.Kind.allCases where kind != .agrestiCoull && kind != .jeffreys {
                let i = try #require(try Proportions.interval(a, kind: kind).interval)
                #expect(i.lower <= a.share && a.share <= i.upper, "\(kind) \(a): \(i)")
            }
            let (x, y) = (Self.sample(&generator, n), Self.sample(&generator, m, shift: 0.5))
            let shifted = try TTest.twoSample(Moments(x.map { $0 + 100 }), Moments(y.map { $0 + 100 }))
            let (r, s) = (try TTest.twoSample(Moments(x), Moments(y)), try TTest.twoSample(Moments(y), Moments(x)))
            let i = try #require(r.interval)
            let effect = try #require(r.effect)
            #expect(i.lower < effect && effect < i.upper)
            #expect(r.p == s.p && effect == -(s.effect ?? 0) && i == s.interval?.negated)
            #expect(abs((shifted.effect ?? 0) - effect) < 1e-12 && abs((shifted.p ?? 0) - (r.p ?? 1)) < 1e-9)
            let (u, v) = (try RankTest.mannWhitney(x, y), try RankTest.mannWhitney(y, x))
            #expect(abs((u.p ?? 0) - (v.p ?? 1)) < 1e-12 && abs((u.effect ?? 0) + (v.effect ?? 0) - 1) < 1e-12)
        }
    }

    /// Continuous methods under A/A: p is uniform, the interval covers 0 as often as it says.
    @Test func noEffectGivesUniformP() throws {
        for (seed, n, m) in [(2, 40, 60), (3, 150, 150)] as [(UInt64, Int, Int)] {
            var p: [String: [Double]] = [:]
            var covered = 0
            for experiment in 0..<Self.experiments {
                var generator = SeededGenerator(seed: seed, stream: UInt64(experiment))
                let a = Self.sample(&generator, n)
                let b = Self.sample(&generator, m)
                let welch = try TTest.twoSample(Moments(a), Moments(b))
                p["welch", default: []].append(try #require(welch.p))
                if let i = welch.interval, i.lower < 0, i.upper > 0 { covered += 1 }
                p["pooled", default: []].append(
                    try #require(try TTest.twoSample(Moments(a), Moments(b), variances: .pooled).p))
                if n == 150 {
                    p["brunner", default: []].append(try #require(try RankTest.brunnerMunzel(a, b).p))
                    p["mann", default: []].append(
                        try #require(try RankTest.mannWhitney(a, b, method: .asymptotic, continuity: false).p))
                }
            }
            for (name, values) in p {
                let distance = KolmogorovSmirnov.uniformDistance(values)
                #expect(KolmogorovSmirnov.survival(distance, n: values.count) > 1e-3, "\(name) \(n): \(distance)")
            }
            let rate = Double(covered) / Double(Self.experiments)
            #expect(abs(rate - 0.95) < 4 * (0.95 * 0.05 / Double(Self.experiments)).squareRoot(), "coverage \(rate)")
        }
    }

    /// Exact tests by enumeration of all outcomes: P(p ≤ α) ≤ α whatever the common share.
    @Test func exactTestsKeepTheirLevel() throws {
        let (n, m) = (9, 7)
        var fisher = [[Double]](repeating: [], count: n + 1)
        var barnard = fisher
        for x in 0...n {
            for y in 0...m {
                let table = try ContingencyTable(
                    [[Double(x), Double(n - x)], [Double(y), Double(m - y)]], isTwoByTwo: true)
                fisher[x].append(try #require(try table.fisher().p))
                let test = try Barnard.test(
                    Proportion(x: Double(x), n: Double(n), name: "a"), Proportion(x: Double(y), n: Double(m), name: "b")
                )
                barnard[x].append(try #require(test.p))
            }
        }
        for share in stride(from: 0.05, to: 1, by: 0.15) {
            for alpha in [0.01, 0.05, 0.2] {
                for (name, p) in [("fisher", fisher), ("barnard", barnard)] {
                    var level = 0.0
                    for x in 0...n {
                        for y in 0...m where p[x][y] <= alpha {
                            level += Binomial(n: n, p: share).mass(x) * Binomial(n: m, p: share).mass(y)
                        }
                    }
                    #expect(level <= alpha + 1e-9, "\(name) at \(share), \(alpha): \(level)")
                }
            }
        }
    }

    @Test func exactIntervalsCover() throws {
        let n = 25
        for share in stride(from: 0.02, to: 1, by: 0.07) {
            var exact = 0.0
            var wilson = 0.0
            for x in 0...n {
                let p = try Proportion(x: Double(x), n: Double(n), name: "x")
                let mass = Binomial(n: n, p: share).mass(x)
                if let i = try Proportions.interval(p, kind: .exact).interval, i.lower <= share, share <= i.upper {
                    exact += mass
                }
                if let i = try Proportions.interval(p, kind: .wilson).interval, i.lower <= share, share <= i.upper {
                    wilson += mass
                }
            }
            #expect(exact >= 0.95 - 1e-9, "\(share): \(exact)")
            #expect(wilson > 0.82, "\(share): \(wilson)")
        }
    }

    /// Exact rank tests: the p-value is the share of all splits as extreme, ties and all.
    @Test func exactRankTestsCountSplits() throws {
        let all: [Double] = [1, 2, 2, 3, 5, 5, 5, 8]
        let size = 3
        var values: [Double] = []
        for mask in 0..<(1 << all.count) where mask.nonzeroBitCount == size {
            let a = all.indices.filter { mask >> $0 & 1 == 1 }.map { all[$0] }
            let b = all.indices.filter { mask >> $0 & 1 == 0 }.map { all[$0] }
            values.append(try #require(try RankTest.mannWhitney(a, b, method: .exact, alternative: .greater).p))
        }
        for alpha in [0.02, 0.1, 0.3, 0.5] {
            let share = Double(values.count { $0 <= alpha + 1e-12 }) / Double(values.count)
            #expect(share <= alpha + 1e-12)
        }
        #expect(abs((values.min() ?? 0) * 56 - 3) < 1e-9)
    }

    /// Peeking every day at an asymptotic confidence sequence keeps the error, after a burn-in; at a fixed interval it does not.
    @Test func sequentialErrorHoldsUnderPeeking() throws {
        var (stopped, fixed) = (0, 0)
        let runs = Self.experiments / 3
        for run in 0..<runs {
            var generator = SeededGenerator(seed: 9, stream: UInt64(run))
            var (sumA, sumB, squareA, squareB, n) = (0.0, 0.0, 0.0, 0.0, 0.0)
            var (hit, fixedHit) = (false, false)
            for day in 1...20 {
                for _ in 0..<100 {
                    let (a, b) = (generator.normal(), generator.normal())
                    sumA += a
                    sumB += b
                    squareA += a * a
                    squareB += b * b
                    n += 1
                }
                guard day > 1 else { continue }
                let (a, b) = (
                    ArmSummary.mean(n: n, sum: sumA, sumSquares: squareA),
                    ArmSummary.mean(n: n, sum: sumB, sumSquares: squareB)
                )
                let r = try ArmSummary.sequential(a, b, tunedFor: 2000)
                let i = try #require(r.interval)
                let isOut = i.lower > 0 || i.upper < 0
                #expect(isOut == ((r.p ?? 1) < 0.05))
                hit = hit || isOut
                let plain = try ArmSummary.t(a, b)
                fixedHit = fixedHit || (plain.p ?? 1) < 0.05
            }
            if hit { stopped += 1 }
            if fixedHit { fixed += 1 }
        }
        #expect(Double(stopped) / Double(runs) < 0.05)
        #expect(Double(fixed) / Double(runs) > 0.15)
    }

    @Test func groupSequentialBoundariesSpendAlpha() throws {
        let plan = try GroupSequential(information: [0.1, 0.45, 0.5, 0.9, 1])
        for spending in [.obrienFleming, .pocock, .power(rho: 1.5)] as [GroupSequential.Spending] {
            let (z, cumulative) = try plan.boundary(spending, alpha: 0.05)
            #expect(abs(plan.crossing(z).reduce(0, +) - 0.05) < 1e-8)
            #expect(zip(cumulative, cumulative.dropFirst()).allSatisfy { $0 <= $1 })
        }
        for shape in [.pocock, .obrienFleming, .wangTsiatis(delta: 0.25), .haybittlePeto] as [GroupSequential.Shape] {
            #expect(abs(plan.crossing(try plan.boundary(shape).z).reduce(0, +) - 0.05) < 1e-7)
        }
        // Armitage, McPherson and Rowe 1969.
        for (looks, rate) in [(1, 0.05), (2, 0.083), (3, 0.107), (5, 0.142), (10, 0.193), (20, 0.248)] {
            #expect(abs(try GroupSequential.peeking(looks: looks, z: 1.959964) - rate) < 6e-4, "\(looks)")
        }
    }

    @Test func bootstrapIsTheSameOnAnyNumberOfThreads() throws {
        var generator = SeededGenerator(seed: 5)
        let (a, b) = (Self.sample(&generator, 80), Self.sample(&generator, 50, shift: 0.4))
        var results: [Interval?] = []
        for threads in [1, 2, 5] {
            let bootstrap = Bootstrap(resamples: 500, kind: .bca, seed: 7)
            results.append(try bootstrap.interval(a, b, statistic: .median, work: Work(threads: threads)).interval)
        }
        #expect(results[0] != nil && results[0] == results[1] && results[1] == results[2])
        let mean = try Bootstrap(resamples: 4000, seed: 1).interval(a, b)
        let welch = try TTest.twoSample(Moments(a), Moments(b))
        #expect(abs((mean.interval?.lower ?? 0) - (welch.interval?.lower ?? 1)) < 0.05)
        #expect(abs((mean.standardError ?? 0) / (welch.standardError ?? 1) - 1) < 0.08)
    }

    @Test func posteriorsAgreeWithEachOther() throws {
        let a = try Proportion(x: 300, n: 5000, name: "a")
        let b = try Proportion(x: 260, n: 5000, name: "b")
        let r = try Bayes.betaBinomial(a, b)
        let swapped = try Bayes.betaBinomial(b, a)
        #expect(abs((r["probability"] ?? 0) + (swapped["probability"] ?? 0) - 1) < 1e-11)
        #expect(abs((r["loss_b"] ?? 0) - (r["loss_a"] ?? 0) - (r.effect ?? 1)) < 1e-12)
        let rates = try Bayes.gammaPoisson(countA: 300, exposureA: 5000, countB: 260, exposureB: 5000)
        #expect(abs((rates["probability"] ?? 0) - (r["probability"] ?? 1)) < 0.01)
        let i = try #require(r.interval)
        #expect(abs(i.lower - (0.008 - 1.96 * 0.00460)) < 3e-4 && i.upper > 0.008)
    }

    @Test func adjustedPValuesReject() throws {
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<200 {
            let p = (0..<(1 + generator.below(9))).map { _ in generator.uniform() * generator.uniform() }
            let bonferroni = try Multiplicity.adjusted(p, .bonferroni)
            let holm = try Multiplicity.adjusted(p, .holm)
            let hochberg = try Multiplicity.adjusted(p, .hochberg)
            let hommel = try Multiplicity.adjusted(p, .hommel)
            let bh = try Multiplicity.adjusted(p, .bh)
            // Each is at least as strong as the one before.
            for i in p.indices {
                #expect(p[i] <= bh[i] + 1e-15 && bh[i] <= hommel[i] + 1e-12 && hommel[i] <= hochberg[i] + 1e-12)
                #expect(hochberg[i] <= holm[i] + 1e-12 && holm[i] <= bonferroni[i] + 1e-12)
            }
        }
    }

    @Test func sizesReachTheirPower() throws {
        for formula in Power.Formula.allCases {
            let n = try Power.sampleSize(p1: 0.12, p2: 0.15, formula: formula, ratio: 2)
            let power = try Power.power(p1: 0.12, p2: 0.15, n1: n, ratio: 2, formula: formula)
            #expect(abs(power - 0.8) < 2e-6, "\(formula) \(power)")
        }
        let sizes = try [Power.Formula.arcsine, .unpooled, .pooled].map {
            Int(try Power.sampleSize(p1: 0.12, p2: 0.15, formula: $0).rounded(.up))
        }
        #expect(sizes == [2031, 2033, 2036])
        let d = try Power.detectableT(n1: 120, ratio: 0.5, power: 0.9, alternative: .greater)
        #expect(abs(try Power.powerT(d: d, n1: 120, ratio: 0.5, alternative: .greater) - 0.9) < 1e-9)
        #expect(abs(try Power.sampleSizeT(d: d, power: 0.9, ratio: 0.5, alternative: .greater) - 120) < 1e-5)
    }

    /// As n grows the t test becomes the normal one: n d² → 2 (z_α + z_β)², however large n must be.
    @Test func sizesGrowWithTheSquareOfTheEffect() throws {
        let z = Normal.upperQuantile(0.05) + Normal.upperQuantile(0.2)
        for exponent in 3...140 {
            let d = pow(10, -Double(exponent))
            let n = 2 * (z / d) * (z / d)
            // What the t test needs more is less than a unit.
            if n < 1e15 {
                let size = try Power.sampleSizeT(d: d, alternative: .greater)
                #expect(abs(size / n - 1) < max(1e-11, 2 * d * d), "1e-\(exponent): \(n)")
            } else {
                #expect(throws: Failure.self) { try Power.sampleSizeT(d: d, alternative: .greater) }
            }
            let power = try Power.powerT(d: d, n1: n, alternative: .greater)
            #expect(abs(power - 0.8) < max(1e-9, d * d), "1e-\(exponent)")
            let found = try Power.detectableT(n1: n, alternative: .greater)
            #expect(abs(found / d - 1) < max(1e-9, d * d), "1e-\(exponent): \(found)")
        }
        #expect(throws: Failure.self) { try Power.sampleSize(p1: 1e-200, p2: 3e-200) }
    }

    /// Where the one way to compute the t distributions ends the other goes on, and the end of it is the normal one.
    @Test func manyDegreesOfFreedomJoinTheFewer() {
        let (few, many) = (9.999_999e6, 1.000_000_1e7)
        for t in [0.1, 1, 1.96, 5, 12, 30] {
            let (a, b) = (StudentT(df: few).logTails(t).upper, StudentT(df: many).logTails(t).upper)
            // Around here the tail falls by t⁴/(4 df²) of itself for every degree.
            #expect(abs(a - b) < 1e-8 + pow(t, 4) / 4 / (few * few) * 4, "\(t): \(a) \(b)")
            for df in [1e8, 1e12, 1e18, 1e300] {
                let distribution = StudentT(df: df)
                #expect(abs(distribution.survival(t) / Normal.survival(t) - 1) < (pow(t, 4) + t + 3) / df + 1e-12)
                let back = distribution.upperQuantile(distribution.survival(t))
                #expect(abs(back / t - 1) < 1e-9, "\(df) \(t): \(back)")
            }
            let shifted = NoncentralT(df: few, delta: 2).survival(t) - NoncentralT(df: many, delta: 2).survival(t)
            #expect(abs(shifted) < 1e-9, "\(t): \(shifted)")
        }
    }

    @Test(arguments: Power.Formula.allCases) func oneSidedDesignsLookOneWay(_ formula: Power.Formula) throws {
        func power(_ p2: Double, _ alternative: Alternative) throws -> Double {
            try Power.power(p1: 0.1, p2: p2, n1: 2000, alternative: alternative, formula: formula)
        }
        #expect(try power(0.12, .greater) > 0.6)
        #expect(try power(0.12, .less) < 0.001)
        #expect(try power(0.08, .less) > 0.6)
        #expect(try power(0.08, .greater) < 0.001)
        // The sum of the two sides at half the error is the two-sided test.
        let sides = try Alternative.allCases.dropFirst().map {
            try Power.power(p1: 0.1, p2: 0.103, n1: 2000, alpha: 0.025, alternative: $0, formula: formula)
        }
        let both = try Power.power(p1: 0.1, p2: 0.103, n1: 2000, formula: formula)
        #expect(abs(sides[0] + sides[1] - both) < 1e-12)
        #expect(throws: Failure.self) {
            try Power.sampleSize(p1: 0.1, p2: 0.12, alternative: .less, formula: formula)
        }
        for alternative in Alternative.allCases {
            let change = try #require(
                try Power.detectableDifference(p1: 0.1, n1: 2000, alternative: alternative, formula: formula))
            #expect((change < 0) == (alternative == .less))
            #expect(abs(try power(0.1 + change, alternative) - 0.8) < 1e-9)
        }
        #expect(try Power.detectableDifference(p1: 0.1, n1: 3, alternative: .less, formula: .unpooled) == nil)
    }

    @Test func theWayOfTheAlternativeIsTheWayOfTheShare() throws {
        let fall = try Power.detectableShare(p1: 0.1, n: 2000, alternative: .less)
        #expect((fall.effect ?? 1) < 0)
        #expect(try Power.detectableShare(p1: 0.1, n: 2000, alternative: .less, below: true).effect == fall.effect)
        #expect(throws: Failure.self) {
            try Power.detectableShare(p1: 0.1, n: 2000, alternative: .greater, below: true)
        }
        #expect(throws: Failure.self) { try Power.detectableShare(p1: 0.1, n: 2000, alternative: .less, below: false) }
    }

    /// Values whose squares no number holds have no test, and never one that calls them alike.
    @Test func valuesBeyondNumbersHaveNoResult() throws {
        for size in [1e155, 1e200, 1e308] {
            let (a, b) = ([size, -size, size], [size, size, -size])
            for result in [
                try TTest.twoSample(Moments(a), Moments(b)),
                try TTest.twoSample(Moments(a), Moments(b), variances: .pooled),
                try TTest.yuen(a, b, trim: 0.1), try TTest.oneSample(a),
                try TTest.equivalence(Moments(a), Moments(b), low: -1, high: 1),
            ] {
                #expect(result.p == nil && result.interval == nil && result.standardError == nil, "\(size) \(result)")
                #expect(result.reason != nil)
            }
        }
        // Up to there, and down to where squares vanish, the size changes nothing.
        let plain = try TTest.twoSample(Moments([1, 2, 4]), Moments([3, 5, 9]))
        for scale in [0x1p-500, 0x1p-300, 0x1p300, 0x1p500] {
            let scaled = try TTest.twoSample(
                Moments([scale, 2 * scale, 4 * scale]), Moments([3 * scale, 5 * scale, 9 * scale]))
            #expect(scaled.p == plain.p && scaled.df == plain.df, "\(scale)")
        }
    }
}
