import Foundation
import Support
import Tensors
import Testing

@testable import Encoders

/// Few texts, whose products the threads compute together.
@Suite struct TogetherTests {
    /// Widths that are no multiples of a panel, and heads that are not dealt out evenly.
    private static let hidden = 90, heads = 5, inner = 200, positions = 512

    @Test(arguments: Precision.allCases)
    func `A text's vector is the same to the bit on any number of threads`(precision: Precision) throws {
        try withModel { folder in
            let encoder = try TextEncoder(folder: folder, precision: precision)
            for lengths in [[1], [2], [17], [128], [512], [5, 5], [1, 0, 30]] {
                let ids = lengths.map { length in (0..<length).map { Int32(4 + $0 * 7 % 50) } }
                let alone = try encoder.encode(ids: ids, work: Work(threads: 1)).values(as: Float.self)
                #expect(alone.allSatisfy(\.isFinite) && Set(alone).count > 50)
                for threads in [2, 3, 8] {
                    let together = try encoder.encode(ids: ids, work: Work(threads: threads)).values(as: Float.self)
                    #expect(alone.map(\.bitPattern) == together.map(\.bitPattern), "\(lengths) on \(threads) threads")
                }
            }
        }
    }

    @Test func `A token without an embedding and a cancellation end it on any number of threads`() throws {
        let encoder = try TextEncoder(folder: tinyFolder("base"))
        for threads in [1, 2, 5] {
            let cancelled = Work(threads: threads)
            cancelled.cancellation.cancel()
            #expect(throws: Failure.cancelled) { _ = try encoder.encode(ids: [[2, 3]], work: cancelled) }
            let failure = #expect(throws: Failure.self) {
                _ = try encoder.encode(ids: [[2, 3], [2, 999], [1000]], work: Work(threads: threads))
            }
            #expect(failure.map { "\($0)".contains("999") } == true)
        }
    }

    /// A model of random weights.
    private func withModel(_ body: (String) throws -> Void) throws {
        let (hidden, inner) = (Self.hidden, Self.inner)
        var seed: UInt64 = 0
        var weights: [(name: String, tensor: Tensor)] = []
        func add(_ name: String, _ shape: [Int], around mean: Float = 0) throws {
            var generator = SeededGenerator(seed: seed)
            seed += 1
            let values = (0..<shape.reduce(1, *)).map { _ in mean + Float(generator.uniform() - 0.5) / 4 }
            weights.append((name, try Tensor(values, shape: shape)))
        }
        func layerNorm(_ name: String) throws {
            try add("\(name).LayerNorm.weight", [hidden], around: 1)
            try add("\(name).LayerNorm.bias", [hidden])
        }
        func linear(_ name: String, _ inputs: Int, _ outputs: Int) throws {
            try add("\(name).weight", [outputs, inputs])
            try add("\(name).bias", [outputs])
        }
        try add("embeddings.word_embeddings.weight", [58, hidden])
        try add("embeddings.position_embeddings.weight", [Self.positions, hidden])
        try add("embeddings.token_type_embeddings.weight", [2, hidden])
        try layerNorm("embeddings")
        for layer in ["encoder.layer.0", "encoder.layer.1"] {
            for part in ["query", "key", "value"] { try linear("\(layer).attention.self.\(part)", hidden, hidden) }
            try linear("\(layer).attention.output.dense", hidden, hidden)
            try layerNorm("\(layer).attention.output")
            try linear("\(layer).intermediate.dense", hidden, inner)
            try linear("\(layer).output.dense", inner, hidden)
            try layerNorm("\(layer).output")
        }
        try withCopy(
            of: "base",
            change: { place in
                try Safetensors.write(place.appending(path: "model.safetensors").path, weights)
                for (file, old, new) in [
                    ("config.json", "\"hidden_size\":30", "\"hidden_size\":\(hidden)"),
                    ("config.json", "\"num_attention_heads\":3", "\"num_attention_heads\":\(Self.heads)"),
                    ("config.json", "\"intermediate_size\":50", "\"intermediate_size\":\(inner)"),
                    ("config.json", "embeddings\":32", "embeddings\":\(Self.positions)"),
                    ("sentence_bert_config.json", "24", "\(Self.positions)"),
                    ("1_Pooling/config.json", "30", "\(hidden)"),
                ] {
                    let path = place.appending(path: file)
                    let text = try String(contentsOf: path, encoding: .utf8).replacingOccurrences(of: old, with: new)
                    try Data(text.utf8).write(to: path)
                }
            }, body)
    }
}
