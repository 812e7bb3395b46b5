import Support

/// Strings and keys as Lua source would write them.
enum LuaLiteral {
    private static let keywords: Set<String> = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
        "not", "or",
        "repeat", "return", "then", "true", "until", "while",
    ]

    /// The bytes as a quoted string. Readable text stays as it is, in any script; controls and bytes that are no UTF-8 are escaped.
    static func string(_ bytes: UnsafeBufferPointer<UInt8>, limit: Int) -> String {
        let shown = bytes.prefix(cut(bytes, limit))
        var text = "\""
        var decoder = UTF8()
        var position = shown.startIndex
        while position < shown.endIndex {
            var rest = shown[position...].makeIterator()
            let before = position
            switch decoder.decode(&rest) {
            case .scalarValue(let scalar):
                position += UTF8.width(scalar)
                text += escaped(scalar)
            case .error, .emptyInput:
                position += 1
                text += "\\x" + hex(shown[before])
            }
            decoder = UTF8()
        }
        text += "\""
        if shown.count < bytes.count { text += " ... (\(bytes.count) bytes)" }
        return text
    }

    /// A key as it stands in a table constructor: bare if it is a name, in brackets otherwise.
    static func key(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        let name = String(decoding: bytes, as: UTF8.self)
        let isName =
            !bytes.isEmpty && bytes.count <= 200 && !isDigit(bytes[0])
            && bytes.allSatisfy { isLetter($0) || isDigit($0) }
            && !keywords.contains(name)
        return isName ? name : "[" + string(bytes, limit: 200) + "]"
    }

    /// A quoted string cut to `room` columns, no escape in halves, with `…` behind the closing quote.
    static func cut(_ literal: String, to room: Int) -> String {
        guard DisplayWidth.of(literal) > room else { return literal }
        // Two quotes and the dots; the opening quote is kept as a part.
        let most = room - 2
        var kept = ""
        var used = 0
        var part = ""
        var rest = literal[...]
        while let next = rest.popFirst() {
            part = String(next)
            if next == "\\" {
                let kind = rest.popFirst()
                part += kind.map(String.init) ?? ""
                if kind == "x" { for _ in 0..<2 { part += rest.popFirst().map(String.init) ?? "" } }
                if kind == "u" { while let digit = rest.popFirst() { part.append(digit); if digit == "}" { break } } }
            }
            let columns = DisplayWidth.of(part)
            guard used + columns <= most else { break }
            kept += part
            used += columns
        }
        return room > 2 ? kept + "\"…" : DisplayWidth.cut(literal, to: room)
    }

    /// What stands between the quotes, quotes themselves unescaped: for where there are none around it.
    static func content(of literal: String) -> String {
        guard literal.first == "\"", let end = literal.lastIndex(of: "\""), end > literal.startIndex else {
            return literal
        }
        var content = ""
        var isEscaped = false
        for character in literal[literal.index(after: literal.startIndex)..<end] {
            if isEscaped, character == "\"" { content.removeLast() }
            content.append(character)
            isEscaped = character == "\\" && !isEscaped
        }
        return literal.hasSuffix("\"") ? content : content + "…"
    }

    /// The name that a key of `key(_:)` stands for, to be read; nil if the key is no string.
    static func name(ofKey key: String) -> String? {
        guard key.hasPrefix("[") else { return key }
        return key.hasPrefix("[\"") ? content(of: String(key.dropFirst().dropLast())) : nil
    }

    /// Where to cut so that no character is split.
    private static func cut(_ bytes: UnsafeBufferPointer<UInt8>, _ limit: Int) -> Int {
        guard bytes.count > limit else { return bytes.count }
        var end = limit
        while end > 0, end > limit - 4, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return end
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\n": return "\\n"
        case "\t": return "\\t"
        case "\r": return "\\r"
        default: break
        }
        // C0, delete, C1, line and paragraph separators, and the controls that turn the direction of text around.
        switch scalar.value {
        case 0..<0x20, 0x7F: return "\\x" + hex(UInt8(scalar.value))
        case 0x80..<0xA0, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
            return "\\u{" + String(scalar.value, radix: 16) + "}"
        default: return String(scalar)
        }
    }

    private static func hex(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.utf8.count < 2 ? "0" + digits : digits
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private static func isLetter(_ byte: UInt8) -> Bool { byte == 0x5F || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) }
}
