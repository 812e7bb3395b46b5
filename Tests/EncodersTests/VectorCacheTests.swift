import Foundation
import Support
import Testing
import Tensors

@testable import Encoders

/// Vectors kept in a file between calls.
@Suite final class VectorCacheTests {
    private let path = FileManager.default.temporaryDirectory.path + "/vectors-\(UUID().uuidString)"
    let texts = ["the book", "hotel", "书", "the book", "", "phone!"].map { Array($0.utf8) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    private func size() -> Int { FileSystem.fileSize(path) ?? -1 }
    private func encode(
        _ texts: [[UInt8]], with encoder: TextEncoder, prompt: String? = nil, normalize: Bool? = nil
    ) throws -> [UInt32] {
        var options = EncodeOptions(normalize: normalize, prompt: prompt)
        options.cache = path
        return try encoder.encode(texts, options: options).values(as: Float.self).map(\.bitPattern)
    }

    @Test func `The vectors are those without a cache, and each text is kept once`() throws {
        let encoder = try TextEncoder(folder: tinyFolder("base"))
        let plain = try encoder.encode(texts).values(as: Float.self).map(\.bitPattern)
        #expect(try encode(texts, with: encoder) == plain)
        let record = 20 + 4 * encoder.dimension
        #expect(size() == 24 + 8 + 5 * record)
        #expect(try encode(texts.reversed(), with: encoder).count == plain.count)
        #expect(size() == 24 + 8 + 5 * record)
        #expect(try encode(texts + [Array("store".utf8)], with: encoder).starts(with: plain))
        #expect(size() == 24 + 8 + 5 * record + 8 + record)
        #expect(try encode([], with: encoder) == [])
    }

    /// Wherever a bit is wrong, what it concerns counts as not there, and what is encoded instead is found the next time.
    @Test func `What was damaged is made anew`() throws {
        let encoder = try TextEncoder(folder: tinyFolder("base"))
        let expected = try encode(texts, with: encoder)
        let bytes = try FileSystem.content(of: path)
        // The block's count, keys with their checksums, and vectors.
        for place in [24, 32, 40, 50, 52, 32 + 5 * 20, bytes.count - 1] {
            var damaged = bytes
            damaged[place] ^= 4
            try Data(damaged).write(to: URL(fileURLWithPath: path))
            #expect(try encode(texts, with: encoder) == expected, "byte \(place)")
            let mended = size()
            #expect(try encode(texts, with: encoder) == expected, "byte \(place), again")
            #expect(size() == mended)
        }
        // All of it gone but the keys, as where a machine stopped before it wrote.
        let blank = bytes.prefix(32 + 5 * 20) + [UInt8](repeating: 0, count: 5 * 4 * encoder.dimension)
        try Data(blank).write(to: URL(fileURLWithPath: path))
        #expect(try encode(texts, with: encoder) == expected)
    }

    @Test func `A vector comes from the file, not from the model`() throws {
        let encoder = try TextEncoder(folder: tinyFolder("base"))
        _ = try encode([texts[0]], with: encoder)
        let numbers = try FileSystem.content(of: path)[32..<48].withUnsafeBytes { bytes in
            (bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
        try FileManager.default.removeItem(atPath: path)
        let other = [Float](repeating: 7, count: encoder.dimension)
        try other.withUnsafeBufferPointer { (vector) throws(Failure) in
            try VectorCache(path, dimension: encoder.dimension)
                .append([VectorCache.Key(high: numbers.0, low: numbers.1)], vector)
        }
        #expect(try encode([texts[0]], with: encoder) == other.map(\.bitPattern))
    }

    @Test func `Whatever a vector depends on is told apart`() throws {
        let base = try TextEncoder(folder: tinyFolder("base"))
        let others = [
            try TextEncoder(folder: tinyFolder("base"), precision: .int8),
            try TextEncoder(folder: tinyFolder("base"), maxLength: 3),
            try TextEncoder(folder: tinyFolder("base"), pooling: .cls),
            try TextEncoder(folder: tinyFolder("base"), prompt: "query"),
        ]
        let text = Array("a book of the hotel".utf8)
        _ = try encode([text], with: base)
        for encoder in others {
            let expected = try encoder.encode([text]).values(as: Float.self).map(\.bitPattern)
            #expect(try encode([text], with: encoder) == expected)
        }
        let unit = try base.encode([text], options: EncodeOptions(normalize: true)).values(as: Float.self)
        #expect(try encode([text], with: base, normalize: true) == unit.map(\.bitPattern))
        // The prompt and the text behind it are one text.
        let before = size()
        _ = try encode([Array("query: x".utf8)], with: base, prompt: "")
        let grown = size()
        #expect(grown > before)
        _ = try encode([Array("x".utf8)], with: base, prompt: "query: ")
        #expect(size() == grown)
    }

    @Test func `What was cut short goes on from the last whole block`() throws {
        let encoder = try TextEncoder(folder: tinyFolder("base"))
        _ = try encode([texts[0]], with: encoder)
        let whole = size()
        let expected = try encode(texts, with: encoder)
        let bytes = try FileSystem.content(of: path)
        for count in [bytes.count - 1, whole + 8, whole + 3, whole, 24] {
            try Data(bytes.prefix(count)).write(to: URL(fileURLWithPath: path))
            #expect(try encode(texts, with: encoder) == expected, "\(count) bytes")
            #expect(try encode(texts, with: encoder) == expected, "\(count) bytes, again")
        }
    }

    @Test func `Other files and other dimensions are refused and left alone`() throws {
        let encoder = try TextEncoder(folder: tinyFolder("base"))
        func refusal() -> String {
            do {
                _ = try encode(texts, with: encoder)
                return "none"
            } catch { return "\(error)" }
        }
        for text in ["name,age\nAnn,3\n", "cohort vectors 1"] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            #expect(refusal().contains("is no cache of vectors"))
            #expect(try FileSystem.content(of: path) == Array(text.utf8))
        }
        try Data(Array("cohort vectors 1".utf8) + [9, 0, 0, 0, 0, 0, 0, 0]).write(to: URL(fileURLWithPath: path))
        #expect(refusal().contains("is a cache of another version"))
        try Data(Array("cohort vectors 2".utf8) + [9, 0, 0, 0, 0, 0, 0, 0]).write(to: URL(fileURLWithPath: path))
        #expect(refusal().contains("holds vectors of 9 numbers, this encoder makes \(encoder.dimension)"))
        try FileManager.default.removeItem(atPath: path)
        let held = try VectorCache(path, dimension: encoder.dimension)
        #expect(refusal().contains("is being used by another program"))
        withExtendedLifetime(held) {}
    }

    @Test func `Cancelling keeps what was done`() throws {
        let encoder = try TextEncoder(folder: tinyFolder("base"))
        let cancellation = Cancellation()
        cancellation.cancel()
        var options = EncodeOptions()
        options.cache = path
        let many = (0..<2_000).map { Array("book \($0)".utf8) }
        #expect(throws: Failure.self) {
            try encoder.encode(many, options: options, work: Work(cancellation: cancellation))
        }
        let all = try encoder.encode(many).values(as: Float.self).map(\.bitPattern)
        #expect(try encode(Array(many.prefix(600)), with: encoder).elementsEqual(all.prefix(600 * encoder.dimension)))
        #expect(try encode(many, with: encoder) == all)
    }
}
