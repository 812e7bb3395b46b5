/// A saved analysis in cells: `-- %%` begins one of code, `-- %% [markdown]` one of text. Without any the whole is one cell of code.
public struct LiterateScript: Equatable, Sendable {
    /// What a cell holds.
    public enum Cell: Equatable, Sendable {
        /// Markdown.
        case text(String)
        /// Source, and the line of the file it begins on, from 1.
        case code(String, line: Int)
    }

    /// The cells, without those that are blank.
    public let cells: [Cell]

    /// Reads the cells of a script.
    public init(_ source: String) {
        var cells: [Cell] = []
        var lines: [Substring] = []
        var start = 1
        var isText = false
        let finish = {
            let trimmed = Self.trimmed(lines)
            guard !trimmed.lines.isEmpty else { return }
            if isText {
                cells.append(.text(Self.prose(trimmed.lines)))
            } else {
                cells.append(.code(trimmed.lines.joined(separator: "\n"), line: start + trimmed.skipped))
            }
        }
        for (index, line) in source.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            if let marker = Self.marker(line) {
                finish()
                (lines, start, isText) = ([], index + 2, marker == .text)
            } else if index > 0 || !line.hasPrefix("#") {
                lines.append(line)
            } else {
                // The line that names the program that runs the script.
                start = 2
            }
        }
        finish()
        self.cells = cells
    }

    private enum Marker { case text, code }

    /// The kind of cell that a line begins; nil if it begins none.
    private static func marker(_ line: Substring) -> Marker? {
        var rest = line.drop { $0 == " " || $0 == "\t" }
        guard rest.hasPrefix("--") else { return nil }
        rest = rest.dropFirst(2).drop { $0 == " " }
        guard rest.hasPrefix("%%") else { return nil }
        rest = rest.dropFirst(2)
        guard rest.first?.isWhitespace ?? true else { return nil }
        return rest.contains("[markdown]") || rest.contains("[md]") ? .text : .code
    }

    private static func trimmed(_ lines: [Substring]) -> (lines: [Substring], skipped: Int) {
        let isBlank = { (line: Substring) in line.allSatisfy(\.isWhitespace) }
        let skipped = lines.prefix(while: isBlank).count
        var rest = lines.dropFirst(skipped)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return (Array(rest), skipped)
    }

    /// The lines of a text cell without the signs of a comment: `-- ` before each, or `--[[` and `]]` around them.
    private static func prose(_ lines: [Substring]) -> String {
        let text = lines.joined(separator: "\n")
        let opening = text.drop { $0.isWhitespace }
        if opening.hasPrefix("--[["), opening.hasSuffix("]]") {
            return String(opening.dropFirst(4).dropLast(2)).trimmingLines
        }
        return lines.map { line in
            let rest = line.drop { $0 == " " || $0 == "\t" }
            guard rest.hasPrefix("--") else { return String(line) }
            let content = rest.dropFirst(2)
            return String(content.first == " " ? content.dropFirst() : content)
        }.joined(separator: "\n")
    }
}

extension String {
    fileprivate var trimmingLines: String {
        var text = Substring(self)
        while text.first?.isNewline == true { text.removeFirst() }
        while text.last?.isNewline == true { text.removeLast() }
        return String(text)
    }
}
