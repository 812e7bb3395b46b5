import Statistics
import Support
import Tables
import Testing

@testable import Experiments

/// The engine under simulated experiments: intervals cover what was planted as often as they say, and where nothing was planted p is uniform.
@Suite struct CoverageTests {
    #if DEBUG
        private static let runs = 300
    #else
        private static let runs = 10_000
    #endif
    private static let perArm = 250

    /// What the simulated arms are: each figure's true value by arm.
    private struct Truth {
        let metric: String
        let control: Double
        let arm: Double
    }

    private static let metrics: [Metric] = {
        var capped = Metric(.mean, "spend", name: "spend capped")
        capped.winsorizeUpper = 0.95
        return [
            Metric(.mean, "spend"), Metric(.ratio(denominator: "views", mayExceedOne: false), "clicks", name: "rate"),
            Metric(.count(exposure: "weeks"), "orders"), Metric(.quantile(0.5), "seconds"), capped,
        ]
    }()

    /// One experiment: spend depends on history; units have several views; seconds have two rows a unit that depend on each other.
    private static func table(_ seed: Int, effect: Double) throws -> Table {
        var generator = SeededGenerator(seed: 4, stream: UInt64(seed))
        var (ids, arms, history, spend): ([Int], [String], [Double], [Double]) = ([], [], [], [])
        var (views, clicks, weeks, orders, seconds): ([Int], [Int], [Int], [Int], [Double]) = ([], [], [], [], [])
        func hits(_ trials: Int, _ share: Double) -> Int {
            (0..<trials).reduce(0) { sum, _ in sum + (generator.uniform() < share ? 1 : 0) }
        }
        for unit in 0..<2 * perArm {
            let isArm = unit % 2 == 1
            let past = 5 + 2 * generator.normal()
            let own = generator.normal()
            // Two rows a unit; what is summed stands half in each.
            let value = 10 + 0.8 * (past - 5) + 1.5 * generator.normal() + (isArm ? effect : 0)
            for _ in 0..<2 {
                ids.append(unit)
                arms.append(isArm ? "b" : "a")
                history.append(past)
                spend.append(value / 2)
                let shown = 1 + generator.below(6)
                views.append(shown)
                clicks.append(hits(shown, isArm ? 0.2 + 0.1 * effect : 0.2))
                weeks.append(1 + generator.below(2))
                orders.append(hits(10 * (weeks.last ?? 1), isArm ? 0.06 + 0.02 * effect : 0.06))
                seconds.append(20 + own + generator.normal() + (isArm ? effect : 0))
            }
        }
        return try Samples.table([
            ("id", Samples.integers(ids)), ("arm", Samples.texts(arms)), ("history", Samples.numbers(history)),
            ("spend", Samples.numbers(spend)), ("views", Samples.integers(views)), ("clicks", Samples.integers(clicks)),
            ("weeks", Samples.integers(weeks)), ("orders", Samples.integers(orders)),
            ("seconds", Samples.numbers(seconds)),
        ])
    }

    private static func truths(_ effect: Double) -> [String: (absolute: Double, relative: Double)] {
        [
            "spend": (effect, effect / 10), "rate": (0.1 * effect, 0.5 * effect), "orders": (0.2 * effect, effect / 3),
            "seconds": (effect, effect / 20),
        ]
    }

    /// For each way to analyse and metric: whether the intervals held the truth, and p.
    private struct Outcome: Sendable {
        var covered: [String: Int] = [:]
        var known: [String: Int] = [:]
        var p: [String: [Double]] = [:]
        mutating func note(_ name: String, _ interval: Interval?, _ truth: Double) {
            guard let interval else { return }
            known[name, default: 0] += 1
            if interval.lower <= truth, truth <= interval.upper { covered[name, default: 0] += 1 }
        }
    }

    private static func simulate(effect: Double) throws -> Outcome {
        let parts = Locked<[Outcome?]>(Array(repeating: nil, count: runs))
        let truths = truths(effect)
        try Work(threads: 2).forEach(runs) { (run, _) throws(Failure) in
            var plan = ExperimentPlan(variant: "arm", control: "a", metrics: metrics)
            (plan.unit, plan.isEvents, plan.covariates) = ("id", true, ["history"])
            let work = Work(threads: 1)
            guard let table = try? table(run, effect: effect) else { return }
            let data = try ExperimentData(plan, table: table, work: work)
            var outcome = Outcome()
            for adjustment in AnalysisOptions.Adjustment.allCases {
                for relative in AnalysisOptions.Relative.allCases {
                    var options = plan.options
                    (options.adjustment, options.relative) = (adjustment, relative)
                    let analysis = try Analysis(data, options, work)
                    for (index, metric) in metrics.enumerated() where adjustment == .none || metric.name == "spend" {
                        guard let effect = try analysis.result(index, perDay: nil, believes: false).result.effects.first
                        else {
                            continue
                        }
                        let name = "\(metric.name), \(adjustment.rawValue)"
                        if let truth = truths[metric.name] {
                            if relative == .delta { outcome.note(name, effect.interval, truth.absolute) }
                            outcome.note("\(name), relative \(relative.rawValue)", effect.liftInterval, truth.relative)
                        }
                        if relative == .delta, let p = effect.p { outcome.p[name] = [p] }
                    }
                }
            }
            parts.withLock { $0[run] = outcome }
        }
        return parts.withLock { $0 }.compactMap { $0 }.reduce(into: Outcome()) { all, part in
            all.covered.merge(part.covered, uniquingKeysWith: +)
            all.known.merge(part.known, uniquingKeysWith: +)
            all.p.merge(part.p, uniquingKeysWith: +)
        }
    }

    /// 95 % intervals, absolute and relative, hold the planted effect in 95 % of the experiments, within four Monte-Carlo standard errors.
    @Test func intervalsCoverWhatWasPlanted() throws {
        let outcome = try Self.simulate(effect: 0.3)
        let error = (0.95 * 0.05 / Double(Self.runs)).squareRoot()
        #expect(outcome.known.count >= 21)
        for (name, runs) in outcome.known.sorted(by: { $0.key < $1.key }) {
            let rate = Double(outcome.covered[name] ?? 0) / Double(runs)
            #expect(runs == Self.runs)
            #expect(abs(rate - 0.95) < 4 * error, "\(name): \(rate)")
        }
    }

    /// Where nothing was planted p is uniform by the test of Kolmogorov and Smirnov.
    @Test func pIsUniformUnderNoEffect() throws {
        let outcome = try Self.simulate(effect: 0)
        #expect(outcome.p.count == 8)
        for (name, values) in outcome.p.sorted(by: { $0.key < $1.key }) {
            let distance = KolmogorovSmirnov.uniformDistance(values)
            #expect(
                KolmogorovSmirnov.survival(distance, n: values.count) > 1e-3, "\(name): \(distance) of \(values.count)")
        }
    }

    /// Shares are discrete: the share of simulated experiments whose interval holds the planted difference is the one that enumeration gives,
    /// for the score interval of the engine.
    @Test func sharesCoverAsEnumerated() throws {
        let (n, m, p, q) = (24, 18, 0.3, 0.45)
        var expected = 0.0
        var covers = [[Bool]](repeating: [], count: n + 1)
        for x in 0...n {
            for y in 0...m {
                let a = try Proportion(x: Double(y), n: Double(m), name: "b")
                let b = try Proportion(x: Double(x), n: Double(n), name: "a")
                let interval = try #require(try Proportions.difference(a, b, kind: .score).interval)
                let holds = interval.lower <= q - p && q - p <= interval.upper
                covers[x].append(holds)
                if holds { expected += Binomial(n: n, p: p).mass(x) * Binomial(n: m, p: q).mass(y) }
            }
        }
        #expect(expected > 0.93 && expected < 0.97)
        var held = 0
        for run in 0..<Self.runs {
            var generator = SeededGenerator(seed: 8, stream: UInt64(run))
            var (arms, values): ([String], [Int]) = ([], [])
            for unit in 0..<n + m {
                arms.append(unit < n ? "a" : "b")
                values.append(generator.uniform() < (unit < n ? p : q) ? 1 : 0)
            }
            let data = try ExperimentData(
                ExperimentPlan(variant: "arm", control: "a", metrics: [Metric(.proportion(of: nil), "hit")]),
                table: try Samples.table([("arm", Samples.texts(arms)), ("hit", Samples.integers(values))]),
                work: Work(threads: 1))
            let effect = try Analysis(data, AnalysisOptions(), Work(threads: 1)).result(
                0, perDay: nil, believes: false
            ).result.effects[
                0]
            let interval = try #require(effect.interval)
            let holds = interval.lower <= q - p && q - p <= interval.upper
            let (x, y) = (values.prefix(n).reduce(0, +), values.suffix(m).reduce(0, +))
            #expect(holds == covers[x][y], "\(x) of \(n), \(y) of \(m)")
            if holds { held += 1 }
        }
        let error = (expected * (1 - expected) / Double(Self.runs)).squareRoot()
        #expect(abs(Double(held) / Double(Self.runs) - expected) < 4 * error, "\(held), \(expected)")
    }
}
