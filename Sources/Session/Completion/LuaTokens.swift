/// The words of a piece of Lua source that may be unfinished, up to a point in it, and where that point lies.
struct LuaTokens {
    struct Token {
        enum Kind { case name, keyword, number, string, symbol }

        let kind: Kind
        /// Bytes of the source, quotes included.
        let range: Range<Int>
        /// As written; of a string, what it means.
        let text: String
    }

    /// Where the source ends.
    enum Ending {
        case code
        case comment
        /// Inside a string: its first byte's index, that of its content, and the byte that closes it (nil for a long bracket).
        case string(start: Int, content: Int, quote: UInt8?)
    }

    private(set) var tokens: [Token] = []
    private(set) var ending = Ending.code
    private let source: ArraySlice<UInt8>
    private var position = 0

    /// The words of `source` before the byte `end`.
    init(_ source: [UInt8], end: Int) {
        self.source = source[..<end]
        while let byte = peek() { read(byte) }
    }

    static let keywords: [String] = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
        "not", "or", "repeat", "return", "then", "true", "until", "while",
    ]

    /// Whether a byte may stand in a name. Bytes beyond ASCII may not in Lua, but columns and keys have such names.
    static func isWordByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte >= 0x80 || isDigit(byte) || (0x61...0x7A).contains(byte | 0x20)
    }

    /// Whether `text` can be written behind a dot.
    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !isDigit(first), !keywords.contains(text) else { return false }
        return text.utf8.allSatisfy { isWordByte($0) && $0 < 0x80 }
    }

    /// The same of bytes, but for keywords.
    static func isName(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = bytes.first, !isDigit(first) else { return false }
        for byte in bytes where !(isWordByte(byte) && byte < 0x80) { return false }
        return true
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private func peek(_ offset: Int = 0) -> UInt8? {
        position + offset < source.endIndex ? source[position + offset] : nil
    }

    private mutating func read(_ byte: UInt8) {
        let start = position
        switch byte {
        case UInt8(ascii: " "), 0x09...0x0D:
            position += 1
        case UInt8(ascii: "-") where peek(1) == byte:
            position += 2
            readComment()
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            readString(quote: byte)
        case UInt8(ascii: "[") where level(at: position) != nil:
            readLongString()
        case _ where Self.isDigit(byte), UInt8(ascii: ".") where peek(1).map(Self.isDigit) ?? false:
            readNumber()
            append(.number, start)
        case _ where Self.isWordByte(byte):
            while let next = peek(), Self.isWordByte(next) { position += 1 }
            let text = String(decoding: source[start..<position], as: UTF8.self)
            append(Self.keywords.contains(text) ? .keyword : .name, start)
        default:
            position += symbolLength(byte)
            append(.symbol, start)
        }
    }

    private mutating func append(_ kind: Token.Kind, _ start: Int, text: [UInt8]? = nil) {
        let text = String(decoding: text.map { $0[...] } ?? source[start..<position], as: UTF8.self)
        tokens.append(Token(kind: kind, range: start..<position, text: text))
    }

    private func symbolLength(_ byte: UInt8) -> Int {
        guard let next = peek(1) else { return 1 }
        switch (byte, next) {
        case (UInt8(ascii: "."), UInt8(ascii: ".")): return peek(2) == byte ? 3 : 2
        case (UInt8(ascii: "="), UInt8(ascii: "=")), (UInt8(ascii: "~"), UInt8(ascii: "=")),
            (UInt8(ascii: "<"), UInt8(ascii: "=")), (UInt8(ascii: ">"), UInt8(ascii: "=")),
            (UInt8(ascii: "<"), UInt8(ascii: "<")), (UInt8(ascii: ">"), UInt8(ascii: ">")),
            (UInt8(ascii: "/"), UInt8(ascii: "/")), (UInt8(ascii: ":"), UInt8(ascii: ":")):
            return 2
        default: return 1
        }
    }

    private mutating func readNumber() {
        var previous: UInt8 = 0
        while let byte = peek() {
            let isSign = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
            let continues =
                byte == UInt8(ascii: ".") || Self.isWordByte(byte)
                || (isSign && [0x65, 0x70].contains(previous | 0x20))
            guard continues else { return }
            previous = byte
            position += 1
        }
    }

    private mutating func readComment() {
        if peek() == UInt8(ascii: "["), let level = level(at: position) {
            position += level + 2
            if !skipLongBracket(level) { ending = .comment }
            return
        }
        while let byte = peek(), byte != UInt8(ascii: "\n") { position += 1 }
        if peek() == nil { ending = .comment }
    }

    private mutating func readString(quote: UInt8) {
        let start = position
        position += 1
        while let byte = peek(), byte != UInt8(ascii: "\n") {
            if byte == quote {
                let content = StringContent(source[(start + 1)..<position], isQuoted: true).bytes
                position += 1
                append(.string, start, text: content)
                return
            }
            position += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        if position >= source.endIndex {
            position = source.endIndex
            ending = .string(start: start, content: start + 1, quote: quote)
        } else {
            // Left open at the end of a line, which is an error: what follows is read as code.
            append(.string, start, text: [])
        }
    }

    private mutating func readLongString() {
        let start = position
        let level = level(at: start) ?? 0
        position += level + 2
        var content = position
        if peek() == UInt8(ascii: "\n") { content += 1 }
        if skipLongBracket(level) {
            append(.string, start, text: Array(source[min(content, position - level - 2)..<(position - level - 2)]))
        } else {
            ending = .string(start: start, content: min(content, source.endIndex), quote: nil)
        }
    }

    /// How many `=` are between the brackets of a long bracket that opens at `index`; nil if none opens there.
    private func level(at index: Int) -> Int? {
        var next = index + 1
        while next < source.endIndex, source[next] == UInt8(ascii: "=") { next += 1 }
        return next < source.endIndex && source[next] == UInt8(ascii: "[") ? next - index - 1 : nil
    }

    /// Goes behind the closing bracket; false if there is none.
    private mutating func skipLongBracket(_ level: Int) -> Bool {
        let closing = [UInt8(ascii: "]")] + [UInt8](repeating: UInt8(ascii: "="), count: level) + [UInt8(ascii: "]")]
        guard let range = source[position...].firstRange(of: closing) else {
            position = source.endIndex
            return false
        }
        position = range.upperBound
        return true
    }
}
