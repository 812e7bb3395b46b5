import Support

/// The unigram language model (Kudo 2018): of all ways to cut a piece into entries, the one with the highest sum of scores.
struct UnigramModel: Sendable {
    /// The best way to cut what comes before a place.
    struct Step: BitwiseCopyable {
        var score: Double
        /// Where its last token begins; -1 if nothing reaches the place.
        var start: Int32
        var id: Int32
    }

    private let trie: ByteTrie
    private let scores: Scratch<Double>
    private let unknown: Int32?
    private let unknownScore: Double
    // The ids of the 256 bytes, if the file says that unknown characters are spelled in bytes.
    private let byteIds: [Int32]?

    // How much worse than the worst entry an unknown character is (SentencePiece's constant).
    private static let unknownPenalty = 10.0
    // Bytes of a piece between two looks at the cancellation: pieces are words, unless a text has no blanks.
    private static let checkInterval = 1 << 14

    /// A model over `entries`, whose positions are their ids, with their log probabilities.
    init(entries: [[UInt8]], scores: [Double], unknown: Int32?, byteFallback: Bool) throws(Failure) {
        let ids = entries.indices.map { Int32($0) }
        trie = try ByteTrie(entries, values: ids)
        let table = Scratch(count: scores.count, repeating: 0.0)
        for (id, score) in scores.enumerated() { table[id] = score }
        self.scores = table
        self.unknown = unknown
        unknownScore = (scores.min() ?? 0) - Self.unknownPenalty
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
        _ piece: UnsafeBufferPointer<UInt8>, into tokens: inout PieceTokens, steps: inout [Step],
        _ cancellation: Cancellation
    ) throws(Failure) {
        guard !piece.isEmpty else { return }
        let empty = Step(score: 0, start: -1, id: -1)
        if steps.count <= piece.count {
            steps = [Step](repeating: empty, count: max(piece.count + 1, 1024))
        }
        try steps.withUnsafeMutableBufferPointer { (steps) throws(Failure) in
            for index in 0...piece.count { steps[index] = empty }
            if let bytes = piece.baseAddress, let start = steps.baseAddress {
                try search(bytes, piece.count, start, cancellation)
            }
        }
        try collect(piece, &tokens, steps)
    }

    private func search(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ steps: UnsafeMutablePointer<Step>, _ cancellation: Cancellation
    ) throws(Failure) {
        let units = trie.units
        let scores = self.scores.start
        var start = 0
        var nextCheck = Self.checkInterval
        while start < count {
            if start >= nextCheck {
                try cancellation.check()
                nextCheck += Self.checkInterval
            }
            let width = UTF8Text.width(bytes[start])
            let score = steps[start].score
            var single = false
            var node = ByteTrie.root
            var index = start
            while index < count, let next = ByteTrie.step(units, node, bytes[index]) {
                node = next
                index += 1
                let id = units[Int(node)].value
                if id < 0 { continue }
                let candidate = scores[Int(id)] + score
                if steps[index].start < 0 || candidate > steps[index].score {
                    steps[index] = Step(score: candidate, start: Int32(truncatingIfNeeded: start), id: id)
                }
                if index - start == width { single = true }
            }
            if !single {
                let candidate = unknownScore + score
                if steps[start + width].start < 0 || candidate > steps[start + width].score {
                    steps[start + width] = Step(
                        score: candidate, start: Int32(truncatingIfNeeded: start), id: unknown ?? -1)
                }
            }
            start += width
        }
    }

    // Goes back from the end; unknown characters side by side are one token.
    private func collect(
        _ piece: UnsafeBufferPointer<UInt8>, _ tokens: inout PieceTokens, _ steps: [Step]
    ) throws(Failure) {
        let first = tokens.ids.count
        var end = piece.count
        while end > 0 {
            let id = steps[end].id
            var start = Int(steps[end].start)
            if id < 0 || id == unknown {
                while start > 0, steps[start].id == id { start = Int(steps[start].start) }
                try collectUnknown(piece, start..<end, &tokens)
            } else {
                tokens.append(id, end: end)
            }
            end = start
        }
        tokens.ids[first...].reverse()
        tokens.ends[first...].reverse()
    }

    private func collectUnknown(
        _ piece: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ tokens: inout PieceTokens
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
