import Learning
import Support
import Tensors
import Testing

@Suite struct LogisticRegressionTests {
    /// Coefficients and probabilities equal the reference's, in both precisions.
    @Test func agreesWithTheReference() throws {
        let golden = try #require(ClassicalGolden.shared)
        for item in golden.logistic {
            var options = LogisticRegression()
            options.l2 = item.l2
            options.intercept = item.intercept
            options.standardize = item.standardize
            if item.balanced { options.classWeights = .balanced }
            if let weights = item.classWeights {
                options.classWeights = .stated(
                    Dictionary(uniqueKeysWithValues: weights.enumerated().map { (.integer($0), $1) }))
            }
            for dtype in [DType.float64, .float32] {
                // The scaled columns are not exact in float32.
                if dtype == .float32, item.name.contains("standardized") { continue }
                let x = Features(try Tensor(item.x, shape: item.shape).to(dtype))
                let model = try options.model(x, labels(item.y), weights: item.weights)
                #expect(model.converged, "\(item.name)")
                #expect(largestError(model.coefficients, item.coefficients) < 1e-5, "\(item.name)")
                #expect(largestError(model.intercepts, item.intercepts) < 1e-5, "\(item.name)")
                let first = Features(try Tensor(Array(item.x.prefix(10 * item.shape[1])), shape: [10, item.shape[1]]))
                let shares = try model.outputs(first).values(as: Double.self)
                // Penalised without centring, probabilities are those of the scaled rows, as recorded.
                #expect(largestError(shares, item.probabilities) < 1e-6, "\(item.name)")
            }
        }
    }

    @Test func convergesOnColumnsOfVeryDifferentSizes() throws {
        let golden = try #require(ClassicalGolden.shared?.logistic.first { $0.name.contains("different sizes") })
        let model = try LogisticRegression().model(
            Features(try Tensor(golden.x, shape: golden.shape)), labels(golden.y))
        #expect(model.converged && model.iterations < 60)
    }

    @Test func threadsDoNotChangeAnything() throws {
        var generator = SeededGenerator(seed: 3)
        let x = try Tensor((0..<3000 * 7).map { _ in Float(generator.normal()) }, shape: [3000, 7])
        for classes in [2, 5] {
            let y = labels((0..<3000).map { _ in generator.below(classes) })
            let one = try LogisticRegression().model(Features(x), y, work: Work(threads: 1))
            let four = try LogisticRegression().model(Features(x), y, work: Work(threads: 4))
            #expect(one.coefficients == four.coefficients && one.intercepts == four.intercepts)
        }
    }

    @Test func separableClassesNeedAPenalty() throws {
        let x = Features(try Tensor([0.0, 1, 2, 3], shape: [4, 1]))
        var options = LogisticRegression()
        let model = try options.model(x, labels([0, 0, 1, 1]))
        #expect(model.converged)
        #expect(try model.predictedCodes(x) == [0, 0, 1, 1])
        options.l2 = 0
        #expect(words { _ = try options.model(x, labels([0, 0, 1, 1])) }.contains("'l2'"))
        // Three classes on a line are separable too.
        let wide = Features(try Tensor([0.0, 1, 10, 11, 20, 21], shape: [6, 1]))
        #expect(words { _ = try options.model(wide, labels([0, 0, 1, 1, 2, 2])) }.contains("'l2'"))
    }

    @Test func badInputIsNamed() throws {
        let options = LogisticRegression()
        let x = try Tensor([0.0, 1, 2, .nan, 4, 5], shape: [3, 2])
        let y = labels([0, 1, 1])
        #expect(words { _ = try options.model(Features(x), y) }.contains("nan in row 2, column 2"))
        #expect(words { _ = try options.model(Features(x, names: ["a", "b"]), y) }.contains("column 2 ('b')"))
        let good = Features(try Tensor([0.0, 1, 2, 3, 4, 5], shape: [3, 2]))
        #expect(words { _ = try options.model(good, labels([1, 1, 1])) }.contains("one class (1)"))
        #expect(
            words { _ = try options.model(good, labels([1, 0])) }.contains("each of the 3 rows of x expected, got 2"))
        #expect(words { _ = try options.model(good, y, weights: [1, -1, 1]) }.contains("-1.0 in row 2"))
        #expect(words { _ = try options.model(good, y, weights: [1, 0, 0]) }.contains("one class"))
        let empty = Features(try Tensor([Double](), shape: [0, 2]))
        #expect(words { _ = try options.model(empty, labels([])) }.contains("no rows"))
        let model = try options.model(good, y)
        let narrow = Features(try Tensor([1.0, 2, 3], shape: [3, 1]))
        let refusal = words { _ = try model.outputs(narrow) }
        #expect(refusal.contains("2 columns") && refusal.contains("1 columns"))
        var weighted = options
        weighted.classWeights = .stated([.integer(7): 1])
        #expect(words { _ = try weighted.model(good, y) }.contains("classes that occur in y expected, got 7"))
        let huge = Features(try Tensor([0.0, 1, 2, 1e300, 4, 5], shape: [3, 2]))
        #expect(words { _ = try options.model(huge, y) }.contains("column 2"))
    }

    @Test func aSavedModelPredictsTheSame() throws {
        let golden = try #require(ClassicalGolden.shared?.logistic.first { $0.name == "three classes" })
        let x = Features(try Tensor(golden.x, shape: golden.shape), names: ["a", "b", "c", "d", "价格"])
        let y = Target.labels(golden.y.map { .text(ByteString(["是", "no", "é"][$0])) })
        let model = try LogisticRegression().model(x, y)
        let again = try LogisticModel(try reloaded(model))
        #expect(again.schema == model.schema)
        #expect(try again.outputs(x).values(as: Double.self) == model.outputs(x).values(as: Double.self))
        #expect(words { _ = try NeighborModel(try reloaded(model)) }.contains("knn") == false)
    }

    @Test func stopsWhenAsked() throws {
        let work = Work()
        work.cancellation.cancel()
        let x = Features(try Tensor([0.0, 1, 2, 3], shape: [4, 1]))
        #expect(throws: Failure.cancelled) { try LogisticRegression().model(x, labels([0, 1, 0, 1]), work: work) }
    }
}
