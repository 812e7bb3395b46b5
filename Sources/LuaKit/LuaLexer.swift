/// Splits Lua source, which may be unfinished, into its words, leaving out blanks and comments. Bytes that Lua would refuse become symbols of their own, so that
/// whatever somebody typed can be read to its end.
public struct LuaLexer {
    /// Where the source ends.
    public enum Ending {
        /// Between words or at the end of one.
        case code
        /// In a comment.
        case comment
        /// In a string: its first byte's index, that of its content, and the byte that would close it (nil for a long bracket).
        case string(start: Int, content: Int, quote: UInt8?)
    }

    /// The words; a string that the source ends in is none.
    public private(set) var tokens: [LuaToken] = []
    /// Where the source ends.
    public private(set) var ending = Ending.code
    private let source: ArraySlice<UInt8>
    private var position = 0

    /// Reads `source`, or what of it is before the byte `end`.
    public init(_ source: [UInt8], end: Int? = nil) {
        self.source = source[..<(end ?? source.count)]
        while let token = next() { tokens.append(token) }
    }

    /// The words of the language that are no names.
    public static let keywords: Set<String> = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
        "not", "or", "repeat", "return", "then", "true", "until", "while",
    ]

    /// Whether a byte may stand in a name. Bytes beyond ASCII may not in Lua, but columns and keys have such names.
    public static func isNamePart(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte >= 0x80 || isDigit(byte) || (0x61...0x7A).contains(byte | 0x20)
    }

    /// Whether `text` can be written behind a dot.
    public static func isName(_ text: String) -> Bool {
        var text = text
        return !keywords.contains(text) && text.withUTF8 { isName($0) }
    }

    /// The same of bytes, but for keywords.
    public static func isName(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = bytes.first, !isDigit(first) else { return false }
        return bytes.allSatisfy { isNamePart($0) && $0 < 0x80 }
    }

    private func byte(_ offset: Int = 0) -> UInt8 {
        position + offset < source.endIndex ? source[position + offset] : 0
    }

    private mutating func next() -> LuaToken? {
        skipBlanksAndComments()
        guard position < source.endIndex else { return nil }
        let start = position
        let first = byte()
        if Self.isDigit(first) || (first == UInt8(ascii: ".") && Self.isDigit(byte(1))) {
            readNumber()
            return token(.number, from: start)
        }
        if Self.isNamePart(first) {
            while position < source.endIndex, Self.isNamePart(byte()) { position += 1 }
            let word = token(.name, from: start)
            return Self.keywords.contains(word.text) ? token(.keyword, from: start) : word
        }
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") { return readString(quote: first) }
        if first == UInt8(ascii: "["), let level = longBracketLevel() { return readLongString(level) }
        position += Self.symbolLength(first, byte(1), byte(2))
        return token(.symbol, from: start)
    }

    private func token(_ kind: LuaToken.Kind, from start: Int) -> LuaToken {
        let range = start..<position
        return LuaToken(
            kind: kind, range: range, content: range, text: String(decoding: source[range], as: UTF8.self))
    }

    private func string(from start: Int, _ content: Range<Int>) -> LuaToken {
        LuaToken(kind: .string, range: start..<position, content: content, text: "")
    }

    private mutating func skipBlanksAndComments() {
        while position < source.endIndex {
            if Self.isBlank(byte()) {
                position += 1
            } else if byte() == UInt8(ascii: "-"), byte(1) == UInt8(ascii: "-") {
                position += 2
                if byte() == UInt8(ascii: "["), let level = longBracketLevel() {
                    if !skipLongBracket(level) { ending = .comment }
                } else {
                    while position < source.endIndex, byte() != 0x0A, byte() != 0x0D { position += 1 }
                    if position == source.endIndex { ending = .comment }
                }
            } else {
                return
            }
        }
    }

    /// As Lua reads one: `0x1p-4` and `1e+5` hold a sign, and letters that do not belong make it malformed.
    private mutating func readNumber() {
        let isHexadecimal = byte() == UInt8(ascii: "0") && byte(1) | 0x20 == UInt8(ascii: "x")
        let exponent = isHexadecimal ? UInt8(ascii: "p") : UInt8(ascii: "e")
        while true {
            if byte() | 0x20 == exponent, byte(1) == UInt8(ascii: "+") || byte(1) == UInt8(ascii: "-") {
                position += 2
            } else if Self.isNamePart(byte()) || byte() == UInt8(ascii: ".") {
                position += 1
            } else {
                return
            }
        }
    }

    private mutating func readString(quote: UInt8) -> LuaToken? {
        let start = position
        position += 1
        while position < source.endIndex {
            let current = byte()
            if current == UInt8(ascii: "\\") {
                let isSkip = byte(1) == UInt8(ascii: "z")
                position = min(position + 2, source.endIndex)
                // `\z` takes the blanks that follow, line breaks among them.
                while isSkip, position < source.endIndex, Self.isBlank(byte()) { position += 1 }
                continue
            }
            // A string that is open at the end of its line is an error, and ends there.
            if current == 0x0A { return string(from: start, start + 1..<position) }
            position += 1
            if current == quote { return string(from: start, start + 1..<position - 1) }
        }
        ending = .string(start: start, content: start + 1, quote: quote)
        return nil
    }

    private mutating func readLongString(_ level: Int) -> LuaToken? {
        let start = position
        var content = start + level + 2
        // A line break right behind the bracket is not part of the string.
        if content < source.endIndex, source[content] == 0x0A { content += 1 }
        guard skipLongBracket(level) else {
            ending = .string(start: start, content: min(content, source.endIndex), quote: nil)
            return nil
        }
        let end = position - level - 2
        return string(from: start, min(content, end)..<end)
    }

    /// The number of `=` signs if a long bracket opens here.
    private func longBracketLevel() -> Int? {
        var level = 0
        while byte(1 + level) == UInt8(ascii: "=") { level += 1 }
        return byte(1 + level) == UInt8(ascii: "[") ? level : nil
    }

    /// Goes from the opening bracket behind the closing one; false if there is none.
    private mutating func skipLongBracket(_ level: Int) -> Bool {
        position += level + 2
        let closing = [UInt8(ascii: "]")] + [UInt8](repeating: UInt8(ascii: "="), count: level) + [UInt8(ascii: "]")]
        guard let range = source[position...].firstRange(of: closing) else {
            position = source.endIndex
            return false
        }
        position = range.upperBound
        return true
    }

    private static func symbolLength(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Int {
        switch (first, second) {
        case (UInt8(ascii: "."), UInt8(ascii: ".")): third == UInt8(ascii: ".") ? 3 : 2
        case (UInt8(ascii: "="), UInt8(ascii: "=")), (UInt8(ascii: "~"), UInt8(ascii: "=")),
            (UInt8(ascii: "<"), UInt8(ascii: "=")), (UInt8(ascii: ">"), UInt8(ascii: "=")),
            (UInt8(ascii: "/"), UInt8(ascii: "/")), (UInt8(ascii: ":"), UInt8(ascii: ":")),
            (UInt8(ascii: "<"), UInt8(ascii: "<")), (UInt8(ascii: ">"), UInt8(ascii: ">")):
            2
        default: 1
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
