import Charts
import LuaKit
import Reports
import Support

extension LuaModule {
    static let report = LuaModule(
        "report",
        "Documents of text, tables, charts and verdicts. They are written as one HTML page without scripts, as Markdown or as JSON.",
        functions: [ReportExperiment.experiment, document, verdict, callout, figures, table, code, details],
        classes: [ReportDocument.luaClass, ReportBlock.luaClass])

    private static let tone = Parameter.optional(
        "tone", .choice(Tone.allCases.map(\.rawValue)), default: "neutral", "whether it is good news")
    private static let block = [Signature.Returned("report.Block", "for report.document")]

    private static let document = Signature(
        "report.document",
        """
        A document of what the table lists, in order: strings are Markdown (# heads a section), and charts, tables, lists of records and \
        blocks of this module are shown as what they are. Beside the list: title, subtitle, and lang, "en" or "zh".
        """,
        parameters: [.required("content", .table, "{title=, subtitle=, lang=, \"text\", chart, table, ...}")],
        returns: [.init("report.Document", "the document; its save writes it")],
        example: .init(
            "return report.document{title = \"Mail test\", \"# Result\", {{arm = \"A\", rate = 0.1}}}:markdown()",
            output: "\"# Mail test\\n\\n## Result\\n\\n| arm | rate |\\n|---|---:|\\n| A | 0.1 |\\n\""),
        related: ["report.verdict", "report.table", "plot.bar"]
    ) { call throws(Failure) in
        let content = try call.table("content")
        let options = Record(place: "content", fields: content.named, parameter: "content")
        let names = ["title", "subtitle", "lang"]
        for (key, _) in content.fields where !names.contains(key.text ?? "") {
            let name = key.text ?? "a field that is no name"
            let hint = nearest(to: name, in: names).map { "did you mean '\($0)'?" }
            throw .argument("content", expected: "a list with title, subtitle and lang", got: "'\(name)'", hint: hint)
        }
        let word = try options.string("lang") ?? "en"
        guard let language = Language(rawValue: word) else {
            throw .argument("lang", expected: "'en' or 'zh'", got: "'\(word)'")
        }
        let blocks = try ReportContent(language).blocks(of: content.list, in: "content", layout: call.state.layout)
        return .object(
            ReportDocument(
                document: Document(
                    title: try options.string("title") ?? "", subtitle: try options.string("subtitle") ?? "",
                    language: language, blocks: blocks)))
    }

    private static let verdict = Signature(
        "report.verdict", "A decision as a card, for the top of a document.",
        options: [
            .required("label", .string, "the decision in a word or two: \"SHIP\""),
            .required("sentence", .string, "what it rests on"), tone,
            .optional("text", .string, default: "", "Markdown below it"),
            .optional("figures", .records, standing: "none", "{label=, value=, detail=, tone=} each"),
        ],
        returns: block,
        example: .init(
            "return report.verdict{label = \"SHIP\", sentence = \"Visits rose.\", tone = \"good\"}.type",
            output: "\"verdict\""),
        related: ["report.figures", "report.document"]
    ) { call throws(Failure) in
        .object(
            ReportBlock(
                block: .verdict(
                    Verdict(
                        try tone(call), label: try call.string("label"), sentence: try call.string("sentence"),
                        text: try call.string("text"),
                        figures: try keyFigures(try call.records("figures"))))))
    }

    private static let callout = Signature(
        "report.callout", "A remark that stands out.",
        parameters: [.required("text", .string, "Markdown")],
        options: [.optional("title", .string, default: "", "a few words above it"), tone],
        returns: block,
        example: .init(
            "return report.callout(\"Spend has a long tail.\", {tone = \"caution\"}).type", output: "\"callout\""),
        related: ["report.verdict"]
    ) { call throws(Failure) in
        .object(
            ReportBlock(
                block: .callout(
                    Callout(try tone(call), title: try call.string("title"), text: try call.string("text")))))
    }

    private static let figures = Signature(
        "report.figures", "Numbers to be seen at a glance, side by side.",
        parameters: [
            .required("list", .records, "{label=, value=, detail=, tone=} each; a value is shown as it is given")
        ],
        returns: block,
        example: .init(
            "return report.figures{{label = \"Visits\", value = \"+7.7 pp\", tone = \"good\"}}.type",
            output: "\"figures\""),
        related: ["report.verdict"]
    ) { call throws(Failure) in
        .object(ReportBlock(block: .figures(try keyFigures(try call.records("list")))))
    }

    private static let table = Signature(
        "report.table", "A table with a caption, its columns in an order and its numbers in formats of your choice.",
        parameters: [.required("x", .any, "data.Table, tensor [n, d] or list of records")],
        options: [
            .optional("caption", .string, default: "", "what the table shows"),
            .optional("note", .string, default: "", "a line below it"),
            .optional(
                "columns", .list(of: .string), standing: "those of the table; of records, all by name",
                "which columns, in order"),
            .optional(
                "formats", .table, standing: "numbers",
                "format by column: \"number\", \"percent\", \"signed\", \"signed_percent\""),
        ],
        returns: block,
        example: .init(
            "local t = report.table({{arm = \"A\", rate = 0.123}}, {formats = {rate = \"percent\"}})\nreturn report.document{t}:markdown()",
            output: "\"# Report\\n\\n| arm | rate |\\n|---|---:|\\n| A | 12.3% |\\n\""),
        related: ["report.document"]
    ) { call throws(Failure) in
        let order = try call.strings(ifGiven: "columns")
        let content = ReportContent(.english)
        let block = try content.table(try call.value("x"), name: "x")
        let note = try call.string("note")
        var data = block.data
        if let order { data = try selecting(order, of: data) }
        for (name, format) in try call.has("formats") ? try call.table("formats").named : [] {
            guard let index = data.columns.firstIndex(where: { $0.title == name }) else {
                throw .argument("formats", expected: "names of columns", got: "'\(name)'")
            }
            guard let word = format.text, ["number", "percent", "signed", "signed_percent"].contains(word) else {
                throw .argument(
                    "formats", expected: "'number', 'percent', 'signed' or 'signed_percent'",
                    got: format.text.map { "'\($0)'" } ?? format.typeName)
            }
            data.columns[index].style = NumberStyle(format: word)
        }
        return .object(
            ReportBlock(
                block: .table(
                    TableBlock(
                        data, caption: try call.string("caption"),
                        note: note.isEmpty ? block.note : note))))
    }

    private static let code = Signature(
        "report.code", "Source text, set as such.",
        parameters: [.required("text", .string, "the source")],
        options: [.optional("language", .string, default: "lua", "which language it is in")],
        returns: block,
        example: .init("return report.code(\"select 1\", {language = \"sql\"}).type", output: "\"code\""),
        related: ["report.document"]
    ) { call throws(Failure) in
        .object(ReportBlock(block: .code(try call.string("text"), language: try call.string("language"))))
    }

    private static let details = Signature(
        "report.details", "Content that is folded away until somebody asks.",
        parameters: [
            .required("summary", .string, "what is there"),
            .required(
                "content", .table,
                "a list as report.document takes it; details lie in each other \(Block.mostDepth) deep at most"),
        ],
        returns: block,
        example: .init("return report.details(\"Methods\", {\"Welch's t.\"}).type", output: "\"details\""),
        related: ["report.document"]
    ) { call throws(Failure) in
        let list = try call.table("content").list
        let blocks = try ReportContent(.english).blocks(of: list, in: "content", layout: call.state.layout)
        let block = Block.details(summary: try call.string("summary"), blocks)
        guard block.depth <= Block.mostDepth else {
            throw .argument(
                "content", expected: "details at most \(Block.mostDepth) deep in each other", got: "deeper ones")
        }
        return .object(ReportBlock(block: block))
    }

    private static func tone(_ call: Call) throws(Failure) -> Tone {
        Tone(rawValue: try call.string("tone")) ?? .neutral
    }

    private static func keyFigures(_ records: [Record]) throws(Failure) -> [KeyFigure] {
        var figures: [KeyFigure] = []
        for record in records {
            try record.check(["label", "value", "detail", "tone"])
            figures.append(
                KeyFigure(
                    try record.string("label") ?? "", try record.string("value") ?? "–",
                    detail: try record.string("detail") ?? "", tone: try record.tone()))
        }
        return figures
    }

    private static func selecting(_ order: [String], of data: TableData) throws(Failure) -> TableData {
        var positions: [Int] = []
        for name in order {
            guard let index = data.columns.firstIndex(where: { $0.title == name }) else {
                let hint = nearest(to: name, in: data.columns.map(\.title)).map { "did you mean '\($0)'?" }
                throw .argument("columns", expected: "names of columns", got: "'\(name)'", hint: hint)
            }
            positions.append(index)
        }
        return TableData(
            columns: positions.map { data.columns[$0] }, rows: data.rows.map { row in positions.map { row[$0] } },
            hasRowHeadings: data.hasRowHeadings)
    }
}
