import Glibc
import Support

/// One word that sets a group of texts apart.
public struct Keyword: Sendable, Equatable {
    /// The word, in lower case.
    public let word: String
    /// Its weight in the group; comparable within a group only.
    public let score: Double
    /// Occurrences in the group.
    public let count: Int
}

/// Words that set groups of texts apart, by class-based TF-IDF (Grootendorst 2022, "BERTopic: Neural topic modeling with a class-based TF-IDF procedure"):
/// the weight of word t in group c is tf(t, c) · ln(1 + A / f(t)), where tf is the word's share of the group's words, f its count in all
/// groups and A the mean number of words of a group. Stopwords, numbers and single letters do not count as words.
public struct Keywords: Sendable {
    /// Which words are found.
    public struct Options: Sendable {
        /// Words for each group, at most.
        public var k = 5
        /// How texts are split.
        public var language = WordSplitter.Language.automatic
        /// Words left out besides the stopwords of the languages.
        public var stopwords: [String] = []
        /// Whether a weight is multiplied by the group's part in the word: its share of the group's words over the sum of its shares
        /// in all groups. A word of every group then names none.
        public var distinct = true
        /// Whether Chinese words that the dictionary calls nouns go before others, and verbs and adjectives after them.
        public var nouns = true

        /// The usual options.
        public init() {}
    }

    /// Finds the words of each group.
    ///
    /// - Parameters:
    ///   - texts: the texts.
    ///   - labels: each text's group, from 0; a text with a negative one belongs to none.
    ///   - groups: how many groups there are. A group without texts has no words.
    ///   - dictionary: the Chinese dictionary; words that it lacks are found in the texts themselves.
    /// - Returns: for each group its words, heaviest first; of equal weight, in the order of their bytes.
    public static func find(
        _ texts: [String], labels: [Int], groups: Int, dictionary: WordDictionary?, options: Options = Options(),
        work: Work = Work()
    ) throws(Failure) -> [[Keyword]] {
        guard texts.count == labels.count else {
            throw .argument("labels", expected: "\(texts.count) labels, as many as texts", got: "\(labels.count)")
        }
        guard options.k >= 1 else {
            throw .argument("k", expected: "integer from 1 up (words for each group)", got: "\(options.k)")
        }
        if let label = labels.first(where: { $0 >= groups }) {
            throw .argument("labels", expected: "labels below \(groups)", got: "\(label)")
        }
        let newWords =
            options.language == .english
            ? nil : try NewWords.find(in: texts, dictionary: dictionary, work: work)
        let splitter = WordSplitter(dictionary: dictionary, newWords: newWords)
        let counts = try GroupCounts(
            texts, labels, groups: groups, splitter: splitter, options: options, work: work)
        return counts.keywords(options)
    }
}
