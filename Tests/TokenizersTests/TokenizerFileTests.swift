import Support
import Testing

@testable import Tokenizers

/// Files that are damaged or ask for what is not there.
@Suite struct TokenizerFileTests {
    private static let wordPiece: JSON = [
        "type": "WordPiece", "unk_token": "[UNK]", "vocab": ["[UNK]": 0, "a": 1, "##b": 2],
    ]

    private func failure(_ json: JSON) -> Failure? {
        do throws(Failure) { _ = try Tokenizer(json: json, source: "t.json") } catch { return error }
        return nil
    }

    @Test func loadsTheLeastThereIs() throws {
        let tokenizer = try Tokenizer(json: ["model": Self.wordPiece])
        #expect(try tokenizer.encode(Array("ab".utf8)).ids == [1, 2])
        #expect(try tokenizer.encode(Array("abc".utf8)).ids == [0])
        #expect(try tokenizer.encode([]).ids == [])
    }

    @Test(arguments: [
        ("BPE", "BPE"), ("WordLevel", "WordLevel"), ("Strange", "Strange"),
    ]) func namesModelsItDoesNotKnow(type: String, word: String) {
        let failure = failure(["model": ["type": JSON(type), "vocab": [:]]])
        #expect(failure?.description.contains(word) == true)
        #expect(failure?.kind == .format(path: "t.json", place: "model"))
    }

    @Test func namesComponentsItDoesNotKnow() {
        for (place, part) in [
            ("normalizer", ["type": "Nmt"]), ("normalizer", ["type": "Sequence", "normalizers": [["type": "Nmt"]]]),
            ("normalizer", [:]), ("normalizer", ["type": "Replace", "pattern": ["Regex": "(a|b)"], "content": ""]),
            ("normalizer", ["type": "Replace", "pattern": ["Regex": "a*"], "content": ""]),
            ("normalizer", ["type": "Replace"]),
            ("normalizer", ["type": "Precompiled", "precompiled_charsmap": "!"]),
            ("normalizer", ["type": "Precompiled", "precompiled_charsmap": "AAAAAA=="]),
            ("normalizer", ["type": "Precompiled", "precompiled_charsmap": "/////w=="]),
            ("pre_tokenizer", ["type": "ByteLevel"]),
            ("pre_tokenizer", ["type": "Metaspace", "prepend_scheme": "often"]),
            ("pre_tokenizer", ["type": "Metaspace", "replacement": "ab"]),
            ("pre_tokenizer", ["type": "Punctuation", "behavior": "Odd"]),
            ("post_processor", ["type": "ByteLevel"]), ("post_processor", ["type": "BertProcessing", "sep": 1]),
            (
                "post_processor",
                ["type": "TemplateProcessing", "single": [["SpecialToken": ["id": "[X]", "type_id": 0]]], "pair": []]
            ),
            ("decoder", ["type": "CTC"]), ("added_tokens", [["id": 1]]),
            ("added_tokens", [["id": -1, "content": "x"]]),
            ("added_tokens", [["id": 2_000_000_000, "content": "x"]]),
        ] as [(String, JSON)] {
            var json = JSONObject()
            json["model"] = Self.wordPiece
            json[place] = part
            let failure = failure(.object(json))
            #expect(failure?.kind == .format(path: "t.json", place: place), "\(place): \(part)")
        }
    }

    @Test func refusesBrokenModels() {
        for model in [
            ["type": "WordPiece"], ["type": "WordPiece", "vocab": ["a": 0]],
            ["type": "WordPiece", "vocab": ["[UNK]": -1]],
            ["type": "WordPiece", "vocab": ["[UNK]": 99_999_999_999]], ["type": "WordPiece", "vocab": ["[UNK]": "x"]],
            ["type": "Unigram"], ["type": "Unigram", "vocab": [["a"]]], ["type": "Unigram", "vocab": [["a", "b"]]],
            ["type": "Unigram", "vocab": [["a", -1.0]], "unk_id": -7], [:], ["vocab": [:]],
        ] as [JSON] {
            #expect(failure(["model": model])?.kind == .format(path: "t.json", place: "model"), "\(model)")
        }
        #expect(failure([:])?.kind == .format(path: "t.json", place: "model"))
        #expect(failure([])?.kind == .format(path: "t.json", place: nil))
    }

    @Test func saysWhenNothingStandsForTheUnknown() throws {
        let tokenizer = try Tokenizer(json: ["model": ["type": "Unigram", "vocab": [["a", -1.0]]]])
        #expect(try tokenizer.encode(Array("aa".utf8)).ids == [0, 0])
        #expect(throws: Failure.self) { try tokenizer.encode(Array("ab".utf8)) }
    }

    @Test func survivesRandomDamage() throws {
        let file = try MappedFile(Vectors.path("tokenizer-components.json"))
        let cases = try #require(try JSON.parse(file.bytes).array)
        let small = try #require(cases.first { $0["tokenizer"]?["model"]?["type"] == "Unigram" }?["tokenizer"])
        let text = try small.encoded()
        var generator = SeededGenerator(seed: 23)
        for _ in 0..<150 {
            var damaged = text
            for _ in 0..<30 { damaged[generator.below(damaged.count)] = UInt8(32 + generator.below(95)) }
            guard let json = try? JSON.parse(damaged), let tokenizer = try? Tokenizer(json: json) else { continue }
            _ = try? tokenizer.encode(Array("some text é 好 <mask>".utf8))
        }
    }
}
