import Support

/// How tokens become text again, as the `decoder` of a tokenizer file names it.
enum TokenDecoder: Equatable, Sendable {
    /// No decoder: tokens with blanks between them.
    case none
    /// WordPiece: entries with `prefix` continue a word; `cleanup` draws punctuation and English contractions to the word before.
    case wordPiece(prefix: [UInt8], cleanup: Bool)
    /// Visible spaces become spaces; `dropFirst` drops those of the first token.
    case metaspace(replacement: [UInt8], dropFirst: Bool)

    /// The text of `tokens`.
    func text(_ tokens: [[UInt8]]) throws(Failure) -> [UInt8] {
        var result: [UInt8] = []
        for (index, token) in tokens.enumerated() {
            if index & 0xfff == 0 { try Cancellation.checkPresent() }
            switch self {
            case .none:
                if index > 0 { result.append(0x20) }
                result += token
            case .wordPiece(let prefix, let cleanup):
                var piece = token
                if index > 0 {
                    piece = token.starts(with: prefix) ? Array(token.dropFirst(prefix.count)) : [0x20] + token
                }
                result += cleanup ? Self.cleaned(piece) : piece
            case .metaspace(let replacement, let dropFirst):
                result += Self.replacing(replacement, by: index == 0 && dropFirst ? [] : [0x20], in: token)
            }
        }
        return result
    }

    private static let contractions: [([UInt8], [UInt8])] = [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
        (" do not", " don't"),
        (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ].map { (Array($0.0.utf8), Array($0.1.utf8)) }

    private static func cleaned(_ token: [UInt8]) -> [UInt8] {
        contractions.reduce(token) { replacing($1.0, by: $1.1, in: $0) }
    }

    private static func replacing(_ pattern: [UInt8], by content: [UInt8], in text: [UInt8]) -> [UInt8] {
        guard !pattern.isEmpty, text.count >= pattern.count else { return text }
        var result: [UInt8] = []
        var index = 0
        while index < text.count {
            if text[index...].starts(with: pattern) {
                result += content
                index += pattern.count
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return result
    }
}
