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
