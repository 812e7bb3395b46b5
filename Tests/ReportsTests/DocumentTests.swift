import Charts
import Foundation
import FoundationXML
import Support
import Testing

@testable import Reports

/// Reads a page as strictly as an XML parser does: every element closed, every sign escaped.
final class PageReader: NSObject, XMLParserDelegate {
    private(set) var elements: [(name: String, attributes: [String: String])] = []
    /// What is to be read on the page.
    private(set) var text = ""

    static func read(_ html: String) throws -> PageReader {
        // The elements without content, which only HTML leaves open.
        let open = try Regex("<(meta|br|hr|img)([^>]*)>")
        let xml = html.replacing("<!DOCTYPE html>", with: "").replacing(open) { match in
            "\(html[match.range].dropLast().trimmingSuffix("/"))/>"
        }
        let reader = PageReader()
        let parser = XMLParser(data: Data(xml.utf8))
        parser.delegate = reader
        guard parser.parse() else { throw parser.parserError ?? CocoaError(.coderReadCorrupt) }
        reader.text = (html.components(separatedBy: "<main>").last ?? "").replacing(try Regex("<[^>]*>"), with: "")
        for (escape, sign) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")] {
            reader.text = reader.text.replacing(escape, with: sign)
        }
        return reader
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) { elements.append((name, attributes)) }

    func names(_ name: String) -> Int { elements.count { $0.name == name } }
}

extension Substring {
    fileprivate func trimmingSuffix(_ suffix: String) -> Substring { hasSuffix(suffix) ? dropLast(suffix.count) : self }
}

@Suite struct DocumentTests {
    private func page(_ blocks: [Block], title: String = "t") throws -> PageReader {
        try PageReader.read(Document(title: title, blocks: blocks).html())
    }

    @Test(arguments: Language.allCases)
    func aPageIsWellFormedAndNeedsNothingElse(language: Language) throws {
        let html = SampleDocument.document(language).html()
        let page = try PageReader.read(html)
        #expect(page.elements.first?.attributes["lang"] == language.tag)
        #expect(
            page.names("script") == 0 && page.names("link") == 0 && page.names("img") == 0 && page.names("iframe") == 0)
        for (_, attributes) in page.elements {
            #expect(attributes["src"] == nil)
            #expect(attributes.keys.allSatisfy { !$0.hasPrefix("on") })
        }
        #expect(!html.contains("url(") && !html.contains("@import"))
    }

    @Test func idsAreUniqueAndNamesPointAtThem() throws {
        let page = try page(Array(repeating: .chart(SampleDocument.forest), count: 3))
        let ids = page.elements.compactMap { $0.attributes["id"] }
        #expect(Set(ids).count == ids.count && ids.count == 12)
        for names in page.elements.compactMap({ $0.attributes["aria-labelledby"] }) {
            #expect(names.split(separator: " ").allSatisfy { ids.contains(String($0)) })
        }
    }

    @Test func headingsDescendWithoutGaps() throws {
        let page = try page([
            .text("### deep\n\n# top\n\n##### deeper\n\nSetext\n======"), .heading("a", level: 4),
            .heading("b", level: 1),
            .details(summary: "s", [.heading("c", level: 6), .text("# d")]),
        ])
        let levels = page.elements.compactMap {
            $0.name.count == 2 && $0.name.hasPrefix("h") ? Int($0.name.dropFirst()) : nil
        }
        #expect(levels == [1, 2, 2, 3, 2, 3, 2, 3, 2])
        for (level, next) in zip(levels, levels.dropFirst()) { #expect(next <= level + 1) }
    }

    @Test func tablesHaveCaptionsAndScopes() throws {
        let page = try page([.table(SampleDocument.table)])
        #expect(page.names("caption") == 1)
        #expect(
            page.elements.filter { $0.name == "th" }.map { $0.attributes["scope"] } == Array(repeating: "col", count: 5)
                + Array(repeating: "row", count: 3))
        #expect(page.text.contains("女装邮件 <b>&"))
        #expect(page.text.contains("18.3%") && page.text.contains("21,307"))
    }

    @Test func nothingThatIsWrittenCanRunOrLoad() throws {
        let evil = "<script>alert(1)</script> <img src=x onerror=y> \u{0} ]]> \" '"
        let markdown = """
            <script>alert(1)</script>

            text <b onclick="x">bold</b> ![picture](https://example.org/a.png) [bad](javascript:alert(1)) <!-- hidden -->

            ![](local.png)
            """
        let page = try page(
            [
                .text(markdown), .text(evil), .plain(evil), .heading(evil, level: 1), .code(evil, language: "lua"),
                .code(evil, language: evil), .output(evil), .callout(Callout(.bad, title: evil, text: evil)),
                .verdict(Verdict(.good, label: evil, sentence: evil, figures: [.init(evil, evil, detail: evil)])),
                .table(TableBlock(TableData(columns: [.init(evil)], rows: [[.text(evil)]]), caption: evil, note: evil)),
                .details(summary: evil, []), .chart(Chart(.bars(BarPlot([evil], [.init(evil, [1])])), title: evil)),
            ], title: evil)
        #expect(page.names("script") == 0 && page.names("img") == 0 && page.names("b") == 0)
        let targets = page.elements.compactMap { $0.name == "a" ? $0.attributes["href"] : nil }
        #expect(targets == ["https://example.org/a.png", "", "local.png"])
        #expect(!page.text.contains("hidden"))
        #expect(page.text.contains("<b onclick=\"x\">bold</b>"))
    }

    @Test func theSameDocumentGivesTheSameBytes() throws {
        for form in Document.Form.allCases {
            #expect(try SampleDocument.document().encoded(form) == SampleDocument.document().encoded(form))
        }
    }

    @Test func jsonKeepsWhatIsKnownAndNothingElse() throws {
        let json = try JSON.parse(try SampleDocument.document().encoded(.json))
        guard case .object(let object) = json, case .array(let blocks)? = object["blocks"] else {
            Issue.record("no blocks")
            return
        }
        #expect(object["schema_version"] == .int(1))
        let tables = blocks.compactMap { block -> JSON? in
            guard case .object(let block) = block, block["type"] == .string(ByteString("table")) else { return nil }
            return block["rows"]
        }
        #expect(
            tables.first
                == .array([
                    .array([.string("No e-mail"), .int(21_306), .double(0.10617), .double(0.6528), .bool(false)]),
                    .array([.string("Men's e-mail"), .int(21_307), .double(0.18275), .double(1.4226), .bool(true)]),
                    .array([.string("女装邮件 <b>&"), .int(21_387), .null, .null, .null]),
                ]))
    }

    @Test func markdownIsShownAsItWasMeant() {
        let document = Document(
            title: "a *b*",
            blocks: [
                .output("```\nfence"), .plain("1 < 2 *not*"), .heading("H", level: 1),
                .text("## sub\n\ntext\n\n# next"),
                .table(
                    TableBlock(
                        TableData(columns: [.init("a|b"), .init("n")], rows: [[.text("x\ny"), .integer(-1200)]]))),
            ])
        #expect(
            document.markdown() == """
                # a \\*b\\*

                ````text
                ```
                fence
                ````

                1 \\< 2 \\*not\\*

                ## H

                ### sub

                text

                ## next

                | a\\|b | n |
                |---|---:|
                | x y | −1,200 |

                """)
    }

    @Test func aDocumentIsWrittenByTheEndOfItsName() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, start) in [("a.html", "<!DOCTYPE html>"), ("a.md", "# Hill"), ("a.JSON", "{\n")] {
            let path = folder.appendingPathComponent(name).path
            try SampleDocument.document().write(to: path)
            #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix(start))
        }
        #expect(throws: Failure.argument("path", expected: "a file ending in .html, .md or .json", got: "'a.pdf'")) {
            try SampleDocument.document().write(to: "a.pdf")
        }
    }

    @Test func chineseReportsHaveChineseWords() {
        let html = SampleDocument.document(.chinese).html()
        for word in ["图表数据", "没有数据", "注意", "分组", "<html lang=\"zh-Hans\">"] { #expect(html.contains(word)) }
        #expect(!html.contains("The numbers of this chart"))
    }

    @Test func luaIsColouredWithoutLosingALetter() throws {
        let source =
            "local s = [==[a]]b]==] -- note\n--[[ long\n]] x = 'it\\'s' .. \"<&>\" ~= 0x1F - 3.5e2 and nil [1]\n\"open\n[[open"
        let page = try page([.code(source, language: "lua")])
        #expect(page.text.contains(source))
        let html = LuaMarkup.html(source)
        #expect(html.contains("<span class=\"string\">[==[a]]b]==]</span>"))
        #expect(html.contains("<span class=\"comment\">-- note</span>"))
        #expect(html.contains("<span class=\"keyword\">and</span>"))
    }

    @Test func theTitleIsTakenFromTheProse() {
        #expect(MarkdownText("# Title *x*\n\ntext").leadingTitle?.title == "Title x")
        #expect(MarkdownText("Title\n=====\n\ntext").leadingTitle?.rest.contains("text") == true)
        #expect(MarkdownText("Title\n=====\n\ntext").leadingTitle?.rest.contains("Title") == false)
        #expect(MarkdownText("text\n\n# Title").leadingTitle == nil)
        #expect(MarkdownText("").leadingTitle == nil)
    }

    @Test func headingsOfOneLevelStayOnOne() throws {
        let page = try page([.text("## a"), .text("text"), .text("## b\n\n### c\n\n## d"), .text("# e\n\n## f")])
        let levels = page.elements.filter { $0.name.wholeMatch(of: /h[1-6]/) != nil }.map(\.name)
        #expect(levels == ["h1", "h2", "h2", "h3", "h2", "h2", "h3"])
    }

    @Test func rowsThatBeginAlikeStandUnderOneHeading() throws {
        let data = TableData(
            columns: [.init("metric"), .init("arm"), .init("p", isFigures: true)],
            rows: [
                [.text("a"), .text("x"), .text("0.1")], [.text("a"), .text("y"), .text("0.2")],
                [.text("b"), .text("x"), .missing],
            ], isGrouped: true)
        let page = try page([.table(TableBlock(data))])
        let headings = page.elements.filter { $0.name == "th" }.map { $0.attributes["scope"] ?? "" }
        #expect(headings == ["col", "col", "rowgroup", "row", "row", "rowgroup", "row"])
        #expect(page.names("tbody") == 2 && page.names("td") == 3)
        #expect(page.elements.count { $0.attributes["class"] == "n" } == 4)
        // Markdown has no groups, so that each row names its own.
        #expect(Document(title: "t", blocks: [.table(TableBlock(data))]).markdown().contains("| a | y | 0.2 |"))
    }

    @Test func anEmptyGroupedTableSaysSo() throws {
        let data = TableData(columns: [.init("metric"), .init("arm")], rows: [], isGrouped: true)
        let page = try page([.table(TableBlock(data))])
        #expect(page.names("tbody") == 1 && page.text.contains("No rows"))
    }
}
