import Prompt
import Support
import Testing

@Suite struct BannerTests {
    @Test(arguments: [20, 40, 79, 80, 200]) func wordsStayWhole(width: Int) {
        for text in [Prompt.banner, Prompt.firstSteps] {
            let lines = text(width).split(separator: "\n")
            let longest = text(1000).split { $0.isWhitespace }.map { DisplayWidth.of(String($0)) }.max() ?? 0
            #expect(lines.allSatisfy { DisplayWidth.of(String($0)) <= max(width, longest) })
            #expect(text(width).split { $0.isWhitespace } == text(1000).split { $0.isWhitespace })
            #expect(text(width).hasSuffix("\n"))
        }
        #expect(Prompt.banner(width: 200).split(separator: "\n").count == 2)
    }
}
