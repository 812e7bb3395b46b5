import Support
import Testing
import Text

@Suite struct WordSplitterTests {
    @Test func chineseIsSplitLikeTheReference() throws {
        let splitter = WordSplitter(dictionary: try Goldens.dictionary())
        for golden in try Goldens.read().split { #expect(splitter.words(golden.text) == golden.words) }
    }

    @Test func wordsOfScriptsWithSpaces() {
        let splitter = WordSplitter(dictionary: nil)
        #expect(
            splitter.words("Don’t stop -- it's the U.S. e-mail!") == [
                "don't", "stop", "it's", "the", "u", "s", "e-mail",
            ])
        #expect(splitter.words("Größe ÉTÉ naïve МОСКВА 서울") == ["größe", "été", "naïve", "москва", "서울"])
        #expect(splitter.words("1,000.5 kg, 3.") == ["1,000.5", "kg", "3"])
        #expect(splitter.words("ＡＢＣ１２３") == ["abc123"])
        #expect(splitter.words("'quoted' rock'n'roll'") == ["quoted", "rock'n'roll"])
    }

    @Test func mixedScripts() throws {
        let splitter = WordSplitter(dictionary: try Goldens.dictionary())
        #expect(splitter.words("我买iPhone6s手机2台😀，质量OK") == ["我", "买", "iphone6s", "手机", "2", "台", "质量", "ok"])
        #expect(splitter.words("t恤和T恤") == ["t恤", "和", "t恤"])
        #expect(splitter.words("at恤") == ["at", "恤"])
        #expect(splitter.words("ラーメン水果") == ["ラーメン", "水果"])
    }

    @Test func englishLeavesChineseRunsWhole() throws {
        let splitter = WordSplitter(dictionary: try Goldens.dictionary())
        #expect(splitter.words("my 手机屏幕 is OK", language: .english) == ["my", "手机屏幕", "is", "ok"])
    }

    @Test func textsWithoutWords() {
        let splitter = WordSplitter(dictionary: nil)
        for text in ["", " \n", "😀!?", "\0", "'", "。，、"] { #expect(splitter.words(text).isEmpty) }
        #expect(splitter.words("a\0b") == ["a", "b"])
    }

    @Test func longTextsAreNoTrouble() throws {
        let splitter = WordSplitter(dictionary: try Goldens.dictionary())
        let text = String(repeating: "手机屏幕很清晰", count: 15_000)
        #expect(splitter.words(text).count == 60_000)
    }

    /// The words of a text put together again are its letters, whatever the text.
    @Test func nothingIsLost() throws {
        let splitter = WordSplitter(dictionary: try Goldens.dictionary())
        var generator = SeededGenerator(seed: 3)
        let alphabet = Array("手机屏幕研究生命长江大桥aZ9 ，.'é한ア\u{301}恤T".unicodeScalars)
        for _ in 0..<300 {
            var scalars = String.UnicodeScalarView()
            for _ in 0..<generator.below(40) { scalars.append(alphabet[generator.below(alphabet.count)]) }
            let text = String(scalars)
            let letters = text.lowercased().unicodeScalars.filter { $0.properties.isAlphabetic || $0 == "9" }
            let joined = splitter.words(text).joined().unicodeScalars.filter { $0.properties.isAlphabetic || $0 == "9" }
            #expect(Array(joined) == Array(letters))
        }
    }
}
