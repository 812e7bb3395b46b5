import Support
import Testing

@testable import Tensors

@Suite struct WeightFilesTests {
    private func tensor(_ value: Float) throws -> Tensor { try Tensor([value], shape: [1]) }

    @Test func shardsAreOneLookup() throws {
        try FileFixtures.withFolder { folder in
            try Safetensors.write("\(folder)/model-1.safetensors", [("a", tensor(1)), ("b", tensor(2))])
            try Safetensors.write("\(folder)/model-2.safetensors", [("c", tensor(3)), ("unlisted", tensor(4))])
            let index =
                #"{"metadata":{},"weight_map":{"c":"model-2.safetensors","a":"model-1.safetensors","b":"model-1.safetensors"}}"#
            try FileFixtures.write(Array(index.utf8), to: "\(folder)/model.safetensors.index.json")
            let weights = try WeightFiles(folder: folder)
            #expect(weights.names == ["c", "a", "b"])
            #expect(try weights.tensor(named: "b").values(as: Float.self) == [2])
            #expect(weights.shape(of: "c") == [1] && !weights.contains("unlisted"))
            #expect(throws: Failure.self) { try weights.tensor(named: "unlisted") }
        }
    }

    @Test func aSingleFileNeedsNoIndex() throws {
        try FileFixtures.withFolder { folder in
            try Safetensors.write("\(folder)/model.safetensors", [("a", tensor(1))])
            #expect(try WeightFiles(folder: folder).names == ["a"])
        }
    }

    @Test(arguments: [
        (#"{}"#, "weight_map"), (#"{"weight_map":[]}"#, "weight_map"), (#"{"weight_map":{"a":1}}"#, "string"),
        (#"{"weight_map":{"a":"../model-1.safetensors"}}"#, "not the name of a file"),
        (#"{"weight_map":{"a":"/etc/passwd"}}"#, "not the name of a file"),
        (#"{"weight_map":{"a":".."}}"#, "not the name of a file"),
        (#"{"weight_map":{"a":""}}"#, "not the name of a file"),
        (#"{"weight_map":{"a":"model-1\u0000.safetensors"}}"#, "not the name of a file"),
        (#"{"weight_map":{"a":"model-9.safetensors"}}"#, "is missing"),
        (#"{"weight_map":{"z":"model-1.safetensors"}}"#, "is not in"), (#"{"weight_map":"#, "line 1"),
    ])
    func lyingIndexesAreRefused(_ index: String, _ word: String) throws {
        try FileFixtures.withFolder { folder in
            try Safetensors.write("\(folder)/model-1.safetensors", [("a", tensor(1))])
            try FileFixtures.write(Array(index.utf8), to: "\(folder)/model.safetensors.index.json")
            let failure = #expect(throws: Failure.self) { try WeightFiles(folder: folder) }
            let message = try #require(failure).description
            #expect(message.contains(word), "\(message)")
        }
    }

    @Test func aFolderWithoutWeightsSaysWhatToDo() throws {
        try FileFixtures.withFolder { folder in
            #expect(throws: Failure.self) { try WeightFiles(folder: folder) }
            try FileFixtures.write([1], to: "\(folder)/pytorch_model.bin")
            let failure = #expect(throws: Failure.self) { try WeightFiles(folder: folder) }
            #expect(try #require(failure).description.contains("safe_serialization"))
        }
    }
}
