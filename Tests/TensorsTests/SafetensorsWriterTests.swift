import Foundation
import Support
import Testing

@testable import Tensors

@Suite struct SafetensorsWriterTests {
    /// The tensors that scripts/goldens/tensor_files.py knows, one of them a view with gaps.
    static func samples() throws -> [(name: String, tensor: Tensor)] {
        let doubles = try Tensor([0, 2.0 / 3, 4.0 / 3, 1.0 / 3, 1, 5.0 / 3] as [Double], shape: [2, 3])
        let transposed = Tensor(storage: doubles.storage, dtype: .float64, shape: [3, 2], strides: [1, 3], offset: 0)
        return [
            ("floats", try Tensor((0..<6).map { Float($0) / 3 }, shape: [2, 3])),
            ("doubles", transposed),
            ("integers", try Tensor((0..<6).map { Int32($0) }, shape: [6])),
            ("longs", try Tensor((0..<6).map { Int64($0) * -(1 << 40) }, shape: [6, 1])),
            ("flags", try Tensor([true, false, true], shape: [3])),
            ("scalar", try Tensor([0.5] as [Float], shape: [])),
            ("empty", try Tensor([] as [Float], shape: [0, 3])),
        ]
    }

    @Test func whatIsWrittenIsReadBack() throws {
        try FileFixtures.withFolder(keep: true) { folder in
            let path = "\(folder)/written.safetensors"
            let samples = try Self.samples()
            try Safetensors.write(path, samples, metadata: [("format", "pt")])
            let file = try SafetensorsFile(path)
            #expect(file.names == ["doubles", "longs", "empty", "floats", "integers", "scalar", "flags"])
            for (name, tensor) in samples {
                let read = try file.tensor(named: name)
                #expect(read.shape == tensor.shape && read.dtype == tensor.dtype && !read.storage.isWritable, "\(name)")
                #expect(try read.values(as: Double.self) == tensor.values(as: Double.self), "\(name)")
            }
            let first = try Data(contentsOf: URL(fileURLWithPath: path))
            try Safetensors.write(path, samples.reversed(), metadata: [("format", "pt")])
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == first)
        }
    }

    @Test func namesMustDiffer() throws {
        let one = try Tensor([1] as [Float], shape: [1])
        try FileFixtures.withFolder { folder in
            for names in [["a", "a"], ["__metadata__"]] {
                #expect(throws: Failure.self) {
                    try Safetensors.write("\(folder)/x.safetensors", names.map { ($0, one) })
                }
            }
            let left = try FileSystem.names(in: folder)
            #expect(left.isEmpty)
        }
    }

    @Test func aFolderThatIsMissingOrFullLeavesNothing() throws {
        let one = try Tensor([1] as [Float], shape: [1])
        let failure = #expect(throws: Failure.self) { try Safetensors.write("/nowhere/x.safetensors", [("a", one)]) }
        #expect(try #require(failure).description.contains("/nowhere/x.safetensors"))
    }

    @Test func piecesOfAnySizeMakeTheSameFile() throws {
        try FileFixtures.withFolder { folder in
            let values = (0..<1000).map { Float($0) }
            let tensor = try Tensor(values, shape: [10, 100])
            try Safetensors.write("\(folder)/whole.safetensors", [("x", tensor)])
            var writer = try SafetensorsWriter(
                "\(folder)/pieces.safetensors", [.init(name: "x", dtype: .float32, shape: [10, 100])])
            try values.withUnsafeBytes { bytes in
                for start in stride(from: 0, to: 4000, by: 37) {
                    try writer.append(UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + 37, 4000)]))
                }
            }
            try writer.commit()
            let whole = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/whole.safetensors"))
            #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/pieces.safetensors")) == whole)
        }
    }
}
