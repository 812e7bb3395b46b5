import Support
import Testing

@testable import Tokenizers

/// Files of Tests/Vectors, and how their lines are compared with what a tokenizer gives.
enum Vectors {
    static func path(_ name: String) -> String {
        let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(
            separator: "/")
        return "\(folder)/Vectors/\(name)"
    }

    /// The lines of a file with one JSON object each.
    static func lines(_ path: String) throws -> [JSON] {
        let file = try MappedFile(path)
        return try file.bytes.split(separator: 0x0a).map { try JSON.parse(Array($0)) }
    }

    static func options(_ line: JSON) -> EncodingOptions {
        var options = EncodingOptions()
        guard let given = line["opt"], let length = given["max_length"]?.int else { return options }
        options.truncation = EncodingOptions.Truncation(
            length, strategy: given["strategy"]?.string.flatMap { .init(rawValue: $0) } ?? .longestFirst,
            side: given["side"]?.string.flatMap { .init(rawValue: $0) } ?? .right, stride: given["stride"]?.int ?? 0)
        return options
    }

    /// Checks every field of `line`. `id` maps the tokenizer's ids to those of the line.
    static func compare(_ tokenizer: Tokenizer, _ line: JSON, id: (Int32) -> Int = { Int($0) }) throws {
        let number = line["n"]?.int ?? -1
        let text = try #require(line["text"]?.bytes)
        let encoding = try tokenizer.encode(text, pair: line["pair"]?.bytes, options: options(line))
        func integers(_ key: String) -> [Int]? { line[key]?.array?.compactMap(\.int) }
        func flat(_ spans: [Encoding.Span]) -> [Int] { spans.flatMap { [Int($0.start), Int($0.end)] } }
        #expect(encoding.ids.map(id) == integers("ids"), "ids of line \(number)")
        #expect(flat(encoding.characterOffsets) == integers("off"), "offsets of line \(number)")
        #expect(flat(encoding.byteOffsets) == integers("boff"), "byte offsets of line \(number)")
        if let types = integers("type_ids") {
            #expect(encoding.typeIds.map(Int.init) == types, "type ids of line \(number)")
        }
        if let mask = integers("mask") {
            #expect(encoding.attentionMask.map(Int.init) == mask, "mask of line \(number)")
        }
        if let overflow = line["overflow"]?.array {
            #expect(
                encoding.overflow.map { $0.ids.map(id) } == overflow.map { ($0.array ?? []).compactMap(\.int) },
                "overflow of line \(number)")
        }
        if let decoded = line["decoded"]?.bytes {
            #expect(try tokenizer.decode(encoding.ids) == decoded, "decoded line \(number)")
        }
        #expect(encoding.attentionMask.count == encoding.count && encoding.typeIds.count == encoding.count)
        #expect(encoding.specialMask.count == encoding.count && encoding.sequences.count == encoding.count)
    }
}
