/// A word of Lua source: what it is and which bytes it takes.
struct LuaToken: Equatable {
    enum Kind: Equatable { case name, keyword, number, string, symbol }

    let kind: Kind
    /// Where it is, in bytes of the source.
    let range: Range<Int>
    /// Its text; empty for strings, which nobody asks for.
    let text: String

    func isSymbol(_ text: String) -> Bool { kind == .symbol && self.text == text }
    func isKeyword(_ text: String) -> Bool { kind == .keyword && self.text == text }

    static let keywords: Set<String> = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
        "not", "or", "repeat", "return", "then", "true", "until", "while",
    ]
}

/// Splits Lua source into its words, leaving out blanks and comments. Bytes that Lua would refuse become symbols of their own, so that
/// whatever somebody typed can be read to its end.
struct LuaLexer {
    private let source: [UInt8]
    private var position = 0

    private init(_ source: [UInt8]) { self.source = source }

    static func tokens(of source: [UInt8]) -> [LuaToken] {
        var lexer = LuaLexer(source)
        var tokens: [LuaToken] = []
        while let token = lexer.next() { tokens.append(token) }
        return tokens
    }

    private func byte(_ offset: Int = 0) -> UInt8 {
        position + offset < source.count ? source[position + offset] : 0
    }

    private mutating func next() -> LuaToken? {
        skipBlanksAndComments()
        guard position < source.count else { return nil }
        let start = position
        let first = byte()
        if Self.isNamePart(first), !Self.isDigit(first) {
            while Self.isNamePart(byte()) { position += 1 }
            let text = String(decoding: source[start..<position], as: UTF8.self)
            return LuaToken(
                kind: LuaToken.keywords.contains(text) ? .keyword : .name, range: start..<position, text: text)
        }
        if Self.isDigit(first) || (first == UInt8(ascii: ".") && Self.isDigit(byte(1))) {
            readNumber()
            return token(.number, from: start)
        }
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            readString(until: first)
            return LuaToken(kind: .string, range: start..<position, text: "")
        }
        if first == UInt8(ascii: "["), let level = longBracketLevel() {
            readLongBracket(level)
            return LuaToken(kind: .string, range: start..<position, text: "")
        }
        position += Self.symbolLength(first, byte(1), byte(2))
        return token(.symbol, from: start)
    }

    private func token(_ kind: LuaToken.Kind, from start: Int) -> LuaToken {
        LuaToken(
            kind: kind, range: start..<position, text: String(decoding: source[start..<position], as: UTF8.self))
    }

    private mutating func skipBlanksAndComments() {
        while position < source.count {
            if [0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D].contains(byte()) {
                position += 1
            } else if byte() == UInt8(ascii: "-"), byte(1) == UInt8(ascii: "-") {
                position += 2
                if byte() == UInt8(ascii: "["), let level = longBracketLevel() {
                    readLongBracket(level)
                } else {
                    while position < source.count, byte() != 0x0A, byte() != 0x0D { position += 1 }
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

    private mutating func readString(until mark: UInt8) {
        position += 1
        while position < source.count {
            let current = byte()
            if current == UInt8(ascii: "\\") {
                let isSkip = byte(1) == UInt8(ascii: "z")
                position = min(position + 2, source.count)
                // `\z` takes the blanks that follow, line breaks among them.
                while isSkip, [0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D].contains(byte()) { position += 1 }
                continue
            }
            // A string that is open at the end of its line is an error, and ends there.
            if current == 0x0A { return }
            position += 1
            if current == mark { return }
        }
    }

    /// The number of `=` signs if a long bracket opens here.
    private func longBracketLevel() -> Int? {
        var level = 0
        while byte(1 + level) == UInt8(ascii: "=") { level += 1 }
        return byte(1 + level) == UInt8(ascii: "[") ? level : nil
    }

    private mutating func readLongBracket(_ level: Int) {
        position += level + 2
        while position < source.count {
            if byte() == UInt8(ascii: "]") {
                var found = 0
                while byte(1 + found) == UInt8(ascii: "=") { found += 1 }
                if found == level, byte(1 + found) == UInt8(ascii: "]") {
                    position += level + 2
                    return
                }
            }
            position += 1
        }
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
    private static func isNamePart(_ byte: UInt8) -> Bool { LuaWords.isNamePart(byte) }
}

/// Names in a source, for those who only want to find one.
public enum LuaWords {
    /// The names that begin in `range`, outside of strings and comments, with their places in bytes.
    public static func names(in source: [UInt8], _ range: Range<Int>) -> [(text: String, start: Int)] {
        LuaLexer.tokens(of: source).filter { $0.kind == .name && range.contains($0.range.lowerBound) }
            .map { ($0.text, $0.range.lowerBound) }
    }

    /// Whether the byte may stand in a name.
    public static func isNamePart(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
    }
}
