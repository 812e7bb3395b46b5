import Support

/// A dictionary of Chinese words with frequencies and part-of-speech tags, one "word frequency tag" a line (the tag may be missing).
public final class WordDictionary: Sendable {
    let lexicon: Lexicon

    /// Number of words.
    public var count: Int { lexicon.wordCount }

    /// Reads the dictionary at `path`.
    public init(_ path: String) throws(Failure) {
        let file = try MappedFile(path)
        // About eleven bytes of the file go with each node.
        var lexicon = Lexicon(nodes: file.bytes.count / 10)
        var reader = Reader(file.bytes)
        var number = 0
        while let line = reader.nextLine() {
            number += 1
            guard !line.word.isEmpty else { continue }
            guard let frequency = line.frequency else {
                throw .format(path, at: "line \(number)", "is not of the form \"word frequency tag\"")
            }
            lexicon.add(line.word, frequency: Double(frequency), tag: lexicon.tagNumber(line.tag))
        }
        guard lexicon.wordCount > 0 else { throw .format(path, "holds no words") }
        lexicon.finish()
        self.lexicon = lexicon
    }

    private static let known = Locked<[String: WordDictionary]>([:])

    /// Where the set-up puts the dictionary.
    public static var installedPath: String { "\(Folders.data)/dictionaries/jieba.txt" }

    /// The dictionary of the set-up, read once; nil when it is not installed.
    public static func installed() throws(Failure) -> WordDictionary? {
        let path = installedPath
        if let dictionary = known.withLock({ $0[path] }) { return dictionary }
        guard fileExists(path) else { return nil }
        let dictionary = try WordDictionary(path)
        known.withLock { $0[path] = dictionary }
        return dictionary
    }

    /// The tag of a word, such as "n" or "vn", or nil for a word it does not have or that has none.
    public func tag(_ word: String) -> String? {
        guard let node = lexicon.node(ScannedText(word).points), lexicon.frequencies[Int(node)] > 0 else { return nil }
        let tag = lexicon.tags[Int(node)]
        return tag == 0 ? nil : String(decoding: lexicon.tagNames[Int(tag)], as: UTF8.self)
    }
}

/// The lines of a dictionary's bytes.
private struct Reader {
    struct Line {
        var word: [UInt32]
        var frequency: Int?
        var tag: Slice<UnsafeRawBufferPointer>
    }

    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func nextLine() -> Line? {
        guard position < bytes.count else { return nil }
        var end = position
        while end < bytes.count, bytes[end] != 10 { end += 1 }
        var fields: [Range<Int>] = []
        fields.reserveCapacity(3)
        var start = position
        for index in position...end where index == end || bytes[index] == 32 || bytes[index] == 9 || bytes[index] == 13
        {
            if index > start { fields.append(start..<index) }
            start = index + 1
        }
        position = end + 1
        var line = Line(word: [], frequency: nil, tag: bytes[0..<0])
        guard let first = fields.first else { return line }
        line.word = ScannedText.lowercased(UnsafeRawBufferPointer(rebasing: bytes[first]))
        if fields.count > 1 { line.frequency = number(fields[1]) }
        if fields.count > 2 { line.tag = bytes[fields[2]] }
        return line
    }

    private func number(_ range: Range<Int>) -> Int? {
        guard range.count <= 15 else { return nil }
        var value = 0
        for index in range {
            guard (48...57).contains(bytes[index]) else { return nil }
            value = value * 10 + Int(bytes[index] - 48)
        }
        return value
    }
}
