import Metrics
import Support
import Testing

@Suite struct AgreementTests {
    @Test func equalsTheReference() throws {
        for golden in try Goldens.read().labelled {
            let (truth, prediction) = (golden.truth, golden.prediction)
            #expect(abs(try Agreement.adjustedRand(truth, prediction) - golden.adjusted_rand) <= 1e-9)
            let information = try Agreement.normalizedMutualInformation(truth, prediction)
            #expect(abs(information - golden.normalized_mutual_information) <= 1e-9)
            #expect(abs(try Agreement.purity(truth, prediction) - golden.purity) <= 1e-9)
        }
    }

    @Test func namesOfLabelsDoNotMatter() throws {
        let truth = [1, 1, 2, 2, 3, 3, 3]
        let prediction = [4, 4, 4, 5, 5, 6, 6]
        let renamed = prediction.map { -1_000_000 * $0 }
        #expect(try Agreement.adjustedRand(truth, prediction) == Agreement.adjustedRand(truth, renamed))
        #expect(
            try Agreement.normalizedMutualInformation(truth, prediction)
                == Agreement.normalizedMutualInformation(truth, renamed))
    }

    @Test func labelsOfAnotherLengthAreRefused() {
        let failure = #expect(throws: Failure.self) { try Agreement.purity([1, 2, 3], [1, 2]) }
        #expect(failure?.description == "bad argument 'prediction': 3 labels, as many as in 'truth' expected, got 2")
        #expect(throws: Failure.self) { try Agreement.adjustedRand([], []) }
    }

    @Test func stringsAreNumberedByFirstAppearance() throws {
        let labels = try LabelCodes(["书", "酒店", "书", "手机"])
        #expect(labels.codes == [0, 1, 0, 2])
        #expect(labels.counts == [2, 1, 1])
    }
}
