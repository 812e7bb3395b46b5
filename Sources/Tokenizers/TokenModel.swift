import Support

/// The model of a tokenizer: how a piece of text becomes tokens.
enum TokenModel: Sendable {
    case wordPiece(WordPieceModel)
    case unigram(UnigramModel)

    func tokenize(
        _ piece: UnsafeBufferPointer<UInt8>, into tokens: inout PieceTokens, steps: inout [UnigramModel.Step],
        _ cancellation: Cancellation
    ) throws(Failure) {
        switch self {
        case .wordPiece(let model): model.tokenize(piece, into: &tokens)
        case .unigram(let model): try model.tokenize(piece, into: &tokens, steps: &steps, cancellation)
        }
    }

    /// The id of a vocabulary entry.
    func id(of entry: [UInt8]) -> Int32? {
        switch self {
        case .wordPiece(let model): model.id(of: entry)
        case .unigram(let model): model.id(of: entry)
        }
    }
}
