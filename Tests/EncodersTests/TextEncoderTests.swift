import Foundation
import Support
import Tensors
import Testing
import Tokenizers

@testable import Encoders

@Suite struct TextEncoderTests {
    @Test func `Every form of folder gives the vectors of transformers`() throws {
        let models = try tinyModels()
        #expect(models.map(\.folder) == ["base", "half", "brain", "dense", "roberta"])
        for model in models {
            let encoder = try TextEncoder(folder: tinyFolder(model.folder ?? ""))
            let result = try rows(encoder.encode(ids: model.cases.map(\.ids)))
            #expect(encoder.dimension == model.cases[0].vector.count)
            for (row, expected) in zip(result, model.cases) {
                // The case of an unknown word holds XLM-R's padding id inside the text.
                #expect(difference(row, expected.vector) < 2e-5, "\(model.folder ?? ""), \(expected.text ?? "")")
                #expect(cosine(row, expected.vector) > 0.999_999_9)
            }
        }
    }

    @Test func `Text gives the ids and vectors of transformers`() throws {
        for model in try tinyModels() {
            let encoder = try TextEncoder(folder: tinyFolder(model.folder ?? ""))
            for expected in model.cases {
                let ids = try encoder.tokenizer.encode(expected.bytes, options: EncodingOptions(truncation: .init(24)))
                    .ids
                #expect(ids == expected.ids, "\(expected.text ?? "")")
            }
            for (row, expected) in zip(try rows(encoder.encode(model.cases.map(\.bytes))), model.cases) {
                #expect(difference(row, expected.vector) < 2e-5, "\(model.folder ?? ""), \(expected.text ?? "")")
            }
        }
    }

    @Test func `Batches and threads change nothing in vectors of texts`() throws {
        let encoder = try TextEncoder(folder: tinyFolder("base"))
        let words = ["a", "book", "the", "hotel", "phone!", "书", "店", "unknown", "\u{0}", "😀"]
        var generator = SeededGenerator(seed: 8)
        let texts = (0..<200).map { _ in
            Array(
                (0..<generator.below(30)).map { _ in words[generator.below(words.count)] }.joined(separator: " ").utf8)
        }
        let whole = try encoder.encode(texts, work: Work(threads: 1)).values(as: Float.self)
        for (batch, threads) in [(1, 1), (7, 3), (64, 2)] {
            var options = EncodeOptions()
            options.batch = batch
            let pieces = try encoder.encode(texts, options: options, work: Work(threads: threads)).values(
                as: Float.self)
            #expect(pieces.map(\.bitPattern) == whole.map(\.bitPattern), "batches of \(batch)")
        }
    }

    @Test func `A prompt is a name or a text, and stands before the text`() throws {
        func vector(_ text: String, _ prompt: String?, encoder: String? = nil) throws -> [Float] {
            try TextEncoder(folder: tinyFolder("base"), prompt: encoder)
                .encode([Array(text.utf8)], options: EncodeOptions(prompt: prompt)).values(as: Float.self)
        }
        let expected = try vector("the book hotel", nil)
        #expect(try vector("hotel", "query") == expected)
        #expect(try vector("hotel", "the book ") == expected)
        #expect(try vector("hotel", nil, encoder: "query") == expected)
        #expect(try vector("the book hotel", "", encoder: "query") == expected)
        #expect(try vector("hotel", nil) != expected)
        #expect(try TextEncoder(folder: tinyFolder("base")).promptNames == ["query"])
    }

    @Test(arguments: Pooling.allCases)
    func `Every pooling gives the vectors of transformers`(pooling: Pooling) throws {
        let model = try tinyModels()[0]
        let encoder = try TextEncoder(folder: tinyFolder("base"), pooling: pooling)
        #expect(encoder.pooling == [pooling])
        for (row, expected) in zip(try rows(encoder.encode(ids: model.cases.map(\.ids))), model.cases) {
            #expect(difference(row, expected.pooled?[pooling.rawValue] ?? []) < 2e-5, "\(expected.text ?? "")")
        }
    }

    @Test func `Vectors do not depend on threads, neighbours or batches`() throws {
        let encoder = try TextEncoder(folder: tinyFolder("base"))
        var generator = SeededGenerator(seed: 7)
        let texts = (0..<300).map { _ in (0..<generator.below(24)).map { _ in Int32(generator.below(58)) } }
        let alone = try texts.flatMap { try encoder.encode(ids: [$0], work: Work(threads: 1)).values(as: Float.self) }
        for threads in [1, 2, 5] {
            let together = try encoder.encode(ids: texts, work: Work(threads: threads)).values(as: Float.self)
            #expect(together.map(\.bitPattern) == alone.map(\.bitPattern), "\(threads) threads")
        }
    }

    @Test(arguments: [(Precision.bfloat16, 0.999), (.int8, 0.99)])
    func `Less precision stays near, whatever threads and neighbours`(precision: Precision, least: Double) throws {
        var generator = SeededGenerator(seed: 9)
        let texts = (0..<100).map { _ in (0..<1 + generator.below(24)).map { _ in Int32(generator.below(58)) } }
        let exact = try rows(TextEncoder(folder: tinyFolder("base")).encode(ids: texts))
        let encoder = try TextEncoder(folder: tinyFolder("base"), precision: precision)
        let whole = try rows(encoder.encode(ids: texts, work: Work(threads: 3)))
        for (row, expected) in zip(whole, exact) { #expect(cosine(row, expected) > least) }
        #expect(whole != exact)
        let alone = try texts.flatMap { try encoder.encode(ids: [$0], work: Work(threads: 1)).values(as: Float.self) }
        #expect(whole.flatMap { $0 }.map(\.bitPattern) == alone.map(\.bitPattern))
    }

    @Test func `Nothing to encode gives no rows, no tokens give zeros`() throws {
        let encoder = try TextEncoder(folder: tinyFolder("base"))
        #expect(try encoder.encode(ids: []).shape == [0, 30])
        #expect(
            try encoder.encode(ids: [[]], normalize: true).values(as: Float.self) == [Float](repeating: 0, count: 30))
        #expect(try encoder.encode(ids: [[], [2, 3], []]).values(as: Float.self)[30..<60].contains { $0 != 0 })
    }

    @Test func `Normalisation follows the option, else the model`() throws {
        func norm(_ name: String, _ option: Bool?) throws -> Float {
            let row = try TextEncoder(folder: tinyFolder(name)).encode(ids: [[2, 9, 3]], normalize: option).values(
                as: Float.self)
            return row.reduce(0) { $0 + $1 * $1 }.squareRoot()
        }
        #expect(try abs(norm("base", true) - 1) < 1e-5)
        #expect(try abs(norm("base", nil) - 1) > 0.1)
        #expect(try abs(norm("half", nil) - 1) < 1e-5)
        #expect(try abs(norm("half", false) - 1) > 0.1)
    }

    @Test func `What is beyond the length limit is cut`() throws {
        let encoder = try TextEncoder(folder: tinyFolder("base"), maxLength: 5)
        let long: [Int32] = [2, 10, 11, 12, 3, 14, 15]
        #expect(
            try encoder.encode(ids: [long]).values(as: Float.self)
                == encoder.encode(ids: [Array(long.prefix(5))]).values(as: Float.self))
        #expect(try TextEncoder(folder: tinyFolder("base")).maxLength == 24)
        // XLM-R's first position is the padding token's id + 1.
        #expect(try TextEncoder(folder: tinyFolder("roberta")).model.configuration.longest == 32)
        for wrong in [0, -1, 33] {
            #expect(
                throws: Failure.argument(
                    "max_length", expected: "integer from 1 to 32 (the model's positions)", got: "\(wrong)")
            ) {
                _ = try TextEncoder(folder: tinyFolder("roberta"), maxLength: wrong)
            }
        }
    }

    @Test func `Tokens without an embedding are an error`() throws {
        let encoder = try TextEncoder(folder: tinyFolder("base"))
        for id: Int32 in [-1, 10_000] {
            #expect(throws: Failure.self) { _ = try encoder.encode(ids: [[2, id, 3]]) }
        }
    }

    @Test func `A cancellation stops the work`() throws {
        let work = Work()
        work.cancellation.cancel()
        let encoder = try TextEncoder(folder: tinyFolder("base"))
        #expect(throws: Failure.cancelled) { _ = try encoder.encode(ids: [[2, 3]], work: work) }
    }

    @Test func `Progress counts texts and ends`() throws {
        final class Sink: ProgressSink, @unchecked Sendable {
            var last = 0, finished = 0
            func report(_ label: String, done: Int, total: Int, unit: String) {
                #expect(label == "encode" && total == 500 && unit == "texts" && done > last)
                last = done
            }
            func finish(_ label: String) { finished += 1 }
        }
        let sink = Sink()
        let ids = [[Int32]](repeating: [2, 8, 9, 10, 3], count: 500)
        _ = try TextEncoder(folder: tinyFolder("base")).encode(ids: ids, work: Work(threads: 1, progress: sink))
        #expect(sink.last == 500 && sink.finished == 1)
    }
}
