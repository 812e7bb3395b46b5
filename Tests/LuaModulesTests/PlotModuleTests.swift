import Foundation
import Testing

@testable import LuaModules

@Suite struct PlotModuleTests {
    private let prompt: Prompt

    init() throws { prompt = try Prompt() }

    @Test func aChartIsDrawnAtThePrompt() {
        let forest = prompt.show(
            "plot.forest{rows = {{label = 'visit', point = .07, lower = .06, upper = .08}, {label = '投诉', point = 0, lower = -.01, upper = .01}}, format = 'signed_percent', title = 'T'}"
        )
        #expect(forest.hasPrefix("T\nvisit"))
        #expect(forest.contains("─●─") && forest.contains("─○─") && forest.contains("│"), "\(forest)")
        #expect(forest.contains("+7% [+6%, +8%]"))
        #expect(
            prompt.show("plot.line{y = {1, 2, nil, 4}}").contains("⠉")
                || prompt.show("plot.line{y = {1, 2}}").contains("⣀"))
        #expect(prompt.show("{plot.histogram({1, 2, 3}), 5}") == "{plot.Chart (histogram), 5}")
    }

    @Test func manyBarsAreCounted() {
        let code = "local t = {} for i = 1, 5000 do t[i] = i end return plot.bar{labels = t, values = t}"
        let lines = prompt.show(code).split(separator: "\n")
        #expect(lines.count == 41 && lines.last == "… 4,960 more", "\(lines.count)")
    }

    @Test func aPositionMayBeAnyNumber() {
        let shown = prompt.show("#plot.line{y = {1, 2}, x = {math.mininteger, math.maxinteger}}:table()")
        #expect(shown == "2", "\(shown)")
    }

    @Test(arguments: [
        (
            "(function() local d = {'x'} for i = 1, 33 do d = {report.details('more', d)} end end)()",
            "details at most 32 deep in each other expected, got deeper ones"
        ),
        (
            "plot.bar{labels = {'a'}, values = {1, 2}}",
            "bad argument 'values' to plot.bar: as many values as labels (1) expected, got 2"
        ),
        (
            "plot.bar{labels = {'a'}}",
            "bad argument 'values' to plot.bar: list, column or tensor of numbers expected, got nothing (or give series)"
        ),
        ("plot.scatter({1, 2}, {1})", "bad argument 'y' to plot.scatter: as many values as x has (2) expected, got 1"),
        (
            "plot.scatter({1, 'x'}, {1, 2})",
            "values of one type (the ones before row 2 make it int64) expected, got text in row 2"
        ),
        ("plot.forest{rows = {{labl = 'a'}}}", "got 'labl' in record 1 (did you mean 'label'?)"),
        ("plot.forest{rows = {{label = 'a', point = 'b'}}}", "a number for 'point' expected, got string in record 1"),
        ("plot.line{y = {1, 2}, x = {'a'}}", "as many positions as values (2) expected, got 1"),
        ("plot.heatmap({{1, 2}}, {rows = {'a', 'b'}})", "bad argument 'rows' to plot.heatmap: 1 names expected, got 2"),
        (
            "plot.heatmap{rows = {'a'}, columns = {'b'}, values = {{1}}}",
            "bad argument 'm' to plot.heatmap: list of numbers expected, got table with names and without a list"
        ),
        (
            "plot.histogram{x = {1, 2}}",
            "bad argument 'x' to plot.histogram: list, column or tensor expected, got table"
        ),
        ("plot.histogram(tensor{{1, 2}})", "bad argument 'x' to plot.histogram: tensor of 1 dimension [n] expected"),
        ("plot.line{series = {{name = 'a'}}}", "numbers for 'y' expected, got nothing in record 1"),
        ("plot.bar{labels = {'a'}, series = {{name = 'a'}}}", "numbers for 'values' expected, got nothing in record 1"),
        ("plot.line{y = {1, 2}, lower = {0, 1}}", "bad argument 'upper' to plot.line: numbers beside 'lower' expected"),
        (
            "plot.line{y = {1, 2}, lower = {0, 1}, upper = {1, 2, 3}}",
            "bad argument 'upper' to plot.line: as many numbers as values (2) expected, got 3"
        ),
        ("plot.bar{labels = {'a'}, values = {1}, upper = {2}}", "bad argument 'lower' to plot.bar"),
        (
            "plot.bar{labels = {'a'}, values = {1}}:save('/tmp/x.pdf')",
            "a file ending in .svg, .html, .md or .json expected, got '/tmp/x.pdf'"
        ),
        ("report.document{titel = 'x'}", "got 'titel' (did you mean 'title'?)"),
        ("report.document{print}", "text, chart, table, records or block expected, got function at position 1"),
        ("report.document{lang = 'fr'}", "'en' or 'zh' expected, got 'fr'"),
        (
            "report.table({{a = 1}}, {columns = {'b'}})",
            "bad argument 'columns' to report.table: names of columns expected, got 'b'"
        ),
        ("report.table({{a = 1}}, {formats = {b = 'percent'}})", "names of columns expected, got 'b'"),
    ])
    func whatCannotBeDrawnIsSaid(code: String, message: String) {
        let answer = prompt.show(code)
        #expect(answer.contains(message), "\(answer)")
    }

    @Test func columnsTensorsAndNullsAreTaken() {
        #expect(
            prompt.show(
                """
                local t = data.table{day = {"Mon", "Tue"}, n = {3, 5}}
                return plot.line{x = t.day, y = t.n}:table().x:totable()
                """) == "{\"Mon\", \"Tue\", n = 2}")
        #expect(prompt.show("plot.histogram(tensor{1, 2, 2, 9}):table().Count:tensor():sum()") == "4")
        #expect(
            prompt.show("plot.bar{labels = {'a', 'b'}, values = {1, json.null}}:text(40)").contains(
                "1 value is missing"))
    }

    @Test func aDocumentHoldsAllThatIsGiven() throws {
        let answer = prompt.show(
            """
            local doc = report.document{title = "试验", lang = "zh", "# 结论\\n\\n文字", plot.bar{labels = {"甲"}, values = {1}},
                data.table{a = {1, 2}}, {{arm = "A", rate = .5}}, tensor{1, 2}, 5,
                report.callout("x", {tone = "bad"}), report.figures{{label = "n", value = 3}},
                report.details("更多", {"text"}), report.code("x = 1")}
            local kinds = {}
            for i, block in ipairs(json.decode(doc:json()).blocks) do kinds[i] = block.type end
            return table.concat(kinds, " "), doc:html():find('lang="zh-Hans"', 1, true) ~= nil, doc:html() == doc:html(), doc
            """)
        #expect(
            answer.hasPrefix(
                "\"markdown chart table table output text callout figures details code\"\ntrue\ntrue\n# 试验\n"),
            "\(answer)")
    }

    @Test func aFileIsWrittenByTheEndOfItsName() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, start) in [("c.svg", "<svg "), ("c.html", "<!DOCTYPE html>"), ("c.md", "# "), ("c.json", "{")] {
            let path = folder.appendingPathComponent(name).path
            #expect(prompt.show("plot.bar{labels = {'a'}, values = {1}, title = 'T'}:save('\(path)')") == "")
            #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix(start))
        }
    }
}
