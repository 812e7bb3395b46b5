import Support
import Testing

@testable import Tokenizers

@Suite struct TokenizerTests {
    private func bert() throws -> Tokenizer { try Tokenizer(file: Vectors.path("wordpiece-tokenizer.json")) }

    private func failure(_ body: () throws(Failure) -> Void) -> Failure? {
        do throws(Failure) { try body() } catch { return error }
        return nil
    }

    @Test func pads() throws {
        let tokenizer = try bert()
        let texts = ["a b c", "", "a"].map { Array($0.utf8) }
        let longest = try tokenizer.encodeBatch(texts, options: EncodingOptions(padding: .init()))
        #expect(longest.map(\.count) == [5, 5, 5])
        #expect(longest[1].ids == [101, 102, 0, 0, 0])
        #expect(longest[1].attentionMask == [1, 1, 0, 0, 0])
        #expect(longest[1].specialMask == [1, 1, 1, 1, 1])
        #expect(longest[2].byteOffsets == [.none, .init(0, 1), .none, .none, .none])
        let left = try tokenizer.encode(texts[2], options: EncodingOptions(padding: .init(.fixed(6), side: .left)))
        #expect(left.ids == [0, 0, 0, 101, 1037, 102])
        #expect(left.sequences == [-1, -1, -1, -1, 0, -1])
        let multiple = try tokenizer.encodeBatch(
            texts, options: EncodingOptions(padding: .init(.longest, multiple: 8), offsets: false))
        #expect(multiple.map(\.count) == [8, 8, 8])
        #expect(multiple[0].byteOffsets.isEmpty)
        let short = try tokenizer.encode(texts[0], options: EncodingOptions(padding: .init(.fixed(2))))
        #expect(short.count == 5)
    }

    @Test func batchesGiveTheSameForAnyNumberOfThreads() throws {
        let tokenizer = try bert()
        let texts = try Vectors.lines(Vectors.path("wordpiece.jsonl")).prefix(300).compactMap { $0["text"]?.bytes }
        let single = try texts.map { (text) throws in try tokenizer.encode(text) }
        for threads in [1, 2, 5] { #expect(try tokenizer.encodeBatch(texts, work: Work(threads: threads)) == single) }
        let cancellation = Cancellation()
        cancellation.cancel()
        #expect(
            failure { () throws(Failure) in _ = try tokenizer.encodeBatch(texts, work: Work(cancellation: cancellation))
            } == .cancelled)
    }

    @Test func readsWhatIsNotUTF8AsReplacementCharacters() throws {
        let tokenizer = try Tokenizer(file: Vectors.path("unigram-tokenizer.json"))
        // A lead byte without its rest, a stray continuation, an encoded surrogate (three errors), an overlong form (two).
        let bad: [UInt8] = [0x61, 0xe4, 0xb8, 0x20, 0x80, 0x62, 0xed, 0xa0, 0x80, 0xc0, 0xaf, 0x63]
        let good = Array("a\u{fffd} \u{fffd}b\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}c".utf8)
        #expect(String(decoding: bad, as: UTF8.self).utf8.elementsEqual(good))
        let encoding = try tokenizer.encode(bad)
        let expected = try tokenizer.encode(good)
        #expect(encoding.ids == expected.ids)
        #expect(encoding.characterOffsets == expected.characterOffsets)
        #expect(encoding.byteOffsets.allSatisfy { $0.start >= 0 && $0.start <= $0.end && Int($0.end) <= bad.count })
        #expect(encoding.byteOffsets.last { $0 != .none }?.end == 12)
    }

    @Test func survivesRandomBytes() throws {
        var generator = SeededGenerator(seed: 17)
        for name in ["wordpiece-tokenizer.json", "unigram-tokenizer.json"] {
            let tokenizer = try Tokenizer(file: Vectors.path(name))
            for _ in 0..<3000 {
                let text = (0..<generator.below(40)).map { _ in
                    generator.below(2) == 0
                        ? UInt8(generator.below(256)) : [0x20, 0xf0, 0x9f, 0x98, 0x80, 0xe2, 0xcc][generator.below(7)]
                }
                let encoding = try tokenizer.encode(text)
                let repaired = try tokenizer.encode(Array(String(decoding: text, as: UTF8.self).utf8))
                #expect(encoding.ids == repaired.ids)
                #expect(encoding.byteOffsets.allSatisfy { $0.start <= $0.end && Int($0.end) <= text.count })
            }
        }
    }

    @Test func countsAndLooksUp() throws {
        let tokenizer = try bert()
        #expect(
            try tokenizer.count(Array("unbelievable prices".utf8))
                == tokenizer.encode(Array("unbelievable prices".utf8)).count)
        #expect(try tokenizer.count([], addSpecialTokens: false) == 0)
        #expect(tokenizer.vocabularySize == 30522)
        #expect(tokenizer.token(101) == "[CLS]")
        #expect(tokenizer.token(-1) == nil && tokenizer.token(1 << 30) == nil)
        #expect(tokenizer.id(of: "##ing") == 2075)
        #expect(tokenizer.isSpecial(102) && !tokenizer.isSpecial(2075))
        #expect(tokenizer.storedMaximumLength == 128)
        #expect(
            String(decoding: try tokenizer.decode([101, 7592, 1010, 2088, 999, 102, 77777]), as: UTF8.self)
                == "hello, world!")
        #expect(
            String(decoding: try tokenizer.decode([101, 7592], skipSpecialTokens: false), as: UTF8.self)
                == "[CLS] hello")
    }

    @Test func tellsWhatTruncationCannotDo() throws {
        let tokenizer = try bert()
        func parameter(_ truncation: EncodingOptions.Truncation, pair: String? = nil) -> Failure.Kind? {
            failure { () throws(Failure) in
                _ = try tokenizer.encode(
                    Array("a b c d e".utf8), pair: pair.map { Array($0.utf8) },
                    options: EncodingOptions(truncation: truncation))
            }?.kind
        }
        #expect(parameter(.init(1)) == .argument(parameter: "max_length"))
        #expect(parameter(.init(-5)) == .argument(parameter: "max_length"))
        #expect(parameter(.init(4, stride: 2)) == .argument(parameter: "stride"))
        #expect(parameter(.init(4, stride: -1)) == .argument(parameter: "stride"))
        #expect(parameter(.init(4, strategy: .onlySecond)) == .argument(parameter: "truncation"))
        #expect(parameter(.init(4, strategy: .onlySecond), pair: "x y") == .argument(parameter: "truncation"))
        #expect(parameter(.init(2)) == nil)
        #expect(parameter(.init(.max)) == nil)
    }

    @Test func longTextsTakeLinearTime() throws {
        for name in ["wordpiece-tokenizer.json", "unigram-tokenizer.json"] {
            let tokenizer = try Tokenizer(file: Vectors.path(name))
            let text = Array(String(repeating: "好word é ", count: 9000).utf8)
            #expect(try tokenizer.count(text) > 9000)
            #expect(try tokenizer.count([UInt8](repeating: 0x61, count: 100_000)) > 2)
            #expect(try tokenizer.count([UInt8](repeating: 0, count: 100_000)) >= 2)
        }
    }
}
