import Support

/// Where a long text can be cut so that the blocks' tokens, one block after the other, are the text's: before a single space between two ASCII
/// letters or digits. No grapheme cluster, canonical composition or accent reaches across such a place, and no token of a model whose
/// pre-tokeniser cuts there.
enum TextBlocks {
    /// Bytes of a block: a few milliseconds of work, so that memory is bounded and a cancellation is seen.
    static let size = 1 << 16

    /// The end of the block that begins at `start`; `limit` if the text cannot be cut before.
    static func end(_ text: UnsafeBufferPointer<UInt8>, from start: Int, limit: Int) -> Int {
        guard limit - start > size else { return limit }
        var index = start + size
        while index < limit - 1 {
            if text[index] == 0x20, isPlain(text[index - 1]), isPlain(text[index + 1]) { return index }
            index += 1
        }
        return limit
    }

    /// Whether blocks give the same tokens as the whole under these steps. `normalize` applies the normaliser to a text.
    static func isExact(
        _ normalizer: Normalizer?, _ preTokenizer: PreTokenizer?, normalize: ([UInt8]) throws(Failure) -> [UInt8]
    ) throws(Failure) -> Bool {
        guard let preTokenizer, preTokenizer.cutsAtSpaces, normalizer?.isLocal != false else { return false }
        // A character map may do anything to a text, even to plain letters.
        guard try normalize([0x20]) == [0x20] else { return false }
        for byte in UInt8(0)..<128 where isPlain(byte) {
            let image = try normalize([byte])
            guard image.count == 1, isPlain(image[0]) else { return false }
        }
        return true
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }
}

extension Normalizer {
    /// Whether what becomes of a grapheme cluster or of a run of spaces depends on nothing else.
    fileprivate var isLocal: Bool {
        switch self {
        case .sequence(let steps): steps.allSatisfy(\.isLocal)
        case .bert, .characterMap, .form, .lowercase, .stripAccents: true
        case .replace(let pattern, _): pattern.matchesOnlyRunsOfSpaces
        case .strip, .prepend: false
        }
    }
}

extension PreTokenizer {
    /// Whether no piece reaches across a space, and nothing is put before a piece that begins with one.
    fileprivate var cutsAtSpaces: Bool {
        switch self {
        case .sequence(let steps): steps.first?.cutsAtSpaces ?? false
        case .bert, .whitespaceSplit, .whitespace: true
        case .punctuation: false
        case .metaspace(let metaspace): metaspace.split
        }
    }
}
