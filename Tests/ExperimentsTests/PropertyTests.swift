import Foundation
import Statistics
import Support
import Testing

@testable import Experiments

/// What holds for any data.
@Suite struct PropertyTests {
    private func randomTable(_ generator: inout SeededGenerator, arms: Int, units: Int, shift: Double = 0) throws -> (
        [String?], [Double], [Int]
    ) {
        var (names, values, hits): ([String?], [Double], [Int]) = ([], [], [])
        let means = (0..<arms).map { _ in generator.normal() * 0.4 }
        for _ in 0..<units {
            let arm = generator.below(arms)
            names.append("arm \(arm)")
            values.append(3 + means[arm] + generator.normal() + shift)
            hits.append(generator.uniform() < 0.3 + 0.1 * means[arm] ? 1 : 0)
        }
        return (names, values, hits)
    }

    /// Every interval excludes 0 exactly when its adjusted p is below alpha, absolute and relative, contains its point, and is in order.
    @Test(arguments: Multiplicity.Method.allCases)
    func intervalsAgreeWithAdjustedP(method: Multiplicity.Method) throws {
        var generator = SeededGenerator(seed: 5)
        var (rejected, kept) = (0, 0)
        for round in 0..<40 {
            let (names, values, hits) = try randomTable(&generator, arms: 5, units: 60 + 20 * round)
            let table = try Samples.table([
                ("arm", Samples.texts(names)), ("y", Samples.numbers(values)), ("hit", Samples.integers(hits)),
            ])
            var plan = ExperimentPlan(
                variant: "arm", control: "arm 0", metrics: [Metric(.mean, "y"), Metric(.proportion(of: nil), "hit")])
            plan.options.correction = method
            if round % 3 == 0 { plan.options.sequential = .init(burnIn: 2) }
            let result = try Samples.analyzed(plan, table)
            for effect in result.metrics.flatMap(\.effects) where effect.status == "ok" {
                guard let p = effect.adjustedP, let interval = effect.interval, let absolute = effect.absolute else {
                    Issue.record("\(effect)")
                    continue
                }
                let excludes = interval.lower > 0 || interval.upper < 0
                #expect(excludes == (p < 0.05), "\(method): \(p), \(interval)")
                if p < 0.05 { rejected += 1 } else { kept += 1 }
                #expect(interval.lower <= absolute && absolute <= interval.upper)
                if let lift = effect.liftInterval {
                    #expect((lift.lower > 0 || lift.upper < 0) == (p < 0.05), "\(method): \(p), relative \(lift)")
                }
            }
        }
        // The test says something only if both cases came.
        #expect(rejected > 10 && kept > 10)
    }

    /// Zeros in control have the mean 0, whatever the other arms hold; a mean of 1e-17 would make a lift of 10^16 %.
    @Test func aControlOfZerosHasNoLift() throws {
        for count in [10, 20, 21, 63, 100, 1_000, 70_000] {
            let arms = (0..<2 * count).map { $0 % 2 == 0 ? "a" : "b" }
            let hits = (0..<2 * count).map { $0 % 2 == 1 && $0 % 3 == 0 ? 1 : 0 }
            // Amounts whose sum in control is 0, though none is.
            let signed = (0..<2 * count).map { (place: Int) -> Double in
                guard place % 2 == 0 else { return 0.3 }
                guard place < 4 * (count / 2) else { return 0 }
                return 0.1 * Double(1 + place / 4 % 7) * (place % 4 == 0 ? 1 : -1)
            }
            let table = try Samples.table([
                ("arm", Samples.texts(arms)), ("hit", Samples.integers(hits)),
                ("spend", Samples.numbers(hits.map { 0.1 * Double($0) })), ("signed", Samples.numbers(signed)),
            ])
            let plan = ExperimentPlan(
                variant: "arm", control: "a",
                metrics: [Metric(.proportion(of: nil), "hit"), Metric(.mean, "spend"), Metric(.mean, "signed")])
            let result = try Samples.analyzed(plan, table)
            for metric in result.metrics {
                #expect(metric.arms[0].value == 0, "\(metric.metric.name) of \(count)")
                for effect in metric.effects { #expect(effect.lift == nil && effect.liftInterval == nil, "\(effect)") }
            }
        }
    }

    /// A shift of all values by much more than their spread leaves their variance.
    @Test func farFromZeroVariancesKeepTheirDigits() throws {
        var generator = SeededGenerator(seed: 11)
        let values = (0..<5_000).map { _ in generator.normal() }
        let (near, _) = try CrossMoments.accumulate([values], cells: values.map { _ in 0 }, count: 1, work: Work())
        for offset in [1e3, 1e6, -1e9] {
            let (far, _) = try CrossMoments.accumulate(
                [values.map { $0 + offset }], cells: values.map { _ in 0 }, count: 1, work: Work())
            let ratio = far[0].covariance(0, 0) / near[0].covariance(0, 0)
            // The values themselves lose as much when the offset is added.
            #expect(abs(ratio - 1) < 1e-14 * abs(offset), "\(offset): \(ratio)")
            #expect(abs(far[0].means[0] - offset - near[0].means[0]) < 1e-15 * abs(offset))
        }
    }

    /// A covariate that is one value in one arm and another in the other leaves a test no variance: the gravest bias, not none.
    @Test func aCovariateThatTellsTheArmsApartIsABias() throws {
        let arms = (0..<400).map { $0 % 2 == 0 ? "a" : "b" }
        for value in [1.0, 0.1, 1e9] {
            let table = try Samples.table([
                ("arm", Samples.texts(arms)), ("y", Samples.numbers((0..<400).map { Double($0 * 7 % 11) })),
                ("c", Samples.numbers((0..<400).map { value + Double($0 % 2) * value / 4 })),
                ("same", Samples.numbers((0..<400).map { _ in value })),
            ])
            var plan = ExperimentPlan(variant: "arm", control: "a", metrics: [Metric(.mean, "y")])
            plan.covariates = ["c"]
            let check = try Samples.analyzed(plan, table).check("pre_period_bias")
            #expect(check?.status == .warning && check?.finding.contains("'c' tells the arms apart") == true)
            plan.covariates = ["same"]
            #expect(try Samples.analyzed(plan, table).check("pre_period_bias")?.status == .unchecked)
        }
    }

    @Test func orderOfArmsFlipsSignsAndShiftsLeaveEffectsAlone() throws {
        var generator = SeededGenerator(seed: 9)
        let (names, values, hits) = try randomTable(&generator, arms: 2, units: 300)
        func effects(_ control: String, shift: Double) throws -> [EffectResult] {
            let table = try Samples.table([
                ("arm", Samples.texts(names)), ("y", Samples.numbers(values.map { $0 + shift })),
                ("hit", Samples.integers(hits)),
            ])
            var plan = ExperimentPlan(
                variant: "arm", control: control, metrics: [Metric(.mean, "y"), Metric(.proportion(of: nil), "hit")])
            plan.options.correction = .none
            return try Samples.analyzed(plan, table).metrics.flatMap(\.effects)
        }
        let there = try effects("arm 0", shift: 0)
        for (a, b) in zip(there, try effects("arm 1", shift: 0)) {
            #expect(abs((a.absolute ?? 0) + (b.absolute ?? 1)) < 1e-12)
            #expect(abs((a.p ?? 0) - (b.p ?? 1)) < 1e-12)
            #expect(abs((a.interval?.lower ?? 0) + (b.interval?.upper ?? 9)) < 1e-8)
        }
        let shifted = try effects("arm 0", shift: 1_000)
        #expect(abs((there[0].absolute ?? 0) - (shifted[0].absolute ?? 1)) < 1e-9)
        #expect(abs((there[0].standardError ?? 0) - (shifted[0].standardError ?? 1)) < 1e-9)
    }

    @Test func resultsDoNotDependOnThreads() throws {
        let table = try Samples.mails(200_000 / 10)
        let one = try Samples.analyzed(Samples.mailPlan, table, threads: 1)
        let many = try Samples.analyzed(Samples.mailPlan, table, threads: 5)
        #expect(try one.json.encoded() == many.json.encoded())
    }

    @Test func momentsMergeToThoseOfAll() throws {
        var generator = SeededGenerator(seed: 2)
        let x = (0..<200_000).map { _ in 1e6 + generator.normal() }
        let y = x.map { 2 * $0 + generator.normal() }
        let cells = x.indices.map { Int32($0 % 3) - 1 }
        let (moments, _) = try CrossMoments.accumulate([x, y], cells: cells, count: 2, work: Work(threads: 2))
        let own = x.indices.filter { cells[$0] == 0 }
        let expected = Moments(own.map { x[$0] })
        #expect(abs(moments[0].means[0] - expected.mean) < 1e-9 * 1e6)
        #expect(abs(moments[0].covariance(0, 0) / expected.variance - 1) < 1e-9)
        #expect(abs(moments[0].covariance(0, 1) - 2) < 0.02)
    }

    /// Under A/A the share of false positives is alpha, with and without covariates, also for ratios and quantiles.
    @Test func falsePositivesAreAlpha() throws {
        var plan = ExperimentPlan(
            variant: "", control: "A", metrics: Samples.mailPlan.metrics + [Metric(.quantile(0.5), "history")])
        plan.covariates = ["history"]
        let data = try ExperimentData(plan, table: Samples.mails(3_000), work: Work())
        let rows = try Validation.run(data, options: plan.options, runs: 400, seed: 1, work: Work())
        for row in rows {
            #expect(row.runs == 400)
            #expect(row.falsePositives > 0.015 && row.falsePositives < 0.09, "\(row)")
        }
    }

    /// Looking every day and stopping at the first day without 0 in the band errs at most alpha of the time.
    @Test func peekingKeepsTheError() throws {
        var generator = SeededGenerator(seed: 77)
        var (stops, naive) = (0, 0)
        for _ in 0..<400 {
            var (sums, squares) = ([0.0, 0.0], [0.0, 0.0])
            var (didStop, didNaive) = (false, false)
            let rho = Reference.rho(tuning: 4_000, alpha: 0.05)
            for day in 1...20 {
                for side in 0..<2 {
                    for _ in 0..<100 {
                        let value = generator.normal()
                        sums[side] += value
                        squares[side] += value * value
                    }
                }
                let n = Double(day * 100)
                let variance = (0..<2).reduce(0.0) { $0 + (squares[$1] - sums[$1] * sums[$1] / n) / (n - 1) / n }
                let z = (sums[0] - sums[1]) / n / variance.squareRoot()
                if Reference.alwaysValid(information: 2 * n * rho * rho).p(z) < 0.05 { didStop = true }
                if Reference.normal.p(z) < 0.05 { didNaive = true }
            }
            if didStop { stops += 1 }
            if didNaive { naive += 1 }
        }
        #expect(Double(stops) / 400 < 0.05)
        #expect(Double(naive) / 400 > 0.1)
    }
}
