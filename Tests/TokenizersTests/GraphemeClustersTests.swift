import Testing

@testable import Tokenizers

@Suite struct GraphemeClustersTests {
    private func clusters(_ text: String) -> [Int] {
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return [] }
            var result: [Int] = []
            var index = 0
            while index < buffer.count {
                let end = GraphemeClusters.end(start, from: index, count: buffer.count)
                result.append(UTF8Text.scalars(Array(buffer[index..<end])).count)
                index = end
            }
            return result
        }
    }

    // Scalars per cluster, rule by rule of UAX #29.
    @Test(arguments: [
        ("ab", [1, 1]), ("\r\n\n\r", [2, 1, 1]), ("a\u{301}b", [2, 1]), ("\u{1}\u{301}", [1, 1]),
        ("\u{1100}\u{1161}\u{11a8}\u{1100}", [3, 1]), ("\u{ac00}\u{11a8}\u{ac01}\u{11a8}\u{1161}", [2, 2, 1]),
        ("a\u{200d}b", [2, 1]), ("\u{915}\u{93f}", [2]), ("\u{600}a", [2]), ("\u{600}\n", [1, 1]),
        ("\u{915}\u{94d}\u{937}", [3]), ("\u{915}\u{937}", [1, 1]), ("\u{915}\u{94d}\u{200d}\u{937}", [4]),
        ("\u{915}\u{94d}a", [2, 1]),
        ("👨\u{200d}👩\u{200d}👧x", [5, 1]), ("👍🏽", [2]), ("a\u{200d}👩", [2, 1]), ("👨\u{200d}\u{200d}👩", [3, 1]),
        ("🇨🇳🇺🇸🇫", [2, 2, 1]), ("🇨\u{301}🇳🇺", [2, 2]), ("1\u{fe0f}\u{20e3}", [3]),
    ]) func followTheRules(text: String, expected: [Int]) {
        #expect(clusters(text) == expected)
    }
}
