/// Lua's message about a syntax error, made readable where the source has characters that Lua does not take in names.
///
/// Lua names the first byte of such a character only: `<name> expected near '<\\229>'`.
struct SyntaxMessage {
    /// What Lua says.
    let message: String
    /// The text that does not compile.
    let source: [UInt8]
    /// How many bytes of it Lua read until it gave up.
    let extent: Int

    /// The message with the character itself and, where it can be told, what to write instead.
    var text: String {
        guard let range = message.firstRange(of: "near '<\\"), message.hasSuffix(">'"),
            let byte = UInt8(message[range.upperBound...].dropLast(2)), byte >= 0x80, let place = position(of: byte),
            let character = Self.text(source[place...].prefix(4))?.unicodeScalars.first
        else { return message }
        let beginning = message[..<range.lowerBound]
        if let hint = Self.hint(character) { return "\(beginning)near '\(character)' (\(hint))" }
        // The name may have begun with letters that Lua knows.
        let start = place - source[..<place].reversed().prefix(while: Self.isNamePart).count
        guard let name = Self.text(run(from: start)) else { return "\(beginning)near '\(character)'" }
        guard start > 0, source[start - 1] == UInt8(ascii: ".") else {
            return "\(beginning)near '\(name)' (names are of a to z, 0 to 9 and _; any text is a key: t[\"\(name)\"])"
        }
        return "\(beginning)near '\(name)' (write \(owner(before: start - 1))[\"\(name)\"])"
    }

    /// Where the byte is: the last but one that was read, as Lua looks one ahead.
    private func position(of byte: UInt8) -> Int? {
        (max(0, extent - 2)..<min(extent, source.count)).first { source[$0] == byte }
    }

    /// The characters from `start` that somebody would take for one name.
    private func run(from start: Int) -> ArraySlice<UInt8> {
        source[start...].prefix { $0 >= 0x80 || Self.isNamePart($0) }
    }

    /// The names before the dot at `end`: `a.b` in `a.b.c`. Without one, whatever stands there is left to the reader.
    private func owner(before end: Int) -> String {
        let names = source[..<end].reversed().prefix { Self.isNamePart($0) || $0 == UInt8(ascii: ".") }
        return names.isEmpty ? "..." : String(decoding: names.reversed(), as: UTF8.self)
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
    }

    /// The bytes as text; up to three may be cut off a last character.
    private static func text(_ bytes: ArraySlice<UInt8>) -> String? {
        for cut in 0...3 where bytes.count > cut {
            if let text = String(validating: bytes.dropLast(cut), as: UTF8.self) { return text }
        }
        return nil
    }

    /// Input methods write marks in full width, which look like Lua's own.
    private static func hint(_ character: Unicode.Scalar) -> String? {
        switch character.value {
        case 0x201C, 0x201D: "a typographic mark: write \""
        case 0x2018, 0x2019: "a typographic mark: write '"
        case let wide where (0xFF01...0xFF5E).contains(wide):
            "a full-width character: write \(Unicode.Scalar(UInt8(wide - 0xFEE0)))"
        default: nil
        }
    }
}
