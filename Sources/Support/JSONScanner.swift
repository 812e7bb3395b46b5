/// A recursive-descent reader over a buffer of bytes, which hands what it finds to a sink.
struct JSONScanner<Sink: JSONSink> {
    var sink: Sink
    let bytes: UnsafeBufferPointer<UInt8>
    private let source: String
    private let cancellation: Cancellation?
    var position = 0
    private var depth = 0
    /// Where the cancellation is looked at next.
    private var nextLook = 0
    /// A string with its escapes resolved.
    private var scratch: [UInt8] = []

    init(_ bytes: UnsafeBufferPointer<UInt8>, source: String, cancellation: Cancellation?, into sink: Sink) {
        self.bytes = bytes
        self.source = source
        self.cancellation = cancellation
        self.sink = sink
    }

    /// Reads the whole text as one value.
    mutating func document() throws(Failure) {
        if bytes.count >= 3, bytes[0] == 0xef, bytes[1] == 0xbb, bytes[2] == 0xbf { position = 3 }
        try skipBlanks()
        try value()
        try skipBlanks()
        guard position == bytes.count else { throw failure("unexpected text after the value") }
    }

    private mutating func value() throws(Failure) {
        if position >= nextLook { try look() }
        guard position < bytes.count else { throw failure("the text ends where a value should stand") }
        switch bytes[position] {
        case UInt8(ascii: "\""): try string { (scanner, bytes) throws(Failure) in try scanner.sink.string(bytes) }
        case UInt8(ascii: "["): try array()
        case UInt8(ascii: "{"): try object()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
        case UInt8(ascii: "t"):
            try word("true")
            try sink.bool(true)
        case UInt8(ascii: "f"):
            try word("false")
            try sink.bool(false)
        case UInt8(ascii: "n"):
            try word("null")
            try sink.null()
        default: throw failure("a value expected, got \(shown(position))")
        }
    }

    private mutating func array() throws(Failure) {
        try descend()
        try sink.beginArray()
        var count = 0
        if try !take(UInt8(ascii: "]")) {
            while true {
                try skipBlanks()
                try value()
                count += 1
                if try take(UInt8(ascii: ",")) { continue }
                if try take(UInt8(ascii: "]")) { break }
                throw failure("',' or ']' expected, got \(shown(position))")
            }
        }
        depth -= 1
        try sink.endArray(count)
    }

    private mutating func object() throws(Failure) {
        try descend()
        try sink.beginObject()
        var count = 0
        if try !take(UInt8(ascii: "}")) {
            while true {
                try skipBlanks()
                guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                    throw failure("a key in double quotes expected, got \(shown(position))")
                }
                try string { (scanner, bytes) throws(Failure) in
                    guard try scanner.sink.key(bytes) else {
                        throw scanner.failure("the key '\(String(decoding: bytes, as: UTF8.self))' is there twice")
                    }
                }
                guard try take(UInt8(ascii: ":")) else { throw failure("':' expected, got \(shown(position))") }
                try skipBlanks()
                try value()
                count += 1
                if try take(UInt8(ascii: ",")) { continue }
                if try take(UInt8(ascii: "}")) { break }
                throw failure("',' or '}' expected, got \(shown(position))")
            }
        }
        depth -= 1
        try sink.endObject(count)
    }

    private mutating func descend() throws(Failure) {
        position += 1
        depth += 1
        if depth > JSON.depthLimit { throw failure("nested more than \(JSON.depthLimit) levels deep") }
    }

    private mutating func word(_ word: StaticString) throws(Failure) {
        let count = word.utf8CodeUnitCount
        var matches = position + count <= bytes.count
        for index in 0..<count where matches { matches = bytes[position + index] == word.utf8Start[index] }
        guard matches else { throw failure("a value expected, got \(shown(position))") }
        position += count
    }

    // MARK: Strings

    /// Reads a string and hands its bytes to `use`.
    private mutating func string(
        _ use: (inout Self, UnsafeBufferPointer<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        let opening = position
        position += 1
        let start = position
        try skipPlain(opening)
        if bytes[position] == UInt8(ascii: "\"") {
            let content = UnsafeBufferPointer(rebasing: bytes[start..<position])
            position += 1
            return try use(&self, content)
        }
        var content = scratch
        scratch = []
        content.removeAll(keepingCapacity: true)
        content.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<position]))
        while bytes[position] == UInt8(ascii: "\\") {
            try escape(into: &content)
            let start = position
            try skipPlain(opening)
            content.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<position]))
        }
        position += 1
        try content.withUnsafeBufferPointer { (buffer) throws(Failure) in try use(&self, buffer) }
        scratch = content
    }

    /// Goes to the next quotation mark or backslash, which is there afterwards.
    private mutating func skipPlain(_ opening: Int) throws(Failure) {
        let memory = UnsafeRawBufferPointer(bytes)
        while position < bytes.count {
            if position >= nextLook { try look() }
            if position + 8 <= bytes.count {
                let special = Self.special(
                    in: UInt64(littleEndian: memory.loadUnaligned(fromByteOffset: position, as: UInt64.self)))
                position += special.trailingZeroBitCount / 8
                if special == 0 { continue }
            }
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return }
            if byte < 0x20 { throw failure("a control character inside a string must be written as an escape") }
            position += 1
        }
        position = opening
        throw failure("a string that begins here never ends")
    }

    /// Looks at eight bytes at once: the lowest bit set is in the first that is a quotation mark, a backslash or below a blank; bits above
    /// it mean nothing. (A byte less than n borrows when n is taken from it.)
    @inline(__always) private static func special(in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let borrows =
            (word &- ones &* 0x20) & ~word | (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes
        return borrows & 0x8080_8080_8080_8080
    }

    private mutating func escape(into content: inout [UInt8]) throws(Failure) {
        guard position + 1 < bytes.count else { throw failure("the text ends inside an escape") }
        let letter = bytes[position + 1]
        if letter == UInt8(ascii: "u") {
            appendUTF8(try escapedScalar(), to: &content)
            return
        }
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(letter)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0c)
        case UInt8(ascii: "n"): content.append(0x0a)
        case UInt8(ascii: "r"): content.append(0x0d)
        case UInt8(ascii: "t"): content.append(0x09)
        default: throw failure("unknown escape \\\(shown(position + 1))")
        }
        position += 2
    }

    // At a "\u": reads one escape, or two that form a surrogate pair.
    private mutating func escapedScalar() throws(Failure) -> UInt32 {
        let first = try hexadecimal(at: position + 2)
        position += 6
        guard first & 0xf800 == 0xd800 else { return first }
        guard first < 0xdc00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { return 0xfffd }
        let second = try hexadecimal(at: position + 2)
        guard second & 0xfc00 == 0xdc00 else { return 0xfffd }
        position += 6
        return 0x10000 + (first & 0x3ff) << 10 + (second & 0x3ff)
    }

    private func hexadecimal(at start: Int) throws(Failure) -> UInt32 {
        var result: UInt32 = 0
        for index in start..<start + 4 {
            guard index < bytes.count else { throw failure("the text ends inside an escape") }
            let digit: UInt8
            switch bytes[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = bytes[index] - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = bytes[index] - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = bytes[index] - UInt8(ascii: "A") + 10
            default: throw failure("four hexadecimal digits expected after \\u")
            }
            result = result << 4 | UInt32(digit)
        }
        return result
    }

    private func appendUTF8(_ scalar: UInt32, to content: inout [UInt8]) {
        switch scalar {
        case 0..<0x80: content.append(UInt8(scalar))
        case 0x80..<0x800:
            content.append(UInt8(0xc0 | scalar >> 6))
            content.append(UInt8(0x80 | scalar & 0x3f))
        case 0x800..<0x10000:
            content.append(UInt8(0xe0 | scalar >> 12))
            content.append(UInt8(0x80 | scalar >> 6 & 0x3f))
            content.append(UInt8(0x80 | scalar & 0x3f))
        default:
            content.append(UInt8(0xf0 | scalar >> 18))
            content.append(UInt8(0x80 | scalar >> 12 & 0x3f))
            content.append(UInt8(0x80 | scalar >> 6 & 0x3f))
            content.append(UInt8(0x80 | scalar & 0x3f))
        }
    }

    // MARK: Position

    private mutating func look() throws(Failure) {
        try cancellation?.check()
        nextLook = position + 1 << 16
    }

    private mutating func skipBlanks() throws(Failure) {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0a, 0x0d, 0x09: position += 1
            default: return
            }
            if position >= nextLook { try look() }
        }
    }

    private mutating func take(_ byte: UInt8) throws(Failure) -> Bool {
        try skipBlanks()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    func shown(_ index: Int) -> String {
        guard index < bytes.count else { return "the end of the text" }
        let byte = bytes[index]
        if byte > 0x20, byte < 0x7f { return "'\(Character(Unicode.Scalar(byte)))'" }
        return "byte \(byte)"
    }

    /// A failure at the current position, named by line and by column in code points.
    func failure(_ problem: String) -> Failure {
        var line = 1
        var column = 1
        for byte in bytes[..<min(position, bytes.count)] {
            if byte == 0x0a {
                line += 1
                column = 1
            } else if byte & 0xc0 != 0x80 {
                column += 1
            }
        }
        return .format(source, at: "line \(line), column \(column)", problem)
    }
}
