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
        let scanned = ScannedText(text)
        var segmenter = segmenter(language)
        segmenter.split(scanned)
        return segmenter.words.map { ScannedText.string(scanned.points[$0.start..<$0.end]) }
    }

    /// The words of `text` with the part of speech the dictionary has for each, such as "n"; nil for a word it lacks.
    ///
    /// - Throws: if the text has Chinese characters and there is no dictionary.
    public func taggedWords(_ text: String) throws(Failure) -> [(word: String, tag: String?)] {
        let scanned = ScannedText(text)
        guard let dictionary else {
            guard !scanned.kinds.contains(.han) else {
                throw .operation(
                    "the Chinese dictionary \(WordDictionary.installedPath) is not installed",
                    hint: "scripts/quickstart fetches it")
            }
            return words(text).map { ($0, nil) }
        }
        return words(text).map { ($0, dictionary.tag($0)) }
    }

    func segmenter(_ language: Language) -> Segmenter {
        Segmenter(
            dictionary: dictionary?.lexicon, newWords: newWords?.lexicon, keepsHanWhole: language == .english)
    }
}
