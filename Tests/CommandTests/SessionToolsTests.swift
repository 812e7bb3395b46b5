import Foundation
import Testing

/// The commands of the prompt that need a terminal, and what several sessions leave to each other.
@Suite(.timeLimit(.minutes(20))) struct SessionToolsTests {
    let cohort: Executable

    init() throws { cohort = try Executable() }

    private func open(_ changes: [String: String] = [:]) throws -> PseudoTerminal {
        let terminal = try PseudoTerminal(["--quiet"], environment: cohort.environment.merging(changes) { $1 })
        try terminal.wait(for: "cohort> ")
        return terminal
    }

    /// Types an entry and waits for the next prompt; what appeared in between.
    @discardableResult private func enter(_ entry: String, at terminal: PseudoTerminal) throws -> String {
        terminal.type(entry + "\r")
        return try terminal.wait(for: "cohort> ")
    }

    @Test func aShellCommandHasTheTerminal() throws {
        let terminal = try open()
        #expect(
            try enter("!echo from$((1 + 1))shell; test -t 0 && test -t 1 && echo tty$((2 + 1))", at: terminal)
                .contains("from2shell\r\ntty3\r\n"))
        #expect(try enter("!exit 3", at: terminal).contains("exit status 3"))
        terminal.type("!echo say$((1)); read line; echo got$line\r")
        try terminal.wait(for: "say1\r\n")
        terminal.type("words\r")
        try terminal.wait(for: "gotwords\r\n")
        try terminal.wait(for: "cohort> ")
        // A loop, since dash loses a Ctrl-C that comes while it starts a program.
        terminal.type("!echo ready$((1)); while :; do sleep 0.1; done\r")
        try terminal.wait(for: "ready1\r\n")
        terminal.type("\u{3}")
        try terminal.wait(for: "signal 2")
        try terminal.wait(for: "cohort> ")
        let after = try enter("'still ' .. 'here'", at: terminal)
        #expect(after.contains("still here"))
        #expect(!after.contains("interrupted"))
        // The loop that follows is stopped as before.
        terminal.type("print('lo' .. 'op') while true do end\r")
        try terminal.wait(for: "loop\r\n")
        terminal.type("\u{3}")
        try terminal.wait(for: "interrupted")
    }

    @Test func theEditorsTextIsRun() throws {
        // Given to the shell to read: a test beside this one may be forking while the file is open for writing, so that it could not be run.
        let editor = try cohort.file("edit.sh", "cat \"$1\" > seen.txt; printf 'local x = 90\\nx + 9\\n' > \"$1\"")
        let terminal = try open(["EDITOR": "cd '\(cohort.home)' && sh '\(editor)'"])
        try enter("first = 1", at: terminal)
        #expect(try enter(".edit", at: terminal).contains("99\r\n"))
        #expect(try String(contentsOfFile: cohort.home + "/seen.txt", encoding: .utf8) == "first = 1\n")
        #expect(try enter("x * 2", at: terminal).contains("180\r\n"))
        // It can be recalled as if it had been typed.
        terminal.type("\u{1B}[A\u{1B}[A")
        try terminal.wait(for: "x + 9")
        #expect(try enter("", at: terminal).contains("99\r\n"))
        #expect(try enter(".edit mine.lua", at: terminal).contains("cohort> "))
    }

    @Test func anEditorThatSavesNothingRunsNothing() throws {
        let terminal = try open(["EDITOR": "true"])
        try enter("n = (n or 0) + 1", at: terminal)
        #expect(try enter(".edit", at: terminal).contains("nothing was saved"))
        #expect(try enter("'n is ' .. n", at: terminal).contains("n is 1"))
        let failing = try open(["VISUAL": "exit 4 #"])
        #expect(try enter(".edit", at: failing).contains("the editor ended with status 4"))
        let missing = try open(["EDITOR": "no-such-editor"])
        #expect(try enter(".edit", at: missing).contains("$EDITOR names the program"))
    }

    @Test func theLastResultGoesThroughThePager() throws {
        let terminal = try open(["PAGER": "sed s/^/paged:/"])
        try enter("local t = {} for i = 1, 500 do t[i] = 'line ' .. i end return t", at: terminal)
        let paged = try enter(".last", at: terminal)
        #expect(paged.contains("paged:"))
        #expect(paged.contains("\"line 250\""))
    }

    @Test func anErrorPointsAtItsPlace() throws {
        let terminal = try open()
        #expect(
            try enter("x = '城市' .. zzqq_ww.name", at: terminal)
                .contains(
                    "prompt:1: attempt to index a nil value (global 'zzqq_ww')\r\n  x = '城市' .. zzqq_ww.name\r\n                ^\r\n"
                ))
        try enter("function f() error('deep') end", at: terminal)
        #expect(try enter("f()", at: terminal).contains("prompt[2]:1: in function 'f'"))
        #expect(try enter(".trace", at: terminal).contains("[C]: in function 'error'"))
    }

    @Test func theFirstMinuteSaysWhatToDo() throws {
        let fresh = try PseudoTerminal([], environment: cohort.environment)
        #expect(try fresh.wait(for: "cohort> ").contains("No encoder is installed yet: `cohort model import FILE`"))
        _ = try cohort.file(
            ".local/share/cohort/models/tiny/config.json", #"{"model_type": "bert", "hidden_size": 32}"#)
        let later = try PseudoTerminal([], environment: cohort.environment)
        #expect(!(try later.wait(for: "cohort> ").contains("No encoder")))
    }

    @Test func sessionsAtOnceShareTheirHistory() throws {
        do {
            let one = try open()
            let two = try open()
            try enter("a1 = 1", at: one)
            try enter("b1 = 1", at: two)
            one.type("for i = 1, 2 do\r")
            try one.wait(for: "......> ")
            try enter("a2 = i end", at: one)
            try enter("b2 = 2", at: two)
            try enter("a3 = 3", at: one)
            // Both end here, by a signal that nothing can catch.
        }
        // As a crash in the middle of a write would leave it.
        let path = cohort.home + "/.local/state/cohort/history"
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.seekToEnd()
        try file.write(contentsOf: Data("cut of\\".utf8))
        try file.close()
        let third = try open()
        try enter("c1 = 1", at: third)
        let entries = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(
            entries == ["a1 = 1", "b1 = 1", "for i = 1, 2 do\\na2 = i end", "b2 = 2", "a3 = 3", "cut of\\", "c1 = 1"])
        terminalUp(third, 5)
        try third.wait(for: "a2 = i end")
    }

    private func terminalUp(_ terminal: PseudoTerminal, _ count: Int) {
        terminal.type(String(repeating: "\u{1B}[A", count: count))
    }

    @Test func aSessionIsSavedAndGoesOnInAnother() throws {
        let first = try open()
        try enter("local rate = 0.25", at: first)
        try enter("function price(x) return x * rate end", at: first)
        #expect(try enter(".save \(cohort.home)/a.lua", at: first).contains("2 entries in"))
        let second = try open()
        try enter(".load \(cohort.home)/a.lua", at: second)
        try enter("rate = 0.5", at: second)
        #expect(try enter("price(8)", at: second).contains("4.0\r\n"))
        #expect(try enter("data = 5", at: second).contains("data hides the module of that name"))
        #expect(try enter(".reset", at: second).contains("a new session"))
        second.type("print('lo' .. 'op') while true do end\r")
        try second.wait(for: "loop\r\n")
        second.type("\u{3}")
        try second.wait(for: "interrupted")
    }

    @Test func aResetRunsInitLuaAgain() throws {
        let startup = "started = (started or 0) + 1 function twice(x) return 2 * x end"
        _ = try cohort.file(".config/cohort/init.lua", startup)
        let terminal = try open()
        try enter("started = 7", at: terminal)
        try enter("mine = 5", at: terminal)
        #expect(try enter(".reset", at: terminal).contains("a new session"))
        #expect(try enter("started * 100 + twice(4)", at: terminal).contains("108\r\n"))
        #expect(try enter("'mine is ' .. tostring(mine)", at: terminal).contains("mine is nil"))
    }
}
