/// The tokens of one text before truncation, special tokens and padding.
struct RawTokens {
    var ids: [Int32] = []
    /// Where each token lies in the bytes handed in.
    var spans: [Encoding.Span] = []

    mutating func append(_ id: Int32, _ span: Encoding.Span) {
        ids.append(id)
        spans.append(span)
    }

    mutating func removeAll() {
        ids.removeAll(keepingCapacity: true)
        spans.removeAll(keepingCapacity: true)
    }
}

/// What a model finds in one piece: ids, and where each token ends in the piece (each begins where the one before ends).
struct PieceTokens {
    var ids: [Int32] = []
    var ends: [Int] = []

    mutating func append(_ id: Int32, end: Int) {
        ids.append(id)
        ends.append(end)
    }

    mutating func removeAll() {
        ids.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }
}
