/// How a batch of texts is dealt out to threads: as runs of texts of about as many tokens each. A product's speed does not depend on lengths being
/// equal, so that nothing is sorted; there are enough tokens in a run that reading the weights costs little beside the products, and few
/// enough that all threads have work.
struct Chunks: Sendable {
    /// The runs.
    private(set) var ranges: [Range<Int>] = []
    /// Threads that compute a chunk together. Above 1, the chunks come one after the other; otherwise each thread computes chunks of its own.
    private(set) var members = 1

    /// Deals out texts of `lengths` tokens to `threads` threads, of which at most `members` find work in one chunk.
    init(lengths: [Int], threads: Int, members: Int) {
        let total = lengths.reduce(0, +)
        let aim = min(max(total / 16, 96), 480)
        var start = 0, size = 0
        // What each thread has to do if each takes the next chunk when it is done with one.
        var loads = [Int](repeating: 0, count: threads)
        func close(at end: Int) {
            ranges.append(start..<end)
            if let idle = loads.indices.min(by: { loads[$0] < loads[$1] }) { loads[idle] += size }
        }
        for (index, length) in lengths.enumerated() {
            if index > start, size + length > aim {
                close(at: index)
                (start, size) = (index, 0)
            }
            size += length
        }
        if start < lengths.count { close(at: lengths.count) }
        // Waiting for each other at every step costs members a tenth at most; measured on two threads, a twentieth.
        let several = min(threads, members)
        if several > 1, 10 * (loads.max() ?? 0) * several > 11 * total { self.members = several }
    }
}
