import Support
import Tensors
import Testing

@Suite struct TensorTests {
    @Test func valuesComeBackConverted() throws {
        let tensor = try Tensor([1.5, -2, 0] as [Double], shape: [3])
        #expect(try tensor.values(as: Float.self) == [1.5, -2, 0])
        #expect(try tensor.values(as: Int64.self) == [1, -2, 0])
    }

    @Test func hugeShapesAreRefused() {
        #expect(throws: Failure.self) { try Tensor.zeros([Int.max, 2]) }
        #expect(throws: Failure.self) { try Tensor.zeros([-1]) }
    }
}
