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

    @Test func `No thread works much longer than the others`() {
        for threads in [2, 3, 8] {
            let lengths = (0..<3000).map { 5 + $0 * 37 % 90 }
            let sizes = Chunks(lengths: lengths, threads: threads, members: 6).ranges.map { lengths[$0].reduce(0, +) }
            // Each takes the next chunk when it is done with one.
            var loads = [Int](repeating: 0, count: threads)
            for size in sizes {
                guard let idle = loads.indices.min(by: { loads[$0] < loads[$1] }) else { break }
                loads[idle] += size
            }
            #expect((loads.max() ?? 0) - (loads.min() ?? 0) <= 96)
        }
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
