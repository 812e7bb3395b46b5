import Support

/// How wide a text will be in a font that is not known: the reader's own.
///
/// Widths are those of Helvetica, which the usual interface fonts are close to, and some more, so that nothing overlaps in a wider one.
enum TextMetrics {
    private static let reserve = 1.15

    /// Thousandths of the font size, from the blank to the tilde.
    private static let helvetica: [Double] = [
        278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556,
        556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667,
        556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556,
        556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722,
        500, 500, 500, 334, 260, 334, 584,
    ]

    /// The width of `text` at a font size.
    static func width(_ text: String, size: Double, isBold: Bool = false) -> Double {
        text.reduce(0) { $0 + width($1) } * size * (isBold ? 1.06 : 1)
    }

    private static func width(_ character: Character) -> Double {
        if let ascii = character.asciiValue, ascii >= 32, ascii < 127 {
            return helvetica[Int(ascii) - 32] / 1000 * reserve
        }
        return switch DisplayWidth.of(character) {
        case 0: 0
        case 1: 0.62 * reserve
        default: 1.02
        }
    }

    /// `text` cut to `width` with an ellipsis where something was cut off.
    static func cut(_ text: String, to width: Double, size: Double, isBold: Bool = false) -> String {
        guard self.width(text, size: size, isBold: isBold) > width + 0.01 else { return text }
        let room = width - self.width("…", size: size, isBold: isBold)
        var kept = ""
        var used = 0.0
        for character in text {
            used += self.width(character) * size * (isBold ? 1.06 : 1)
            guard used <= room else { break }
            kept.append(character)
        }
        return kept + "…"
    }

    /// `text` in at most `most` lines of at most `width`, broken at blanks or, in Chinese and Japanese, between characters.
    static func wrapped(_ text: String, to width: Double, size: Double, isBold: Bool = false, most: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in words(text) {
            let longer = line + word
            if line.isEmpty || self.width(trimmed(longer), size: size, isBold: isBold) <= width {
                line = longer
            } else {
                lines.append(line)
                line = word
            }
        }
        lines.append(line)
        lines = lines.map(trimmed).filter { !$0.isEmpty }
        if lines.count > most {
            let rest = lines[(most - 1)...].joined(separator: " ")
            lines = Array(lines[..<(most - 1)]) + [rest]
        }
        return lines.map { cut($0, to: width, size: size, isBold: isBold) }
    }

    /// The pieces between which a line may be broken, blanks at their ends.
    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        for character in text {
            let isWide = DisplayWidth.of(character) == 2
            if isWide, !word.isEmpty, !closesLine(character) {
                words.append(word)
                word = ""
            }
            word.append(character)
            if character == " " || isWide, !word.isEmpty, character != "(" {
                words.append(word)
                word = ""
            }
        }
        return word.isEmpty ? words : words + [word]
    }

    /// Whether no line may begin with the character.
    private static func closesLine(_ character: Character) -> Bool { ",。、;:!?)》」".contains(character) }

    private static func trimmed(_ text: String) -> String {
        var text = Substring(text)
        while text.last == " " { text.removeLast() }
        while text.first == " " { text.removeFirst() }
        return String(text)
    }
}
