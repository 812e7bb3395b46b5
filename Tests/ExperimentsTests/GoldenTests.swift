import Foundation
import Statistics
import Support
import Testing

@testable import Experiments

/// Against numpy and scipy: scripts/goldens/experiments.py.
@Suite struct GoldenTests {
    private struct Golden: Decodable {
        struct Data: Decodable {
            let arm: [String]
            let before: [Double]
            let spend: [Double]
            let views: [Int]
            let clicks: [Int]
            let visit: [Int]
        }
        struct Found: Decodable {
            let effect: Double
            let error: Double?
            let p: Double?
            let interval: [Double]?
            let relative: [Double]?
        }
        let data: Data
        let spend: Found
        let cuped: Found
        let cuped_reduction: Double
        let lin: Found
        let ratio: Found
        let visit: Found
        let winsorized: Found
        let rank_p: Double
        let srm_p: Double
    }

    private let golden: Golden

    init() throws {
        let vectors = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        golden = try JSONDecoder().decode(
            Golden.self, from: Foundation.Data(contentsOf: vectors.appendingPathComponent("Vectors/experiments.json")))
    }

    private func result(_ metric: Metric, _ change: (inout ExperimentPlan) -> Void = { _ in }) throws
        -> ExperimentResult
    {
        let data = golden.data
        let table = try Samples.table([
            ("arm", Samples.texts(data.arm)), ("before", Samples.numbers(data.before)),
            ("spend", Samples.numbers(data.spend)),
            ("views", Samples.integers(data.views)), ("clicks", Samples.integers(data.clicks)),
            ("visit", Samples.integers(data.visit)),
        ])
        var plan = ExperimentPlan(variant: "arm", control: "a", metrics: [metric])
        change(&plan)
        return try Samples.analyzed(plan, table)
    }

    private func compare(_ result: ExperimentResult, _ expected: Golden.Found, tolerance: Double = 1e-9) throws {
        let effect = try #require(result.metrics.first?.effects.first)
        func near(_ a: Double?, _ b: Double?, _ what: String) {
            guard let b else { return }
            #expect(abs((a ?? .nan) - b) <= tolerance * max(1, abs(b)), "\(what): \(String(describing: a)) and \(b)")
        }
        near(effect.absolute, expected.effect, "effect")
        near(effect.standardError, expected.error, "error")
        near(effect.p, expected.p, "p")
        near(effect.interval?.lower, expected.interval?[0], "lower")
        near(effect.interval?.upper, expected.interval?[1], "upper")
        near(effect.liftInterval?.lower, expected.relative?[0], "relative lower")
        near(effect.liftInterval?.upper, expected.relative?[1], "relative upper")
    }

    @Test func meansByWelchAndFieller() throws { try compare(result(Metric(.mean, "spend")), golden.spend) }

    @Test func cupedWithOneThetaOfAll() throws {
        let result = try result(Metric(.mean, "spend")) { $0.covariates = ["before"] }
        // Degrees of freedom and Fieller's control are those of the adjusted values.
        try compare(result, golden.cuped)
        #expect(abs((result.metrics[0].varianceReduction ?? 0) - golden.cuped_reduction) < 1e-9)
    }

    @Test func linsRegression() throws {
        let result = try result(Metric(.mean, "spend")) {
            $0.covariates = ["before"]
            $0.options.adjustment = .lin
        }
        try compare(result, golden.lin)
    }

    @Test func ratiosByTheDeltaMethod() throws {
        try compare(result(Metric(.ratio(denominator: "views", mayExceedOne: false), "clicks")), golden.ratio)
    }

    @Test func sharesByTheScoreTest() throws {
        // The reference's restricted likelihood is found by search, which costs digits.
        try compare(result(Metric(.proportion(of: nil), "visit")), golden.visit, tolerance: 1e-6)
    }

    @Test func winsorisedAtQuantilesOfAllArms() throws {
        var metric = Metric(.mean, "spend")
        metric.winsorizeUpper = 0.9
        try compare(result(metric), golden.winsorized)
    }

    @Test func rankTest() throws {
        let rows = try result(Metric(.mean, "spend")).sensitivity
        let rank = try #require(rows.first { $0.variation.hasPrefix("rank") })
        #expect(abs((rank.p ?? 0) - golden.rank_p) < 1e-9)
    }

    @Test func sampleRatio() throws {
        let arms =
            Array(repeating: "a", count: 500) + Array(repeating: "b", count: 560) + Array(repeating: "c", count: 610)
        let table = try Samples.table([
            ("arm", Samples.texts(arms)), ("x", Samples.integers(arms.indices.map { $0 % 7 })),
        ])
        let result = try Samples.analyzed(
            ExperimentPlan(variant: "arm", control: "a", metrics: [Metric(.mean, "x")]), table)
        #expect(abs((result.check("srm")?.value ?? 0) - golden.srm_p) < 1e-12)
    }
}
