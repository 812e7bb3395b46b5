import Support
import Testing

@testable import Tokenizers

@Suite struct ByteTrieTests {
    @Test func findsWhatIsInItAndNothingElse() throws {
        var generator = SeededGenerator(seed: 7)
        var keys: [[UInt8]: Int32] = [:]
        for _ in 0..<5000 {
            // Few different bytes, so that keys share beginnings.
            let spread = generator.below(3) == 0 ? 256 : 3
            let key = (0..<generator.below(9)).map { _ in UInt8(generator.below(spread)) }
            keys[key] = Int32(generator.below(1_000_000))
        }
        let list = Array(keys)
        let trie = try ByteTrie(list.map(\.key), values: list.map(\.value))
        for (key, value) in list { #expect(trie.value(key) == value) }
        for _ in 0..<20000 {
            let key = (0..<generator.below(9)).map { _ in UInt8(generator.below(4)) }
            #expect(trie.value(key) == keys[key])
        }
    }

    @Test func lastOfEqualKeysCounts() throws {
        let trie = try ByteTrie([[1], [2], [1]], values: [10, 20, 30])
        #expect(trie.value([1]) == 30)
        #expect(trie.value([]) == nil)
    }

    @Test func holdsAKeyOfAMegabyte() throws {
        let key = [UInt8](repeating: 255, count: 1 << 20)
        let trie = try ByteTrie([key], values: [5])
        #expect(trie.value(key) == 5)
        #expect(trie.value(key.dropLast()) == nil)
    }
}
