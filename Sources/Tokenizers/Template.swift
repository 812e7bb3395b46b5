/// How tokens of one text, or of a pair, are put together with special tokens.
struct Template: Equatable, Sendable {
    /// A part of the result.
    enum Part: Equatable, Sendable {
        /// The tokens of a text (0 the first, 1 the second).
        case sequence(Int, typeId: Int32)
        /// Special tokens.
        case special([Int32], typeId: Int32)

        /// The segment.
        var typeId: Int32 {
            switch self {
            case .sequence(_, let typeId), .special(_, let typeId): typeId
            }
        }
    }

    /// For one text.
    var single: [Part]
    /// For a pair.
    var pair: [Part]
    /// Whether blanks at the ends of a token's text do not count as its place.
    var trimsOffsets = false
    /// Whether one blank at the beginning of a text was put there by the tokenizer, so that it is not trimmed.
    var addsPrefixSpace = false

    /// No special tokens; the second text is segment 1.
    static let plain = Template(
        single: [.sequence(0, typeId: 0)], pair: [.sequence(0, typeId: 0), .sequence(1, typeId: 1)])

    /// How many special tokens are added.
    func specialCount(pair isPair: Bool) -> Int {
        (isPair ? pair : single).reduce(0) { count, part in
            if case .special(let ids, _) = part { count + ids.count } else { count }
        }
    }
}
