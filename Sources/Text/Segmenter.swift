import Support

import Support

/// A word found in a text: a range of its code points.
struct WordRange {
    var start: Int
    var end: Int
    /// What the word is made of.
    var kind: ScannedText.Kind
    /// Part of speech, as the number of a tag of `Segmenter.dictionary`; 0 if unknown.
    var tag: UInt8
    /// Whether some lexicon holds the word, as opposed to a character that was left over.
    var known: Bool
}

/// Splits texts into words. Scripts with spaces split where their letters and digits end; runs with Chinese characters are split into
/// the words whose product of probabilities is largest, over the dictionary and the words found in the corpus.
///
/// A value is used by one thread at a time; copies share the lexicons.
struct Segmenter {
    let dictionary: Lexicon?
    let newWords: Lexicon?
    /// Whether Chinese runs are left whole.
    let keepsHanWhole: Bool
    /// Looked at now and then; once it is set, `split` ends early and leaves no words.
    var cancellation = Cancellation()
    private(set) var words: [WordRange] = []
    private var atoms: [Int] = []
    private var route: [Step] = []

    private struct Step {
        var score: Double
        var next: Int
        var tag: UInt8
        var known: Bool
    }

    init(dictionary: Lexicon?, newWords: Lexicon? = nil, keepsHanWhole: Bool = false) {
        self.dictionary = dictionary
        self.newWords = newWords
        self.keepsHanWhole = keepsHanWhole
    }

    /// Finds the words of `text` and leaves them in `words`.
    mutating func split(_ text: ScannedText) {
        words.removeAll(keepingCapacity: true)
        let kinds = text.kinds
        var index = 0
        while index < kinds.count {
            guard Segmenter.beginsWord(kinds[index]) else {
                index += 1
                continue
            }
            if cancellation.isCancelled { return words.removeAll() }
            let start = index
            var hasHan = false
            atoms.removeAll(keepingCapacity: true)
            while index < kinds.count, Segmenter.beginsWord(kinds[index]) {
                atoms.append(index)
                hasHan = hasHan || kinds[index] == .han
                index = Segmenter.atomEnd(kinds, index)
            }
            atoms.append(index)
            if hasHan, !keepsHanWhole {
                splitRun(text)
            } else {
                appendAtoms(kinds, from: start)
            }
        }
    }

    @inline(__always)
    private static func beginsWord(_ kind: ScannedText.Kind) -> Bool {
        switch kind {
        case .han, .kana, .letter, .digit: true
        case .other, .joiner, .separator: false
        }
    }

    /// Where the atom at `start` ends: one Chinese character, a run of kana, or a run of letters and digits with what holds them together.
    private static func atomEnd(_ kinds: [ScannedText.Kind], _ start: Int) -> Int {
        if kinds[start] == .han { return start + 1 }
        var index = start + 1
        if kinds[start] == .kana {
            while index < kinds.count, kinds[index] == .kana { index += 1 }
            return index
        }
        while index < kinds.count {
            switch kinds[index] {
            case .letter, .digit: index += 1
            case .joiner
            where index + 1 < kinds.count && kinds[index - 1] == .letter && kinds[index + 1] == .letter:
                index += 1
            case .separator where index + 1 < kinds.count && kinds[index - 1] == .digit && kinds[index + 1] == .digit:
                index += 1
            default: return index
            }
        }
        return index
    }

    private mutating func appendAtoms(_ kinds: [ScannedText.Kind], from start: Int) {
        var index = 0
        while index + 1 < atoms.count {
            let first = index
            index += 1
            // Left whole, a run of Chinese characters is one word.
            if kinds[atoms[first]] == .han {
                while index + 1 < atoms.count, kinds[atoms[index]] == .han { index += 1 }
            }
            words.append(
                WordRange(start: atoms[first], end: atoms[index], kind: kinds[atoms[first]], tag: 0, known: false))
        }
    }

    /// The most probable split of the run between the first and the last atom, found from its end (Viterbi over the graph of all words).
    private mutating func splitRun(_ text: ScannedText) {
        let last = atoms.count - 1
        let unknown = min(dictionary?.logUnknown ?? 0, newWords?.logUnknown ?? 0)
        route.removeAll(keepingCapacity: true)
        route.append(contentsOf: repeatElement(Step(score: 0, next: last, tag: 0, known: false), count: last + 1))
        text.points.withUnsafeBufferPointer { points in
            for atom in (0..<last).reversed() {
                if atom & 0xfff == 0xfff, cancellation.isCancelled { return }
                var best = Step(score: unknown + route[atom + 1].score, next: atom + 1, tag: 0, known: false)
                if let newWords { extend(&best, from: atom, points, newWords, tagged: false) }
                if let dictionary { extend(&best, from: atom, points, dictionary, tagged: true) }
                route[atom] = best
            }
        }
        var atom = 0
        while atom < last {
            let step = route[atom]
            words.append(
                WordRange(
                    start: atoms[atom], end: atoms[step.next], kind: text.kinds[atoms[atom]], tag: step.tag,
                    known: step.known))
            atom = step.next
        }
    }

    /// Tries every word of `lexicon` that begins at `atom`. Of equally probable splits the one with the longer word wins.
    @inline(__always)
    private func extend(
        _ best: inout Step, from atom: Int, _ points: UnsafeBufferPointer<UInt32>, _ lexicon: Lexicon, tagged: Bool
    ) {
        var node = CodePointTrie.root
        var next = atom + 1
        var position = atoms[atom]
        while next < atoms.count {
            while position < atoms[next] {
                guard let child = lexicon.trie.child(node, points[position]) else { return }
                node = child
                position += 1
            }
            let score = lexicon.logProbability(node) + route[next].score
            if score > best.score || score == best.score && score > -.infinity && (next > best.next || !best.known) {
                best = Step(score: score, next: next, tag: tagged ? lexicon.tags[Int(node)] : 0, known: true)
            }
            next += 1
        }
    }
}
