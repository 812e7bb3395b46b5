import Charts

/// A part of a report.
public indirect enum Block: Equatable, Sendable {
    /// A heading; level 1 is the one below the title.
    case heading(String, level: Int)
    /// Prose in Markdown: paragraphs, lists, emphasis, links, tables, code. Its headings take their place among the document's.
    case text(String)
    /// Text as it is, on one or more lines.
    case plain(String)
    /// A table.
    case table(TableBlock)
    /// A chart, with the table that says the same.
    case chart(Chart)
    /// Source text in a language ("lua", "sql").
    case code(String, language: String)
    /// What a program printed.
    case output(String)
    /// A remark that stands out.
    case callout(Callout)
    /// A decision, as a card.
    case verdict(Verdict)
    /// Numbers to be seen at a glance.
    case figures([KeyFigure])
    /// Blocks that are folded away until somebody asks.
    case details(summary: String, [Block])
}

extension Block {
    /// How deep details may lie in each other: those who write them call themselves for each.
    public static let mostDepth = 32

    /// How many details lie in each other here.
    public var depth: Int {
        guard case .details(_, let blocks) = self else { return 0 }
        return 1 + (blocks.map(\.depth).max() ?? 0)
    }
}

/// A table with what is said of it.
public struct TableBlock: Equatable, Sendable {
    /// The cells.
    public var data: TableData
    /// What the table shows.
    public var caption: String
    /// A line below it: what was left out, what a sign means.
    public var note: String

    /// A table.
    public init(_ data: TableData, caption: String = "", note: String = "") {
        self.data = data
        self.caption = caption
        self.note = note
    }
}

/// A remark that stands out.
public struct Callout: Equatable, Sendable {
    /// Whether it is good news.
    public var tone: Tone
    /// A few words; empty for none.
    public var title: String
    /// Prose in Markdown.
    public var text: String

    /// A remark.
    public init(_ tone: Tone, title: String = "", text: String) {
        self.tone = tone
        self.title = title
        self.text = text
    }
}

/// A decision, as the card at the top of a report.
public struct Verdict: Equatable, Sendable {
    /// Whether it is good news.
    public var tone: Tone
    /// The decision in a word or two: "SHIP".
    public var label: String
    /// What it rests on, in a sentence.
    public var sentence: String
    /// Prose in Markdown below it; empty for none.
    public var text: String
    /// Numbers that belong to it.
    public var figures: [KeyFigure]

    /// A decision.
    public init(_ tone: Tone, label: String, sentence: String, text: String = "", figures: [KeyFigure] = []) {
        self.tone = tone
        self.label = label
        self.sentence = sentence
        self.text = text
        self.figures = figures
    }
}

/// A number to be seen at a glance.
public struct KeyFigure: Equatable, Sendable {
    /// What it is.
    public var label: String
    /// The number as it is to be read, with its unit.
    public var value: String
    /// A line below it: the interval, the number it is compared with.
    public var detail: String
    /// Whether it is good news.
    public var tone: Tone

    /// A number.
    public init(_ label: String, _ value: String, detail: String = "", tone: Tone = .neutral) {
        self.label = label
        self.value = value
        self.detail = detail
        self.tone = tone
    }
}
