import Support
import Testing

@Suite struct DisplayWidthTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("书店", 4), ("ｆｕｌｌ", 8), ("한글", 4), ("한글", 4), ("カナ", 4), ("ｶﾅ", 2), ("é", 1),
        ("e\u{301}", 1),
        ("😀", 2), ("👨‍👩‍👧‍👦", 2), ("👍🏽", 2), ("🇨🇳", 2), ("❤️", 2), ("❤", 1), ("1️⃣", 2), ("🏴󠁧󠁢󠁳󠁣󠁴󠁿", 2), ("→", 1), ("a\u{200b}b", 2),
        ("\u{feff}", 0),
        ("กำ", 2), ("नमस्ते", 4), ("，。", 4), ("€", 1), ("─│", 2), ("🫠", 2),
    ])
    func countsColumns(_ text: String, _ width: Int) { #expect(DisplayWidth.of(text) == width) }

    @Test func cutsBetweenCharacters() {
        #expect(DisplayWidth.cut("abcdef", to: 6) == "abcdef")
        #expect(DisplayWidth.cut("abcdef", to: 5) == "abcd…")
        #expect(DisplayWidth.cut("书店酒店", to: 5) == "书店…")
        #expect(DisplayWidth.cut("书店酒店", to: 4) == "书…")
        #expect(DisplayWidth.cut("👨‍👩‍👧x", to: 2) == "…")
        #expect(DisplayWidth.cut("abc", to: 1) == "…")
        #expect(DisplayWidth.cut("abc", to: 0) == "")
        #expect(DisplayWidth.cut("", to: 0) == "")
    }

    @Test func neverExceedsTheWidthAskedFor() {
        let pieces = ["a", "书", "😀", "e\u{301}", "👨‍👩‍👧", "🇨🇳", "…", " "]
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<500 {
            let text = (0..<generator.below(12)).map { _ in pieces[generator.below(pieces.count)] }.joined()
            let width = generator.below(14)
            let cut = DisplayWidth.cut(text, to: width)
            #expect(DisplayWidth.of(cut) <= width)
            if DisplayWidth.of(text) <= width { #expect(cut == text) }
            #expect(DisplayWidth.of(DisplayWidth.fill(cut, to: width)) == width)
        }
    }

    @Test func escapesWhatMovesTheCursor() {
        #expect(DisplayWidth.escaped("a\nb\tc\r\n\0\u{1b}[2J\u{202e}") == "a\\nb\\tc\\r\\n\\0\\x1b[2J\\u{202e}")
        #expect(DisplayWidth.escaped("书 ok") == "书 ok")
    }
}
