import Testing

@testable import Prompt

@Suite struct ProgressLineTests {
    private let line = ProgressLine(label: "encode", done: 600, total: 1000, unit: "texts", elapsed: 3)

    @Test func saysRateAndTimeLeft() {
        #expect(line.text(width: 80) == "encode  [############--------]   60%  600/1,000 texts  200/s  0:02 left")
    }

    @Test(arguments: 1...90) func neverWiderThanTheTerminal(width: Int) {
        #expect(line.text(width: width).count <= max(4, width))
    }

    @Test func unknownTotalsAndEarlyReportsDoNotDivideByZero() {
        let unknown = ProgressLine(label: "read", done: 1_234_567, total: 0, unit: "rows", elapsed: 0)
        #expect(unknown.text(width: 80) == "read  1,234,567 rows  0:00")
        let first = ProgressLine(label: "read", done: 0, total: 10, unit: "rows", elapsed: 1)
        #expect(first.text(width: 80) == "read  [--------------------]    0%  0/10 rows")
        let beyond = ProgressLine(label: "read", done: 20, total: 10, unit: "rows", elapsed: 1)
        #expect(beyond.text(width: 80).contains("100%"))
    }

    @Test func whatIsNotCountedShowsTheTime() {
        let query = ProgressLine(label: "query", done: 0, total: 0, unit: "", elapsed: 72.5)
        #expect(query.text(width: 80) == "query  1:12")
        #expect(query.text(width: 5) == "query")
        let download = ProgressLine(label: "import", done: 3_210_000, total: 117_600_000, unit: "bytes", elapsed: 2)
        #expect(
            download.text(width: 80) == "import  [--------------------]    2%  3.2 MB/118 MB  1.6 MB/s  1:12 left")
        #expect(ProgressLine.bytes(999) == "999 B" && ProgressLine.bytes(999_600) == "1.0 MB")
    }

    @Test func timesAreReadable() {
        #expect(ProgressLine.clock(5) == "0:05")
        #expect(ProgressLine.clock(760) == "12:40")
        #expect(ProgressLine.clock(3723) == "1:02:03")
        #expect(ProgressLine.grouped(-1_234_567) == "-1,234,567")
        #expect(ProgressLine.grouped(999) == "999")
    }
}
