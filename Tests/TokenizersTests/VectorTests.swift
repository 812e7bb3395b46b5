import Support
import Testing

@testable import Tokenizers

/// Everything the reference gave, on every line.
@Suite struct VectorTests {
    @Test func wordPiece() throws {
        let tokenizer = try Tokenizer(file: Vectors.path("wordpiece-tokenizer.json"))
        let lines = try Vectors.lines(Vectors.path("wordpiece.jsonl"))
        #expect(lines.count == 1362)
        for line in lines { try Vectors.compare(tokenizer, line) }
    }

    @Test func unigram() throws {
        // A part of the vocabulary; its rows have other ids there than in the whole.
        let tokenizer = try Tokenizer(file: Vectors.path("unigram-tokenizer.json"))
        let ids = try #require(try JSON.read(Vectors.path("unigram-ids.json")).array).compactMap(\.int)
        let lines = try Vectors.lines(Vectors.path("unigram.jsonl"))
        #expect(lines.count == 1364)
        for line in lines { try Vectors.compare(tokenizer, line) { ids[Int($0)] } }
    }

    @Test(.enabled(if: installed("multilingual-e5-small"), "multilingual-e5-small is not installed"))
    func unigramWhole() throws {
        let tokenizer = try Tokenizer(folder: "\(Folders.data)/models/multilingual-e5-small")
        for line in try Vectors.lines(Vectors.path("unigram.jsonl")) { try Vectors.compare(tokenizer, line) }
    }

    @Test func everyComponent() throws {
        let cases = try #require(try JSON.read(Vectors.path("tokenizer-components.json")).array)
        let map = try #require(
            try JSON.read(Vectors.path("unigram-tokenizer.json"))["normalizer"]?["normalizers"]?[0]?[
                "precompiled_charsmap"])
        #expect(cases.count == 24)
        for test in cases {
            var json = try #require(test["tokenizer"]?.object)
            // A model that several tokenizers share stands in the first; the large map is in another file.
            if let index = json["model"]?.int { json["model"] = cases[index]["tokenizer"]?["model"] }
            json["normalizer"] = json["normalizer"].map { replacing("CHARSMAP", by: map, in: $0) }
            let tokenizer = try Tokenizer(json: .object(json))
            for line in test["rows"]?.array ?? [] { try Vectors.compare(tokenizer, line) }
        }
    }

    private func replacing(_ name: JSON, by value: JSON, in json: JSON) -> JSON {
        switch json {
        case name: return value
        case .array(let items): return .array(items.map { replacing(name, by: value, in: $0) })
        case .object(let object):
            var result = JSONObject()
            for member in object.members { result.set(member.key, replacing(name, by: value, in: member.value)) }
            return .object(result)
        default: return json
        }
    }
}

private func installed(_ model: String) -> Bool {
    (try? MappedFile("\(Folders.data)/models/\(model)/tokenizer.json")) != nil
}
