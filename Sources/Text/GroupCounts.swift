import Glibc
import Support

/// How often each word occurs in each group of texts.
struct GroupCounts {
    private let groups: Int
    private var vocabulary: Vocabulary
    /// Pairs of word and group, as word << 32 | group, with their counts.
    private var pairs = CountTable()
    private var keys: [UInt64] = []

    init(
        _ texts: [String], _ labels: [Int], groups: Int, splitter: WordSplitter, options: Keywords.Options, work: Work
    ) throws(Failure) {
        self.groups = groups
        vocabulary = Vocabulary(splitter: splitter, options: options)
        let blockTexts = 256
        // A few blocks for each core at a time bound the memory that split texts take.
        let blocks = (texts.count + blockTexts - 1) / blockTexts
        let batch = 8 * work.threads
        defer { work.progress?.finish("words") }
        for first in stride(from: 0, to: blocks, by: batch) {
            work.progress?.report("words", done: first * blockTexts, total: texts.count, unit: "texts")
            let slots = BlockSlots(count: min(batch, blocks - first))
            try work.forEach(slots.count) { (index, _) throws(Failure) in
                let start = (first + index) * blockTexts
                slots[index] = SplitBlock(
                    texts[start..<min(start + blockTexts, texts.count)], splitter.segmenter(options.language))
            }
            for index in 0..<slots.count {
                add(slots[index], labels, firstText: (first + index) * blockTexts)
            }
        }
    }

    private mutating func add(_ block: SplitBlock, _ labels: [Int], firstText: Int) {
        var position = 0
        for (text, words) in block.wordsOfText.enumerated() {
            let label = labels[firstText + text]
            for word in block.words[words] {
                let points = block.points[position..<position + Int(word.length)]
                position += Int(word.length)
                guard label >= 0, let number = vocabulary.number(of: points, word) else { continue }
                let key = UInt64(number) << 32 | UInt64(label)
                if pairs.add(key) == keys.count { keys.append(key) }
            }
        }
    }

    /// The words of each group by class-based TF-IDF.
    func keywords(_ options: Keywords.Options) -> [[Keyword]] {
        var groupTotals = [Double](repeating: 0, count: groups)
        var wordTotals = [Double](repeating: 0, count: vocabulary.count)
        for (index, key) in keys.enumerated() {
            groupTotals[Int(key & 0xffff_ffff)] += Double(pairs.counts[index])
            wordTotals[Int(key >> 32)] += Double(pairs.counts[index])
        }
        var shareTotals = [Double](repeating: 0, count: vocabulary.count)
        for (index, key) in keys.enumerated() {
            shareTotals[Int(key >> 32)] += Double(pairs.counts[index]) / groupTotals[Int(key & 0xffff_ffff)]
        }
        let filled = groupTotals.count { $0 > 0 }
        let mean = groupTotals.reduce(0, +) / Double(max(1, filled))
        var found = [[(score: Double, word: Int, count: Int)]](repeating: [], count: groups)
        for (index, key) in keys.enumerated() {
            let (word, group) = (Int(key >> 32), Int(key & 0xffff_ffff))
            let share = Double(pairs.counts[index]) / groupTotals[group]
            var score = share * log(1 + mean / wordTotals[word])
            if options.distinct { score *= share / shareTotals[word] }
            if options.nouns { score *= vocabulary.weight(word) }
            if score > 0 { found[group].append((score, word, Int(pairs.counts[index]))) }
        }
        return found.map { words in
            words.sorted {
                if $0.score != $1.score { return $0.score > $1.score }
                return vocabulary.points($0.word).lexicographicallyPrecedes(vocabulary.points($1.word))
            }
            .prefix(options.k)
            .map { Keyword(word: vocabulary.text($0.word), score: $0.score, count: $0.count) }
        }
    }
}

/// Some texts split into words, in flat arrays.
private struct SplitBlock: Sendable {
    struct Word: Sendable {
        var length: UInt32
        var kind: ScannedText.Kind
        var tag: UInt8
        var known: Bool
    }

    var points: [UInt32] = []
    var words: [Word] = []
    var wordsOfText: [Range<Int>] = []

    init() {}

    init(_ texts: ArraySlice<String>, _ segmenter: Segmenter) {
        var segmenter = segmenter
        var scanned = ScannedText()
        for text in texts {
            scanned.scan(text)
            segmenter.split(scanned)
            let first = words.count
            for word in segmenter.words {
                points.append(contentsOf: scanned.points[word.start..<word.end])
                words.append(
                    Word(length: UInt32(word.end - word.start), kind: word.kind, tag: word.tag, known: word.known))
            }
            wordsOfText.append(first..<words.count)
        }
    }
}

/// One place for each block of a parallel loop.
private final class BlockSlots: @unchecked Sendable {
    // Sendable by hand: every index is written by one thread and read after the loop.
    private let start: UnsafeMutablePointer<SplitBlock>
    let count: Int

    init(count: Int) {
        self.count = count
        start = .allocate(capacity: max(1, count))
        start.initialize(repeating: SplitBlock(), count: count)
    }

    deinit {
        start.deinitialize(count: count)
        start.deallocate()
    }

    subscript(index: Int) -> SplitBlock {
        get { start[index] }
        set { start[index] = newValue }
    }
}

/// The different words of a corpus, numbered from 0, without those that cannot be keywords.
private struct Vocabulary {
    private var trie = CodePointTrie(nodes: 100_000)
    /// Number of the word at each node: -1 not met yet, -2 no keyword.
    private var numbers: [Int32] = [-1]
    private var words: [(points: [UInt32], weight: Double)] = []
    private var stopwords = Lexicon()
    private let tagNames: [[UInt8]]
    private let hasDictionary: Bool

    init(splitter: WordSplitter, options: Keywords.Options) {
        hasDictionary = splitter.dictionary != nil
        tagNames = splitter.dictionary?.lexicon.tagNames ?? [[]]
        for language in Stopwords.Language.allCases {
            for word in Stopwords.list(language) { stopwords.add(ScannedText(word).points, frequency: 1) }
        }
        for word in options.stopwords { stopwords.add(ScannedText(word).points, frequency: 1) }
    }

    var count: Int { words.count }

    func weight(_ word: Int) -> Double { words[word].weight }

    /// Code points, whose order is that of UTF-8's bytes.
    func points(_ word: Int) -> [UInt32] { words[word].points }

    func text(_ word: Int) -> String { ScannedText.string(words[word].points) }

    /// The number of a word, or nil for one that cannot be a keyword.
    mutating func number(of points: ArraySlice<UInt32>, _ word: SplitBlock.Word) -> Int? {
        var points = points
        // A possessive names the same thing.
        if word.kind == .letter, points.count > 2, points.suffix(2).elementsEqual([0x27, 0x73]) {
            points.removeLast(2)
        }
        var node = CodePointTrie.root
        for point in points { node = trie.insert(node, point) }
        while numbers.count < trie.nodeCount { numbers.append(-1) }
        let known = numbers[Int(node)]
        if known >= 0 { return Int(known) }
        if known == -2 { return nil }
        guard let weight = weight(points, word), !stopwords.contains(points) else {
            numbers[Int(node)] = -2
            return nil
        }
        numbers[Int(node)] = Int32(words.count)
        words.append((Array(points), weight))
        return words.count - 1
    }

    /// How well a word names a group, from 0 to 1, or nil if it cannot.
    private func weight(_ points: ArraySlice<UInt32>, _ word: SplitBlock.Word) -> Double? {
        switch word.kind {
        case .han: return hanWeight(points, word)
        case .kana: return points.count > 1 ? 1 : nil
        case .letter: return points.count > 1 ? 1 : nil
        // A number names nothing, a model such as 6s does.
        case .digit: return points.contains { Unicode.Scalar($0)?.properties.isAlphabetic ?? false } ? 0.5 : nil
        case .other, .joiner, .separator: return nil
        }
    }

    private func hanWeight(_ points: ArraySlice<UInt32>, _ word: SplitBlock.Word) -> Double? {
        guard hasDictionary else { return points.count > 1 ? 1 : 0.25 }
        let tag = tagNames[Int(word.tag)]
        let isNoun = tag.first == UInt8(ascii: "n") && tag != Array("nr".utf8)
        if points.count == 1 { return word.known && isNoun ? 0.5 : nil }
        if isNoun { return 1 }
        switch tag.first {
        // No tag: a word found in the texts.
        case nil: return 0.8
        case UInt8(ascii: "n"): return 0.7
        case UInt8(ascii: "v"), UInt8(ascii: "a"): return tag.last == UInt8(ascii: "n") ? 0.8 : 0.4
        case UInt8(ascii: "j"), UInt8(ascii: "l"), UInt8(ascii: "i"): return 0.6
        case UInt8(ascii: "b"), UInt8(ascii: "t"), UInt8(ascii: "s"), UInt8(ascii: "z"): return 0.4
        default: return 0.1
        }
    }
}
