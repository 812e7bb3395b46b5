import Support

/// Splits texts into words.
public struct WordSplitter: Sendable {
    /// How a text is read.
    public enum Language: String, CaseIterable, Sendable {
        /// Each run of characters by its script.
        case automatic = "auto"
        /// Words with spaces between them; Chinese runs stay whole.
        case english = "en"
        /// Chinese runs are split into words, like `automatic`.
        case chinese = "zh"
    }

    /// The Chinese dictionary in use, if any.
    public let dictionary: WordDictionary?
    /// Words found in a corpus, if any.
    public let newWords: NewWords?

    /// A splitter over a dictionary, words found in a corpus, both or none. With neither, a Chinese run falls into its characters.
    public init(dictionary: WordDictionary?, newWords: NewWords? = nil) {
        self.dictionary = dictionary
        self.newWords = newWords
    }

    /// The words of `text` in their order, in lower case. Punctuation and symbols separate words and are left out; an apostrophe or
    /// hyphen between letters and a full stop or comma between digits belong to the word.
    public func words(_ text: String, language: Language = .automatic) -> [String] {
        // Nothing sets the flag of a fresh cancellation.
        (try? words(text, language: language, work: Work())) ?? []
    }

    /// The words of `text`, until the work is cancelled.
    public func words(_ text: String, language: Language = .automatic, work: Work) throws(Failure) -> [String] {
        var words: [String] = []
        var segmenter = segmenter(language)
        segmenter.cancellation = work.cancellation
        var scanned = ScannedText()
        for part in Self.parts(text) {
            try work.cancellation.check()
            scanned.scan(String(part))
            segmenter.split(scanned)
            for (index, word) in segmenter.words.enumerated() {
                if index & 0xfff == 0xfff { try work.cancellation.check() }
                words.append(ScannedText.string(scanned.points[word.start..<word.end]))
            }
        }
        try work.cancellation.check()
        return words
    }

    /// A long text in parts, cut behind spaces and line breaks, across which no word reaches.
    private static func parts(_ text: String) -> [Substring] {
        var parts: [Substring] = []
        var rest = text[...]
        while rest.utf8.count > 1 << 18 {
            let middle = rest.utf8.index(rest.startIndex, offsetBy: 1 << 17)
            guard let blank = rest.utf8[middle...].firstIndex(where: { $0 == 0x20 || $0 == 0x0a }) else { break }
            let end = rest.utf8.index(after: blank)
            parts.append(rest[..<end])
            rest = rest[end...]
        }
        return parts + [rest]
    }

    /// The words of `text` with the part of speech the dictionary has for each, such as "n"; nil for a word it lacks.
    ///
    /// - Throws: if the text has Chinese characters and there is no dictionary.
    public func taggedWords(_ text: String, work: Work = Work()) throws(Failure) -> [(word: String, tag: String?)] {
        let scanned = ScannedText(text)
        guard let dictionary else {
            guard !scanned.kinds.contains(.han) else {
                throw .operation(
                    "the Chinese dictionary \(WordDictionary.installedPath) is not installed",
                    hint: "scripts/quickstart fetches it")
            }
            return try words(text, work: work).map { ($0, nil) }
        }
        return try words(text, work: work).map { ($0, dictionary.tag($0)) }
    }

    func segmenter(_ language: Language) -> Segmenter {
        Segmenter(
            dictionary: dictionary?.lexicon, newWords: newWords?.lexicon, keepsHanWhole: language == .english)
    }
}
