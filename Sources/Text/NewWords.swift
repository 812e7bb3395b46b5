import Glibc
import Support

/// Words found in a corpus itself, without a dictionary: runs of Chinese characters that occur often, whose characters occur together far
/// more often than apart (cohesion), and that stand beside many different neighbours (boundary entropy).
public struct NewWords: Sendable {
    /// What makes a run of characters a word.
    public struct Options: Sendable {
        /// Characters of a word, at most.
        public var maximumLength = 4
        /// Occurrences, at least; nil for 5 or one in 200,000 characters, whichever is more.
        public var minimumCount: Int?
        /// Cohesion, at least, in nats: the smallest over the ways to cut the word in two of ln(p(word) / (p(left) p(right))).
        /// A word that is frequent for its corpus cannot reach much: 0.7 times the most it can, ln(1 / p(word)), is enough.
        public var minimumCohesion = 3.0
        /// Entropy of the neighbouring characters in nats, at least, on the side where it is lower.
        public var minimumEntropy = 1.0

        /// The usual options.
        public init() {}
    }

    /// One word.
    public struct Word: Sendable {
        /// The word.
        public let text: String
        /// Occurrences in the corpus.
        public let count: Int
        /// Cohesion in nats.
        public let cohesion: Double
        /// The lower of the entropies of its left and right neighbours, in nats.
        public let entropy: Double
    }

    /// The words, the most frequent first; of equal ones in the order of their bytes.
    public let words: [Word]
    let lexicon: Lexicon

    /// Finds words in `texts`.
    ///
    /// - Parameter dictionary: With one, only words that it does not hold and that it would cut into single characters are kept, and
    ///   none with a function character such as 的. Without one, single characters count as words of their frequency, so that what
    ///   remains between the words found can be split too.
    public static func find(
        in texts: [String], dictionary: WordDictionary? = nil, options: Options = Options(), work: Work = Work()
    ) throws(Failure) -> NewWords {
        var counter = RunCounter(texts)
        let minimum = options.minimumCount ?? max(5, counter.characters / 200_000)
        var lexicon = Lexicon()
        var words: [Word] = []
        for length in 2...max(2, options.maximumLength) {
            try work.cancellation.check()
            guard counter.lengthen(minimumCount: minimum) else { break }
            let cohesive = counter.cohesive(options.minimumCohesion)
            try work.cancellation.check()
            let entropies = counter.entropies(of: cohesive)
            for run in cohesive {
                guard let entropy = entropies[run], entropy >= options.minimumEntropy else { continue }
                let points = counter.points(run, length: length)
                guard FunctionCharacters.mayBeWord(points) else { continue }
                if let dictionary, !dictionary.leavesApart(points) { continue }
                lexicon.add(points, frequency: Double(counter.count(run)))
                words.append(
                    Word(
                        text: ScannedText.string(points), count: counter.count(run), cohesion: counter.cohesion(run),
                        entropy: entropy))
            }
        }
        if dictionary == nil { counter.addCharacters(to: &lexicon) }
        lexicon.finish(total: Double(counter.characters))
        words.sort {
            $0.count != $1.count ? $0.count > $1.count : $0.text.utf8.lexicographicallyPrecedes($1.text.utf8)
        }
        return NewWords(words: words, lexicon: lexicon)
    }
}

extension WordDictionary {
    /// Whether the dictionary does not know the word and finds only single characters in it.
    func leavesApart(_ points: [UInt32]) -> Bool {
        guard !lexicon.contains(points) else { return false }
        for start in points.indices {
            for end in points.indices where end > start {
                if lexicon.contains(points[start...end]) { return false }
            }
        }
        return !points.contains(where: FunctionCharacters.all.contains)
    }
}
