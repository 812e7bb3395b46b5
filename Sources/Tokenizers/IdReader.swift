import Support

/// A reader of ids alone, for tokenizers of the two families that most encoders have. It gives what `Tokenizer.tokenizeBlock` gives, without
/// places, and many times as fast.
enum IdReader: Sendable {
    case wordPiece(WordPieceReader)
    case unigram(UnigramReader)

    /// The reader for these steps; nil if there is none.
    init?(_ normalizer: Normalizer?, _ preTokenizer: PreTokenizer?, _ model: TokenModel) {
        switch model {
        case .wordPiece(let model):
            guard let reader = WordPieceReader(normalizer, preTokenizer, model) else { return nil }
            self = .wordPiece(reader)
        case .unigram(let model):
            guard let reader = UnigramReader(normalizer, preTokenizer, model) else { return nil }
            self = .unigram(reader)
        }
    }

    /// Appends the ids of a part of `text`, which is UTF-8, or of as much of it as takes them past the workspace's limit. The workspace must
    /// have memory for reading.
    ///
    /// - Returns: a part of the range that has to be read in another way; what is before has been read, and what is behind is still to be.
    func read(
        _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ workspace: inout TokenizerWorkspace
    ) throws(Failure) -> Range<Int>? {
        guard var memory = workspace.reading.take() else { return range }
        defer { workspace.reading = memory }
        let (limit, cancellation) = (workspace.limit, workspace.cancellation)
        switch self {
        case .wordPiece(let reader):
            return try reader.read(text, range, &memory, limit: limit, cancellation, into: &workspace.tokens.ids)
        case .unigram(let reader):
            return try reader.read(text, range, &memory, limit: limit, cancellation, into: &workspace.tokens.ids)
        }
    }
}
