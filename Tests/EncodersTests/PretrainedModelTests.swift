import Foundation
import Support
import Testing
import Tokenizers

@testable import Encoders

/// The models that the set-up script installs. Without them these tests are skipped; the small models of the repository test the same code.
@Suite(.serialized) struct PretrainedModelTests {
    private static func folder(_ name: String) -> String { "\(Folders.data)/models/\(name)" }
    private static func isInstalled(_ name: String) -> Bool { FileSystem.isFolder(folder(name)) }

    @Test(.enabled(if: isInstalled("all-MiniLM-L6-v2"), "all-MiniLM-L6-v2 is not installed"))
    func `all-MiniLM-L6-v2 agrees with transformers`() throws {
        try check("all-MiniLM-L6-v2", "encoder-minilm.json", dimension: 384)
    }

    @Test(.enabled(if: isInstalled("multilingual-e5-small"), "multilingual-e5-small is not installed"))
    func `multilingual-e5-small agrees with transformers`() throws {
        try check("multilingual-e5-small", "encoder-e5.json", dimension: 384)
    }

    /// Mean cosines on natural texts: MiniLM 0.99999 and 0.9990, e5 0.999997 and 0.9997; the golden texts are odder.
    @Test(
        .enabled(if: isInstalled("all-MiniLM-L6-v2"), "all-MiniLM-L6-v2 is not installed"),
        arguments: [(Precision.bfloat16, 0.9999), (.int8, 0.998)])
    func `all-MiniLM-L6-v2 of less precision stays near`(precision: Precision, mean: Double) throws {
        try check("all-MiniLM-L6-v2", "encoder-minilm.json", precision, mean: mean)
    }

    @Test(
        .enabled(if: isInstalled("multilingual-e5-small"), "multilingual-e5-small is not installed"),
        arguments: [(Precision.bfloat16, 0.9999), (.int8, 0.999)])
    func `multilingual-e5-small of less precision stays near`(precision: Precision, mean: Double) throws {
        try check("multilingual-e5-small", "encoder-e5.json", precision, mean: mean)
    }

    private func check(_ name: String, _ file: String, _ precision: Precision, mean: Double) throws {
        let golden = try golden(file, as: GoldenModel.self)
        let encoder = try TextEncoder(folder: Self.folder(name), precision: precision)
        let options = EncodeOptions(prompt: golden.prompt ?? "")
        let result = try rows(encoder.encode(golden.cases.map(\.bytes), options: options))
        let cosines = zip(result, golden.cases).map { cosine($0, $1.vector) }
        let average = cosines.reduce(0, +) / Double(cosines.count)
        #expect(average >= mean, "\(average)")
        #expect((cosines.min() ?? 0) > 0.99)
    }

    /// From text, so that the tokenizer takes part; and the ids themselves.
    private func check(_ name: String, _ file: String, dimension: Int) throws {
        let golden = try golden(file, as: GoldenModel.self)
        let encoder = try TextEncoder(folder: Self.folder(name))
        #expect(encoder.dimension == dimension && encoder.normalizesByItself && golden.cases.count == 30)
        let prompt = golden.prompt ?? ""
        let cut = EncodingOptions(truncation: .init(encoder.maxLength), offsets: false)
        for expected in golden.cases {
            let ids = try encoder.tokenizer.encode(Array(prompt.utf8) + expected.bytes, options: cut).ids
            #expect(ids == expected.ids, "\(expected.text ?? "the long text")")
        }
        let result = try rows(encoder.encode(golden.cases.map(\.bytes), options: EncodeOptions(prompt: prompt)))
        for (row, expected) in zip(result, golden.cases) {
            #expect(cosine(row, expected.vector) >= 0.99999, "\(expected.text ?? "the long text")")
        }
    }
}
