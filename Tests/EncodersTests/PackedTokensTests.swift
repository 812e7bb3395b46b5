import Testing

@testable import Encoders

@Suite struct PackedTokensTests {
    @Test(
        arguments: [
            ([], []), ([5], [0..<1]), ([500], [0..<1]), ([0, 0], [0..<2]), ([40, 56], [0..<2]),
            ([40, 57], [0..<1, 1..<2]),
            ([500, 3, 90, 4, 500, 96], [0..<1, 1..<3, 3..<4, 4..<5, 5..<6]),
        ] as [([Int], [Range<Int>])])
    func `Runs hold whole texts, as many as fit`(lengths: [Int], runs: [Range<Int>]) {
        var tokens = PackedTokens()
        for length in lengths { tokens.append([Int32](repeating: 7, count: length)) }
        #expect(tokens.lengths == lengths)
        #expect(Chunks.runs(of: tokens.lengths) { _ in 96 } == runs)
    }
}
