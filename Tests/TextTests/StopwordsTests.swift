import Testing
import Text

@Suite struct StopwordsTests {
    @Test func listsHoldWhatSaysNothing() {
        let english = Stopwords.list(.english)
        let chinese = Stopwords.list(.chinese)
        #expect(english.contains("the") && english.contains("don't"))
        #expect(chinese.contains("的") && chinese.contains("我们"))
        #expect(!chinese.contains("手机"))
        for list in [english, chinese] { #expect(Set(list).count == list.count) }
    }
}
