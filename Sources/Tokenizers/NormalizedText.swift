import Support

/// A text under normalisation: its bytes now (valid UTF-8), and for each byte the part of the text handed in that it comes from.
struct NormalizedText {
    /// A scalar of the new text: 0 if it replaces the next scalar of the old one, 1 if it is inserted, -n if it replaces one and the n after
    /// it go.
    typealias Change = (scalar: UInt32, change: Int)

    private(set) var bytes: [UInt8]
    private(set) var spans: [Encoding.Span]
    /// Where the text begins in what was handed in.
    let base: Int

    /// A text that begins at `base` of what was handed in.
    init(_ text: UnsafeBufferPointer<UInt8>, base: Int) {
        self.base = base
        bytes = Array(text)
        spans = []
        spans.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let width = UTF8Text.width(bytes[index])
            let span = Encoding.Span(base + index, base + index + width)
            for _ in 0..<width { spans.append(span) }
            index += width
        }
    }

    /// An empty text to which pieces of others are added.
    init(base: Int) {
        self.base = base
        bytes = []
        spans = []
    }

    var count: Int { bytes.count }

    /// Appends bytes that all come from `span`.
    mutating func append(_ content: some Sequence<UInt8>, _ span: Encoding.Span) {
        for byte in content {
            bytes.append(byte)
            spans.append(span)
        }
    }

    /// Appends a part of another text.
    mutating func append(_ other: NormalizedText, _ range: Range<Int>) {
        bytes.append(contentsOf: other.bytes[range])
        spans.append(contentsOf: other.spans[range])
    }

    /// The part of what was handed in that a range of the text comes from.
    func source(_ range: Range<Int>) -> Encoding.Span {
        Encoding.Span(Int(spans[range.lowerBound].start), Int(spans[range.upperBound - 1].end))
    }

    /// Rewrites the whole text. `skipped` scalars at its beginning are gone.
    ///
    /// What an inserted scalar comes from is what the byte before the current place of the old text comes from; a replacing one takes over
    /// its predecessor's source.
    mutating func transform(_ changes: [Change], skipped: Int = 0) {
        var newBytes: [UInt8] = []
        var newSpans: [Encoding.Span] = []
        newBytes.reserveCapacity(bytes.count)
        newSpans.reserveCapacity(bytes.count)
        var place = 0
        func skip(_ count: Int) {
            for _ in 0..<count where place < bytes.count { place += UTF8Text.width(bytes[place]) }
        }
        skip(skipped)
        for (scalar, change) in changes {
            let span: Encoding.Span
            if change > 0 {
                span = place < 1 ? Encoding.Span(base, base) : spans[place - 1]
            } else {
                span = spans[min(place, spans.count - 1)]
                skip(1 - change)
            }
            UTF8Text.append(scalar, to: &newBytes)
            for _ in 0..<UTF8Text.width(of: scalar) { newSpans.append(span) }
        }
        bytes = newBytes
        spans = newSpans
    }

    /// Keeps the scalars that `keep` accepts.
    mutating func filter(_ keep: (UInt32) -> Bool) {
        var place = 0
        var end = 0
        while place < bytes.count {
            let width = UTF8Text.width(bytes[place])
            let scalar = bytes.withUnsafeBufferPointer { buffer in
                buffer.baseAddress.map { UTF8Text.scalar($0, place).value } ?? 0
            }
            if keep(scalar) {
                if end != place {
                    for offset in 0..<width {
                        bytes[end + offset] = bytes[place + offset]
                        spans[end + offset] = spans[place + offset]
                    }
                }
                end += width
            }
            place += width
        }
        bytes.removeLast(bytes.count - end)
        spans.removeLast(spans.count - end)
    }

    /// Replaces each range of `matches` (ascending, apart) by `content`, which comes from where the last byte of the match came from.
    mutating func replace(_ matches: [Range<Int>], by content: [UInt8]) {
        guard !matches.isEmpty else { return }
        var result = NormalizedText(base: base)
        result.bytes.reserveCapacity(bytes.count)
        result.spans.reserveCapacity(bytes.count)
        var end = 0
        for match in matches {
            result.append(self, end..<match.lowerBound)
            result.append(
                content, match.upperBound < 1 ? Encoding.Span(base, base) : spans[match.upperBound - 1])
            end = match.upperBound
        }
        result.append(self, end..<bytes.count)
        self = result
    }

    /// Puts `content` before the text, unless it is empty; it comes from where the first scalar came from.
    mutating func prepend(_ content: [UInt8]) {
        guard let first = spans.first else { return }
        bytes.insert(contentsOf: content, at: 0)
        spans.insert(contentsOf: repeatElement(first, count: content.count), at: 0)
    }
}
