import Foundation
import Support
import Testing

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

    private func check(_ name: String, _ file: String, dimension: Int) throws {
        let golden = try golden(file, as: GoldenModel.self)
        let encoder = try TextEncoder(folder: Self.folder(name))
        #expect(encoder.dimension == dimension && golden.cases.count == 30)
        let result = try rows(encoder.encode(ids: golden.cases.map(\.ids)))
        for (row, expected) in zip(result, golden.cases) {
            #expect(cosine(row, expected.vector) >= 0.99999, "\(expected.text ?? "the long text")")
        }
    }
}
