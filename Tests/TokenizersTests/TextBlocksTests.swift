import Foundation
import Support
import Testing

@testable import Tokenizers

/// Long texts are read block by block, with the same result as in one go.
@Suite struct TextBlocksTests {
    @Test(arguments: ["wordpiece-tokenizer.json", "unigram-tokenizer.json"])
    func `Blocks give the tokens and places of the whole`(name: String) throws {
        let tokenizer = try Tokenizer(file: Vectors.path(name))
        #expect(tokenizer.readsBlocks)
        var generator = SeededGenerator(seed: 5)
        let words = [
            "hello", " ", "World 7", " 好", "é", "e\u{301}", "\u{301}", "  ", "\n", "unbelievable", "a b", "9",
            ".", "ﬁ ", "🇩🇪", " x",
        ]
        for _ in 0..<3 {
            var text: [UInt8] = []
            while text.count < 3 * TextBlocks.size { text += words[generator.below(words.count)].utf8 }
            try text.withUnsafeBufferPointer { (buffer) throws(Failure) in
                var blocks = TokenizerWorkspace(), whole = TokenizerWorkspace()
                _ = try tokenizer.tokenize(buffer, &blocks)
                try tokenizer.tokenizeBlock(buffer, 0..<buffer.count, &whole)
                #expect(TextBlocks.end(buffer, from: 0, limit: buffer.count) < buffer.count)
                #expect(blocks.tokens.ids == whole.tokens.ids)
                #expect(blocks.tokens.spans == whole.tokens.spans)
            }
        }
    }

    @Test(arguments: ["wordpiece-tokenizer.json", "unigram-tokenizer.json"])
    func `A cut text without overflow is the cut text`(name: String) throws {
        let tokenizer = try Tokenizer(file: Vectors.path(name))
        let text = Array(String(repeating: "hello world of prices ", count: 9000).utf8)
        for length in [2, 3, 100, 20_000, 10_000_000] {
            var whole = try tokenizer.encode(text, options: EncodingOptions(truncation: .init(length), offsets: false))
            whole.overflow = []
            let cut = try tokenizer.encode(
                text, options: EncodingOptions(truncation: .init(length), offsets: false, overflow: false))
            #expect(cut == whole)
        }
    }

    @Test(arguments: ["hello world ", "好书，", "a"])
    func `One long text stops when it is asked to`(unit: String) throws {
        for name in ["wordpiece-tokenizer.json", "unigram-tokenizer.json"] {
            let tokenizer = try Tokenizer(file: Vectors.path(name))
            let text = Array(String(repeating: unit, count: 4_000_000 / unit.utf8.count).utf8)
            let cancellation = Cancellation()
            // A thread of its own: tasks wait while other tests have all cores.
            Thread.detachNewThread {
                Thread.sleep(forTimeInterval: 0.05)
                cancellation.cancel()
            }
            // Were the request seen between texts only, the tokens would come.
            #expect(throws: Failure.cancelled, "\(name)") {
                try tokenizer.encodeBatch([text], work: Work(cancellation: cancellation))
            }
        }
    }

    @Test(arguments: ["hello world ", "好书，", "a", "é", "e\u{301}\u{315}", "\u{1}"])
    func `The reading of ids alone stops within a text`(unit: String) throws {
        for name in ["wordpiece-tokenizer.json", "unigram-tokenizer.json"] {
            let reader = try #require(try Tokenizer(file: Vectors.path(name)).idReader)
            let text = Array(String(repeating: unit, count: 400_000 / unit.utf8.count).utf8)
            let cancellation = Cancellation()
            cancellation.cancel()
            var workspace = TokenizerWorkspace(reading: ReadingMemory(), cancellation: cancellation)
            _ = text.withUnsafeBufferPointer { buffer in
                // The reader does not look before it begins, so that whoever throws is within.
                #expect(throws: Failure.cancelled, "\(name)") {
                    try reader.read(buffer, 0..<buffer.count, &workspace)
                }
            }
        }
    }
}
