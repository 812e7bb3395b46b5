import Display
import LuaKit
import Reports
import Support

extension ReportDocument: LuaVisible {
    /// A document as scripts see it.
    static let luaClass = LuaClass(
        "report.Document", for: ReportDocument.self, "A document that can be written as HTML, Markdown or JSON.",
        methods: [save, html, markdown, json],
        fields: [
            Field("title", "string", "what heads it") { (document: ReportDocument) in .string(document.document.title) }
        ],
        display: { $0.summary })

    private static let save = Signature(
        "report.Document:save",
        "Writes the document to a file, whole or not at all. The same document always gives the same bytes.",
        parameters: [.required("path", .path, "where to, ending in .html, .md or .json")],
        example: .init(
            """
            local path = os.tmpname() .. ".html"
            report.document{title = "Mail test", "Visits rose."}:save(path)
            return io.open(path):read(15)
            """, output: "\"<!DOCTYPE html>\""),
        related: ["report.document"]
    ) { call throws(Failure) in
        try call.receiver(ReportDocument.self).document
            .write(to: try call.path("path"), cancellation: call.work.cancellation)
        return .nothing
    }

    private static let html = Signature(
        "report.Document:html", "The document as one HTML page that needs nothing else.",
        returns: [.init("string", "the page")],
        example: .init("return report.document{\"hello\"}:html():match(\"<p>.-</p>\")", output: "\"<p>hello</p>\""),
        related: ["report.Document:save"]
    ) { call throws(Failure) in .string(try call.receiver(ReportDocument.self).document.html()) }

    private static let markdown = Signature(
        "report.Document:markdown", "The document as Markdown, its charts drawn with characters.",
        returns: [.init("string", "the text")],
        example: .init(
            "return report.document{title = \"T\", \"hello\"}:markdown()", output: "\"# T\\n\\nhello\\n\""),
        related: ["report.Document:save"]
    ) { call throws(Failure) in .string(try call.receiver(ReportDocument.self).document.markdown()) }

    private static let json = Signature(
        "report.Document:json", "The document as data, its numbers at full precision.",
        returns: [.init("string", "JSON text")],
        example: .init(
            "return json.decode(report.document{\"hello\"}:json()).blocks[1].text", output: "\"hello\""),
        related: ["report.Document:save", "json.decode"]
    ) { call throws(Failure) in .string(try call.receiver(ReportDocument.self).document.encoded(.json)) }
}

extension ReportDocument: Displayable {
    func text(in frame: Frame) -> String {
        var lines: [String] = []
        for line in document.markdown().split(separator: "\n", omittingEmptySubsequences: false) {
            lines.append(frame.isWhole ? String(line) : DisplayWidth.cut(String(line), to: max(20, frame.width)))
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines.joined(separator: "\n")
    }

    var summary: String {
        let count = document.blocks.count
        return
            "report.Document (\(document.title.isEmpty ? "" : document.title + ", ")\(count) block\(count == 1 ? "" : "s"))"
    }
}

extension ReportBlock: LuaVisible {
    /// A block as scripts see it.
    static let luaClass = LuaClass(
        "report.Block", for: ReportBlock.self, "A part of a document, made by a function of report.",
        fields: [Field("type", "string", "what kind of block it is") { (block: ReportBlock) in .string(block.type) }],
        display: { "report.Block (\($0.type))" })

    /// The kind of block in a word.
    var type: String {
        switch block {
        case .heading: "heading"
        case .text: "markdown"
        case .plain: "text"
        case .table: "table"
        case .chart: "chart"
        case .code: "code"
        case .output: "output"
        case .callout: "callout"
        case .verdict: "verdict"
        case .figures: "figures"
        case .details: "details"
        }
    }
}
