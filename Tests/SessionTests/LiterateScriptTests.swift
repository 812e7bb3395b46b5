import Reports
import Support
import Testing

@testable import Session

@Suite struct LiterateScriptTests {
    @Test func cellsAreReadWithTheirLines() {
        let script = LiterateScript(
            """
            #!/usr/bin/env cohort

            local a = 1
            -- %% [markdown]
            -- # Title
            --
            --text
            -- %%

            print(a)

            -- %% [markdown]
            --[[
            block
            ]]
            --%% a name
            -- no marker: -- %%
            x = "-- %%"
            -- %%
            """)
        #expect(
            script.cells == [
                .code("local a = 1", line: 3), .text("# Title\n\ntext"), .code("print(a)", line: 10), .text("block"),
                .code("-- no marker: -- %%\nx = \"-- %%\"", line: 17),
            ])
        #expect(LiterateScript("").cells.isEmpty)
        #expect(LiterateScript("print(1)\r\nprint(2)\r\n").cells == [.code("print(1)\nprint(2)", line: 1)])
    }

    private func render(_ source: String, hidesCode: Bool = false) throws -> Rendering {
        let printed = Locked<[UInt8]>([])
        let session = try Session(.init(output: { bytes in printed.withLock { $0 += bytes } }))
        return session.render(Array(source.utf8), name: "a.lua", hidesCode: hidesCode) {
            printed.withLock { bytes in
                defer { bytes = [] }
                return bytes
            }
        }
    }

    @Test func cellsShareASessionAndShowWhatTheyGive() throws {
        let source = """
            -- %% [markdown]
            -- # Mail test
            -- %%
            local a = 2
            print("one", a)
            print("two")
            -- %%
            plot.bar{labels = {"A"}, values = {a}}
            -- %%
            data.table{n = {1, a}}
            -- %%
            "text", 5
            -- %%
            local t = {};
            """
        let rendering = try render(source)
        #expect(rendering.document.title == "Mail test")
        #expect(
            rendering.document.blocks.map(name) == [
                "code", "output one\t2\ntwo", "code", "chart", "code", "table", "code", "output \"text\"", "output 5",
                "code",
            ])
        #expect(try render(source).document.html() == rendering.document.html())
    }

    @Test func aCellThatFailsIsTheLast() throws {
        let rendering = try render("-- %%\nprint(1)\n-- %%\n\nlocal x\nx.y = 1\n-- %%\nprint('never')")
        guard case .failed(let error) = rendering.reply, case .callout(let callout)? = rendering.document.blocks.last
        else {
            Issue.record("\(rendering)")
            return
        }
        #expect(error.message == "a.lua:6: attempt to index a nil value (local 'x')")
        #expect(callout.text.contains("a.lua:6") && callout.text.contains("x.y = 1"))
        #expect(rendering.document.blocks.map(name).prefix(3) == ["code", "output 1", "code"])
        #expect(!rendering.document.html().contains("never"))
        #expect(rendering.document.title == "a.lua")
    }

    @Test func codeCanBeFoldedAway() throws {
        #expect(try render("print(1)", hidesCode: true).document.blocks.map(name) == ["details", "output 1"])
    }

    private func name(_ block: Block) -> String {
        switch block {
        case .code: "code"
        case .output(let text): "output \(text)"
        case .chart: "chart"
        case .table: "table"
        case .details: "details"
        default: "\(block)"
        }
    }
}
