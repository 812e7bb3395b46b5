import Testing

@testable import Encoders

@Suite struct ChunksTests {
    @Test(arguments: [
        // One text, a few short ones, and one that is much longer than the other leave threads idle.
        ([22], 2, 2), ([512], 2, 2), ([5, 5], 2, 2), ([5, 512], 2, 2), ([96, 96, 96], 2, 2),
        // No more than find work.
        ([22], 32, 6), ([22], 1, 1),
        // A chunk for each thread, and batches of many.
        ([96, 96], 2, 1), ([200, 190], 2, 1), (Array(repeating: 30, count: 4000), 2, 1),
        (Array(repeating: 32, count: 240), 16, 1), ([], 2, 1), ([0, 0], 2, 1),
    ])
    func `Threads compute together what would leave some of them idle`(lengths: [Int], threads: Int, members: Int) {
        #expect(Chunks(lengths: lengths, threads: threads, members: 6).members == members)
    }

    @Test func `Every text is in one chunk, in order`() {
        for count in [0, 1, 2, 40, 700] {
            let lengths = (0..<count).map { $0 * 37 % 90 }
            let ranges = Chunks(lengths: lengths, threads: 3, members: 6).ranges
            #expect(ranges.flatMap { Array($0) } == Array(0..<count))
            for range in ranges where range.count > 1 { #expect(lengths[range].reduce(0, +) <= 480) }
        }
    }
}
