import Support
import Testing

@testable import Tables

@Suite struct TableTests {
    private func table(_ columns: [(String, [Value])]) throws -> Table {
        try Table(names: columns.map(\.0), columns: try columns.map { try Column($0.1, name: $0.0) })
    }

    @Test func refusesColumnsThatDoNotFit() throws {
        #expect(throws: Failure.argument("b", expected: "1 value (as many as 'a' has)", got: "2")) {
            try table([("a", [.integer(1)]), ("b", [.integer(1), .integer(2)])])
        }
        #expect(throws: Failure.argument("columns", expected: "names that are all different", got: "'a' twice")) {
            try table([("a", []), ("a", [])])
        }
        #expect(throws: Failure.self) { try table([("", [])]) }
        // One letter in two spellings, equal for Swift's strings, is two names.
        #expect(try table([("é", []), ("e\u{301}", [])]).names.count == 2)
    }

    @Test func namesNearColumns() throws {
        let table = try table([("price", []), ("城市", []), ("age", []), ("ages", [])])
        #expect(table.hint(for: "prize") == "did you mean 'price'?")
        #expect(table.hint(for: "Age") == "did you mean 'age' or 'ages'?")
        #expect(table.hint(for: "zzz") == "its columns: 'price', '城市', 'age', 'ages'")
        #expect(throws: Failure.self) { try table.column("pric") }
    }

    @Test func setsAndRemovesColumns() throws {
        let one = try table([("a", [.integer(1), .integer(2)])])
        let two = try one.setting("b", to: try Column([.text("x"), .null], name: "b"))
        #expect(two.names == ["a", "b"])
        #expect(one.names == ["a"])
        #expect(try two.setting("a", to: two.columns[1]).row(0) == [.text("x"), .text("x")])
        #expect(try two.removing("a").names == ["b"])
        #expect(throws: Failure.argument("c", expected: "2 values (the number of rows)", got: "1")) {
            try two.setting("c", to: try Column([.null], name: "c"))
        }
    }

    @Test func selectsRowsOfEveryType() throws {
        let table = try Samples.everyType()
        let chosen = try table.selecting([1, 0, 0])
        #expect(chosen.rowCount == 3)
        #expect(chosen.row(0) == table.row(1))
        #expect(chosen.row(1) == table.row(0))
        #expect(chosen.row(2) == table.row(0))
        #expect(try table.head(9).rowCount == 2)
        #expect(try table.head(-1).rowCount == 0)
    }

    @Test func describes() throws {
        let table = try table([
            ("n", [.integer(1), .null, .integer(2), .integer(4)]),
            ("x", [.number(0.1), .number(0.1), .number(0.1), .number(0.1)]),
            ("t", [.text("b"), .text("ab"), .text("b"), .null]), ("e", [.null, .null, .null, .null]),
        ])
        let description = try table.describe()
        #expect(description.names == ["column", "type", "count", "nulls", "distinct", "min", "max", "mean", "std"])
        let first: [Value] = [
            .text("n"), .text("int64"), .integer(3), .integer(1), .integer(3), .text("1"), .text("4"),
        ]
        #expect(Array(description.row(0)[..<7]) == first)
        #expect(description.row(0)[7] == .number(7.0 / 3))
        guard case .number(let deviation) = description.row(0)[8] else {
            Issue.record("the deviation is \(description.row(0)[8])")
            return
        }
        #expect(abs(deviation - (7.0 / 3).squareRoot()) < 1e-15)
        #expect(description.row(1)[7...] == [.number(0.1), .number(0)])
        #expect(
            description.row(2)[2...] == [.integer(3), .integer(1), .integer(2), .text("ab"), .text("b"), .null, .null])
        #expect(description.row(3)[2...] == [.integer(0), .integer(4), .integer(0), .null, .null, .null, .null])
    }

    @Test func joinsTypesOfValues() throws {
        func type(_ values: [Value]) throws -> String { try Column(values, name: "c").type.name }
        #expect(try type([]) == "null")
        #expect(try type([.null, .integer(1), .number(0.5)]) == "double")
        #expect(try type([.list([]), .list([.integer(1)]), .list([.null, .number(1)])]) == "double[]")
        #expect(
            try type([.record([.init("a", .integer(1))]), .record([.init("b c", .text("x"))])])
                == "struct(a int64, \"b c\" varchar)")
        #expect(
            throws: Failure.argument(
                "c", expected: "values of one type (the ones before row 2 make it int64)", got: "text in row 2")
        ) {
            try type([.integer(1), .text("x")])
        }
        #expect(throws: Failure.self) { try type([.list([.integer(1), .text("x")])]) }
    }

    @Test func makesNamesDifferent() {
        #expect(Table.distinct(["a", "a", "a_1", "", "a"]) == ["a", "a_1", "a_1_1", "column4", "a_2"])
    }

    @Test func quotesForSQL() {
        #expect(SQL.quoted("a\"b") == "\"a\"\"b\"")
        #expect(SQL.literal("it's") == "'it''s'")
        // Swift sees a quote with a mark as one character; SQL does not.
        #expect(SQL.literal("'\u{301}") == "'''\u{301}'")
    }

    @Test func parenthesesAreCountedOutsideOfTextAndComments() {
        let cases = [
            ("", 0), ("select ((1) + (2))", 2), ("(()) ((", 2), (")))(", 1), ("'((' || '''((' (", 1),
            ("\"((\"\"(\" (", 1),
            ("-- ((\n(", 1), ("- (-(", 2), ("/* (( * / (( */ (", 1), ("/ (", 1), ("$$ (( $ (( $$ (", 1),
            ("$tag$ (( $$ (( $tag$ (", 1), ("$1 (($2", 2), ("('((", 1), ("$a$ ((", 0), ("/* ((", 0),
        ]
        for (sql, depth) in cases { #expect(SQL.depth(sql.utf8) == depth, "\(sql)") }
    }
}
