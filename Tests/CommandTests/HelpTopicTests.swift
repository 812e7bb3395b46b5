import Testing

@testable import Prompt

@Suite struct HelpTopicTests {
    @Test(arguments: [
        ("?cluster.kmeans", "cluster.kmeans"), ("  ? data ", "data"), ("?", ""), ("?tensor:sum\n", "tensor:sum"),
    ]) func aQuestionMarkAsksForHelp(entry: String, topic: String) {
        #expect(Prompt.helpTopic(of: entry) == topic)
    }

    @Test(arguments: ["", "a ? b", "print '?'"]) func otherEntriesDoNot(entry: String) {
        #expect(Prompt.helpTopic(of: entry) == nil)
    }
}
