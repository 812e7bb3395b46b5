import Statistics
import Support
import Tables
import Testing

@testable import Experiments

/// Every kind of metric with everything that can be asked of one: a figure, or a reason why there is none.
@Suite struct MetricMatrixTests {
    private static let metrics: [Metric] = [
        Metric(.proportion(of: nil), "visit"), Metric(.proportion(of: "views"), "clicks", name: "click share"),
        Metric(.mean, "spend"), Metric(.ratio(denominator: "views", mayExceedOne: false), "clicks", name: "click rate"),
        Metric(.count(exposure: nil), "clicks", name: "clicks"),
        Metric(.count(exposure: "views"), "clicks", name: "per view"),
        Metric(.quantile(0.5), "spend", name: "median"), Metric(.retention(from: 1, to: 7), "gap", name: "week 1"),
    ]

    /// Three arms, two rows a unit; every metric depends on `past`.
    private static func table() throws -> Table {
        var generator = SeededGenerator(seed: 31)
        var (ids, arms, past, visit, spend): ([Int], [String], [Double], [Int], [Double]) = ([], [], [], [], [])
        var (views, clicks, gap, days, places): ([Int], [Int], [Double], [String], [String]) = ([], [], [], [], [])
        for unit in 0..<900 {
            let arm = unit % 3
            let level = generator.uniform()
            let place = ["north", "south"][generator.below(2)]
            for row in 0..<2 {
                ids.append(unit)
                arms.append(["a", "b", "c"][arm])
                past.append(level)
                visit.append(generator.uniform() < 0.2 + 0.4 * level ? 1 : 0)
                spend.append(10 * level + 3 * generator.uniform() + Double(arm))
                let shown = 1 + generator.below(8)
                views.append(shown)
                clicks.append(
                    (0..<shown).reduce(0) { sum, _ in sum + (generator.uniform() < 0.1 + 0.3 * level ? 1 : 0) })
                gap.append(generator.uniform() < 0.3 + 0.4 * level ? Double(1 + generator.below(9)) : .nan)
                days.append(Column.dateText(19_800 + Int32(unit * 20 / 900)))
                places.append(row == 0 ? place : places[places.count - 1])
            }
        }
        return try Samples.table([
            ("id", Samples.integers(ids)), ("arm", Samples.texts(arms)), ("past", Samples.numbers(past)),
            ("visit", Samples.integers(visit)), ("spend", Samples.numbers(spend)), ("views", Samples.integers(views)),
            ("clicks", Samples.integers(clicks)), ("gap", Samples.numbers(gap)), ("day", Samples.texts(days)),
            ("place", Samples.texts(places)),
        ])
    }

    private static func result(_ metrics: [Metric], _ change: (inout ExperimentPlan) -> Void = { _ in }) throws
        -> ExperimentResult
    {
        var plan = ExperimentPlan(variant: "arm", control: "a", metrics: metrics)
        (plan.unit, plan.isEvents, plan.date, plan.segments) = ("id", true, "day", ["place"])
        change(&plan)
        return try Samples.analyzed(plan, try table())
    }

    @Test func everyKindHasEffectsSegmentsDaysAndOtherWays() throws {
        for covariates in [[], ["past"]] {
            let result = try Self.result(Self.metrics) { $0.covariates = covariates }
            for metric in result.metrics {
                let name = metric.metric.name
                #expect(metric.effects.count == 2 && metric.effects.allSatisfy { $0.status == "ok" }, "\(name)")
                // Two arms × eight metrics are one family.
                #expect(metric.effects.allSatisfy { ($0.adjustedP ?? 0) >= ($0.p ?? 1) }, "\(name)")
                #expect(metric.effects.allSatisfy { $0.posterior != nil && $0.chanceBetter != nil }, "\(name)")
                let isQuantile = metric.metric.quantile != nil
                #expect((metric.varianceReduction ?? 0 > 0.01) == (!covariates.isEmpty && !isQuantile), "\(name)")
                let segments = result.segments.filter { $0.metric == name }
                #expect(
                    segments.count == 2 && segments.allSatisfy { $0.rows.count == 2 && $0.interactionP != nil },
                    "\(name)")
                #expect(segments.allSatisfy { $0.rows.allSatisfy { $0.effect.status == "ok" } }, "\(name)")
                let lines = result.timeline.filter { $0.metric == name }
                // Units whose window has not passed have no days.
                let count = name == "week 1" ? 13 : 20
                #expect(
                    lines.count == 2 && lines.allSatisfy { $0.days.count == count && $0.noveltyP != nil }, "\(name)")
                // The last day is the whole.
                let last = lines[0].days.last { $0.effect != nil }
                #expect(abs((last?.effect ?? 9) - (metric.effects[0].absolute ?? 0)) < 0.02, "\(name)")
                #expect(lines[0].days.last?.alwaysValid != nil, "\(name)")
                let ways = result.sensitivity.filter { $0.metric == name && $0.arm == "b" }
                #expect(ways.first?.variation == "as analysed" && ways.first?.effect == metric.effects[0].absolute)
                #expect(ways.allSatisfy { $0.effect != nil || $0.reason != nil }, "\(name)")
                let stratified = try #require(ways.first { $0.variation == "post-stratified by place" })
                #expect((stratified.effect == nil) == isQuantile, "\(name)")
                if let effect = stratified.effect {
                    let distance = abs(effect - (metric.effects[0].absolute ?? 0))
                    #expect(distance < 3 * (metric.effects[0].standardError ?? 0), "\(name)")
                }
                if isQuantile, !covariates.isEmpty {
                    #expect(ways.contains { $0.variation == "with CUPED" && $0.reason != nil })
                }
            }
            let text = String(decoding: try result.json.encoded(), as: UTF8.self).lowercased()
            #expect(!text.contains("nan") && !text.contains("inf,"))
        }
    }

    /// As guardrails where less is better: the margin, its test and the interval agree.
    @Test func everyKindGuards() throws {
        for margin in [0.001, 0.15, 3] {
            let rails = Self.metrics.map { metric -> Metric in
                var rail = metric
                (rail.role, rail.isUpGood, rail.margin) = (.guardrail, false, .init(margin, isRelative: true))
                return rail
            }
            let result = try Self.result([Metric(.mean, "spend", name: "decides")] + rails)
            for metric in result.metrics.dropFirst() {
                for effect in metric.effects {
                    let p = try #require(effect.nonInferiorityP)
                    let state = try #require(effect.guardrail)
                    #expect(p >= 0 && p <= 1 && (effect.margin ?? 0) > 0)
                    // The two-sided interval of 95 % holds the margin off where the one-sided p is below 2.5 %.
                    if effect.method != "score" {
                        #expect((state == "holds") == (p < 0.025), "\(metric.metric.name): \(state), \(p)")
                    }
                    if margin == 3 { #expect(state == "holds", "\(metric.metric.name)") }
                }
            }
        }
    }

    /// Capped at both ends: by declaration for values, refused for yes or no.
    @Test func valuesAreCapped() throws {
        for metric in Self.metrics where !metric.isBinary && metric.quantile == nil {
            var capped = metric
            (capped.winsorizeLower, capped.winsorizeUpper) = (0.05, 0.9)
            let result = try Self.result([capped])
            #expect(result.metrics[0].cap != nil && result.metrics[0].floor != nil, "\(metric.name)")
            #expect(
                result.sensitivity.contains { $0.variation == "not winsorised" && $0.effect != nil }, "\(metric.name)")
        }
    }

    /// Every kind under every way to look.
    @Test func everyKindUnderEveryWayToLook() throws {
        let designs = [
            SequentialDesign(), SequentialDesign(.mixture(tau: 0.1)),
            SequentialDesign(.group(GroupPlan(looks: [400, 800, 1_200]))),
            SequentialDesign(.group(GroupPlan(looks: [450, 900], boundary: .shape(.pocock)))),
        ]
        for design in designs {
            let result = try Self.result(Self.metrics) { $0.options.sequential = design }
            for metric in result.metrics {
                for effect in metric.effects {
                    #expect(effect.status == "ok", "\(metric.metric.name) \(design.name): \(effect.status)")
                    let interval = try #require(effect.interval)
                    #expect((interval.lower > 0 || interval.upper < 0) == ((effect.adjustedP ?? 1) < 0.05))
                    // Wider than at one look.
                    let z = (interval.upper - interval.lower) / 2 / (effect.standardError ?? 1)
                    #expect(z > 1.97, "\(metric.metric.name) \(design.name): \(z)")
                }
                let bands = result.timeline.filter { $0.metric == metric.metric.name }
                    .flatMap { $0.days.compactMap(\.alwaysValid) }
                #expect(!bands.isEmpty, "\(metric.metric.name) \(design.name)")
            }
            #expect(result.looks.isEmpty == (design.plan == nil))
        }
    }

    /// The quantile of each day is that of all values up to it, as counted at once.
    @Test func quantilesByDayAreThoseOfTheValuesSoFar() throws {
        let table = try Self.table()
        var plan = ExperimentPlan(variant: "arm", control: "a", metrics: [Metric(.quantile(0.7), "spend")])
        (plan.unit, plan.isEvents, plan.date) = ("id", true, "day")
        let data = try ExperimentData(plan, table: table, work: Work())
        let analysis = try Analysis(data, plan.options, Work())
        let days = try #require(data.days)
        let line = try #require(try analysis.timeline().first)
        for (place, until) in [(3, 19_803), (11, 19_811)] as [(Int, Int32)] {
            let cells = data.armOf.enumerated().map { days[$0] <= until ? $1 : -1 }
            let figures = QuantileFigure.figures(analysis.measure(0), q: 0.7, cells: cells, count: 3)
            #expect(line.days[place].effect == figures[1].value - figures[0].value)
        }
    }
}
