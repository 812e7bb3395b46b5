/// How a batch of texts is dealt out to threads: as runs of texts of about as many tokens each. A product's speed does not depend on lengths being
/// equal, so that nothing is sorted; there are enough tokens in a run that reading the weights costs little beside the products, and fewer towards
/// the end, so that all threads have work until it.
struct Chunks: Sendable {
    /// The runs.
    private(set) var ranges: [Range<Int>] = []
    /// Threads that compute a chunk together. Above 1, the chunks come one after the other; otherwise each thread computes chunks of its own.
    private(set) var members = 1

    /// Deals out texts of `lengths` tokens to `threads` threads, of which at most `members` find work in one chunk.
    init(lengths: [Int], threads: Int, members: Int) {
        let total = lengths.reduce(0, +)
        ranges = Self.runs(of: lengths) { left in min(max(left / (4 * threads), 96), 480) }
        // What each thread has to do if each takes the next chunk when it is done with one.
        var loads = [Int](repeating: 0, count: threads)
        for range in ranges {
            guard let idle = loads.indices.min(by: { loads[$0] < loads[$1] }) else { break }
            loads[idle] += lengths[range].reduce(0, +)
        }
        // Waiting for each other at every step costs members a tenth at most; measured on two threads, a twentieth.
        let several = min(threads, members)
        if several > 1, 10 * (loads.max() ?? 0) * several > 11 * total { self.members = several }
    }

    /// The texts of `lengths` tokens in runs; each holds at most `limit` tokens of those left where it begins, a longer text is a run of its own.
    static func runs(of lengths: [Int], limit: (_ left: Int) -> Int) -> [Range<Int>] {
        var left = lengths.reduce(0, +), most = limit(left)
        var runs: [Range<Int>] = [], first = 0, size = 0
        for (text, length) in lengths.enumerated() {
            if text > first, size + length > most {
                runs.append(first..<text)
                left -= size
                (first, size, most) = (text, 0, limit(left))
            }
            size += length
        }
        return first < lengths.count ? runs + [first..<lengths.count] : runs
    }
}
