/// What can stand where somebody is typing.
public struct Completion: Sendable {
    /// One thing that can stand there.
    public struct Candidate: Sendable, Equatable {
        /// What takes the place of the completion's range.
        public let text: String
        /// What a list shows.
        public let label: String
        /// What it is.
        public let kind: Kind
        /// A line that explains it; may be empty.
        public let prose: String
        /// What ends the thing, put behind it when it is the only candidate: the quote behind a word in a string.
        public let closing: String

        init(_ text: String, label: String? = nil, _ kind: Kind, _ prose: String = "", closing: String = "") {
            self.text = text
            self.label = label ?? text
            self.kind = kind
            self.prose = prose
            self.closing = closing
        }
    }

    /// What a candidate is.
    public enum Kind: String, Sendable {
        case variable, local, function, module, method, field, column, key, option, choice, keyword, file, folder,
            model, command, topic
    }

    /// The bytes (UTF-8) of the text that a candidate takes the place of. It ends at the cursor.
    public let range: Range<Int>
    /// In the order to be shown.
    public let candidates: [Candidate]

    /// Nothing, at `cursor`.
    static func none(at cursor: Int) -> Completion { Completion(range: cursor..<cursor, candidates: []) }

    /// What all candidates begin with.
    public var commonPrefix: String {
        guard var common = candidates.first.map({ Array($0.text.unicodeScalars) }) else { return "" }
        for candidate in candidates.dropFirst() {
            var count = 0
            for scalar in candidate.text.unicodeScalars {
                guard count < common.count, common[count] == scalar else { break }
                count += 1
            }
            common.removeLast(common.count - count)
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: common)
        return String(text)
    }
}

extension Completion {
    /// The candidates whose label begins with `word`: in the same letter case, or else in any.
    static func matching(_ candidates: [Candidate], _ word: String) -> [Candidate] {
        guard !word.isEmpty else { return candidates }
        let exact = candidates.filter { $0.label.utf8.starts(with: word.utf8) }
        guard exact.isEmpty else { return exact }
        let lowered = word.lowercased()
        return candidates.filter { $0.label.lowercased().hasPrefix(lowered) }
    }
}
