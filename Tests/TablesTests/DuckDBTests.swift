import Foundation
import Support
import Testing

@testable import Tables

@Suite struct DuckDBTests {
    @Test func saysWhatToInstall() async {
        await #expect(processExitsWith: .success) {
            let folder = try Folder()
            setenv("COHORT_HOME", folder.path, 1)
            unsetenv("COHORT_DUCKDB")
            // Nothing to test where the system has a library of its own.
            if (try? SharedLibrary.open("libduckdb.so")) != nil { exit(0) }
            do throws(Failure) {
                _ = try DuckDB.database()
                exit(2)
            } catch {
                guard error.problem.contains("is not installed"), error.hint?.contains("scripts/quickstart") == true
                else { exit(3) }
            }
            setenv("COHORT_DUCKDB", "\(folder.path)/none.so", 1)
            do throws(Failure) {
                _ = try DuckDB.database()
                exit(4)
            } catch {
                guard case .file = error.kind else { exit(5) }
            }
            // Any other library is no driver.
            setenv("COHORT_DUCKDB", try folder.file("libduckdb.so", "not a library"), 1)
            do throws(Failure) {
                _ = try DuckDB.database()
                exit(6)
            } catch {
                guard error.problem.contains("cannot be loaded") else { exit(7) }
            }
        }
    }

    @Test(.enabled(if: DuckDB.isInstalled)) func stopsAQuery() throws {
        let cancellation = Cancellation()
        Thread.detachNewThread {
            usleep(100_000)
            cancellation.cancel()
        }
        let start = Date()
        #expect(throws: Failure.cancelled) {
            try Table.query(
                "select count(*) from range(10000000000) a, range(1000000)", work: Work(cancellation: cancellation))
        }
        #expect(Date().timeIntervalSince(start) < 60)
        #expect(try Table.query("select 7 as n").row(0) == [.integer(7)])
    }

    @Test(.enabled(if: DuckDB.isInstalled)) func refusesParenthesesThatNothingCloses() {
        let failure = #expect(throws: Failure.self) {
            try Table.query("select \(String(repeating: "(", count: 1_000_000))")
        }
        #expect(
            failure?.description.contains("at most 1000 parentheses open at once expected, got 1000000") == true,
            "\(String(describing: failure))")
    }

    @Test(.enabled(if: DuckDB.isInstalled)) func bindsEveryKindOfParameter() throws {
        let values: [Value] = [
            .integer(1), .number(0.5), .text("it's; drop table x\0"), .bool(true), .null, .bytes([0xff, 0]),
            .list([.integer(1), .null]),
        ]
        let names = values.indices.map { "$\($0 + 1) as c\($0)" }.joined(separator: ", ")
        #expect(try Table.query("select \(names)", values).row(0) == values)
        #expect(throws: Failure.self) { try Table.query("select 1\0") }
    }

    @Test(
        .enabled(if: DuckDB.isInstalled),
        arguments: [
            ("select 1", 1, "no values (the query has no parameters)"),
            ("select ?", 2, "1 value (the number of the query's parameters)"),
            ("select ?, ?", 1, "2 values (the number of the query's parameters)"),
            ("select 1; select $1 + $2", 3, "2 values (the number of the query's parameters)"),
            ("create temp table t as select 1", 1, "no values (the query has no parameters)"),
        ])
    func refusesAnotherNumberOfParameters(_ query: String, _ given: Int, _ expected: String) {
        #expect(throws: Failure.argument("params", expected: expected, got: "\(given)")) {
            try Table.query(query, Array(repeating: .integer(1), count: given))
        }
    }

    @Test(.enabled(if: DuckDB.isInstalled)) func bindsOneParameterTwice() throws {
        #expect(try Table.query("select $1 + $1 as n", [.integer(2)]).row(0) == [.integer(4)])
    }

    @Test(.enabled(if: DuckDB.isInstalled)) func keepsTablesApart() throws {
        let table = try Table(names: ["n"], columns: [try Column((1...5_000).map { .integer($0) }, name: "n")])
        #expect(try table.sql("select sum(n) as s from this").row(0) == [.integer(12_502_500)])
        // Order is the order of the rows, also across the batches a result comes in.
        let copy = try table.sql("select n from this")
        #expect((0..<5_000).allSatisfy { copy.columns[0][$0] == table.columns[0][$0] })
        #expect(throws: Failure.self) { try Table.query("select * from this") }
        let quoted = try Table.query("select * from \"a b\"\"c\"", tables: [("a b\"c", table)])
        #expect(quoted.rowCount == 5_000)
    }

    @Test(.enabled(if: DuckDB.isInstalled)) func reportsAnErrorLateInAResult() throws {
        let failure = #expect(throws: Failure.self) {
            try Table.query("select cast(case when range = 4000 then 'abc' else '1' end as int) as n from range(5000)")
        }
        #expect(failure?.problem.contains("abc") == true)
    }
}
