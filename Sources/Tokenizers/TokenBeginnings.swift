import Support

/// The first two steps of every search for tokens: for each scalar the token that it is by itself, and for each two scalars that some token
/// begins with, the token that they are and where longer ones go on.
///
/// In writing without spaces a search begins at every character, and whether it finds anything at the second can hardly be foretold. So
/// nothing is branched on: what two scalars begin is taken alike whether it is a token or nothing, and `next`, a bit for all scalars of one
/// hash, sends four in five of the searches that find nothing to one empty place. In Chinese reviews a third of all find a token of two
/// characters, and one in twenty goes on to a third.
struct TokenBeginnings: Sendable {
    /// Hashes of the scalars that tokens go on with, a bit each.
    struct Scalars: BitwiseCopyable {
        private var bits: UInt64 = 0

        mutating func insert(_ scalar: UInt32) { bits |= 1 << Self.hash(scalar) }

        /// 1 if `scalar` may be one of them, otherwise 0.
        @inline(__always)
        func mayHave(_ scalar: UInt32) -> Int { Int(truncatingIfNeeded: bits &>> Self.hash(scalar) & 1) }

        // Neighbours in the code charts differ.
        @inline(__always)
        private static func hash(_ scalar: UInt32) -> UInt64 { UInt64((scalar &* 0x9e37_79b1) >> 26) }
    }

    /// What a scalar begins.
    struct Entry: BitwiseCopyable {
        /// The score of the token that the scalar is by itself, or of an unknown character.
        var score: Double
        /// That token, or the unknown one.
        var id: Int32
        /// What comes second in longer tokens.
        var next = Scalars()
    }

    /// What two scalars begin.
    struct Pair: BitwiseCopyable {
        /// Both scalars.
        var key: UInt64
        /// The score of the token that they are; minus infinity if they are none.
        var score: Double
        /// That token, or -1.
        var id: Int32
        /// Where they lead from the root.
        var node: UInt32
        /// What comes third in longer tokens.
        var next = Scalars()

        // Computed: a stored one would be looked at for being there yet in every step.
        static var none: Pair { Pair(key: .max, score: -.infinity, id: -1, node: ByteTrie.root) }
    }

    // Blocks of 64 scalars; the first is that of scalars that begin nothing.
    private let blocks: Scratch<UInt16>
    private let entries: Scratch<Entry>
    // Two by two, so that either of two is one line of the processor's cache. The first two stay empty. A pair lies at its hash or in the next
    // two that had room, which few need: at most half of all are taken.
    private let pairs: Scratch<Pair>
    private let shift: UInt64

    /// The beginnings of `tokens`, which `trie` holds, with their `scores`; `unknown` stands for scalars that are no token. What is empty
    /// or not UTF-8 is in no text and is passed over.
    init(_ tokens: [[UInt8]], scores: [Double], unknown: (id: Int32, score: Double), in trie: ByteTrie) {
        let none = Entry(score: unknown.score, id: unknown.id)
        let blocks = Scratch<UInt16>(count: 0x110000 >> 6, repeating: 0)
        var entries = [Entry](repeating: none, count: 64)
        var pairs: [Pair] = []
        var numbers: [UInt64: Int] = [:]
        for token in tokens {
            token.withUnsafeBufferPointer { buffer in
                guard let bytes = buffer.baseAddress, !buffer.isEmpty, UTF8Text.isValid(buffer) else { return }
                let first = UTF8Text.scalar(bytes, 0)
                let block = Int(first.value >> 6)
                if blocks[block] == 0 {
                    blocks[block] = UInt16(truncatingIfNeeded: entries.count >> 6)
                    entries.append(contentsOf: repeatElement(none, count: 64))
                }
                let place = Int(blocks[block]) << 6 | Int(first.value & 63)
                if first.width == buffer.count {
                    guard let id = trie.value(buffer) else { return }
                    entries[place].id = id
                    entries[place].score = scores[Int(id)]
                    return
                }
                let second = UTF8Text.scalar(bytes, first.width)
                entries[place].next.insert(second.value)
                let key = Self.key(first.value, second.value)
                let width = first.width + second.width
                if numbers[key] == nil, let node = trie.node(buffer.prefix(width)) {
                    let id = trie.units[Int(node)].value
                    numbers[key] = pairs.count
                    pairs.append(Pair(key: key, score: id >= 0 ? scores[Int(id)] : -.infinity, id: id, node: node))
                }
                if width < buffer.count, let number = numbers[key] {
                    pairs[number].next.insert(UTF8Text.scalar(bytes, width).value)
                }
            }
        }
        self.blocks = blocks
        self.entries = Scratch(count: entries.count, repeating: none)
        for (place, entry) in entries.enumerated() { self.entries[place] = entry }
        let bits = max(4, Int.bitWidth - pairs.count.leadingZeroBitCount)
        shift = UInt64(64 - bits)
        self.pairs = Scratch(count: (1 << bits + 1) * 2, repeating: .none)
        for pair in pairs { insert(pair) }
    }

    private func insert(_ pair: Pair) {
        var place = place(pair.key)
        while pairs[place + 1].key != Pair.none.key { place = self.place(after: place) }
        pairs[pairs[place].key == Pair.none.key ? place : place + 1] = pair
    }

    /// What begins with `scalar`.
    @inline(__always)
    func entry(_ scalar: UInt32) -> Entry {
        entries.start[Int(blocks.start[Int(scalar >> 6)]) &<< 6 | Int(scalar & 63)]
    }

    /// What begins with `first`, whose entry is given, and `second`; `Pair.none` if no token does.
    @inline(__always)
    func pair(_ entry: Entry, _ first: UInt32, _ second: UInt32) -> Pair {
        let key = Self.key(first, second)
        var place = place(key) & (0 &- entry.next.mayHave(second))
        while true {
            let two = pairs.start + place
            let found = two[two[0].isOther(than: key)]
            // Both questions are one branch, which is seldom taken.
            if found.isOther(than: key) & found.isOther(than: Pair.none.key) == 0 { return found }
            place = self.place(after: place)
        }
    }

    @inline(__always)
    private static func key(_ first: UInt32, _ second: UInt32) -> UInt64 { UInt64(first) << 32 | UInt64(second) }

    @inline(__always)
    private func place(_ key: UInt64) -> Int {
        2 &+ Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) &>> shift) &* 2
    }

    @inline(__always)
    private func place(after place: Int) -> Int { place &+ 2 < pairs.count ? place &+ 2 : 2 }
}

extension TokenBeginnings.Pair {
    /// 1 if it is not that of `key`, otherwise 0, without a branch.
    @inline(__always)
    fileprivate func isOther(than key: UInt64) -> Int {
        let difference = self.key ^ key
        return Int(truncatingIfNeeded: (difference | (0 &- difference)) &>> 63)
    }
}
