import Support
import Testing
import Text

@Suite struct NewWordsTests {
    /// Sentences in which invented words stand among varying characters.
    private func corpus() -> [String] {
        var generator = SeededGenerator(seed: 8)
        let others = Array("天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈")
        func some() -> String {
            String((0..<2 + generator.below(3)).map { _ in others[generator.below(others.count)] })
        }
        return (0..<400).map { index in
            some() + (index % 2 == 0 ? "鲲鹏" : "麒麟兽") + some()
        }
    }

    @Test func findsThePlantedWords() throws {
        let found = try NewWords.find(in: corpus())
        #expect(found.words.prefix(2).map(\.text) == ["鲲鹏", "麒麟兽"])
        #expect(found.words[0].count == 200)
        // Half of a word always has the same neighbour.
        #expect(!found.words.contains { $0.text == "麒麟" || $0.text == "麟兽" })
        let splitter = WordSplitter(dictionary: nil, newWords: found)
        #expect(splitter.words("玄黄鲲鹏日月麒麟兽").filter { $0.count > 1 } == ["鲲鹏", "麒麟兽"])
    }

    @Test func theDictionaryKeepsItsWords() throws {
        let texts = corpus() + [String](repeating: "手机屏幕", count: 50)
        let found = try NewWords.find(in: texts, dictionary: Goldens.dictionary())
        #expect(found.words.map(\.text).prefix(2) == ["鲲鹏", "麒麟兽"])
        #expect(!found.words.contains { $0.text.contains("手机") || $0.text.contains("机屏") })
    }

    @Test func corporaWithoutWords() throws {
        for texts in [[], [""], ["plain English"], ["书"], ["天地玄黄"]] as [[String]] {
            #expect(try NewWords.find(in: texts).words.isEmpty)
        }
    }
}
