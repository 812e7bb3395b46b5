import CUnicode
import Support
import Testing

@testable import Tokenizers

/// The generated tables against a list made independently of them.
@Suite struct UnicodePropertiesTests {
    @Test func agreeWithTheReferencePointByPoint() throws {
        let tables = try JSON.read(Vectors.path("bert_tables.json"))
        let flags: [(String, Int)] = [
            ("remove", CU_REMOVE), ("to_space", CU_TO_SPACE), ("cjk", CU_CJK), ("punct", CU_PUNCTUATION),
            ("pretok_ws", CU_WHITESPACE),
        ]
        var expected = [Int](repeating: 0, count: 0x110000)
        for (name, flag) in flags {
            for range in try #require(tables[name]?.array) {
                for point in try #require(range[0]?.int)...(try #require(range[1]?.int)) { expected[point] |= flag }
            }
        }
        let all = flags.reduce(0) { $0 | $1.1 }
        var wrong: [Int] = []
        for point in 0..<0x110000 where point & ~0x7ff != 0xd800 {
            if Int(cu_properties_of(UInt32(truncatingIfNeeded: point)).flags) & all != expected[point] {
                wrong.append(point)
            }
        }
        #expect(wrong == [])
    }

    @Test func lowerCaseAndAccents() throws {
        let tables = try JSON.read(Vectors.path("bert_tables.json"))
        func mapped(_ normalization: BertNormalization, _ scalar: UInt32) throws -> [UInt8] {
            var bytes: [UInt8] = []
            UTF8Text.append(scalar, to: &bytes)
            var text = bytes.withUnsafeBufferPointer { NormalizedText($0, base: 0) }
            try normalization.apply(to: &text, Cancellation())
            return text.bytes
        }
        let lower = BertNormalization(cleanText: false, separateChinese: false, stripAccents: false, lowercase: true)
        let plain = BertNormalization(cleanText: false, separateChinese: false, stripAccents: true, lowercase: false)
        for (key, normalization) in [("lower", lower), ("nfd_minus_mn", plain)] {
            let members = try #require(tables[key]?.object).members
            #expect(members.count > 1000)
            for member in members {
                let scalar = try #require(UInt32(member.key.text, radix: 16))
                #expect(try mapped(normalization, scalar) == member.value.bytes, "\(key) of U+\(member.key)")
            }
        }
    }
}
