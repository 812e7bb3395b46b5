import CUnicode

/// How many columns of a terminal a text takes, and texts cut or filled to a number of columns.
public enum DisplayWidth {
    /// Columns of `text` on one line.
    public static func of(_ text: String) -> Int {
        var ascii = 0
        for byte in text.utf8 {
            if byte < 0x20 || byte >= 0x7f { return text.reduce(0) { $0 + of($1) } }
            ascii += 1
        }
        return ascii
    }

    /// Columns of one character as readers count them: an emoji of several code points, a flag or a letter with its marks is one.
    public static func of(_ character: Character) -> Int {
        var sum = 0
        for (index, scalar) in character.unicodeScalars.enumerated() {
            // The emoji form of a symbol that is narrow otherwise.
            if scalar.value == 0xfe0f, sum > 0 { return 2 }
            let width = Int(cunicode_width(scalar.value))
            // What joins a wide character (skin tone, the rest of a family, a vowel) adds nothing.
            if index == 0, width == 2 { return 2 }
            sum += width
        }
        return sum
    }

    /// `text` cut to `width` columns, with `…` in the last of them where something was cut off.
    public static func cut(_ text: String, to width: Int) -> String {
        // Most texts are short; a text of a megabyte must not be measured to its end.
        var used = 0
        var kept = text.startIndex
        var index = text.startIndex
        while index < text.endIndex {
            let next = used + of(text[index])
            if next > width { return width > 0 ? "\(text[..<kept])…" : "" }
            used = next
            text.formIndex(after: &index)
            if used < width { kept = index }
        }
        return text
    }

    /// `text` filled with spaces to `width` columns, in front of it or behind it.
    public static func fill(_ text: String, to width: Int, alignRight: Bool = false) -> String {
        let spaces = String(repeating: " ", count: max(0, width - of(text)))
        return alignRight ? spaces + text : text + spaces
    }

    /// `text` in lines of at most `width` columns, broken at blanks where there are any.
    public static func wrapped(_ text: String, to width: Int) -> String {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            let longer = line.isEmpty ? String(word) : "\(line) \(word)"
            if !line.isEmpty, of(longer) > width {
                lines.append(line)
                line = String(word)
            } else {
                line = longer
            }
        }
        return (lines + [line]).joined(separator: "\n")
    }

    /// `text` harmless to a terminal: control characters other than line ends and tabs written as escapes.
    public static func harmless(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { isControl($0) && $0 != "\n" && $0 != "\t" }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if scalar == "\n" || scalar == "\t" || !isControl(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                result += escape(scalar)
            }
        }
        return result
    }

    /// `text` on one line and harmless to a terminal: line ends, tabs and other control characters written as escapes.
    public static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isControl(scalar) { result += escape(scalar) } else { result.unicodeScalars.append(scalar) }
        }
        return result
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 0: "\\0"
        case 9: "\\t"
        case 10: "\\n"
        case 13: "\\r"
        case let code where code < 0x100: "\\x" + (code < 16 ? "0" : "") + String(code, radix: 16)
        case let code: "\\u{\(String(code, radix: 16))}"
        }
    }

    // Besides the two control blocks: line and paragraph separators, and what turns the direction of all that follows.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0, 0x2028...0x202e, 0x2066...0x2069: true
        default: false
        }
    }
}
