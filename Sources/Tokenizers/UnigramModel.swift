import Support

/// The unigram language model (Kudo 2018): of all ways to cut a piece into entries, the one with the highest sum of scores.
struct UnigramModel: Sendable {
    /// The best way to cut what comes before a place.
    struct Step: BitwiseCopyable {
        /// Minus infinity if nothing reaches the place.
        var score: Double
        /// Where its last token begins, in the upper half, and that token's id. Without meaning if nothing reaches the place.
        var link: Int64

        static let none = Step(score: -.infinity, link: 0)

        var start: Int { Int(link >> 32) }
        var id: Int32 { Int32(truncatingIfNeeded: link) }

        /// Takes a token that ends here if that is better. Whether it is can hardly be foretold, so that nothing branches on it: the sign of the
        /// difference says which link stays. No sum is -0. Only of two scores of minus infinity, where links mean nothing, is the difference NaN.
        @inline(__always)
        mutating func offer(_ score: Double, _ start: Int, _ id: Int32) {
            let link = Int64(truncatingIfNeeded: start) << 32 | Int64(UInt32(bitPattern: id))
            let isBetter = Int64(bitPattern: (self.score - score).bitPattern) >> 63
            self.link ^= (self.link ^ link) & isBetter
            self.score = score > self.score ? score : self.score
        }
    }

    private let trie: ByteTrie
    private let beginnings: TokenBeginnings
    // By id, behind the score of what is no token, which is never better.
    private let scores: Scratch<Double>
    private let unknown: Int32?
    // The ids of the 256 bytes, if the file says that unknown characters are spelled in bytes.
    private let byteIds: [Int32]?

    // How much worse than the worst entry an unknown character is (SentencePiece's constant).
    private static let unknownPenalty = 10.0
    // Bytes of a piece between two looks at the cancellation: pieces are words, unless a text has no blanks.
    private static let checkInterval = 1 << 14

    /// A model over `entries`, whose positions are their ids, with their log probabilities.
    init(entries: [[UInt8]], scores: [Double], unknown: Int32?, byteFallback: Bool) throws(Failure) {
        // The sums of any piece stay finite.
        let scores = scores.map { min(max($0, -1e290), 1e290) }
        let ids = entries.indices.map { Int32($0) }
        trie = try ByteTrie(entries, values: ids)
        beginnings = TokenBeginnings(
            entries, scores: scores,
            unknown: (unknown ?? -1, (scores.min() ?? 0) - Self.unknownPenalty), in: trie)
        let table = Scratch(count: scores.count + 1, repeating: -Double.infinity)
        for (id, score) in scores.enumerated() { table[id + 1] = score }
        self.scores = table
        self.unknown = unknown
        if byteFallback {
            var byteIds: [Int32] = []
            for byte in 0..<256 {
                let digits = String(byte, radix: 16, uppercase: true)
                byteIds.append(trie.value(Array("<0x\(byte < 16 ? "0" : "")\(digits)>".utf8)) ?? -1)
            }
            self.byteIds = byteIds
        } else {
            byteIds = nil
        }
    }

    /// Appends the tokens of a piece. `steps` is memory that calls share.
    func tokenize(
        _ piece: UnsafeBufferPointer<UInt8>, into tokens: inout some TokenSink, steps: inout [Step],
        _ cancellation: Cancellation
    ) throws(Failure) {
        guard !piece.isEmpty else { return }
        if steps.count <= piece.count {
            steps = [Step](repeating: .none, count: max(piece.count + 1, 1024))
        }
        try steps.withUnsafeMutableBufferPointer { (steps) throws(Failure) in
            for index in 0...piece.count { steps[index] = .none }
            steps[0].score = 0
            if let bytes = piece.baseAddress, let start = steps.baseAddress {
                try search(bytes, piece.count, start, cancellation)
            }
        }
        try collect(piece, &tokens, steps)
    }

    private func search(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ steps: UnsafeMutablePointer<Step>, _ cancellation: Cancellation
    ) throws(Failure) {
        // The scalar at a place; none behind the end.
        @inline(__always)
        func scalar(_ place: Int) -> (value: UInt32, width: Int) {
            place < count ? UTF8Text.scalar(bytes, place) : (0, 0)
        }
        let units = trie.units
        let scores = self.scores.start + 1
        var start = 0
        var first = scalar(0)
        var second = scalar(first.width)
        var nextCheck = Self.checkInterval
        while true {
            if start >= nextCheck {
                try cancellation.check()
                nextCheck += Self.checkInterval
            }
            let beginning = beginnings.entry(first.value)
            let score = steps[start].score
            let next = start &+ first.width
            steps[next].offer(score + beginning.score, start, beginning.id)
            guard next < count else { return }
            let pair = beginnings.pair(beginning, first.value, second.value)
            var index = next &+ second.width
            steps[index].offer(score + pair.score, start, pair.id)
            let third = scalar(index)
            if pair.next.mayHave(third.value) != 0 {
                var node = pair.node
                // Only where a character ends may a token.
                characters: while index < count {
                    let end = index &+ UTF8Text.width(bytes[index])
                    repeat {
                        guard let next = ByteTrie.step(units, node, bytes[index]) else { break characters }
                        node = next
                        index &+= 1
                    } while index < end
                    let id = units[Int(node)].value
                    steps[index].offer(score + scores[Int(id)], start, id)
                }
            }
            start = next
            (first, second) = (second, third)
        }
    }

    // Goes back from the end; unknown characters side by side are one token.
    private func collect(
        _ piece: UnsafeBufferPointer<UInt8>, _ tokens: inout some TokenSink, _ steps: [Step]
    ) throws(Failure) {
        let first = tokens.count
        var end = piece.count
        while end > 0 {
            let id = steps[end].id
            var start = steps[end].start
            if id < 0 || id == unknown {
                while start > 0, steps[start].id == id { start = steps[start].start }
                try collectUnknown(piece, start..<end, &tokens)
            } else {
                tokens.append(id, end: end)
            }
            end = start
        }
        tokens.reverse(from: first)
    }

    private func collectUnknown(
        _ piece: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ tokens: inout some TokenSink
    ) throws(Failure) {
        // Unknown characters may be an entry together where none of them is one alone.
        if let id = trie.value(UnsafeBufferPointer(rebasing: piece[range])) {
            return tokens.append(id, end: range.upperBound)
        }
        if let byteIds, range.allSatisfy({ byteIds[Int(piece[$0])] >= 0 }) {
            for index in range.reversed() { tokens.append(byteIds[Int(piece[index])], end: range.upperBound) }
            return
        }
        guard let unknown else {
            throw .operation(
                "the text has characters that the vocabulary lacks, and the tokenizer has no unknown token")
        }
        tokens.append(unknown, end: range.upperBound)
    }

    /// The id of a vocabulary entry.
    func id(of entry: [UInt8]) -> Int32? { trie.value(entry) }
}
