import CUnicode
import Support

/// From a text to its tokens, before truncation and special tokens.
extension Tokenizer {
    /// Replaces `workspace.tokens` by the tokens of `text`, with their places in bytes of `text` unless the workspace is for ids alone.
    ///
    /// - Returns: the text as it was read, if it was not UTF-8, and where its bytes were in `text`.
    func tokenize(
        _ text: UnsafeBufferPointer<UInt8>, _ workspace: inout TokenizerWorkspace
    ) throws(Failure) -> (bytes: [UInt8], places: [Int32])? {
        guard text.count < Int(Int32.max) / 4 else {
            throw .argument("text", expected: "a text of less than 512 MB", got: "\(text.count) bytes")
        }
        workspace.tokens.removeAll()
        try workspace.cancellation.check()
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
        guard let rawTokens, rawTokens.mayBeIn(text) else { return try tokenizePlain(text, 0..<text.count, &workspace) }
        for part in rawTokens.parts(text) where workspace.tokens.ids.count <= workspace.limit {
            try workspace.cancellation.check()
            if let id = part.id {
                let span = Encoding.Span(part.range.lowerBound, part.range.upperBound)
                append(id, span, UnsafeBufferPointer(rebasing: text[part.range]), text, &workspace)
            } else {
                try tokenizePlain(text, part.range, &workspace)
            }
        }
    }

    // A stretch of text without added tokens of the raw kind.
    private func tokenizePlain(
        _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ workspace: inout TokenizerWorkspace
    ) throws(Failure) {
        var start = range.lowerBound
        while start < range.upperBound, workspace.tokens.ids.count <= workspace.limit {
            let end = readsBlocks ? TextBlocks.end(text, from: start, limit: range.upperBound) : range.upperBound
            if let idReader, workspace.reading != nil {
                try readIds(text, start..<end, idReader, &workspace)
            } else {
                try tokenizeBlock(text, start..<end, &workspace)
            }
            start = end
        }
    }

    private func readIds(
        _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ reader: IdReader,
        _ workspace: inout TokenizerWorkspace
    ) throws(Failure) {
        var start = range.lowerBound
        while start < range.upperBound, workspace.tokens.ids.count <= workspace.limit {
            try workspace.cancellation.check()
            let rest = try reader.read(
                text, start..<range.upperBound, &workspace)
            guard let rest else { return }
            try tokenizeBlock(text, rest, &workspace)
            start = rest.upperBound
        }
    }

    /// Appends the tokens of a stretch in one go.
    func tokenizeBlock(
        _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ workspace: inout TokenizerWorkspace
    ) throws(Failure) {
        let cancellation = workspace.cancellation
        try cancellation.check()
        var normalized = NormalizedText(UnsafeBufferPointer(rebasing: text[range]), base: range.lowerBound)
        try normalizer?.apply(to: &normalized, cancellation)
        guard normalized.count > 0 else { return }
        let parts =
            normalizedTokens.map { finder in normalized.bytes.withUnsafeBufferPointer { finder.parts($0) } }
            ?? [AddedTokenFinder.Part(range: 0..<normalized.count, id: nil)]
        for part in parts where !part.range.isEmpty {
            if let id = part.id {
                normalized.bytes.withUnsafeBufferPointer { buffer in
                    let content = UnsafeBufferPointer(rebasing: buffer[part.range])
                    append(id, normalized.source(part.range), content, text, &workspace)
                }
                continue
            }
            var cut = CutText(text: normalized, pieces: [part.range])
            try preTokenizer?.apply(to: &cut, cancellation)
            for piece in cut.pieces {
                try cancellation.check()
                try tokenizePiece(cut.text, piece, text, &workspace)
            }
        }
    }

    private func tokenizePiece(
        _ normalized: NormalizedText, _ range: Range<Int>, _ text: UnsafeBufferPointer<UInt8>,
        _ workspace: inout TokenizerWorkspace
    ) throws(Failure) {
        workspace.piece.removeAll()
        try normalized.bytes.withUnsafeBufferPointer { (buffer) throws(Failure) in
            try model.tokenize(
                UnsafeBufferPointer(rebasing: buffer[range]), into: &workspace.piece, steps: &workspace.steps,
                workspace.cancellation)
            var start = range.lowerBound
            for index in workspace.piece.ids.indices {
                if index & 0xfff == 0xfff { try workspace.cancellation.check() }
                let id = workspace.piece.ids[index]
                let end = range.lowerBound + workspace.piece.ends[index]
                // Bytes that spell one character share its place.
                if end > start {
                    let content = UnsafeBufferPointer(rebasing: buffer[start..<end])
                    append(id, normalized.source(start..<end), content, text, &workspace)
                } else if let last = workspace.tokens.spans.last {
                    workspace.tokens.append(id, last)
                }
                start = end
            }
        }
    }

    // `content` is the token's normalised text.
    @inline(__always)
    private func append(
        _ id: Int32, _ span: Encoding.Span, _ content: UnsafeBufferPointer<UInt8>, _ text: UnsafeBufferPointer<UInt8>,
        _ workspace: inout TokenizerWorkspace
    ) {
        let isFirst = workspace.tokens.ids.isEmpty || span.start == 0
        workspace.tokens.append(id, template.trimsOffsets ? trimmed(span, content, text, isFirst: isFirst) : span)
    }

    private func trimmed(
        _ span: Encoding.Span, _ content: UnsafeBufferPointer<UInt8>, _ text: UnsafeBufferPointer<UInt8>, isFirst: Bool
    ) -> Encoding.Span {
        let scalars = UTF8Text.scalars(Array(content))
        // U+0120 is how byte-level vocabularies write a space.
        func isBlank(_ scalar: UInt32) -> Bool {
            scalar == 0x120 || Int(cu_properties_of(scalar).flags) & CU_WHITESPACE != 0
        }
        var leading = scalars.prefix(while: isBlank).count
        let trailing = scalars.reversed().prefix(while: isBlank).count
        if leading == 1, isFirst, template.addsPrefixSpace { leading = 0 }
        var start = Int(span.start)
        var end = Int(span.end)
        for _ in 0..<leading where start < end { start += UTF8Text.width(text[start]) }
        for _ in 0..<trailing where end > start {
            end -= 1
            while end > start, text[end] & 0xc0 == 0x80 { end -= 1 }
        }
        return Encoding.Span(start, end)
    }
}
