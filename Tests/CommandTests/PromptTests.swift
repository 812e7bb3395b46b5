import Foundation
import Testing

/// The prompt as somebody at a terminal meets it.
@Suite(.timeLimit(.minutes(20))) struct PromptTests {
    let cohort: Executable

    init() throws { cohort = try Executable() }

    private func open(
        _ arguments: [String] = ["--quiet"], _ changes: [String: String] = [:], columns: UInt16 = 100
    ) throws -> PseudoTerminal {
        let environment = cohort.environment.merging(changes) { $1 }
        let terminal = try PseudoTerminal(arguments, environment: environment, columns: columns)
        try terminal.wait(for: "cohort> ")
        return terminal
    }

    @Test func anExpressionPrintsItsValueAndAStatementDoesNot() throws {
        let terminal = try open()
        terminal.type("6 * 7\r")
        try terminal.wait(for: "42\r\n")
        try terminal.wait(for: "cohort> ")
        terminal.type("x = 5\r")
        let between = try terminal.wait(for: "cohort> ")
        #expect(!between.contains("nil"))
        terminal.type("x, 'text', nil, x == 5\r")
        try terminal.wait(for: "5\r\n\"text\"\r\nnil\r\ntrue\r\n")
    }

    @Test func aBlockIsAskedForUntilItIsComplete() throws {
        let terminal = try open()
        terminal.type("for i = 10, 11 do\r")
        try terminal.wait(for: "......> ")
        terminal.type("print(i * 3)\r")
        try terminal.wait(for: "......> ")
        terminal.type("end\r")
        try terminal.wait(for: "30\r\n33\r\n")
        try terminal.wait(for: "cohort> ")
    }

    @Test func anErrorLeavesTheSessionAlive() throws {
        let terminal = try open()
        terminal.type("kept = 11\r")
        try terminal.wait(for: "cohort> ")
        terminal.type("local t = nil; t.x = 1\r")
        try terminal.wait(for: "attempt to index a nil value")
        try terminal.wait(for: "cohort> ")
        terminal.type("kept * kept\r")
        try terminal.wait(for: "121\r\n")
        terminal.type("= )\r")
        try terminal.wait(for: "unexpected symbol")
        try terminal.wait(for: "cohort> ")
    }

    @Test func ctrlCInALoopReturnsToThePromptWithStateKept() throws {
        let terminal = try open()
        terminal.type("count = 0; print('go' .. 'ing'); while true do count = count + 1 end\r")
        try terminal.wait(for: "going\r\n")
        usleep(200_000)
        terminal.type("\u{3}")
        try terminal.wait(for: "interrupted")
        try terminal.wait(for: "cohort> ")
        terminal.type("count > 0 and 'state ' .. 'kept'\r")
        try terminal.wait(for: "\"state kept\"")
        // Again, and quickly: at the prompt a second Ctrl-C ends nothing either.
        for _ in 0..<3 {
            try terminal.wait(for: "cohort> ")
            terminal.type("while true do pcall(function() while true do end end) end\r")
            try terminal.wait(for: "end) end")
            usleep(100_000)
            terminal.type("\u{3}")
            try terminal.wait(for: "interrupted")
        }
        try terminal.wait(for: "cohort> ")
        terminal.type("\u{4}")
        #expect(try terminal.exitStatus() == 0)
    }

    @Test func ctrlCAtThePromptThrowsTheEntryAway() throws {
        let terminal = try open()
        terminal.type("this is not Lua")
        try terminal.wait(for: "not Lua")
        terminal.type("\u{3}")
        try terminal.wait(for: "cohort> ")
        terminal.type("for i = 1, 2 do\r")
        try terminal.wait(for: "......> ")
        terminal.type("\u{3}")
        try terminal.wait(for: "cohort> ")
        terminal.type("'still ' .. 'here'\r")
        try terminal.wait(for: "\"still here\"")
        try terminal.wait(for: "cohort> ")
        // Often, and as soon as the prompt is there: none may go unnoticed.
        for _ in 0..<30 {
            terminal.type("\u{3}")
            try terminal.wait(for: "cohort> ")
        }
        terminal.type("\u{4}")
        #expect(try terminal.exitStatus() == 0)
    }

    @Test func ctrlDInABlockSaysWhatIsMissing() throws {
        let terminal = try open()
        terminal.type("for i = 1, 2 do\r")
        try terminal.wait(for: "......> ")
        terminal.type("\u{4}")
        try terminal.wait(for: "'end' expected")
        try terminal.wait(for: "cohort> ")
        terminal.type("\u{4}")
        #expect(try terminal.exitStatus() == 0)
    }

    @Test func historyOutlivesTheSessionAndAnEntryIsRecalledWhole() throws {
        let first = try open()
        first.type("total = 0\rfor i = 1, 4 do\r  total = total + i\rend\r")
        try first.wait(for: "end\r\n")
        try first.wait(for: "cohort> ")
        first.type("\u{4}")
        #expect(try first.exitStatus() == 0)

        let second = try open(["--quiet", "-e", "total = 100", "-i"])
        // Up once: the whole loop.
        second.type("\u{1B}[A")
        try second.wait(for: "total + i")
        second.type("\r")
        try second.wait(for: "cohort> ")
        second.type("'sum ' .. total\r")
        try second.wait(for: "\"sum 110\"")
        try second.wait(for: "cohort> ")
        // Ctrl-R finds it as well.
        second.type("\u{12}total = 0")
        try second.wait(for: "total = 0")
        second.type("\r")
        try second.wait(for: "cohort> ")
        second.type("'reset ' .. total\r")
        try second.wait(for: "\"reset 0\"")
    }

    @Test func aPastedBlockIsOneEntry() throws {
        let terminal = try open()
        terminal.type("\u{1B}[200~local a = 20\nlocal b = 3\nprint('pasted ' .. a + b)\u{1B}[201~\r")
        try terminal.wait(for: "pasted 23\r\n")
    }

    @Test func chineseIsTypedAndShown() throws {
        // Without a locale, as in a bare container.
        let terminal = try open()
        terminal.type("#'时尚' .. ' 穿搭'\r")
        try terminal.wait(for: "#'时尚' .. ' 穿搭'")
        try terminal.wait(for: "\"6 穿搭\"")
    }

    @Test func aQuestionMarkShowsHelp() throws {
        let terminal = try open()
        terminal.type("?seed\r")
        try terminal.wait(for: "seed(n)\r\n")
        try terminal.wait(for: "cohort> ")
        terminal.type("?\r")
        try terminal.wait(for: "Modules\r\n")
        try terminal.wait(for: "cohort> ")
        terminal.type("x = tensor.zeros(2) help = nil\r")
        try terminal.wait(for: "cohort> ")
        terminal.type("? x\r")
        try terminal.wait(for: "Methods\r\n")
        try terminal.wait(for: "cohort> ")
        terminal.type("?sead\r")
        try terminal.wait(for: "there is no help on 'sead' (did you mean seed?)")
        try terminal.wait(for: "cohort> ")
    }

    @Test func aLineThatWasNotEndedIsEndedBeforeThePrompt() throws {
        let terminal = try open()
        terminal.type("io.write('half a' .. ' line')\r")
        let rest = try terminal.wait(for: "cohort> ")
        #expect(rest.contains("half a line\r\n"))
        #expect(!rest.contains("file ("))
        terminal.type("print('a whole' .. ' line')\r")
        try terminal.wait(for: "a whole line\r\n")
        #expect(!(try terminal.wait(for: "cohort> ").contains("\n")))
    }

    @Test func nativeWorkIsInterruptedToo() throws {
        let terminal = try open()
        terminal.type(
            "print('be' .. 'gin') x = tensor.randn(200000, 64) m = cluster.kmeans(x, {k = 200, restarts = 100})\r")
        try terminal.wait(for: "begin\r\n")
        usleep(700_000)
        let before = Date()
        terminal.type("\u{3}")
        try terminal.wait(for: "interrupted")
        #expect(Date().timeIntervalSince(before) < 60)
        try terminal.wait(for: "cohort> ")
        terminal.type("'m is ' .. tostring(m)\r")
        try terminal.wait(for: "m is nil")
    }

    @Test func aTensorIsShownAsALookNotAName() throws {
        let terminal = try open()
        terminal.type("tensor{{1, 2}, {3, 4}}\r")
        try terminal.wait(for: "float32")
        try terminal.wait(for: "cohort> ")
    }

    @Test func theBannerNamesVersionAndHelp() throws {
        let terminal = try PseudoTerminal([], environment: cohort.environment)
        try terminal.wait(for: "Cohort 0.")
        try terminal.wait(for: "help()")
        try terminal.wait(for: "cohort> ")
    }

    @Test func colourObeysTheEnvironment() throws {
        let coloured = try PseudoTerminal(["--quiet"], environment: cohort.environment.merging(["NO_COLOR": ""]) { $1 })
        try coloured.wait(for: "\u{1B}[1;36mcohort>")
        let plain = try PseudoTerminal(["--quiet"], environment: cohort.environment)
        #expect(!(try plain.wait(for: "cohort> ").contains("\u{1B}[1")))
        let dumb = try PseudoTerminal(
            ["--quiet"], environment: cohort.environment.merging(["NO_COLOR": "", "TERM": "dumb"]) { $1 })
        #expect(!(try dumb.wait(for: "cohort> ").contains("\u{1B}")))
        dumb.type("1 + 1\r")
        #expect(!(try dumb.wait(for: "2\r\n").contains("\u{1B}")))
    }

    @Test func aResizedTerminalIsFitted() throws {
        let terminal = try open(columns: 100)
        terminal.type("t = {} for i = 1, 40 do t[i] = i end\r")
        try terminal.wait(for: "cohort> ")
        terminal.resize(columns: 30)
        terminal.type("t\r")
        try terminal.wait(for: "{\r\n")
        let rows = try terminal.wait(for: "\r\n}").components(separatedBy: "\r\n")
        #expect(rows.count > 4)
        #expect(rows.allSatisfy { $0.count <= 30 })
    }

    @Test func osExitLeavesWithItsCode() throws {
        let terminal = try open()
        terminal.type("os.exit(3)\r")
        #expect(try terminal.exitStatus() == 3)
    }

    @Test func anEndedTerminalEndsTheProgram() throws {
        let terminal = try open()
        terminal.hangUp()
        // By the signal, by the end of its input or by an output that takes nothing: whichever comes first.
        #expect([0, 1, 128 + SIGHUP].contains(try terminal.exitStatus()))
    }

    @Test func tablesFitTheTerminal() throws {
        let terminal = try open(columns: 40)
        terminal.type("local t = {} for i = 1, 30 do t[i] = i * 1000 end return t\r")
        try terminal.wait(for: "{\r\n")
        let rows = try terminal.wait(for: "}\r\n").components(separatedBy: "\r\n")
        #expect(rows.count > 4)
        #expect(rows.allSatisfy { $0.count <= 40 })
    }
}
