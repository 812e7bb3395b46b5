import Metrics
import Support
import Tensors
import Testing

@Suite struct InertiaTests {
    @Test func equalsTheReference() throws {
        for golden in try Goldens.read().points {
            let inertia = try Inertia.score(golden.tensor(), labels: golden.labels)
            #expect(abs(inertia - golden.inertia) <= 1e-9 * golden.inertia)
        }
    }

    @Test func labelsOfAnotherLengthAreRefused() throws {
        let x = try Tensor([1.0, 2, 3], shape: [3, 1])
        #expect(throws: Failure.self) { try Inertia.score(x, labels: [1, 2]) }
    }
}
