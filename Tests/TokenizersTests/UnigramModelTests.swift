import Support
import Testing

@testable import Tokenizers

/// The search against one that is written as the definition reads, over vocabularies by chance.
@Suite struct UnigramModelTests {
    private static let alphabet = ["a", "b", "\u{e9}", "\u{4eac}", "\u{90fd}", "\u{1f600}", "\0"].map { Array($0.utf8) }
    private static let unknownName = Array("<unk>".utf8)

    private func text(_ generator: inout SeededGenerator, upTo most: Int, from least: Int = 1) -> [[UInt8]] {
        (0..<least + generator.below(most - least + 1)).map { _ in
            Self.alphabet[generator.below(Self.alphabet.count)]
        }
    }

    // The best score of every prefix: of equal ones, that whose last token begins first. Unknown characters side by side are one token.
    private func expected(_ text: [[UInt8]], _ entries: [[UInt8]], _ scores: [Double], unknown: Int32) -> [Int32] {
        func id(_ range: Range<Int>) -> Int32? {
            entries.lastIndex(of: Array(text[range].joined())).map { Int32($0) }
        }
        var best: [(score: Double, start: Int, id: Int32)] = [(0, 0, -1)]
        for end in 1...text.count {
            var found: (score: Double, start: Int, id: Int32)?
            for start in 0..<end {
                var token = id(start..<end).map { ($0, scores[Int($0)]) }
                if token == nil, start == end - 1 { token = (unknown, (scores.min() ?? 0) - 10) }
                guard let (id, score) = token else { continue }
                if best[start].score + score > found?.score ?? -.infinity {
                    found = (best[start].score + score, start, id)
                }
            }
            best.append(found ?? (0, end - 1, unknown))
        }
        var ids: [Int32] = []
        var end = text.count
        while end > 0 {
            let last = best[end].id
            var start = best[end].start
            if last == unknown {
                while start > 0, best[start].id == unknown { start = best[start].start }
                ids.append(id(start..<end) ?? unknown)
            } else {
                ids.append(last)
            }
            end = start
        }
        return ids.reversed()
    }

    private func ids(_ model: UnigramModel, _ text: [UInt8]) throws -> [Int32] {
        var ids: [Int32] = []
        var steps: [UnigramModel.Step] = []
        try text.withUnsafeBufferPointer {
            try model.tokenize($0, into: &ids, steps: &steps, Cancellation())
        }
        return ids
    }

    @Test func theBestCutIsFound() throws {
        var generator = SeededGenerator(seed: 20)
        for _ in 0..<600 {
            // Entries that are empty or not UTF-8 are in no text.
            var entries = [Self.unknownName, [], [0xff, 0x61]]
            for _ in 0..<generator.below(40) { entries.append(Array(text(&generator, upTo: 5).joined())) }
            // Few different scores, so that many cuts are equally good.
            let scores = entries.map { _ in -Double(generator.below(8)) }
            let model = try UnigramModel(entries: entries, scores: scores, unknown: 0, byteFallback: false)
            for _ in 0..<20 {
                let text = text(&generator, upTo: 12)
                #expect(
                    try ids(model, Array(text.joined())) == expected(text, entries, scores, unknown: 0),
                    "\(text) over \(entries) with \(scores)")
            }
        }
    }

    @Test func scoresWhoseSumsWouldBeInfiniteEndWell() throws {
        for score in [-Double.greatestFiniteMagnitude, .greatestFiniteMagnitude] {
            let entries = [Self.unknownName, Array("a".utf8), Array("b".utf8)]
            let model = try UnigramModel(
                entries: entries, scores: [0, score, score], unknown: 0, byteFallback: false)
            #expect(try ids(model, Array("aabb".utf8)) == [1, 1, 2, 2])
        }
    }

    @Test func withoutAnUnknownTokenWhatIsUnknownIsRefused() throws {
        let model = try UnigramModel(entries: [Array("a".utf8)], scores: [-1], unknown: nil, byteFallback: false)
        #expect(try ids(model, Array("aa".utf8)) == [0, 0])
        #expect(throws: Failure.self) { _ = try ids(model, Array("ab".utf8)) }
    }
}
