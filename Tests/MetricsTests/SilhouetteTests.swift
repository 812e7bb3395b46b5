import Metrics
import Support
import Tensors
import Testing

@Suite struct SilhouetteTests {
    @Test func equalsTheReference() throws {
        for golden in try Goldens.read().points {
            let x = try golden.tensor()
            let euclidean = try Silhouette(x).score(golden.labels)
            #expect(abs(euclidean - golden.euclidean) <= 1e-9)
            let cosine = try Silhouette(x, metric: .cosine).score(golden.labels)
            #expect(abs(cosine - golden.cosine) <= 1e-9)
        }
    }

    @Test func threadsDoNotChangeTheScore() throws {
        for golden in try Goldens.read().points {
            let silhouette = try Silhouette(golden.tensor())
            let one = try silhouette.score(golden.labels, work: Work(threads: 1))
            #expect(try silhouette.score(golden.labels, work: Work(threads: 5)) == one)
        }
    }

    @Test func aSampleIsNearTheWholeAndRepeatable() throws {
        let golden = try Goldens.read().points[0]
        let x = try golden.tensor()
        let sampled = try Silhouette(x, sample: 45, seed: 3).score(golden.labels)
        #expect(try Silhouette(x, sample: 45, seed: 3).score(golden.labels) == sampled)
        #expect(abs(sampled - golden.euclidean) < 0.1)
        #expect(try Silhouette(x, sample: 1_000).score(golden.labels) == Silhouette(x).score(golden.labels))
    }

    @Test func whatHasNoScoreIsRefused() throws {
        let x = try Tensor([1.0, 2, 3, 4], shape: [4, 1])
        let one = #expect(throws: Failure.self) { try Silhouette(x).score([1, 1, 1, 1]) }
        #expect(one?.kind == .argument(parameter: "labels"))
        #expect(throws: Failure.self) { try Silhouette(x).score([1, 2, 3, 4]) }
        #expect(throws: Failure.self) { try Silhouette(x).score([1, 2]) }
        let broken = try Tensor([1.0, 2, .nan, 4], shape: [4, 1])
        let failure = #expect(throws: Failure.self) { try Silhouette(broken) }
        #expect(failure?.got == "nan in row 3, column 1")
    }
}
