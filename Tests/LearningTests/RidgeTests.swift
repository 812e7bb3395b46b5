import Learning
import Support
import Tensors
import Testing

@Suite struct RidgeTests {
    @Test func agreesWithTheReference() throws {
        for item in try #require(ClassicalGolden.shared).ridge {
            var options = Ridge()
            options.alpha = item.alpha
            options.intercept = item.intercept
            let shape = item.outputs == 1 ? [item.shape[0]] : [item.shape[0], item.outputs]
            let y = Target.numbers(try Tensor(item.y, shape: shape))
            for dtype in [DType.float64, .float32] {
                let x = Features(try Tensor(item.x, shape: item.shape).to(dtype))
                let model = try options.model(x, y, weights: item.weights)
                #expect(largestError(model.coefficients, item.coefficients) < 1e-8, "\(item.name)")
                #expect(largestError(model.intercepts, item.intercepts) < 1e-8, "\(item.name)")
            }
            let x = Features(try Tensor(item.x, shape: item.shape))
            let model = try options.model(x, y, weights: item.weights)
            let again = try RidgeModel(try reloaded(model))
            let predicted = try again.predictedNumbers(x)
            #expect(predicted.shape == shape)
            #expect(try predicted.values(as: Double.self) == model.predictedNumbers(x).values(as: Double.self))
        }
    }

    /// Equations that rounding makes singular are solved by singular values instead.
    @Test func aTinyPenaltyOnEqualColumnsStaysFinite() throws {
        var options = Ridge()
        options.alpha = 1e-13
        let x = Features(try Tensor([1.0, 1, 2, 2, 3, 3, 5, 5], shape: [4, 2]))
        let model = try options.model(x, .numbers(try Tensor([1.0, 2, 3, 5], shape: [4])))
        #expect(largestError(model.coefficients, [0.5, 0.5]) < 1e-6)
    }

    @Test func threadsDoNotChangeAnything() throws {
        var generator = SeededGenerator(seed: 8)
        let x = Features(try Tensor((0..<4000 * 6).map { _ in generator.normal() }, shape: [4000, 6]))
        let y = Target.numbers(try Tensor((0..<4000).map { _ in generator.normal() }, shape: [4000]))
        let one = try Ridge().model(x, y, work: Work(threads: 1))
        let four = try Ridge().model(x, y, work: Work(threads: 4))
        #expect(one.coefficients == four.coefficients)
    }

    @Test func badInputIsNamed() throws {
        let x = Features(try Tensor([1.0, 2, 3], shape: [3, 1]))
        #expect(words { _ = try Ridge().model(x, labels([1, 2, 3])) }.contains("numbers expected, got labels"))
        let y = try Tensor([1.0, 2, 3, 4, .infinity, 6], shape: [3, 2])
        #expect(words { _ = try Ridge().model(x, .numbers(y)) }.contains("inf in row 3, column 1"))
        let short = try Tensor([1.0, 2], shape: [2])
        #expect(words { _ = try Ridge().model(x, .numbers(short)) }.contains("each of the 3 rows"))
    }
}
