import Foundation
import Testing

/// What a terminal sends that nobody hopes for, and surroundings that are not as they should be.
@Suite(.timeLimit(.minutes(20))) struct TerminalEdgeTests {
    let cohort: Executable

    init() throws { cohort = try Executable() }

    private func open(_ changes: [String: String] = [:], columns: UInt16 = 100) throws -> PseudoTerminal {
        let environment = cohort.environment.merging(changes) { $1 }
        let terminal = try PseudoTerminal(["--quiet"], environment: environment, columns: columns)
        try terminal.wait(for: "cohort> ")
        return terminal
    }

    private func leave(_ terminal: PseudoTerminal) throws {
        // Before, the terminal would take Ctrl-D for the end of what is typed ahead.
        try terminal.wait(for: "cohort> ")
        terminal.type("\u{4}")
        #expect(try terminal.exitStatus() == 0)
    }

    @Test func ctrlBackslashLeavesQuietly() throws {
        let terminal = try open()
        terminal.type("print('go' .. 'ing') while true do end\r")
        try terminal.wait(for: "going\r\n")
        terminal.type("\u{1C}")
        #expect(try terminal.exitStatus() == 128 + SIGQUIT)
        let idle = try open()
        idle.type("\u{1C}")
        #expect(try idle.exitStatus() == 128 + SIGQUIT)
    }

    @Test func aFinalizerThatNeverEndsCanBeLeft() throws {
        let terminal = try open()
        terminal.type(
            "late = {__gc = true} setmetatable({}, late) late.__gc = function() while true do end end "
                + "print('go' .. 'ing') collectgarbage()\r")
        try terminal.wait(for: "going\r\n")
        usleep(200_000)
        terminal.type("\u{3}")
        usleep(2_200_000)
        terminal.type("\u{3}")
        try terminal.wait(for: "Ctrl-C again")
        #expect(terminal.keepsOutputAtInterrupt)
        terminal.type("\u{3}")
        #expect(try terminal.exitStatus() == 130)
        #expect(!terminal.keepsOutputAtInterrupt)
    }

    @Test func finalizersAtTheEndStopAtCtrlC() throws {
        let terminal = try open()
        terminal.type("for i = 1, 20 do setmetatable({}, {__gc = function() while true do end end}) end\r")
        try terminal.wait(for: "cohort> ")
        terminal.type("io.write('lea', 'ving\\n')\r")
        try terminal.wait(for: "leaving\r\n")
        // Before, the terminal would take Ctrl-D for the end of what is typed ahead.
        try terminal.wait(for: "cohort> ")
        terminal.type("\u{4}")
        usleep(300_000)
        terminal.type("\u{3}")
        #expect(try terminal.exitStatus() == 0)
    }

    @Test func anInterruptForThisProcessAloneReachesPrograms() throws {
        let terminal = try open()
        for code in ["os.execute('sleep 120; true')", "io.popen('sleep 120; true', 'w'):close()"] {
            terminal.type("print('go' .. 'ing') \(code)\r")
            try terminal.wait(for: "going\r\n")
            usleep(200_000)
            terminal.signal(SIGINT)
            #expect(try terminal.wait(for: "cohort> ").contains("interrupted"))
        }
        terminal.type("\u{4}")
        #expect(try terminal.exitStatus() == 0)
    }

    @Test func whatScriptsWriteClearsTheBar() throws {
        let terminal = try open()
        terminal.type(
            "for i in progress(40) do local stop = os.clock() + 0.05 while os.clock() < stop do end "
                + "if i == 20 then io.write('writ', 'ten\\n') io.stderr:write('err', 'or\\n') end end print('do' .. 'ne')\r"
        )
        let shown = try terminal.wait(for: "done\r\n")
        #expect(shown.contains("progress"))
        #expect(shown.contains("\r\u{1B}[Kwritten\r\n"))
        #expect(shown.contains("\nerror\r\n"))
        try leave(terminal)
    }

    @Test func aDeviceIsNotLoaded() throws {
        let terminal = try open()
        terminal.type(".load /dev/zero\r")
        try terminal.wait(for: "is no script: it is a device")
        try leave(terminal)
        #expect(try cohort.run(["/dev/zero"]).status == 2)
    }

    @Test func chineseIsTextInTheCLocale() throws {
        let terminal = try open(["LC_ALL": "C", "LANG": "C"])
        for _ in 0..<2 {
            terminal.type("'用' .. '户'\r")
            let shown = try terminal.wait(for: "\"用户\"")
            #expect(shown.contains("'用' .. '户'"))
            #expect(!shown.contains("\\3"))
            try terminal.wait(for: "cohort> ")
        }
        terminal.type("!echo \"<$LC_ALL>\"\r")
        try terminal.wait(for: "<C>")
        try leave(terminal)
    }

    @Test func ctrlCInASearchLeavesItFirst() throws {
        let terminal = try open()
        terminal.type("local sum = 0\r")
        try terminal.wait(for: "cohort> ")
        terminal.type("for i = 1, 2 do\r  local marked = i\rend\r")
        try terminal.wait(for: "end\r\n")
        try terminal.wait(for: "cohort> ")
        terminal.type("\u{12}marked")
        try terminal.wait(for: "end")
        terminal.type("\u{3}")
        try terminal.wait(for: "cohort> ")
        terminal.type("6 * 7\r")
        let after = try terminal.wait(for: "42\r\n")
        // Going up from here would write over what stands above.
        #expect(!(after.components(separatedBy: "6 * 7").last ?? "").contains("\u{1B}[A"))
        #expect(after.contains("6 * 7"))
        try leave(terminal)
    }

    @Test func aLongPasteWithoutBracketsIsTakenInLinearTime() throws {
        var variables = cohort
        variables.variables["COLUMNS"] = "80"
        let lines = Array(repeating: "1,", count: 40_000).joined(separator: "\n")
        let start = Date()
        let result = try variables.run(["-i"], input: "t = {\n\(lines)\n}\n#t\n")
        #expect(result.output.contains("40000"))
        // Quadratic, it takes four minutes.
        #expect(Date().timeIntervalSince(start) < 60)
    }

    @Test func aHistoryThatIsAPipeDoesNotKeepThePromptWaiting() throws {
        let folder = cohort.home + "/.local/state/cohort"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try #require(mkfifo(folder + "/history", 0o600) == 0)
        let terminal = try open()
        terminal.type("1 + 1\r")
        try terminal.wait(for: "is not kept for later sessions")
        try terminal.wait(for: "cohort> ")
        terminal.type("40 + 2\r")
        let second = try terminal.wait(for: "42\r\n")
        #expect(!second.contains("not kept"))
        try leave(terminal)
    }

    @Test func bytesThatAreNoTextAreNotTyped() throws {
        let terminal = try open()
        terminal.type("kept = 11\r")
        try terminal.wait(for: "cohort> ")
        terminal.type(bytes: [0x12, 0xE5, 0x18, 0xE5, 0xE5, 0x07, 0x03])
        try terminal.wait(for: "cohort> ")
        terminal.type(bytes: [0xFF, 0xE5] + Array("'<' .. kept .. '中'\r".utf8))
        try terminal.wait(for: "\"<11中\"")
        try leave(terminal)
    }

    @Test func longErrorsBreakBetweenWords() throws {
        let terminal = try open(columns: 40)
        terminal.type("error('alpha beta gamma delta epsilon zeta eta theta iota kappa', 0)\r")
        let shown = try terminal.wait(for: "kappa\r\n")
        #expect(shown.contains("alpha beta gamma delta epsilon zeta eta\r\ntheta iota kappa\r\n"))
        try leave(terminal)
    }

    @Test func upRecallsWhatBeginsLikeTheLine() throws {
        let terminal = try open()
        for entry in ["alpha = 5", "beta = 6", "alpine = 7", "gamma = 8"] {
            terminal.type(entry + "\r")
            try terminal.wait(for: "cohort> ")
        }
        terminal.type("al\u{1B}[A\u{1B}[A * 3\r")
        try terminal.wait(for: "cohort> ")
        terminal.type("alpha\r")
        try terminal.wait(for: "15\r\n")
        try terminal.wait(for: "cohort> ")
        terminal.type("be\u{1B}[A\u{1B}[Bta * 7\r")
        try terminal.wait(for: "42\r\n")
        try leave(terminal)
    }
}
