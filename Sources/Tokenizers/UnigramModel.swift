import Support

/// The unigram language model (Kudo 2018): of all ways to cut a piece into entries, the one with the highest sum of scores.
struct UnigramModel: Sendable {
    /// The best way to cut what comes before a place.
    struct Step: BitwiseCopyable {
        var score: Double
        /// Where its last token begins, in the upper half, and that token's id; -1 if nothing reaches the place.
        var link: Int64

        static let none = Step(score: 0, link: -1)

        @inline(__always)
        init(score: Double, link: Int64) {
            self.score = score
            self.link = link
        }

        @inline(__always)
        init(score: Double, start: Int, id: Int32) {
            self.score = score
            link = Int64(truncatingIfNeeded: start) << 32 | Int64(UInt32(bitPattern: id))
        }

        var start: Int { Int(link >> 32) }
        var id: Int32 { Int32(truncatingIfNeeded: link) }
    }

    private let trie: ByteTrie
    private let beginnings: TokenBeginnings
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
        beginnings = TokenBeginnings(entries, in: trie)
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
        _ piece: UnsafeBufferPointer<UInt8>, into tokens: inout some TokenSink, steps: inout [Step],
        _ cancellation: Cancellation
    ) throws(Failure) {
        guard !piece.isEmpty else { return }
        if steps.count <= piece.count {
            steps = [Step](repeating: .none, count: max(piece.count + 1, 1024))
        }
        try steps.withUnsafeMutableBufferPointer { (steps) throws(Failure) in
            for index in 0...piece.count { steps[index] = .none }
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
            let (scalar, width) = UTF8Text.scalar(bytes, start)
            let beginning = beginnings.entry(scalar)
            let score = steps[start].score
            var index = start &+ width
            let first = beginning.id >= 0 ? scores[Int(beginning.id)] : unknownScore
            Self.offer(&steps[index], score + first, start, beginning.id >= 0 ? beginning.id : unknown ?? -1, true)
            if index < count, beginning.mayGoOn(UTF8Text.scalar(bytes, index).value) {
                var node = beginning.node
                // Only where a character ends may a token.
                characters: repeat {
                    let end = index &+ UTF8Text.width(bytes[index])
                    repeat {
                        guard let next = ByteTrie.step(units, node, bytes[index]) else { break characters }
                        node = next
                        index &+= 1
                    } while index < end
                    let id = units[Int(node)].value
                    Self.offer(&steps[index], score + scores[Int(max(id, 0))], start, id, id >= 0)
                } while index < count
            }
            start += width
        }
    }

    /// Takes a token into `step` if that makes it better. Whether it does can hardly be foretold: the answer is computed rather than branched
    /// on.
    @inline(__always)
    private static func offer(_ step: inout Step, _ score: Double, _ start: Int, _ id: Int32, _ isToken: Bool) {
        let old = step
        let new = Step(score: score, start: start, id: id)
        let isBetter = isToken & ((old.link < 0) | (score > old.score))
        step.score = Double(bitPattern: isBetter ? score.bitPattern : old.score.bitPattern)
        step.link = isBetter ? new.link : old.link
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

extension Bool {
    // Without a branch.
    @inline(__always)
    fileprivate static func & (left: Bool, right: Bool) -> Bool { (left ? 1 : 0) & (right ? 1 : 0) as UInt8 != 0 }

    @inline(__always)
    fileprivate static func | (left: Bool, right: Bool) -> Bool { (left ? 1 : 0) | (right ? 1 : 0) as UInt8 != 0 }
}
