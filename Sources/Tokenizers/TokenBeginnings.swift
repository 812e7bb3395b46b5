import Support

/// The first step of every search for tokens: for each scalar the node it leads to, and a guess at which scalars a token has next.
///
/// In writing without spaces a search begins at every character and most end at the second, three bytes of trie away in memory that is
/// seldom near. What a bit of `next` knows of all second scalars together spares, in Chinese reviews, four in five of the walks that would end
/// so, which is more than half of all.
struct TokenBeginnings: Sendable {
    struct Entry: BitwiseCopyable {
        /// Where the scalar leads from the root; the root itself where it leads nowhere.
        var node: UInt32
        /// The token that the scalar is by itself; -1 if it is none.
        var id: Int32
        /// A bit for each hash of a scalar that comes second in some token.
        var next: UInt64

        static let none = Entry(node: ByteTrie.root, id: -1, next: 0)

        /// Whether a token may go on with `scalar`.
        @inline(__always)
        func mayGoOn(_ scalar: UInt32) -> Bool { next >> TokenBeginnings.hash(scalar) & 1 != 0 }
    }

    // Blocks of 64 scalars; the first is that of scalars that begin nothing.
    private let blocks: Scratch<UInt16>
    private let entries: Scratch<Entry>

    /// The beginnings of `tokens`, which `trie` holds. What is not UTF-8 is in no text and is passed over.
    init(_ tokens: [[UInt8]], in trie: ByteTrie) {
        let blocks = Scratch<UInt16>(count: 0x110000 >> 6, repeating: 0)
        var entries = [Entry](repeating: .none, count: 64)
        for token in tokens {
            token.withUnsafeBufferPointer { buffer in
                guard let bytes = buffer.baseAddress, UTF8Text.isValid(buffer) else { return }
                let (scalar, width) = UTF8Text.scalar(bytes, 0)
                let block = Int(scalar >> 6)
                if blocks[block] == 0 {
                    blocks[block] = UInt16(truncatingIfNeeded: entries.count >> 6)
                    entries.append(contentsOf: repeatElement(.none, count: 64))
                }
                let place = Int(blocks[block]) << 6 | Int(scalar & 63)
                if entries[place].node == ByteTrie.root, let node = trie.node(buffer.prefix(width)) {
                    entries[place].node = node
                    entries[place].id = trie.units[Int(node)].value
                }
                if width < buffer.count { entries[place].next |= 1 << Self.hash(UTF8Text.scalar(bytes, width).value) }
            }
        }
        self.blocks = blocks
        self.entries = Scratch(count: entries.count, repeating: .none)
        for (place, entry) in entries.enumerated() { self.entries[place] = entry }
    }

    /// What begins with `scalar`.
    @inline(__always)
    func entry(_ scalar: UInt32) -> Entry {
        entries.start[Int(blocks.start[Int(scalar >> 6)]) &<< 6 | Int(scalar & 63)]
    }

    // Neighbours in the code charts differ.
    @inline(__always)
    private static func hash(_ scalar: UInt32) -> UInt64 { UInt64((scalar &* 0x9e37_79b1) >> 26) }
}
