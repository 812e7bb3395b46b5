import Support
import Testing

@testable import Tensors

@Suite struct TensorFileTests {
    @Test func theNameTellsTheFormat() throws {
        let tensor = try Tensor([1, 2] as [Float], shape: [2])
        try FileFixtures.withFolder { folder in
            try TensorFile.save("\(folder)/x.npy", .tensor(tensor))
            guard case .tensor(let one) = try TensorFile.load("\(folder)/x.npy") else {
                Issue.record("a tensor expected")
                return
            }
            #expect(try one.values(as: Float.self) == [1, 2])
            try TensorFile.save("\(folder)/x.safetensors", .named([("b", tensor), ("a", tensor)]))
            guard case .named(let named) = try TensorFile.load("\(folder)/x.safetensors") else {
                Issue.record("named tensors expected")
                return
            }
            #expect(named.map(\.name) == ["a", "b"])
            #expect(named.allSatisfy { $0.tensor.storage.isWritable })
        }
    }

    @Test func whatDoesNotFitIsRefused() throws {
        let tensor = try Tensor([1, 2] as [Float], shape: [2])
        #expect(throws: Failure.self) { try TensorFile.save("/tmp/x.csv", .tensor(tensor)) }
        #expect(throws: Failure.self) { try TensorFile.load("/tmp/x") }
        #expect(throws: Failure.self) { try TensorFile.save("/tmp/x.npy", .named([("a", tensor), ("b", tensor)])) }
        #expect(throws: Failure.self) { try TensorFile.save("/tmp/x.safetensors", .tensor(tensor)) }
    }
}
