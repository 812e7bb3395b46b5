import Charts
import Support

extension Document {
    /// The document as Markdown (CommonMark with GitHub's tables). Charts are drawn as text, with their tables.
    public func markdown() -> String {
        var writer = MarkdownWriter(language: language)
        writer.line("# " + MarkdownWriter.escaped(heading))
        if !subtitle.isEmpty { writer.paragraph("*\(MarkdownWriter.escaped(subtitle))*") }
        writer.write(blocks)
        return writer.output
    }
}

private struct MarkdownWriter {
    let language: Language
    private(set) var output = ""
    private var levels = HeadingLevels()

    init(language: Language) { self.language = language }

    mutating func line(_ text: String) { output += text + "\n" }

    mutating func paragraph(_ text: String) { output += "\n" + text + "\n" }

    mutating func write(_ blocks: [Block]) {
        for block in blocks { write(block) }
    }

    private mutating func write(_ block: Block) {
        switch block {
        case .heading(let text, let level):
            paragraph(String(repeating: "#", count: levels.next(level)) + " " + Self.escaped(text))
        case .text(let text):
            var levels = levels
            let prose = MarkdownText(text).markdown { levels.next($0) }
            self.levels = levels
            paragraph(prose)
        case .plain(let text):
            paragraph(text.split(separator: "\n").map { Self.escaped(String($0)) }.joined(separator: "  \n"))
        case .table(let table): write(table)
        case .chart(let chart): write(chart)
        case .code(let code, let name): fence(code, name)
        case .output(let text): fence(text, "text")
        case .callout(let callout):
            let title = callout.title.isEmpty ? Wording(language).tone(callout.tone) : callout.title
            paragraph(Self.quoted("**\(Self.escaped(title))**\n\n\(callout.text)"))
        case .verdict(let verdict):
            paragraph(Self.quoted("**\(Self.escaped(verdict.label))**: \(Self.escaped(verdict.sentence))"))
            if !verdict.text.isEmpty { paragraph(verdict.text) }
            if !verdict.figures.isEmpty { write(verdict.figures) }
        case .figures(let figures): write(figures)
        case .details(let summary, let blocks):
            paragraph("**\(Self.escaped(summary))**")
            write(blocks)
        }
    }

    private mutating func write(_ figures: [KeyFigure]) {
        paragraph(
            figures.map { figure in
                let detail = figure.detail.isEmpty ? "" : " (\(Self.escaped(figure.detail)))"
                return "- \(Self.escaped(figure.label)): **\(Self.escaped(figure.value))**\(detail)"
            }.joined(separator: "\n"))
    }

    private mutating func write(_ table: TableBlock) {
        if !table.caption.isEmpty { paragraph("**\(Self.escaped(table.caption))**") }
        if table.data.columns.isEmpty {
            paragraph(Wording(language).empty)
        } else {
            let texts = table.data.texts(language)
            var lines = [Self.row(table.data.columns.map(\.title))]
            lines.append("|" + table.data.columns.indices.map { table.data.isNumeric($0) ? "---:|" : "---|" }.joined())
            lines += texts.map(Self.row)
            paragraph(lines.joined(separator: "\n"))
        }
        if !table.note.isEmpty { paragraph(Self.escaped(table.note)) }
    }

    private mutating func write(_ chart: Chart) {
        if !chart.title.isEmpty { paragraph("**\(Self.escaped(chart.title))**") }
        if !chart.subtitle.isEmpty { paragraph(Self.escaped(chart.subtitle)) }
        var bare = chart
        bare.title = ""
        bare.subtitle = ""
        fence(bare.text(width: 80, language: language), "text")
        let table = chart.table(language).limited(to: Document.mostChartRows, language)
        write(TableBlock(table.data, note: table.note))
    }

    /// A fence that nothing in the text can close.
    private mutating func fence(_ text: String, _ language: String) {
        var (longest, run) = (0, 0)
        for character in text {
            run = character == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        let ticks = String(repeating: "`", count: max(3, longest + 1))
        paragraph("\(ticks)\(language)\n\(text)\(text.hasSuffix("\n") || text.isEmpty ? "" : "\n")\(ticks)")
    }

    private static func row(_ cells: [String]) -> String {
        "| " + cells.map { escaped($0) }.joined(separator: " | ") + " |"
    }

    private static func quoted(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? ">" : "> \($0)" }
            .joined(separator: "\n")
    }

    /// Text that Markdown shows as it is, on one line.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in DisplayWidth.escaped(text.split(separator: "\n").joined(separator: " ")) {
            if "\\`*_[]<>|#~".contains(character) { result.append("\\") }
            result.append(character)
        }
        return result
    }
}

extension Document {
    /// Rows of a chart's table that are written out; what goes beyond is in the JSON.
    static let mostChartRows = 500
}

extension TableData {
    /// The first rows, with a note if there are more.
    func limited(to count: Int, _ language: Language) -> (data: TableData, note: String) {
        guard rows.count > count else { return (self, "") }
        var data = self
        data.rows = Array(rows.prefix(count))
        return (data, Wording(language).rows(count, of: rows.count))
    }

    /// The cells as text, truths in words of the language.
    func texts(_ language: Language) -> [[String]] {
        let words = Wording(language)
        return zip(rows, texts).map { row, texts in
            zip(row, texts).map { cell, text in
                if case .truth(let flag) = cell { flag ? words.yes : words.no } else { text }
            }
        }
    }
}
