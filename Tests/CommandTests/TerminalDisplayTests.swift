import Foundation
import Support
import Testing

/// How values and long work look in a terminal.
@Suite(.timeLimit(.minutes(20))) struct TerminalDisplayTests {
    let cohort: Executable

    init() throws { cohort = try Executable() }

    private func open(_ changes: [String: String] = [:], columns: UInt16 = 100) throws -> PseudoTerminal {
        let environment = cohort.environment.merging(changes) { $1 }
        let terminal = try PseudoTerminal(["--quiet"], environment: environment, columns: columns)
        try terminal.wait(for: "cohort>")
        return terminal
    }

    /// The lines that an entry prints. What was typed ends with its own echo, so that only the answer is measured.
    private func answer(_ terminal: PseudoTerminal, to entry: String) throws -> [String] {
        terminal.type("start = 1\r")
        try terminal.wait(for: "cohort> ")
        terminal.type("show('begin'); \(entry); show('end')\r")
        try terminal.wait(for: "\"begin\"\r\n")
        let text = try terminal.wait(for: "\"end\"\r\n")
        return text.split(separator: "\r\n").dropLast().map(String.init)
    }

    @Test func valuesFitTheTerminalAndItsNewWidth() throws {
        let terminal = try open(columns: 60)
        let code = "local t = {} for i = 1, 9 do t[i] = {id = i, s = ('城市 '):rep(9)} end show(t, tensor.ones(4, 99))"
        let wide = try answer(terminal, to: code)
        #expect(wide.contains { $0.hasPrefix("│  1 │ 城市") } && wide.contains("9 records, 2 fields"))
        #expect(wide.map(DisplayWidth.of).max() ?? 0 <= 60)
        terminal.resize(columns: 25)
        let narrow = try answer(terminal, to: code)
        #expect(narrow.contains { $0.hasSuffix("… │") })
        #expect(narrow.contains("tensor [4, 99] float32") && narrow.map(DisplayWidth.of).max() ?? 0 <= 25)
    }

    @Test func typesAreDimWhereColourIsWanted() throws {
        let entry = "tensor.ones(2)\r"
        let colored = try open(["NO_COLOR": ""])
        colored.type(entry)
        try colored.wait(for: "\u{1B}[2mtensor [2] float32\u{1B}[22m\r\n  1  1\r\n")
        colored.type("'plain ' .. pretty(tensor.ones(3))\r")
        try colored.wait(for: "\"plain tensor [3] float32\\n  1  1  1\"")
        for plain in [["NO_COLOR": "1"], ["NO_COLOR": "", "TERM": "dumb"]] {
            let terminal = try open(plain)
            terminal.type(entry)
            #expect(!(try terminal.wait(for: "tensor [2] float32\r\n  1  1\r\n").contains("\u{1B}[2m")))
        }
        let piped = try cohort.run(["-"], input: "show(tensor.ones(2)) for i in progress(2) do end")
        #expect(piped.output == "tensor [2] float32\n  1  1\n" && piped.error.isEmpty)
    }

    @Test func printingTakesTheBarAway() throws {
        let terminal = try open()
        terminal.type(
            "for i in progress(1000, {label = 'rows'}) do local e = os.clock() + 0.001 "
                + "while os.clock() < e do end if i == 900 then print('print' .. 'ed') end end\r")
        try terminal.wait(for: "\rrows  [#")
        let before = try terminal.wait(for: "printed\r\n")
        #expect(before.hasSuffix("\r\u{1B}[Kprinted\r\n"))
        // At the end nothing is left of it.
        let after = try terminal.wait(for: "cohort> ")
        let rest = after.split(separator: "rows").last ?? ""
        #expect(!after.contains("rows") || rest.contains("\r\u{1B}[K"))
    }

    @Test func aBarIsTakenAwayWhenTheLoopFails() throws {
        let terminal = try open()
        terminal.type(
            "for i in progress(1e6 // 1 | 0, {label = 'rows'}) do local e = os.clock() + 0.001 "
                + "while os.clock() < e do end if i == 900 then error('over' .. ' now') end end\r")
        try terminal.wait(for: "\rrows  [")
        try terminal.wait(for: "over now")
        terminal.type("6 * 7\r")
        #expect(!(try terminal.wait(for: "42\r\n").contains("\rrows")))
    }

    @Test func theWholeResultIsPaged() throws {
        let pager = try cohort.file("pager", "wc -l | tr -d ' ' | sed 's/^/lines:/'\n")
        // Read by a shell: a file may not be run while a process that another test starts at this moment still has it open for writing.
        let terminal = try open(["PAGER": "sh \(pager)"])
        terminal.type("tensor.zeros(500, 3)\r")
        try terminal.wait(for: "cohort> ")
        terminal.type(".last\r")
        try terminal.wait(for: "lines:501\r\n")
        try terminal.wait(for: "cohort> ")
        // What fits the screen needs no pager.
        terminal.type("tensor.zeros(2, 3)\r")
        try terminal.wait(for: "cohort> ")
        terminal.type(".last\r")
        try terminal.wait(for: "tensor [2, 3] float32\r\n")
    }
}
