import Display
import Support
import Tables
import Testing

@Suite struct TableDisplayTests {
    private func table(_ columns: [(String, [Value])]) throws -> Table {
        try Table(names: columns.map(\.0), columns: try columns.map { try Column($0.1, name: $0.0) })
    }

    @Test func drawsABox() throws {
        let table = try table([
            ("id", [.integer(1), .integer(20), .null]), ("城市", [.text("北京"), .text("x😀"), .text("")]),
            ("note", [.text("NULL"), .null, .text("a\nb")]),
        ])
        #expect(
            table.text(width: 80) == """
                ┌───────┬─────────┬─────────┐
                │  id   │  城市   │  note   │
                │ int64 │ varchar │ varchar │
                ├───────┼─────────┼─────────┤
                │     1 │ 北京    │ 'NULL'  │
                │    20 │ x😀     │ NULL    │
                │  NULL │         │ a\\nb    │
                └───────┴─────────┴─────────┘
                3 rows, 3 columns
                """)
    }

    @Test func cutsLongTablesInTheMiddle() throws {
        let table = try table([("n", (1...943).map { .integer($0) })])
        #expect(
            table.text(width: 80) == """
                ┌───────┐
                │   n   │
                │ int64 │
                ├───────┤
                │     1 │
                │     2 │
                │     3 │
                │     4 │
                │     5 │
                │   ·   │
                │   939 │
                │   940 │
                │   941 │
                │   942 │
                │   943 │
                └───────┘
                943 rows, 1 column (10 shown)
                """)
        #expect(table.columns[0].text(width: 80).hasSuffix("943 rows (10 shown)"))
    }

    @Test func staysWithinTheWidth() throws {
        let long = Value.text(String(repeating: "书店 and more ", count: 1_000))
        let wide = try table((1...30).map { ("column \($0)", [long, .text("x")]) })
        for width in [20, 40, 41, 80, 120, 400] {
            let text = wide.text(width: width)
            for line in text.split(separator: "\n") { #expect(DisplayWidth.of(String(line)) <= width) }
            #expect(text.contains("2 rows, 30 columns"))
            #expect(text.contains("│ … │"))
        }
        let two = try table([("n", [.integer(1)]), ("text", [long])]).text(width: 60)
        #expect(two.split(separator: "\n").dropLast().allSatisfy { DisplayWidth.of(String($0)) == 60 })
    }

    @Test func numbersKeepFourDecimalsWhereColumnsWouldBeLeftOut() throws {
        let values: [Double] = [
            242.08565634765626, 0.49999884373059633, 1.2345678901e-7, -0.000012345678, 1e300 / 3, 0.25, .nan,
        ]
        let names = (1...6).map { "mean \($0)" }
        let table = try table(names.map { ($0, values.map(Value.number)) })
        let narrow = table.text(width: 90)
        #expect(narrow.contains("242.0857") && narrow.contains("0.5 ") && narrow.contains("1.2346e-07"))
        #expect(narrow.contains("-1.2346e-05") && narrow.contains(" 0.25 ") && narrow.contains("nan"))
        #expect(narrow.hasSuffix("7 rows, 6 columns, numbers rounded"))
        // What fits is whole, and so is what is asked for whole.
        #expect(table.text(width: 200).contains("0.49999884373059633"))
        #expect(table.text(in: Frame(width: 40, isWhole: true)).contains("0.49999884373059633"))
        for line in narrow.split(separator: "\n") { #expect(DisplayWidth.of(String(line)) <= 90) }
    }

    @Test func showsATableWithoutRowsOrColumns() throws {
        #expect(try table([("a", [])]).text(width: 80).hasSuffix("0 rows, 1 column"))
        #expect(try table([]).text(width: 80) == "empty table: 0 columns")
    }
}
