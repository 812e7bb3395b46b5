import CUnicode
import Support

/// A text cut into pieces, each of which the model tokenizes by itself.
struct CutText {
    var text: NormalizedText
    var pieces: [Range<Int>]
}

/// One step of cutting text before the model sees it, as the `pre_tokenizer` of a tokenizer file names it.
indirect enum PreTokenizer: Sendable {
    case sequence([PreTokenizer])
    case bert
    case whitespaceSplit
    case whitespace
    case punctuation(DelimiterBehavior)
    case metaspace(Metaspace)

    /// Cuts every piece further.
    func apply(to cut: inout CutText, _ cancellation: Cancellation) throws(Failure) {
        try cancellation.check()
        switch self {
        case .sequence(let steps): for step in steps { try step.apply(to: &cut, cancellation) }
        case .bert:
            cut.split(.removed) { $0 & CU_WHITESPACE != 0 }
            try cancellation.check()
            cut.split(.isolated) { $0 & CU_PUNCTUATION != 0 }
        case .whitespaceSplit: cut.split(.removed) { $0 & CU_WHITESPACE != 0 }
        case .whitespace: cut.splitWords()
        case .punctuation(let behavior): cut.split(behavior) { $0 & CU_PUNCTUATION != 0 }
        case .metaspace(let metaspace): metaspace.apply(to: &cut, cancellation)
        }
    }
}

/// What becomes of the characters that pieces are cut at.
enum DelimiterBehavior: String, Sendable {
    case removed = "Removed"
    case isolated = "Isolated"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    case contiguous = "Contiguous"
}

/// SentencePiece's visible space: blanks become U+2581, and words begin with one.
struct Metaspace: Equatable, Sendable {
    /// Which pieces get a space at their beginning.
    enum Prepend: String, Sendable {
        case always
        case first
        case never
    }

    /// The visible space.
    var replacement: [UInt8] = [0xe2, 0x96, 0x81]
    var prepend = Prepend.always
    /// Whether to cut before every visible space.
    var split = true

    func apply(to cut: inout CutText, _ cancellation: Cancellation) {
        var result = CutText(text: NormalizedText(base: cut.text.base), pieces: [])
        var clock = PollClock(cancellation)
        for piece in cut.pieces {
            let start = result.text.count
            let firstIsSpace =
                cut.text.bytes[piece.lowerBound] == 0x20 || cut.text.bytes[piece].starts(with: replacement)
            let wanted =
                switch prepend {
                case .always: true
                case .first: cut.text.spans[piece.lowerBound].start == 0
                case .never: false
                }
            if wanted, !firstIsSpace { result.text.append(replacement, cut.text.spans[piece.lowerBound]) }
            var index = piece.lowerBound
            var pieceStart = start
            while index < piece.upperBound, !clock.isCancelled {
                let width = UTF8Text.width(cut.text.bytes[index])
                let isSpace =
                    cut.text.bytes[index] == 0x20 || cut.text.bytes[index..<index + width].elementsEqual(replacement)
                if isSpace, split, result.text.count > pieceStart {
                    result.pieces.append(pieceStart..<result.text.count)
                    pieceStart = result.text.count
                }
                if isSpace {
                    result.text.append(replacement, cut.text.spans[index])
                } else {
                    result.text.append(cut.text, index..<index + width)
                }
                index += width
            }
            if result.text.count > pieceStart { result.pieces.append(pieceStart..<result.text.count) }
        }
        cut = result
    }
}

extension CutText {
    /// Cuts pieces at the scalars whose property flags `isDelimiter` accepts.
    mutating func split(_ behavior: DelimiterBehavior, at isDelimiter: (Int) -> Bool) {
        var result: [Range<Int>] = []
        result.reserveCapacity(pieces.count + text.count / 4)
        text.bytes.withUnsafeBufferPointer { buffer in
            guard let bytes = buffer.baseAddress else { return }
            for piece in pieces {
                var start = piece.lowerBound
                var previous = false
                var index = start
                func close(_ end: Int) {
                    if end > start { result.append(start..<end) }
                    start = end
                }
                while index < piece.upperBound {
                    let (scalar, width) = UTF8Text.scalar(bytes, index)
                    let end = index + width
                    let delimiter = isDelimiter(Int(cu_properties_of(scalar).flags))
                    switch behavior {
                    case .removed where delimiter:
                        close(index)
                        start = end
                    case .isolated where delimiter:
                        close(index)
                        close(end)
                    case .mergedWithPrevious where delimiter:
                        if previous { close(index) }
                        close(end)
                    case .mergedWithNext where delimiter: close(index)
                    case .contiguous where delimiter != previous: close(index)
                    default: break
                    }
                    previous = delimiter
                    index = end
                }
                close(piece.upperBound)
            }
        }
        pieces = result
    }

    /// Keeps runs of word characters and runs of other characters that are not blank.
    mutating func splitWords() {
        split(.removed) { $0 & CU_WHITESPACE != 0 }
        split(.contiguous) { $0 & CU_WORD == 0 }
    }
}
