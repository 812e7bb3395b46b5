import Learning
import Support
import Tensors
import Testing

@Suite struct NaiveBayesTests {
    @Test func agreesWithTheReference() throws {
        for item in try #require(ClassicalGolden.shared).bayes {
            var options = NaiveBayes()
            options.kind = try #require(.init(rawValue: item.kind))
            if item.kind != "gaussian" { options.alpha = 0.5 }
            options.threshold = 0.25
            let x = Features(try Tensor(item.x, shape: item.shape))
            let model = try options.fit(x, labels(item.y), weights: item.weights)
            let first = Features(try Tensor(Array(item.x.prefix(15 * item.shape[1])), shape: [15, item.shape[1]]))
            let shares = try model.outputs(first, work: Work()).values(as: Double.self)
            #expect(largestError(shares, item.probabilities) < 1e-9, "\(item.kind)")
            let again = try NaiveBayesModel(try reloaded(model))
            #expect(try again.outputs(first).values(as: Double.self) == shares)
        }
    }

    @Test func badInputIsNamed() throws {
        var options = NaiveBayes()
        options.kind = .multinomial
        let x = Features(try Tensor([0.0, 1, -2, 3], shape: [2, 2]))
        #expect(words { _ = try options.fit(x, labels([0, 1])) }.contains("-2.0 in row 2, column 1"))
        options.kind = .gaussian
        options.varianceSmoothing = 0
        #expect(words { _ = try options.fit(x, labels([0, 1])) }.contains("var_smoothing"))
        // All columns constant: there is nothing to smooth with.
        options.varianceSmoothing = 1e-9
        let constant = Features(try Tensor([1.0, 1, 1, 1], shape: [2, 2]))
        #expect(words { _ = try options.fit(constant, labels([0, 1])) }.contains("constant"))
    }

    /// Without smoothing a word that no class has seen together leaves every class alike instead of NaN.
    @Test func impossibleRowsStayProbabilities() throws {
        var options = NaiveBayes()
        options.kind = .multinomial
        options.alpha = 0
        let x = Features(try Tensor([1.0, 0, 0, 1], shape: [2, 2]))
        let model = try options.fit(x, labels([0, 1]))
        let both = Features(try Tensor([1.0, 1], shape: [1, 2]))
        #expect(try model.outputs(both, work: Work()).values(as: Double.self) == [0.5, 0.5])
    }
}
