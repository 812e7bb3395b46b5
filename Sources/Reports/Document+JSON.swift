import Charts
import Support

extension Document {
    /// The document as data: numbers at full precision, null for what is missing or not finite.
    public func json() -> JSON {
        .record([
            ("schema_version", .int(1)), ("title", .text(heading)), ("subtitle", .text(subtitle)),
            ("lang", .text(language.rawValue)), ("blocks", .array(blocks.map(\.json))),
        ])
    }
}

extension JSON {
    /// An object of members in order.
    fileprivate static func record(_ members: [(String, JSON)]) -> JSON {
        var object = JSONObject()
        for (name, value) in members { object.set(ByteString(name), value) }
        return .object(object)
    }

    fileprivate static func text(_ text: String) -> JSON { .string(ByteString(text)) }
}

extension Block {
    fileprivate var json: JSON {
        switch self {
        case .heading(let text, let level):
            .record([("type", .text("heading")), ("level", .int(Int64(level))), ("text", .text(text))])
        case .text(let text): .record([("type", .text("markdown")), ("text", .text(text))])
        case .plain(let text): .record([("type", .text("text")), ("text", .text(text))])
        case .table(let table): .record([("type", .text("table"))] + table.members)
        case .chart(let chart):
            .record(
                [
                    ("type", .text("chart")), ("kind", .text(chart.kind)), ("title", .text(chart.title)),
                    ("subtitle", .text(chart.subtitle)),
                ] + TableBlock(chart.table()).members)
        case .code(let code, let language):
            .record([("type", .text("code")), ("language", .text(language)), ("text", .text(code))])
        case .output(let text): .record([("type", .text("output")), ("text", .text(text))])
        case .callout(let callout):
            .record([
                ("type", .text("callout")), ("tone", .text(callout.tone.rawValue)), ("title", .text(callout.title)),
                ("text", .text(callout.text)),
            ])
        case .verdict(let verdict):
            .record([
                ("type", .text("verdict")), ("tone", .text(verdict.tone.rawValue)), ("label", .text(verdict.label)),
                ("sentence", .text(verdict.sentence)), ("text", .text(verdict.text)),
                ("figures", .array(verdict.figures.map(\.json))),
            ])
        case .figures(let figures):
            .record([("type", .text("figures")), ("figures", .array(figures.map(\.json)))])
        case .details(let summary, let blocks):
            .record([
                ("type", .text("details")), ("summary", .text(summary)), ("blocks", .array(blocks.map(\.json))),
            ])
        }
    }
}

extension KeyFigure {
    fileprivate var json: JSON {
        .record([
            ("label", .text(label)), ("value", .text(value)), ("detail", .text(detail)), ("tone", .text(tone.rawValue)),
        ])
    }
}

extension TableBlock {
    fileprivate var members: [(String, JSON)] {
        [
            ("caption", .text(caption)), ("note", .text(note)),
            ("columns", .array(data.columns.map { .text($0.title) })),
            ("rows", .array(data.rows.map { .array($0.map(\.json)) })),
        ]
    }
}

extension TableData.Cell {
    fileprivate var json: JSON {
        switch self {
        case .text(let text): .text(text)
        case .number(let value): value.isFinite ? .double(value) : .null
        case .integer(let value): .int(Int64(value))
        case .truth(let flag): .bool(flag)
        case .missing: .null
        }
    }
}
