import Foundation
import Testing

/// Tab, paste and the keys of entries with several lines, at a terminal.
@Suite(.timeLimit(.minutes(20))) struct TabTests {
    let cohort: Executable

    init() throws { cohort = try Executable() }

    private func open(_ changes: [String: String] = [:], columns: UInt16 = 100, rows: UInt16 = 30) throws
        -> PseudoTerminal
    {
        let terminal = try PseudoTerminal(
            ["--quiet"], environment: cohort.environment.merging(changes) { $1 }, columns: columns, rows: rows)
        try terminal.wait(for: "cohort> ")
        return terminal
    }

    @Test func tabCompletesAndTheLineRuns() throws {
        let terminal = try open()
        terminal.type("cluster.km\t")
        try terminal.wait(for: "eans")
        terminal.type(" == cluster.kmeans and 'com' .. 'pleted'\r")
        try terminal.wait(for: "\"completed\"")
    }

    @Test func nothingIsPutBehindAFunction() throws {
        let terminal = try open()
        terminal.type("#tostri\t(12345)\r")
        try terminal.wait(for: "#tostring(12345)")
        try terminal.wait(for: "5\r\n")
    }

    @Test func theSecondTabListsWithALineOnEach() throws {
        let terminal = try open(columns: 60)
        terminal.type("cluster.\t\t")
        let list = try terminal.wait(for: "load")
        #expect(list.contains("kmeans"))
        let rest = try terminal.wait(for: "cohort> cluster.")
        let rows = (list + rest).components(separatedBy: "\r\n").dropFirst().dropLast()
        #expect(rows.count == 3)
        #expect(rows.contains { $0.hasPrefix("kmeans    Groups") })
        #expect(rows.allSatisfy { $0.count <= 60 })
        terminal.type("kmeans ~= nil\r")
        try terminal.wait(for: "true\r\n")
    }

    @Test func aCommonBeginningIsCompletedFirst() throws {
        let terminal = try open()
        terminal.type("revenue_january = 1 revenue_june = 2\r")
        try terminal.wait(for: "cohort> ")
        terminal.type("rev\ta\t + 40\r")
        try terminal.wait(for: "revenue_january + 40\r\n")
        try terminal.wait(for: "41\r\n")
    }

    @Test func stringsAreClosed() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("n\n1\n".utf8).write(to: folder.appendingPathComponent("二月 sales.csv"))
        let terminal = try open(columns: 200)
        terminal.type("#io.open('\(folder.path)/\t):read('a')\r")
        try terminal.wait(for: "二月 sales.csv'):read(")
        try terminal.wait(for: "4\r\n")
        try terminal.wait(for: "cohort> ")
        // A quote that is there already is not written twice.
        terminal.type("('eucl')\u{1B}[D\u{1B}[D\u{2}\u{6}\t\r")
        try terminal.wait(for: "\"eucl\"\r\n")
    }

    @Test func optionsAndColumnsAreCompleted() throws {
        let terminal = try open()
        terminal.type("users = data.table{['城市'] = {'a'}, age = {7}}\r")
        try terminal.wait(for: "cohort> ")
        terminal.type("users.城\t[1]\r")
        try terminal.wait(for: "[\"城市\"][1]")
        try terminal.wait(for: "\"a\"\r\n")
        try terminal.wait(for: "cohort> ")
        terminal.type("cluster.kmeans({{1}, {5}}, {k = 2, metr\t\"cos\t}).metric\r")
        try terminal.wait(for: "metric = \"cosine\"}).metric")
        try terminal.wait(for: "\"cosine\"\r\n")
    }

    @Test func earlierLinesOfAnEntryAreKnown() throws {
        let terminal = try open()
        terminal.type("do\r")
        try terminal.wait(for: "......> ")
        terminal.type("local model = cluster.kmeans({{1}, {5}}, {k = 2})\r")
        try terminal.wait(for: "......> ")
        // At the beginning of a line Tab indents.
        terminal.type("\tprint(model:pred\t({{5}}):totable()[1] > 0)\r")
        try terminal.wait(for: "  print(model:predict(")
        try terminal.wait(for: "......> ")
        terminal.type("end\r")
        try terminal.wait(for: "true\r\n")
    }

    @Test func aLongListIsShownAScreenAtATime() throws {
        let terminal = try open(rows: 10)
        terminal.type("for i = 100, 199 do _G['name_' .. i] = i end\r")
        try terminal.wait(for: "cohort> ")
        terminal.type("name_\t\t")
        // The first Tab puts in what all have in common.
        try terminal.wait(for: "name_1")
        terminal.type("\t")
        let first = try terminal.wait(for: "91 more")
        #expect(first.contains("name_108") && !first.contains("name_109"))
        terminal.type(" ")
        try terminal.wait(for: "name_117")
        try terminal.wait(for: "82 more")
        terminal.type("\r")
        try terminal.wait(for: "81 more")
        terminal.type("q")
        try terminal.wait(for: "cohort> name_1")
        terminal.type("\t")
        try terminal.wait(for: "more")
        // Ctrl-C in the list throws the line away.
        terminal.type("\u{3}")
        try terminal.wait(for: "cohort> ")
        terminal.type("'still ' .. 'here'\r")
        try terminal.wait(for: "\"still here\"")
    }

    @Test func wideNamesAreAligned() throws {
        let terminal = try open(columns: 40)
        terminal.type("t = {['城市名称'] = 'Shanghai', ab = 5}\r")
        try terminal.wait(for: "cohort> ")
        terminal.type("t['\t\t")
        let list = try terminal.wait(for: "cohort> t['")
        #expect(list.contains("ab        5\r\n城市名称  'Shanghai'\r\n"))
    }

    @Test func aTabInAPasteIsText() throws {
        let terminal = try open()
        terminal.type("\u{1B}[200~#'a\tb\tc'\u{1B}[201~\r")
        try terminal.wait(for: "5\r\n")
    }

    @Test func pastedPromptsAndResultsAreLeftOut() throws {
        let terminal = try open()
        terminal.type(
            "\u{1B}[200~cohort> x = 20\ncohort> x + 1\n21\ncohort> for i = 1, 2 do\n......> x = x + i\n......> end\u{1B}[201~\r"
        )
        try terminal.wait(for: "21\r\n")
        try terminal.wait(for: "21\r\n")
        try terminal.wait(for: "cohort> ")
        terminal.type("> x * 100\r")
        try terminal.wait(for: "2300\r\n")
    }

    @Test func aPasteOfSeveralEntriesRunsOneAfterTheOther() throws {
        let terminal = try open()
        terminal.type("\u{1B}[200~a = 6\na * 7\nfor i = 1, 2 do\n  a = a + i\nend\na * 1000\n\u{1B}[201~\r")
        try terminal.wait(for: "42\r\n")
        try terminal.wait(for: "9000\r\n")
        try terminal.wait(for: "cohort> ")
        // Each can be recalled by itself.
        terminal.type("\u{1B}[A\u{1B}[A\u{1B}[A\r")
        try terminal.wait(for: "42\r\n".replacing("42", with: "63"))
    }

    @Test func upMovesWithinAnEntryThatIsEdited() throws {
        let terminal = try open()
        terminal.type("do\r")
        try terminal.wait(for: "......> ")
        terminal.type("total = 1\r")
        try terminal.wait(for: "......> ")
        terminal.type("end\r")
        try terminal.wait(for: "cohort> ")
        // Recalled, a step to the left, up into the second line and a digit there, down and up once more and another.
        terminal.type("\u{1B}[A\u{1B}[D\u{1B}[A5\u{1B}[B\u{1B}[A6\r")
        try terminal.wait(for: "\u{1B}[?2004l")
        try terminal.wait(for: "cohort> ")
        terminal.type("'is ' .. to56tal\r")
        try terminal.wait(for: "\"is 1\"")
        try terminal.wait(for: "cohort> ")
        // While recalling, Up goes on to older entries.
        terminal.type("\u{1B}[A\u{1B}[A\u{1B}[A\r")
        try terminal.wait(for: "cohort> ")
        terminal.type("'was ' .. total\r")
        try terminal.wait(for: "\"was 1\"")
    }

    @Test func aSimpleTerminalCompletesToo() throws {
        let terminal = try open(["TERM": "dumb"])
        terminal.type("cluster.km\t ~= nil\r")
        try terminal.wait(for: "kmeans ~= nil")
        try terminal.wait(for: "true\r\n")
        try terminal.wait(for: "cohort> ")
        terminal.type("cluster.\t\t")
        let list = try terminal.wait(for: "cohort> cluster.")
        #expect(list.contains("choose_k  ") && !list.contains("\u{1B}"))
    }
}
