/// What one pass over a text file's bytes finds out: whether it is UTF-8, how its lines end, how long its longest record is.
struct TextScan {
    /// Position of the first byte that breaks UTF-8, if any, and its line, counted from 1.
    private(set) var invalid: (position: Int, line: Int)?
    /// Whether lines end in more than one way, outside quotes.
    private(set) var hasMixedLineEnds = false
    /// Bytes of the longest record, quoted line ends included.
    private(set) var longestRecord = 0

    /// Scans `bytes`; records end at line ends outside `quote`, which opens only where a value begins.
    init(_ bytes: UnsafeRawBufferPointer, delimiter: UInt8, quote: UInt8?) {
        var walk = RecordWalk(delimiter: delimiter, quote: quote)
        var line = 1
        var recordStart = 0
        var kinds = (lf: false, crlf: false, cr: false)
        var position = 0
        let count = bytes.count
        while position < count {
            let byte = bytes[position]
            if byte >= 0x80 {
                let length = TextScan.sequenceLength(bytes, position)
                guard length > 0 else {
                    invalid = (position, line)
                    return
                }
                walk.step(byte)
                position += length
                continue
            }
            if byte == 0x0a || byte == 0x0d {
                let isPair = byte == 0x0d && position + 1 < count && bytes[position + 1] == 0x0a
                if !walk.isQuoted {
                    if isPair { kinds.crlf = true } else if byte == 0x0a { kinds.lf = true } else { kinds.cr = true }
                    longestRecord = max(longestRecord, position - recordStart)
                    recordStart = position + 1
                }
                if isPair {
                    walk.step(byte)
                    position += 1
                }
                line += 1
                walk.step(0x0a)
            } else {
                walk.step(byte)
            }
            position += 1
        }
        longestRecord = max(longestRecord, count - recordStart)
        hasMixedLineEnds = [kinds.lf, kinds.crlf, kinds.cr].filter { $0 }.count > 1
    }

    /// The line, counted from 1, that the byte at `position` is on.
    static func line(of position: Int, in bytes: UnsafeRawBufferPointer) -> Int {
        var line = 1
        for index in 0..<position {
            // A pair of both counts at its line feed.
            let isPair = bytes[index] == 0x0d && index + 1 < bytes.count && bytes[index + 1] == 0x0a
            if (bytes[index] == 0x0a || bytes[index] == 0x0d) && !isPair { line += 1 }
        }
        return line
    }

    /// Bytes of the well-formed UTF-8 sequence at `position`, which begins above ASCII; 0 if it is not one (Unicode 15, table 3-7).
    static func sequenceLength(_ bytes: UnsafeRawBufferPointer, _ position: Int) -> Int {
        let first = bytes[position]
        func next(_ offset: Int) -> UInt8 { position + offset < bytes.count ? bytes[position + offset] : 0 }
        func isTail(_ byte: UInt8) -> Bool { byte & 0xc0 == 0x80 }
        let second = next(1)
        switch first {
        case 0xc2...0xdf: return isTail(second) ? 2 : 0
        case 0xe0...0xef:
            guard isTail(second), isTail(next(2)), first != 0xe0 || second >= 0xa0, first != 0xed || second < 0xa0
            else { return 0 }
            return 3
        case 0xf0...0xf4:
            guard isTail(second), isTail(next(2)), isTail(next(3)), first != 0xf0 || second >= 0x90,
                first != 0xf4 || second < 0x90
            else { return 0 }
            return 4
        default: return 0
        }
    }
}

/// Follows quotes through the bytes of a delimited file.
struct RecordWalk {
    let delimiter: UInt8
    let quote: UInt8?
    /// Whether the byte just stepped over lies inside a quoted value.
    private(set) var isQuoted = false
    private var atStart = true

    init(delimiter: UInt8, quote: UInt8?) {
        self.delimiter = delimiter
        self.quote = quote
    }

    mutating func step(_ byte: UInt8) {
        if byte == quote {
            // A doubled quote closes and opens again, which comes to the same.
            if isQuoted { isQuoted = false } else if atStart || reopens { isQuoted = true }
            reopens = !isQuoted
            atStart = false
            return
        }
        reopens = false
        atStart = !isQuoted && (byte == delimiter || byte == 0x0a || byte == 0x0d)
    }

    private var reopens = false
}
