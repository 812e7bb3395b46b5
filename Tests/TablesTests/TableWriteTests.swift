import Foundation
import Support
import Testing

@testable import Tables

@Suite(.enabled(if: DuckDB.isInstalled)) struct TableWriteTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func rows(_ table: Table) -> [[Value]] { (0..<table.rowCount).map(table.row) }

    @Test func keepsEveryTypeInParquet() throws {
        let table = try Samples.everyType()
        let path = "\(folder.path)/t.parquet"
        try table.write(path)
        let copy = try Table.read(path)
        #expect(copy.names == table.names)
        for (name, pair) in zip(table.names, zip(table.columns, copy.columns)) {
            // Parquet has no lists of fixed length.
            if case .fixedList(let element, _) = pair.0.type {
                #expect(pair.1.type == .list(element) || pair.1.type == pair.0.type)
            } else {
                #expect(pair.1.type == pair.0.type, "\(name)")
            }
        }
        #expect(rows(copy) == rows(table))
        #expect(folder.names == ["t.parquet"])
    }

    @Test func quotesInCSV() throws {
        let texts: [Value] = [
            .text("a,b"), .text("\"q\""), .text("x\ny"), .text(""), .null, .text("书😀"), .text("  "), .text("a\0b"),
        ]
        let table = try Table(
            names: ["n\"1", "t,2"],
            columns: [try Column((1...8).map { .integer($0) }, name: "n"), try Column(texts, name: "t")])
        for ending in ["csv", "tsv", "csv.gz"] {
            try table.write("\(folder.path)/q.\(ending)")
            let copy = try Table.read("\(folder.path)/q.\(ending)")
            #expect(copy.names == table.names)
            #expect(rows(copy) == rows(table), "\(ending)")
        }
        let bytes = try String(contentsOfFile: "\(folder.path)/q.csv", encoding: .utf8)
        #expect(bytes.hasPrefix("\"n\"\"1\",\"t,2\"\n1,\"a,b\"\n2,\"\"\"q\"\"\"\n3,\"x\ny\"\n4,\"\"\n5,\n6,书😀\n"))
    }

    @Test func returnsWhatWasWritten() throws {
        var generator = SeededGenerator(seed: 7)
        let words = [
            "", "a", "书店", "😀", "x,y", "\"", "line\nbreak", "tab\t", "NULL", "null", "nan", " x ", "'", "\\", "a\0b",
            "true", "1",
        ]
        for round in 0..<12 {
            let count = generator.below(40) + (round == 0 ? 3_000 : 1)
            func values(_ make: () -> Value) -> [Value] {
                (0..<count).map { _ in generator.below(6) == 0 ? .null : make() }
            }
            let numbers = values { .integer(Int64(truncatingIfNeeded: generator.next()) >> Int64(generator.below(63))) }
            let reals = values { .number(generator.normal() * 1e3) }
            let truths = values { .bool(generator.below(2) == 0) }
            let texts = values { .text(words[generator.below(words.count)]) }
            // One text that nothing else can be keeps the column text.
            let columns = [numbers, reals, truths, texts].map { $0 + [Value.null] }
            let last = columns[3].dropLast() + [.text("z")]
            let table = try Table(
                names: ["i", "数", "b", "t"],
                columns: [
                    try Column(columns[0].dropLast() + [.integer(1)], name: "i"),
                    try Column(columns[1].dropLast() + [.number(0.5)], name: "r"),
                    try Column(columns[2].dropLast() + [.bool(true)], name: "b"), try Column(Array(last), name: "t"),
                ])
            for ending in ["csv", "tsv", "jsonl", "json", "parquet", "jsonl.gz"] {
                let path = "\(folder.path)/r.\(ending)"
                try table.write(path)
                let copy = try Table.read(path)
                #expect(copy.names == table.names)
                #expect(copy.columns.map(\.type) == table.columns.map(\.type), "\(ending)")
                #expect(rows(copy) == rows(table), "\(ending) \(round)")
            }
        }
    }

    @Test func leavesTheOldFileWhenTheDiskIsFull() async {
        // In a process of its own, since the limit that stands for a full disk holds for all of one.
        await #expect(processExitsWith: .success) {
            let folder = try Folder()
            let path = try folder.file("old.csv", "a\n1\n")
            // Random, so that no format squeezes it below the limit.
            var generator = SeededGenerator(seed: 1)
            let texts = (0..<50_000).map { _ in Value.text(String(generator.next(), radix: 36)) }
            let table = try Table(names: ["a"], columns: [try Column(texts, name: "a")])
            _ = try DuckDB.database()
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
            try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
            for ending in ["csv", "parquet", "jsonl"] {
                let target = ending == "csv" ? path : "\(folder.path)/new.\(ending)"
                do throws(Failure) {
                    try table.write(target)
                    exit(2)
                } catch {
                    guard error.kind == .file(path: target), error.problem == "cannot be written: File too large" else {
                        print(error)
                        exit(3)
                    }
                }
            }
            guard folder.names == ["old.csv"], try String(contentsOfFile: path, encoding: .utf8) == "a\n1\n" else {
                exit(4)
            }
        }
    }

    @Test func refusesWhatCannotBeWritten() throws {
        let table = try Table(names: ["a"], columns: [try Column([.integer(1)], name: "a")])
        #expect(throws: Failure.self) { try table.write("\(folder.path)/none/t.csv") }
        #expect(throws: Failure.self) { try table.write("\(folder.path)/t.xls") }
        #expect(throws: Failure.self) { try Table(names: [], columns: []).write("\(folder.path)/t.csv") }
        #expect(folder.names.isEmpty)
    }

    @Test func refusesNamesThatDifferOnlyInCase() throws {
        let table = try Table(
            names: ["Ab", "aB"], columns: [try Column([.integer(1)], name: "a"), try Column([.integer(2)], name: "A")])
        let failure = Failure.argument(
            "table", expected: "column names that differ in more than case", got: "'Ab' and 'aB'",
            hint: "rename one of them")
        #expect(throws: failure) { try table.write("\(folder.path)/case.csv") }
        #expect(throws: failure) { try table.sql("select * from this") }
    }
}
