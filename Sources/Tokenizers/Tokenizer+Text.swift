import Support

/// Memory that the encoding of one text after another shares.
struct TokenizerWorkspace {
    var piece = PieceTokens()
    var steps: [UnigramModel.Step] = []
    var tokens = RawTokens()
}

/// From a text to its tokens, before truncation and special tokens.
extension Tokenizer {
    /// Replaces `workspace.tokens` by the tokens of `text`, with their places in bytes of `text`.
    ///
    /// - Returns: the text as it was read, if it was not UTF-8, and where its bytes were in `text`.
    func tokenize(
        _ text: UnsafeBufferPointer<UInt8>, _ workspace: inout TokenizerWorkspace
    ) throws(Failure) -> (bytes: [UInt8], places: [Int32])? {
        guard text.count < Int(Int32.max) / 4 else {
            throw .argument("text", expected: "a text of less than 512 MB", got: "\(text.count) bytes")
        }
        workspace.tokens.removeAll()
        if UTF8Text.isValid(text) {
            try tokenizeParts(text, &workspace)
            return nil
        }
        let repaired = UTF8Text.repaired(text)
        try repaired.bytes.withUnsafeBufferPointer { (buffer) throws(Failure) in try tokenizeParts(buffer, &workspace) }
        return repaired
    }

    private func tokenizeParts(_ text: UnsafeBufferPointer<UInt8>, _ workspace: inout TokenizerWorkspace)
        throws(Failure)
    {
        guard let rawTokens else { return try tokenizePlain(text, 0..<text.count, &workspace) }
        for part in rawTokens.parts(text) {
            if let id = part.id {
                workspace.tokens.append(id, Encoding.Span(part.range.lowerBound, part.range.upperBound))
            } else {
                try tokenizePlain(text, part.range, &workspace)
            }
        }
    }

    // A stretch of text without added tokens of the raw kind.
    private func tokenizePlain(
        _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ workspace: inout TokenizerWorkspace
    ) throws(Failure) {
        guard !range.isEmpty else { return }
        var normalized = NormalizedText(UnsafeBufferPointer(rebasing: text[range]), base: range.lowerBound)
        normalizer?.apply(to: &normalized)
        guard normalized.count > 0 else { return }
        let parts =
            normalizedTokens.map { finder in normalized.bytes.withUnsafeBufferPointer { finder.parts($0) } }
            ?? [AddedTokenFinder.Part(range: 0..<normalized.count, id: nil)]
        for part in parts where !part.range.isEmpty {
            if let id = part.id {
                workspace.tokens.append(id, normalized.source(part.range))
                continue
            }
            var cut = CutText(text: normalized, pieces: [part.range])
            preTokenizer?.apply(to: &cut)
            for piece in cut.pieces { try tokenizePiece(cut.text, piece, &workspace) }
        }
    }

    private func tokenizePiece(
        _ text: NormalizedText, _ range: Range<Int>, _ workspace: inout TokenizerWorkspace
    ) throws(Failure) {
        workspace.piece.removeAll()
        try text.bytes.withUnsafeBufferPointer { (buffer) throws(Failure) in
            try model.tokenize(
                UnsafeBufferPointer(rebasing: buffer[range]), into: &workspace.piece, steps: &workspace.steps)
        }
        var start = range.lowerBound
        for (index, id) in workspace.piece.ids.enumerated() {
            let end = range.lowerBound + workspace.piece.ends[index]
            // Bytes that spell one character share its place.
            if end > start {
                workspace.tokens.append(id, text.source(start..<end))
            } else if let last = workspace.tokens.spans.last {
                workspace.tokens.append(id, last)
            }
            start = end
        }
    }
}
