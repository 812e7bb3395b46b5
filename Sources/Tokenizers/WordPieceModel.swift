import Support

/// WordPiece (Schuster and Nakajima 2012; BERT's form): a word is the longest entry it begins with, then the longest continuation, and so on;
/// a word that leaves a rest is unknown as a whole.
struct WordPieceModel: Sendable {
    private let trie: ByteTrie
    /// The node behind the prefix of continuations, where they are looked up; nil if no entry has that prefix.
    private let continuation: UInt32?
    /// The id of words that cannot be put together.
    let unknown: Int32
    /// Longer words, in code points, are unknown.
    let lengthLimit: Int

    /// A model over `entries`; `prefix` marks those that continue a word.
    init(entries: [[UInt8]], ids: [Int32], unknown: [UInt8], prefix: [UInt8], lengthLimit: Int) throws(Failure) {
        trie = try ByteTrie(entries, values: ids)
        continuation = trie.node(prefix)
        guard let unknown = trie.value(unknown) else {
            throw .operation(
                "the unknown token \"\(String(decoding: unknown, as: UTF8.self))\" is not in the vocabulary")
        }
        self.unknown = unknown
        self.lengthLimit = lengthLimit
    }

    /// Appends the tokens of a word.
    func tokenize(_ word: UnsafeBufferPointer<UInt8>, into tokens: inout some TokenSink) {
        guard let bytes = word.baseAddress else { return }
        let units = trie.units
        var length = word.count
        if length > lengthLimit { for byte in word where byte & 0xc0 == 0x80 { length -= 1 } }
        let first = tokens.count
        var start = 0
        var root: UInt32? = ByteTrie.root
        while length <= lengthLimit, start < word.count, var node = root {
            var index = start
            var end = start
            var id: Int32 = -1
            while index < word.count, let next = ByteTrie.step(units, node, bytes[index]) {
                node = next
                index += 1
                if units[Int(node)].value >= 0 {
                    id = units[Int(node)].value
                    end = index
                }
            }
            if id < 0 { break }
            tokens.append(id, end: end)
            start = end
            root = continuation
        }
        if start < word.count {
            tokens.keep(first)
            tokens.append(unknown, end: word.count)
        }
    }

    /// The id of a word of one scalar, `width` bytes at `start`.
    @inline(__always)
    func id(ofScalar start: UnsafePointer<UInt8>, width: Int) -> Int32 {
        guard lengthLimit > 0 else { return unknown }
        let units = trie.units
        var node = ByteTrie.root
        for index in 0..<width {
            guard let next = ByteTrie.step(units, node, start[index]) else { return unknown }
            node = next
        }
        return units[Int(node)].value >= 0 ? units[Int(node)].value : unknown
    }

    /// The id of a vocabulary entry.
    func id(of entry: [UInt8]) -> Int32? { trie.value(entry) }
}
