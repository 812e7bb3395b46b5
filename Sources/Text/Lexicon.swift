import Glibc

/// Words with their frequencies, found by walking along a text's code points.
///
/// Words are held in lower case. The probability of a word is its frequency over the sum of all.
struct Lexicon: Sendable {
    private(set) var trie: CodePointTrie
    private(set) var frequencies: [Double] = [0]
    private(set) var tags: [UInt8] = [0]
    /// Names of the part-of-speech tags; number 0 is no tag.
    private(set) var tagNames: [[UInt8]] = [[]]
    private(set) var total = 0.0
    private(set) var wordCount = 0
    private var logTotal = 0.0
    private var logs: [Double] = [0]

    init(nodes: Int = 1_000) { trie = CodePointTrie(nodes: nodes) }

    /// Adds a word, or raises its frequency; the tag of its most frequent form stays.
    mutating func add(_ points: some Sequence<UInt32>, frequency: Double, tag: UInt8 = 0) {
        var node = CodePointTrie.root
        for point in points { node = trie.insert(node, point) }
        guard node != CodePointTrie.root else { return }
        while frequencies.count < trie.nodeCount {
            frequencies.append(0)
            tags.append(0)
        }
        let index = Int(node)
        if frequencies[index] == 0 { wordCount += 1 }
        if frequency > frequencies[index] { tags[index] = tag }
        frequencies[index] = max(frequencies[index], frequency)
        total += frequency
    }

    /// The number of a tag's name, at most 255 of them.
    mutating func tagNumber(_ name: some Sequence<UInt8>) -> UInt8 {
        let name = Array(name)
        if let known = tagNames.firstIndex(of: name) { return UInt8(known) }
        guard tagNames.count < 256 else { return 0 }
        tagNames.append(name)
        return UInt8(tagNames.count - 1)
    }

    /// Computes the logarithms that segmentation adds up. To be called once after the last word.
    ///
    /// - Parameter total: what frequencies are shares of, if not the sum of all.
    mutating func finish(total: Double? = nil) {
        logTotal = log(max(total ?? self.total, 1))
        logs = frequencies.map { $0 > 0 ? log($0) : -.infinity }
    }

    /// Log probability of the word at `node`, −infinity where no word ends.
    @inline(__always)
    func logProbability(_ node: UInt32) -> Double { logs[Int(node)] - logTotal }

    /// Log probability of what is in no dictionary: as if it had been seen once.
    var logUnknown: Double { -logTotal }

    /// The node of a word or of the beginning of one, or nil.
    func node(_ points: some Sequence<UInt32>) -> UInt32? {
        var node = CodePointTrie.root
        for point in points {
            guard let next = trie.child(node, point) else { return nil }
            node = next
        }
        return node
    }

    /// Whether a word is known.
    func contains(_ points: some Sequence<UInt32>) -> Bool { node(points).map { frequencies[Int($0)] > 0 } ?? false }
}
