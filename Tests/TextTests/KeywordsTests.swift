import Support
import Testing
import Text

@Suite struct KeywordsTests {
    private func flat(_ groups: [[String]]) -> (texts: [String], labels: [Int]) {
        (groups.flatMap { $0 }, groups.enumerated().flatMap { group, texts in texts.map { _ in group } })
    }

    @Test func weightsAreThoseOfTheFormula() throws {
        let goldens = try Goldens.read()
        let (texts, labels) = flat(goldens.groups)
        var options = Keywords.Options()
        options.k = 100
        options.distinct = false
        let found = try Keywords.find(texts, labels: labels, groups: 3, dictionary: nil, options: options)
        for (words, weights) in zip(found, goldens.weights) {
            #expect(words.count == weights.count)
            for word in words { #expect(abs(word.score - (weights[word.word] ?? 0)) < 1e-12) }
        }
    }

    @Test func wordsOfEveryGroupNameNone() throws {
        let texts = [
            "good good good phone screen", "good good good hotel room", "good good good apple fruit", "a the 1999 7 x",
        ]
        let found = try Keywords.find(texts, labels: [0, 1, 2, 3], groups: 5, dictionary: nil)
        #expect(
            found.map { $0.map(\.word) } == [
                ["phone", "screen", "good"], ["hotel", "room", "good"], ["apple", "fruit", "good"], [], [],
            ])
    }

    @Test func equalWeightsComeInTheOrderOfTheirBytes() throws {
        let found = try Keywords.find(["zebra éclair apple Zoo 书香"], labels: [0], groups: 1, dictionary: nil)
        #expect(found[0].map(\.word).prefix(4) == ["apple", "zebra", "zoo", "éclair"])
    }

    @Test func chineseGroupsAreNamedByNouns() throws {
        let texts = [
            "买手机，手机屏幕很清晰，不错", "手机质量好，屏幕好看", "酒店房间干净，酒店不错", "酒店很好，房间好", "看书，好书", "一本好书，买书",
        ]
        let labels = [0, 0, 1, 1, 2, 2]
        let found = try Keywords.find(texts, labels: labels, groups: 3, dictionary: Goldens.dictionary())
        #expect(found.map { $0[0].word } == ["手机", "酒店", "书"])
        #expect(found[0][1].word == "屏幕")
        #expect(found[1][1].word == "房间")
    }

    @Test func newWordsNameGroupsWithoutADictionary() throws {
        let adjectives = Array("红橙黄绿青蓝紫黑白灰大小高低长短新旧快慢")
        let texts = (0..<60).flatMap { index -> [String] in
            let (a, b) = (adjectives[index % 20], adjectives[(index * 7 + 3) % 20])
            return ["\(a)热水器\(b)", "\(b)牛奶\(a)"]
        }
        let labels = texts.indices.map { $0 % 2 }
        let found = try Keywords.find(texts, labels: labels, groups: 2, dictionary: nil)
        #expect(found.map { $0[0].word } == ["热水器", "牛奶"])
    }

    @Test func stopwordsOfTheCallerAreLeftOut() throws {
        var options = Keywords.Options()
        options.stopwords = ["Phone"]
        let found = try Keywords.find(
            ["phone's screen, my phone"], labels: [0], groups: 1, dictionary: nil, options: options)
        #expect(found[0].map(\.word) == ["screen"])
    }

    @Test func threadsDoNotChangeTheWords() throws {
        let groups = try Goldens.read().groups
        let texts = (0..<2_000).map { (index: Int) -> String in
            let group = groups[index % 3]
            return group[index / 3 % group.count]
        }
        let labels = texts.indices.map { $0 % 3 }
        let one = try Keywords.find(texts, labels: labels, groups: 3, dictionary: nil, work: Work(threads: 1))
        #expect(try Keywords.find(texts, labels: labels, groups: 3, dictionary: nil, work: Work(threads: 3)) == one)
    }

    @Test func argumentsAreChecked() {
        let labels = #expect(throws: Failure.self) {
            try Keywords.find(["a"], labels: [0, 1], groups: 2, dictionary: nil)
        }
        #expect(labels?.kind == .argument(parameter: "labels"))
        var options = Keywords.Options()
        options.k = 0
        let k = #expect(throws: Failure.self) {
            try Keywords.find(["a"], labels: [0], groups: 1, dictionary: nil, options: options)
        }
        #expect(k?.kind == .argument(parameter: "k"))
    }
}
