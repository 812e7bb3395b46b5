import Foundation
import Support
import Tables
import Testing

@testable import Experiments

/// Health, edges and verdicts.
@Suite struct DecisionTests {
    private func shares(_ x: (Int, Int), _ n: (Int, Int), _ change: (inout ExperimentPlan) -> Void = { _ in }) throws
        -> ExperimentResult
    {
        let arms = Array(repeating: "a", count: n.0) + Array(repeating: "b", count: n.1)
        let hits = (0..<n.0).map { $0 < x.0 ? 1 : 0 } + (0..<n.1).map { $0 < x.1 ? 1 : 0 }
        var plan = ExperimentPlan(variant: "arm", control: "a", metrics: [Metric(.proportion(of: nil), "hit")])
        change(&plan)
        return try Samples.analyzed(
            plan,
            Samples.table([
                ("arm", Samples.texts(arms)), ("hit", Samples.integers(hits)),
                ("bad", Samples.integers(hits.map { 1 - $0 })),
            ]))
    }

    @Test func noConversionsInControlIsAResult() throws {
        let effect = try shares((0, 50), (100, 100)).metrics[0].effects[0]
        #expect((effect.p ?? 1) < 1e-12)
        #expect((effect.interval?.lower ?? 0) > 0.38)
        #expect(effect.lift == nil && effect.liftInterval == nil && effect.liftReason != nil)
        #expect((effect.chanceBetter ?? 0) > 0.999)
    }

    @Test func tinyPIsNotZero() throws {
        let effect = try shares((1_000, 1_700), (10_000, 10_000)).metrics[0].effects[0]
        #expect((effect.p ?? 0) > 0 && (effect.p ?? 1) < 1e-40)
        #expect(Words.p(effect.p ?? 0).contains("e-"))
    }

    @Test func nothingAtAllInEitherArm() throws {
        let result = try shares((0, 0), (40, 40))
        #expect(result.metrics[0].effects[0].p == 1)
        #expect(result.decision.verdict == .keepRunning)
        let text = String(decoding: try result.json.encoded(), as: UTF8.self)
        #expect(!text.lowercased().contains("nan") && !text.contains("inf,"))
    }

    @Test func shipRollBackAndKeepRunning() throws {
        #expect(try shares((100, 200), (1_000, 1_000)).decision.verdict == .ship)
        #expect(try shares((200, 100), (1_000, 1_000)).decision.verdict == .rollBack)
        #expect(try shares((100, 104), (1_000, 1_000)).decision.verdict == .keepRunning)
        #expect(
            try shares((100, 200), (1_000, 1_000)) { $0.options.minimumUnits = 9_000 }.decision.verdict == .keepRunning)
        #expect(try shares((50_000, 50_010), (100_000, 100_000)) { $0.options.mde = 0.05 }.decision.verdict == .review)
        let down = try shares((200, 100), (1_000, 1_000)) { $0.metrics[0].isUpGood = false }
        #expect(down.decision.verdict == .ship)
    }

    @Test func aBrokenSplitWithholdsTheVerdict() throws {
        let result = try shares((100, 300), (1_000, 1_400))
        #expect(result.decision.verdict == .invalid)
        #expect(result.check("srm")?.status == .failed)
        #expect(
            try shares((100, 300), (1_000, 1_400)) { $0.weights = [("a", 10), ("b", 14)] }.decision.verdict == .ship)
    }

    @Test func anArmOfWeightZeroLeavesTheTest() throws {
        let result = try shares((100, 200), (1_000, 1_000)) { $0.weights = [("a", 1), ("b", 1), ("c", 0)] }
        #expect(result.check("srm")?.status == .ok)
        #expect(result.metrics[0].effects.last?.status == "empty_arm")
    }

    @Test func guardrailsDecide() throws {
        func result(margin: Double) throws -> ExperimentResult {
            try shares((100, 200), (1_000, 1_000)) {
                var rail = Metric(.proportion(of: nil), "bad")
                rail.role = .guardrail
                rail.margin = .init(margin, isRelative: true)
                $0.metrics.append(rail)
            }
        }
        // 'bad' fell from 90 % to 80 %: within 20 %, not within 5 %.
        #expect(try result(margin: 0.2).decision.verdict == .ship)
        #expect(try result(margin: 0.2).metrics[1].effects[0].guardrail == "holds")
        #expect(try result(margin: 0.05).decision.verdict == .rollBack)
        #expect(try result(margin: 0.11).decision.verdict == .review)
    }

    @Test func ownRulesDecideInOrder() throws {
        let result = try shares((100, 200), (1_000, 1_000)) {
            $0.options.rules = [
                DecisionRule("too good", .review, [(.primaryBetter, true)]), DecisionRule("else", .keepRunning, []),
            ]
        }
        #expect(result.decision.verdict == .review && result.decision.rule == "too good")
    }

    @Test func unitsInTwoArmsAndRepeatsAreLeftOut() throws {
        let table = try Samples.table([
            ("id", Samples.integers([1, 2, 3, 4, 5, 1, 2, 6])),
            ("arm", Samples.texts(["a", "b", "a", "b", "a", "b", "b", nil])),
            ("y", Samples.numbers([1, 2, 3, 4, 5, 6, 7, 8])),
        ])
        var plan = ExperimentPlan(variant: "arm", control: "a", metrics: [Metric(.mean, "y")])
        plan.unit = "id"
        let result = try Samples.analyzed(plan, table)
        #expect(result.sizes == [2, 2])
        #expect(result.check("mixed_assignment")?.value == 1)
        #expect(result.check("duplicates")?.value == 1)
        #expect(result.check("unassigned")?.value == 1)
        #expect(result.metrics[0].arms.map(\.value) == [4, 3])
    }

    @Test func eventsAddUpToUnits() throws {
        let table = try Samples.table([
            ("id", Samples.texts(["u", "v", "u", "w", "v", "x", "x"])),
            ("arm", Samples.texts(["a", "b", "a", "a", "b", "b", "b"])),
            ("spend", Samples.numbers([1, 2, 3, .nan, 5, 6, 7])),
            (
                "day",
                Samples.texts([
                    "2024-01-01", "2024-01-01", "2024-01-03", "2024-01-03", "2024-01-04", "2024-01-05", "2024-02-01",
                ])
            ),
        ])
        var plan = ExperimentPlan(
            variant: "arm", control: "a", metrics: [Metric(.mean, "spend"), Metric(.retention(from: 1, to: 7), "day")])
        plan.unit = "id"
        plan.date = "day"
        plan.isEvents = true
        let result = try Samples.analyzed(plan, table)
        #expect(result.sizes == [2, 2])
        #expect(result.metrics[0].arms.map(\.sum) == [4, 20])
        #expect(result.metrics[1].arms.map(\.sum) == [1, 1])
    }

    @Test(arguments: [
        ([1.0, 1, 1, 1], "no_variance"), ([1, 1, .nan, .nan], "empty_arm"), ([1, 2, 3, .nan], "one_unit"),
    ])
    func edgesHaveAStatus(values: [Double], status: String) throws {
        let table = try Samples.table([("arm", Samples.texts(["a", "a", "b", "b"])), ("y", Samples.numbers(values))])
        let result = try Samples.analyzed(
            ExperimentPlan(variant: "arm", control: "a", metrics: [Metric(.mean, "y")]), table)
        let effect = result.metrics[0].effects[0]
        #expect(effect.status == status && effect.reason != nil && effect.p == nil)
    }

    @Test func relativePriorsAreConverted() throws {
        func loss(_ isRelative: Bool, sd: Double) throws -> EffectResult {
            try shares((100, 130), (1_000, 1_000)) { $0.options.prior = .init(mean: 0, sd: sd, isRelative: isRelative) }
                .metrics[0].effects[0]
        }
        // Control's share is 0.1, so that a relative 0.2 is an absolute 0.02.
        let (relative, absolute) = (try loss(true, sd: 0.2), try loss(false, sd: 0.02))
        #expect(abs((relative.chanceBetter ?? 0) - (absolute.chanceBetter ?? 1)) < 1e-12)
        #expect(try loss(true, sd: 0.02).chanceBetter != relative.chanceBetter)
    }
}
