import Support
import Tables
import Tensors
import Testing

@testable import Experiments

/// Vectors of texts as covariates: what they foretell, and that a unit's own outcome is not in it.
@Suite struct EmbeddingCovariateTests {
    private static let units = 400
    private static let width = 24

    /// Units with vectors; the outcome follows the first two numbers of a vector with `signal`.
    private static func sample(signal: Double, effect: Double = 0.5) throws -> (
        table: Table, y: [Double], vectors: Tensor
    ) {
        var generator = SeededGenerator(seed: 12)
        var (arms, y, elements): ([String], [Double], [Float]) = ([], [], [])
        for unit in 0..<units {
            let vector = (0..<width).map { place in generator.normal() * (place < 2 ? 2 : 1) }
            elements += vector.map { Float($0) }
            arms.append(unit % 2 == 0 ? "a" : "b")
            y.append(signal * (vector[0] - vector[1]) + generator.normal() + (unit % 2 == 0 ? 0 : effect))
        }
        return (try table(arms, y), y, try Tensor(elements, shape: [units, width]))
    }

    private static func table(_ arms: [String], _ y: [Double]) throws -> Table {
        try Samples.table([("arm", Samples.texts(arms)), ("y", Samples.numbers(y))])
    }

    private static let plan = ExperimentPlan(variant: "arm", control: "a", metrics: [Metric(.mean, "y")])

    private static func predicted(_ table: Table, _ vectors: Tensor, threads: Int = 2) throws
        -> (data: ExperimentData, share: Double)
    {
        let work = Work(threads: threads)
        var data = try ExperimentData(plan, table: table, work: work)
        let shares = try data.addPredictions(named: "text", from: vectors, work: work)
        return (data, try #require(shares.first?.share))
    }

    @Test func signalIsForetoldAndTakesVariance() throws {
        let sample = try Self.sample(signal: 0.5)
        let (data, share) = try Self.predicted(sample.table, sample.vectors)
        // Var(0.5 (v0 - v1)) = 2 of 3 in all: two thirds, less what 24 slopes cost.
        #expect(share > 0.55 && share < 0.72, "\(share)")
        let result = try data.analyzed(Self.plan.options, work: Work())
        let reduction = try #require(result.metrics[0].varianceReduction)
        #expect(reduction > 0.55 && reduction < 0.72)
        let plain = try ExperimentData(Self.plan, table: sample.table, work: Work()).analyzed(
            Self.plan.options, work: Work())
        let (adjusted, bare) = (result.metrics[0].effects[0], plain.metrics[0].effects[0])
        // A third of the variance leaves an error smaller by its root; the effect of 0.5 is still there.
        let ratio = (adjusted.standardError ?? 1) / (bare.standardError ?? 1)
        #expect(abs(ratio - (1 - reduction).squareRoot()) < 0.02, "\(ratio)")
        #expect(abs((adjusted.absolute ?? 0) - 0.5) < 4 * (adjusted.standardError ?? 0))
    }

    /// Vectors that say nothing foretell nothing: fitted on the same units they would seem to explain 24/400 of the variance.
    @Test func noiseForetellsNothing() throws {
        let sample = try Self.sample(signal: 0)
        let share = try Self.predicted(sample.table, sample.vectors).share
        #expect(share < 0.01 && share > -0.1, "\(share)")
    }

    /// A unit's outcome changes predictions of other folds, never of its own.
    @Test func nothingOfTheOwnFoldLeaks() throws {
        let sample = try Self.sample(signal: 0.5)
        let folds = 5
        var generator = SeededGenerator(seed: 3)
        let foldOf = (0..<Self.units).map { _ in generator.below(folds) }
        let x = try sample.vectors.values(as: Double.self)
        let ridge = CrossFittedRidge(x, size: Self.width, foldOf: foldOf, folds: folds)
        let armOf = (0..<Self.units).map { Int32($0 % 2) }
        let before = try ridge.predictions(sample.y, armOf: armOf, arms: 2)
        var changed = sample.y
        changed[17] += 5
        let after = try ridge.predictions(changed, armOf: armOf, arms: 2)
        var moved = 0
        for unit in 0..<Self.units {
            if foldOf[unit] == foldOf[17] {
                #expect(before[unit] == after[unit], "unit \(unit)")
            } else if before[unit] != after[unit] {
                moved += 1
            }
        }
        #expect(moved > 200)
        // A missing outcome is foretold all the same.
        changed[17] = .nan
        #expect(abs(try ridge.predictions(changed, armOf: armOf, arms: 2)[17] - before[17]) < 0.1)
    }

    /// Ridge with a penalty that hardly binds is least squares on the other folds.
    @Test func weightsAreThoseOfTheOtherFolds() throws {
        let x = [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10]
        let y = x.map { 3 * $0 + 1 }
        let ridge = CrossFittedRidge(x.map { $0 - 5.5 }, size: 1, foldOf: x.indices.map { $0 % 2 }, folds: 2)
        let prediction = try ridge.predictions(y, armOf: x.map { _ in 0 }, arms: 1)
        // The even places 1, 3, 5, 7, 9 less 5.5 have squares 61.25, with y about its mean 16 they make 123 - ... = 120.
        let a = [1.0, 3, 5, 7, 9].map { $0 - 5.5 }
        let b = [1.0, 3, 5, 7, 9].map { 3 * $0 + 1 - 16 }
        let squares = a.reduce(0) { $0 + $1 * $1 }
        let trace = x.reduce(0) { $0 + ($1 - 5.5) * ($1 - 5.5) }
        let weight = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } / (squares + 1e-3 * trace)
        #expect(abs(prediction[1] - (2 - 5.5) * weight) < 1e-9)
    }

    @Test func predictionsDoNotDependOnThreads() throws {
        let sample = try Self.sample(signal: 0.5)
        let one = try Self.predicted(sample.table, sample.vectors, threads: 1).data.covariates[0].values
        let four = try Self.predicted(sample.table, sample.vectors, threads: 4).data.covariates[0].values
        #expect(one == four)
    }

    @Test func tooFewUnitsAreRefused() throws {
        let table = try Self.table(["a", "b", "a", "b"], [1, 2, 3, 4])
        #expect(throws: Failure.self) {
            try Self.predicted(table, try Tensor([Float](repeating: 1, count: 8), shape: [4, 2]))
        }
        // Vectors that are all alike have no components; nothing is foretold.
        let sample = try Self.sample(signal: 0.5)
        let same = try Tensor([Float](repeating: 1, count: Self.units * 3), shape: [Self.units, 3])
        #expect(abs(try Self.predicted(sample.table, same).share) < 1e-12)
    }
}
