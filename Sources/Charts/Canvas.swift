/// An SVG picture that grows downwards while it is drawn.
struct Canvas {
    /// Sizes and weights of text.
    enum Font {
        case title, subtitle, label, bold

        var size: Double {
            switch self {
            case .title: 16
            case .subtitle: 13
            case .label, .bold: 12
            }
        }

        var isBold: Bool { self == .title || self == .bold }

        var name: String? {
            switch self {
            case .title: "tt"
            case .subtitle: "st"
            case .label: nil
            case .bold: "b"
            }
        }
    }

    enum Anchor: String { case start, middle, end }

    /// Where a text stands, as far as that is known without its font.
    struct TextBox {
        let text: String
        let left, right, top, bottom: Double
    }

    let width: Double
    let language: Language
    /// How far the drawing reaches down.
    var height = 0.0
    private(set) var body = ""
    /// Every text that was drawn, for those who check that none meets another.
    private(set) var textBoxes: [TextBox] = []

    init(width: Double, language: Language) {
        self.width = width
        self.language = language
    }

    /// Whether the picture is for a telephone or a narrow column.
    var isNarrow: Bool { width < 520 }

    mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ classes: String) {
        body += "<path class=\"\(classes)\" d=\"M\(n(x1)) \(n(y1))L\(n(x2)) \(n(y2))\"/>\n"
    }

    mutating func path(_ data: String, _ classes: String, tip: String? = nil) {
        body += "<path class=\"\(classes)\" d=\"\(data)\"" + closing("path", tip)
    }

    mutating func rectangle(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ classes: String, radius: Double = 0,
        tip: String? = nil
    ) {
        let round = radius > 0 ? " rx=\"\(n(radius))\"" : ""
        body += "<rect class=\"\(classes)\" x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(max(0, width)))\""
        body += " height=\"\(n(max(0, height)))\"\(round)" + closing("rect", tip)
    }

    mutating func circle(_ x: Double, _ y: Double, _ radius: Double, _ classes: String, tip: String? = nil) {
        body += "<circle class=\"\(classes)\" cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"\(n(radius))\"" + closing("circle", tip)
    }

    /// A text whose baseline is at `y`, cut to `room` if it is wider.
    mutating func text(
        _ text: String, _ x: Double, _ y: Double, _ classes: String = "ink", anchor: Anchor = .start,
        font: Font = .label, room: Double = .infinity
    ) {
        let shown = TextMetrics.cut(text, to: room, size: font.size, isBold: font.isBold)
        guard !shown.isEmpty else { return }
        let width = TextMetrics.width(shown, size: font.size, isBold: font.isBold)
        let left =
            switch anchor {
            case .start: x
            case .middle: x - width / 2
            case .end: x - width
            }
        textBoxes.append(
            TextBox(
                text: shown, left: left, right: left + width, top: y - font.size * 0.8, bottom: y + font.size * 0.22))
        let names = [classes, font.name].compactMap { $0 }.joined(separator: " ")
        let place = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
        body += "<text class=\"\(names)\" x=\"\(n(x))\" y=\"\(n(y))\"\(place)>"
        // What was cut is there to be read all the same.
        if shown != text { body += "<title>\(Markup.escaped(text))</title>" }
        body += "\(Markup.escaped(shown))</text>\n"
    }

    /// Puts another picture at a place of this one.
    mutating func embed(_ other: Canvas, x: Double, y: Double) {
        textBoxes += other.textBoxes.map {
            TextBox(text: $0.text, left: $0.left + x, right: $0.right + x, top: $0.top + y, bottom: $0.bottom + y)
        }
        body +=
            x == 0 && y == 0 ? other.body : "<g transform=\"translate(\(Canvas.point(x, y)))\">\n\(other.body)</g>\n"
    }

    /// Puts another picture at a place of this one, turned to the left by a right angle.
    mutating func turn(_ other: Canvas, _ x: Double, _ y: Double) {
        textBoxes += other.textBoxes.map {
            TextBox(text: $0.text, left: x + $0.top, right: x + $0.bottom, top: y - $0.right, bottom: y - $0.left)
        }
        body += "<g transform=\"translate(\(Canvas.point(x, y)))rotate(-90)\">\n\(other.body)</g>\n"
    }

    private func closing(_ element: String, _ tip: String?) -> String {
        tip.map { "><title>\(Markup.escaped($0))</title></\(element)>\n" } ?? "/>\n"
    }

    private func n(_ value: Double) -> String { Decimals.coordinate(value) }

    /// A point of a path.
    static func point(_ x: Double, _ y: Double) -> String { "\(Decimals.coordinate(x)) \(Decimals.coordinate(y))" }
}

/// Text made safe for HTML and SVG.
public enum Markup {
    /// `text` as the content of an element or of an attribute in double quotes. Characters that XML has no form for become U+FFFD.
    public static func escaped(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\t", "\n": result.unicodeScalars.append(scalar)
            case "\r": result += "&#13;"
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
