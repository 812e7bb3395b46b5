import Charts
import Support

extension Document {
    /// The document as one HTML page that needs nothing else: no script, no font, no picture from elsewhere. It reads on light and dark
    /// screens, on telephones and on paper.
    public func html() -> String {
        var writer = HTMLWriter(language: language)
        writer.write(blocks)
        return """
            <!DOCTYPE html>
            <html lang="\(language.tag)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
            <meta name="generator" content="Cohort">
            <title>\(Markup.escaped(heading))</title>
            <style>
            \(PageStyle.sheet)\(ChartStyle.sheet)</style>
            </head>
            <body>
            <main>
            <header>
            <h1>\(Markup.escaped(heading))</h1>
            \(subtitle.isEmpty ? "" : "<p class=\"subtitle\">\(Markup.escaped(subtitle))</p>\n")</header>
            \(writer.output)</main>
            </body>
            </html>

            """
    }
}

private struct HTMLWriter {
    let language: Language
    private let words: Wording
    private(set) var output = ""
    private var levels = HeadingLevels()
    private var chartCount = 0

    init(language: Language) {
        self.language = language
        words = Wording(language)
    }

    mutating func write(_ blocks: [Block]) {
        for block in blocks { write(block) }
    }

    private mutating func write(_ block: Block) {
        switch block {
        case .heading(let text, let level):
            let level = levels.next(level)
            output += "<h\(level)>\(Markup.escaped(text))</h\(level)>\n"
        case .text(let text): output += "<div class=\"prose\">\n\(prose(text))</div>\n"
        case .plain(let text):
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Markup.escaped(String($0)) }
            output += "<p>\(lines.joined(separator: "<br>\n"))</p>\n"
        case .table(let table): write(table)
        case .chart(let chart): write(chart)
        case .code(let code, let name):
            let source = name == "lua" ? LuaMarkup.html(code) : Markup.escaped(code)
            output += "<pre class=\"code\" tabindex=\"0\"><code>\(source)</code></pre>\n"
        case .output(let text):
            output += "<pre class=\"output\" tabindex=\"0\" aria-label=\"\(words.output)\"><samp>"
            output += "\(Markup.escaped(text))</samp></pre>\n"
        case .callout(let callout): write(callout)
        case .verdict(let verdict): write(verdict)
        case .figures(let figures): write(figures)
        case .details(let summary, let blocks):
            output += "<details>\n<summary>\(Markup.escaped(summary))</summary>\n"
            write(blocks)
            output += "</details>\n"
        }
    }

    private mutating func prose(_ text: String) -> String {
        var levels = levels
        defer { self.levels = levels }
        return MarkdownText(text).html { levels.next($0) }
    }

    private mutating func write(_ callout: Callout) {
        let title = callout.title.isEmpty ? words.tone(callout.tone) : callout.title
        output += "<aside class=\"callout \(callout.tone.rawValue)\">\n"
        output += "<p class=\"callout-title\">\(Markup.escaped(title))</p>\n\(prose(callout.text))</aside>\n"
    }

    private mutating func write(_ verdict: Verdict) {
        output += "<section class=\"verdict \(verdict.tone.rawValue)\">\n"
        output += "<p class=\"decision\">\(Markup.escaped(verdict.label))</p>\n"
        output += "<p class=\"sentence\">\(Markup.escaped(verdict.sentence))</p>\n"
        if !verdict.text.isEmpty { output += prose(verdict.text) }
        if !verdict.figures.isEmpty { write(verdict.figures) }
        output += "</section>\n"
    }

    private mutating func write(_ figures: [KeyFigure]) {
        output += "<dl class=\"figures\">\n"
        for figure in figures {
            output += "<div class=\"\(figure.tone.rawValue)\"><dt>\(Markup.escaped(figure.label))</dt>"
            output += "<dd class=\"value\">\(Markup.escaped(figure.value))</dd>"
            if !figure.detail.isEmpty { output += "<dd class=\"detail\">\(Markup.escaped(figure.detail))</dd>" }
            output += "</div>\n"
        }
        output += "</dl>\n"
    }

    private mutating func write(_ chart: Chart) {
        chartCount += 1
        output += "<figure>\n"
        if !chart.title.isEmpty || !chart.subtitle.isEmpty {
            output += "<figcaption>"
            if !chart.title.isEmpty { output += "<strong>\(Markup.escaped(chart.title))</strong>" }
            if !chart.subtitle.isEmpty { output += "<span>\(Markup.escaped(chart.subtitle))</span>" }
            output += "</figcaption>\n"
        }
        // One picture for pages and one for telephones, on which the other's letters would be too small to read.
        for (name, width) in [("wide", 720.0), ("narrow", 340)] {
            let options = SVGOptions(
                width: width, language: language, id: "chart-\(chartCount)-\(name)", isStandalone: false)
            output += "<div class=\"\(name)\">\n\(chart.svg(options))</div>\n"
        }
        let table = chart.table(language).limited(to: Document.mostChartRows, language)
        output += "<details class=\"data\">\n<summary>\(words.chartData)</summary>\n"
        write(TableBlock(table.data, caption: chart.title, note: table.note), hasVisibleCaption: false)
        output += "</details>\n</figure>\n"
    }

    private mutating func write(_ table: TableBlock, hasVisibleCaption: Bool = true) {
        let data = table.data
        let name = Markup.escaped(table.caption.isEmpty ? words.table : table.caption)
        // A table too wide for the page is scrolled by itself, with the keyboard as well.
        let role = table.caption.isEmpty ? "group" : "region"
        output += "<div class=\"table\" role=\"\(role)\" tabindex=\"0\" aria-label=\"\(name)\">\n"
        output += data.columns.count > 7 ? "<table class=\"dense\">\n" : "<table>\n"
        if !table.caption.isEmpty {
            output += "<caption\(hasVisibleCaption ? "" : " class=\"unseen\"")>\(name)</caption>\n"
        }
        let texts = data.texts(language)
        let first = data.isGrouped ? 1 : 0
        let kinds = data.columns.indices.map { index in
            data.isNumeric(index)
                ? " class=\"n\"" : Self.isLong(texts.map { $0[index] }) ? " class=\"l\"" : " class=\"s\""
        }
        output += "<thead>\n<tr>"
        for (index, column) in data.columns.enumerated().dropFirst(first) {
            output +=
                column.title.isEmpty
                ? "<td></td>" : "<th scope=\"col\"\(kinds[index])>\(Markup.escaped(column.title))</th>"
        }
        output += "</tr>\n</thead>\n"
        var group: String?
        if !data.isGrouped { output += "<tbody>\n" }
        for row in texts {
            if data.isGrouped, let name = row.first, name != group {
                output += (group == nil ? "" : "</tbody>\n") + "<tbody>\n<tr class=\"group\">"
                output +=
                    "<th scope=\"rowgroup\" colspan=\"\(data.columns.count - 1)\">\(Markup.escaped(name))</th></tr>\n"
                group = name
            }
            output += "<tr>"
            for (index, text) in row.enumerated().dropFirst(first) {
                let content = Markup.escaped(text)
                output +=
                    index == first && data.hasRowHeadings
                    ? "<th scope=\"row\"\(kinds[index])>\(content)</th>" : "<td\(kinds[index])>\(content)</td>"
            }
            output += "</tr>\n"
        }
        if data.isGrouped, texts.isEmpty { output += "<tbody>\n" }
        if data.rows.isEmpty {
            output += "<tr><td colspan=\"\(max(data.columns.count, 1))\">\(words.empty)</td></tr>\n"
        }
        output += "</tbody>\n</table>\n</div>\n"
        if !table.note.isEmpty { output += "<p class=\"note\">\(Markup.escaped(table.note))</p>\n" }
    }

    /// Whether a column's texts may break into lines; short ones may not, and long ones keep room for some words.
    private static func isLong(_ texts: [String]) -> Bool { texts.contains { DisplayWidth.of($0) > 18 } }
}
