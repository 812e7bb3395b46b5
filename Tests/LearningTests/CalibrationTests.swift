import Glibc
import Learning
import Support
import Tensors
import Testing

@Suite struct CalibrationTests {
    @Test func mapsAgreeWithTheReference() throws {
        let golden = try #require(ClassicalGolden.shared).calibration
        let truth = golden.truth.map { $0 == 1 }
        guard case .sigmoid(let a, let b) = Calibrator.sigmoid(golden.scores, truth) else {
            Issue.record("no sigmoid")
            return
        }
        #expect(abs(a - golden.a) < 1e-4 && abs(b - golden.b) < 1e-4)
        let isotonic = Calibrator.isotonic(golden.scores, truth)
        #expect(largestError(golden.grid.map(isotonic.probability), golden.isotonic) < 1e-12)
        let weighted = Calibrator.isotonic(golden.scores, truth, weights: golden.weights)
        #expect(largestError(golden.grid.map(weighted.probability), golden.weighted) < 1e-12)
    }

    /// Rows whose class follows a known probability; the copies of naive Bayes' column make it far too sure.
    private static func rows(_ count: Int) throws -> (Features, Target, [Double]) {
        var generator = SeededGenerator(seed: 4)
        var (x, labels, chances): ([Double], [ClassLabel], [Double]) = ([], [], [])
        for _ in 0..<count {
            let value = generator.normal()
            let chance = 1 / (1 + exp(-value))
            x += [value, value, value, value]
            chances.append(chance)
            labels.append(.truth(generator.uniform() < chance))
        }
        return (Features(try Tensor(x, shape: [count, 4])), .labels(labels), chances)
    }

    @Test(arguments: CalibratedClassifier.Method.allCases)
    func probabilitiesComeNearerToTheTruth(_ method: CalibratedClassifier.Method) throws {
        let (x, y, chances) = try Self.rows(1500)
        func error(_ model: any TabularModel) throws -> Double {
            let shares = try model.outputs(x, work: Work()).values(as: Double.self)
            return chances.indices.reduce(0) { $0 + abs(shares[2 * $1 + 1] - chances[$1]) } / Double(chances.count)
        }
        var estimator = CalibratedClassifier(NaiveBayes())
        estimator.method = method
        let model = try estimator.fit(x, y)
        #expect(try error(model) < 0.05)
        #expect(try error(NaiveBayes().fit(x, y)) > 0.1)
        let again = try CalibratedModel(try reloaded(model))
        #expect(try again.outputs(x).values(as: Double.self) == model.outputs(x, work: Work()).values(as: Double.self))
        #expect(again.schema == model.schema)
        let single = try estimator.fit(x, y, work: Work(threads: 1))
        #expect(try single.outputs(x, work: Work()).values(as: Double.self) == again.outputs(x).values(as: Double.self))
    }

    @Test func severalClassesSumToOne() throws {
        let golden = try #require(ClassicalGolden.shared).neighbors
        let x = Features(try Tensor(golden.x, shape: golden.shape))
        for method in CalibratedClassifier.Method.allCases {
            var estimator = CalibratedClassifier(DecisionTree())
            estimator.method = method
            let shares = try estimator.fit(x, labels(golden.y)).outputs(x, work: Work()).values(as: Double.self)
            for row in 0..<golden.shape[0] {
                #expect(abs(shares[3 * row..<3 * row + 3].reduce(0, +) - 1) < 1e-12)
                #expect(shares[3 * row..<3 * row + 3].allSatisfy { (0...1).contains($0) })
            }
        }
    }

    @Test func badInputIsNamed() throws {
        let x = Features(try Tensor([0.0, 1, 2, 3], shape: [4, 1]))
        #expect(
            words { _ = try CalibratedClassifier(NaiveBayes()).fit(x, labels([0, 1, 1, 1])) }.contains(
                "rows of class 0, one for each fold"))
        #expect(
            words { _ = try CalibratedClassifier(Ridge()).fit(x, labels([0, 1, 1, 1])) }.contains("predicts classes"))
    }
}

@Suite struct PermutationImportanceTests {
    /// y = 3a + b, with a third column that says nothing.
    private static func linear() throws -> (Features, Target) {
        var generator = SeededGenerator(seed: 12)
        var (x, y): ([Double], [Double]) = ([], [])
        for _ in 0..<300 {
            let row = [generator.normal(), generator.normal(), generator.normal()]
            x += row
            y.append(3 * row[0] + row[1])
        }
        return (
            Features(try Tensor(x, shape: [300, 3]), names: ["a", "b", "c"]), .numbers(try Tensor(y, shape: [300]))
        )
    }

    /// Taking a column with coefficient β and variance σ² away costs 2β²σ² of squared error (Fisher, Rudin and Dominici 2019).
    @Test func fallsAreThoseOfTheory() throws {
        let (x, y) = try Self.linear()
        var options = Ridge()
        options.alpha = 0
        let model = try options.model(x, y)
        let result = try PermutationImportance(model, x, y, score: .negativeSquaredError, repeats: 20, seed: 3)
        #expect(result.columns.map(\.name) == ["a", "b", "c"])
        #expect(abs(result.score) < 1e-20)
        for (column, expected) in zip(result.columns, [18.0, 2, 0]) {
            #expect(abs(column.mean - expected) <= 0.2 * expected + 1e-12)
            #expect(column.interval.low <= column.mean && column.mean <= column.interval.high)
            #expect(column.falls.count == 20)
        }
        let again = try PermutationImportance(
            model, x, y, score: .negativeSquaredError, repeats: 20, seed: 3, work: Work(threads: 3))
        #expect(again.columns.map(\.falls) == result.columns.map(\.falls))
        let share = try PermutationImportance(model, x, y, repeats: 2)
        #expect(abs(share.score - 1) < 1e-12 && share.columns[0].mean > 1)
    }

    @Test func badInputIsNamed() throws {
        let (x, y) = try Self.linear()
        let model = try Ridge().model(x, y)
        #expect(words { _ = try PermutationImportance(model, x, y, score: .accuracy) }.contains("'r2' or 'neg_mse'"))
        let few = Target.numbers(try Tensor([1.0], shape: [1]))
        #expect(words { _ = try PermutationImportance(model, x, few) }.contains("each of the 300 rows"))
        let classes = try NaiveBayes().fit(x, .labels((0..<300).map { .integer($0 % 2) }))
        let unknown = Target.labels((0..<300).map { .integer($0 % 3) })
        #expect(words { _ = try PermutationImportance(classes, x, unknown) }.contains("2 in row 3"))
    }
}
