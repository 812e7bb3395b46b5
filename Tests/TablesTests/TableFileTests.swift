import Foundation
import Support
import Testing

@testable import Tables

/// A folder that goes when its test ends.
final class Folder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "cohort-tables-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }

    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let path = "\(self.path)/\(name)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

@Suite(.enabled(if: DuckDB.isInstalled)) struct TableReadTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func rows(_ table: Table) -> [[Value]] { (0..<table.rowCount).map(table.row) }

    private func failure(_ body: () throws -> Void) -> String {
        do {
            try body()
        } catch {
            return (error as? Failure)?.description.replacingOccurrences(of: folder.path + "/", with: "") ?? "\(error)"
        }
        return "no failure"
    }

    private func readFailure(_ name: String, _ text: String, _ options: ReadOptions = ReadOptions()) throws -> String {
        let path = try folder.file(name, text)
        return failure { _ = try Table.read(path, options) }
    }

    @Test func findsTypesThatLoseNothing() throws {
        let path = try folder.file(
            "t.csv",
            """
            id,zip,n,x,ok,day,at,zoned,name,odd,big,none
            1,01234,-5,1.5,true,2024-02-29,2024-01-01 10:00,2024-01-01T10:00:00+08:00,书,1-2-03,12345678901234567890,
            2,99999,9223372036854775807,2,FALSE,,2024-01-01T10:00:00.25,2024-01-01T02:00:00Z,"",x,1,
            """)
        let table = try Table.read(path)
        #expect(
            table.columns.map(\.type.name) == [
                "int64", "varchar", "int64", "double", "boolean", "date", "timestamp", "timestamptz", "varchar",
                "varchar", "varchar",
                "varchar",
            ])
        #expect(
            table.columns.map { $0.text(0) }.prefix(9) == [
                "1", "01234", "-5", "1.5", "true", "2024-02-29", "2024-01-01T10:00:00", "2024-01-01T02:00:00Z", "书",
            ])
        #expect(table.row(1)[5] == .null)
        #expect(table.row(1)[8] == .text(""))
        #expect(table.row(1)[7] == .text("2024-01-01T02:00:00Z"))
        #expect(table.row(0)[10] == .text("12345678901234567890"))
        var options = ReadOptions()
        options.text = ["id"]
        #expect(try Table.read(path, options).columns[0].type == .text)
    }

    @Test func readsEveryLineEndAndMark() throws {
        for (index, text) in [
            "a,b\n1,x\n2,y\n", "a,b\r\n1,x\r\n2,y", "a,b\r1,x\r2,y\r", "\u{feff}a,b\n1,x\n2,y\n", "a,b\r\n1,x\n2,y\r\n",
        ]
        .enumerated() {
            let table = try Table.read(try folder.file("\(index).csv", text))
            #expect(table.names == ["a", "b"])
            #expect(rows(table) == [[.integer(1), .text("x")], [.integer(2), .text("y")]])
        }
        let kept = try Table.read(try folder.file("q.csv", "a,b\r\n1,\"x\r\ny\"\n2,\"\"\"z\"\"\"\n"))
        #expect(rows(kept) == [[.integer(1), .text("x\r\ny")], [.integer(2), .text("\"z\"")]])
    }

    @Test func readsUTF16AndUTF32ByTheirMarks() throws {
        let encodings: [(String, String.Encoding, [UInt8])] = [
            ("le16", .utf16LittleEndian, [0xff, 0xfe]), ("be16", .utf16BigEndian, [0xfe, 0xff]),
            ("le32", .utf32LittleEndian, [0xff, 0xfe, 0, 0]), ("be32", .utf32BigEndian, [0, 0, 0xfe, 0xff]),
        ]
        for (name, encoding, mark) in encodings {
            let path = try folder.file("\(name).csv", mark + Array("城市,n\n北京😀,1\n".data(using: encoding) ?? Data()))
            let table = try Table.read(path)
            #expect(table.names == ["城市", "n"])
            #expect(rows(table) == [[.text("北京😀"), .integer(1)]])
        }
    }

    /// What is larger than any number stays as it is written.
    @Test func numbersThatOverflowStayText() throws {
        let path = try folder.file("large.csv", "a,b\n0.1,0.1\n1e400,-1e300\n")
        let table = try Table.read(path)
        #expect(rows(table) == [[.text("0.1"), .number(0.1)], [.text("1e400"), .number(-1e300)]])
    }

    @Test func asksForTheEncodingAndTakesIt() throws {
        let chinese: [UInt8] = Array("a,b\n1,x\n2,".utf8) + [0xca, 0xe9, 0xb5, 0xea, 0x0a]
        let path = try folder.file("gbk.csv", chinese)
        #expect(
            failure { _ = try Table.read(path) }
                == #"gbk.csv, line 3: is not UTF-8 text (say what it is, for example {encoding = "gb18030"})"#)
        var options = ReadOptions()
        options.encoding = "gbk"
        #expect(try Table.read(path, options).row(1)[1] == .text("书店"))
        let latin = try folder.file("latin.csv", Array("a\ncaf".utf8) + [0xe9, 0x0a])
        #expect(failure { _ = try Table.read(latin) }.contains("windows-1252"))
        options.encoding = "latin-1"
        #expect(try Table.read(latin, options).row(0) == [.text("café")])
        options.encoding = "klingon"
        #expect(failure { _ = try Table.read(latin, options) }.contains("bad argument 'encoding'"))
    }

    @Test func saysWhereARowIsBroken() throws {
        #expect(
            try readFailure("more.csv", "a,b\n1,x\n2,y,z\n")
                == "more.csv, line 3: 3 values where the table has 2 columns: 2,y,z (put quotes around a value that contains the delimiter)"
        )
        #expect(
            try readFailure("less.csv", "a,b\n1,x\n2\n")
                == "less.csv, line 3: 1 value where the table has 2 columns: 2 (write every column, empty ones too)")
        #expect(
            try readFailure("quote.csv", "a,b\n1,\"x\n2,y\n").hasPrefix(
                "quote.csv, line 2: a quoted value does not end"))
    }

    @Test(arguments: [
        "\"a,b\nx,1\n", "\"a,b\nx,\"1\"\n", "a,\"b\"c\n1,2\n",
    ])
    func saysWhereAHeaderIsBroken(_ text: String) throws {
        let first = text.prefix { $0 != "\n" }
        let words =
            "header.csv, line 1: a quoted value does not end as it should: \(first) "
            + "(close the quote, and write a quote inside a quoted value twice)"
        #expect(try readFailure("header.csv", text) == words)
        #expect(try readFailure("header.csv", "\r\n\n" + text) == words.replacing("line 1", with: "line 3"))
    }

    @Test func refusesADamagedParquetFile() throws {
        let start = Array("PAR1".utf8) + [UInt8](repeating: 0xff, count: 100)
        let words = "is a damaged Parquet file (the file may be cut short; get it once more)"
        for length: [UInt8] in [[0xff, 0xff, 0xff, 0xff], [0x20, 0, 0, 0]] {
            let path = try folder.file("d.parquet", start + length + Array("PAR1".utf8))
            let found = failure { _ = try Table.read(path) }
            #expect(found == "d.parquet: \(words)" || found.hasPrefix("d.parquet: is a damaged Parquet file: "))
            #expect(!found.contains("Prefetch") && !found.contains("Error:"))
        }
    }

    @Test func blamesTheOptionAtFault() throws {
        let path = try folder.file("o.csv", "a,b\n1,2\n")
        func refused(_ change: (inout ReadOptions) -> Void) -> String {
            var options = ReadOptions()
            change(&options)
            return failure { _ = try Table.read(path, options) }
        }
        #expect(
            refused { $0.names = ["x", "x"] }
                == "bad argument 'names': names that are all different expected, got 'x' twice")
        #expect(refused { $0.names = ["x", ""] }.hasPrefix("bad argument 'names': names that are not empty"))
        #expect(refused { $0.delimiter = "\0" }.hasPrefix("bad argument 'delimiter'"))
        #expect(refused { $0.nulls = ["", "\0"] }.hasPrefix("bad argument 'nulls'"))
    }

    @Test(arguments: [
        (#"[{"a":1},{"a":2},"#, 1), (#"[{"a":1}"#, 1), (#"[{"a":1},{"a":[1,2]"#, 1), (#"[{"a":"]"#, 1),
        ("\n[\n{\"a\":1},\n{\"a\":2},\n\n", 4),
    ])
    func refusesAnArrayThatIsNotClosed(_ text: String, _ line: Int) throws {
        let first = text.hasPrefix("\n") ? 2 : 1
        #expect(
            try readFailure("cut.json", text)
                == "cut.json, line \(line): the file ends inside the array that begins on line \(first) "
                + "(the file may be cut short; close the array with ])")
    }

    @Test func readsWholeArraysWithBracketsInTexts() throws {
        let whole = #"[{"a":"[{\"\\"},{"a":"]}"}]"#
        #expect(try Table.read(try folder.file("w.json", whole)).rowCount == 2)
        #expect(try readFailure("x.json", #"[{"a":1},{"a":2x}]"#).contains("one array of objects"))
    }

    @Test func refusesWhatIsNoTable() throws {
        #expect(
            failure { _ = try Table.read("\(folder.path)/none.csv") }
                == "none.csv: cannot be opened: No such file or directory")
        #expect(failure { _ = try Table.read("\(folder.path)/*.csv") } == "*.csv: matches no file")
        #expect(failure { _ = try Table.read(folder.path) }.contains("is a folder"))
        #expect(try readFailure("empty.csv", "").hasPrefix("empty.csv: holds no data"))
        #expect(try readFailure("empty.jsonl", "\n").hasPrefix("empty.jsonl: holds no data"))
        #expect(
            try readFailure("twice.csv", "a,b,a\n1,2,3\n").hasPrefix(
                "twice.csv, line 1: two columns are called 'a' (1 and 3)"))
        #expect(
            try readFailure("nameless.csv", "a,,b\n1,2,3\n").hasPrefix("nameless.csv, line 1: column 2 has no name"))
        #expect(try readFailure("what.xyz", "a").contains("bad argument 'path'"))
        #expect(
            try readFailure("fake.parquet", "a,b\n1,2\n and some more").hasPrefix("fake.parquet: is not a Parquet file")
        )
        #expect(try readFailure("fake.csv.gz", "a,b\n").hasPrefix("fake.csv.gz: is not a whole gzip file"))
        var options = ReadOptions()
        options.names = ["x", "y", "z"]
        #expect(rows(try Table.read("\(folder.path)/twice.csv", options)) == [[.integer(1), .integer(2), .integer(3)]])
    }

    @Test func readsATableWithoutRows() throws {
        let table = try Table.read(try folder.file("header.csv", "a,b\n"))
        #expect(table.names == ["a", "b"])
        #expect(table.rowCount == 0)
        #expect(try Table.read(try folder.file("bare.csv", "a,b")).rowCount == 0)
    }

    @Test func keepsUnusualTexts() throws {
        let long = String(repeating: "书", count: 100_000)
        let path = try folder.file(
            "odd.csv", "a,b\n1,\(long)\n2,x\0y\n3,👨‍👩‍👧\n4,\"\"\n5,\n6,\"line\nbreak, \"\"quoted\"\"\"\n")
        let column = try Table.read(path).columns[1]
        #expect(
            (0..<6).map { column[$0] } == [
                .text(long), .text("x\0y"), .text("👨‍👩‍👧"), .text(""), .null, .text("line\nbreak, \"quoted\""),
            ])
        let huge = String(repeating: "x", count: 3_000_000)
        #expect(try Table.read(try folder.file("huge.csv", "a\n\(huge)\n")).row(0) == [.text(huge)])
    }

    @Test func findsTheDelimiterAndTakesOptions() throws {
        #expect(rows(try Table.read(try folder.file("s.csv", "a;b\n1;x\n"))) == [[.integer(1), .text("x")]])
        #expect(rows(try Table.read(try folder.file("t.tsv", "a\tb\n1\tx,y\n"))) == [[.integer(1), .text("x,y")]])
        var options = ReadOptions()
        options.delimiter = "|"
        options.header = false
        options.nulls = ["NA", ""]
        let table = try Table.read(try folder.file("p.csv", "1|NA\n2|\"NA\"\n"), options)
        #expect(table.names == ["column1", "column2"])
        #expect(rows(table) == [[.integer(1), .null], [.integer(2), .text("NA")]])
        options.delimiter = "ab"
        #expect(failure { _ = try Table.read("\(folder.path)/p.csv", options) }.contains("bad argument 'delimiter'"))
    }

    @Test func readsManyFilesInOrder() throws {
        for (name, text) in [("b.csv", "x,y\n2,q\n"), ("a.csv", "x,y\n1,p\n"), ("c.csv", "y,x\nr,z3\n")] {
            _ = try folder.file(name, text)
        }
        let table = try Table.read("\(folder.path)/?.csv")
        #expect(rows(table) == [[.text("1"), .text("p")], [.text("2"), .text("q")], [.text("z3"), .text("r")]])
        let odd = try folder.file("d[1].csv", "x,y\n5,s\n")
        #expect(rows(try Table.read(odd)) == [[.integer(5), .text("s")]])
        _ = try folder.file("e.csv", "x\n1\n")
        #expect(failure { _ = try Table.read("\(folder.path)/[ae].csv") }.contains("has no column 'y'"))
    }

    @Test func readsJSON() throws {
        let path = try folder.file(
            "j.jsonl",
            #"""
            {"a": 1, "id": "1-2-03", "uuid": "AAAAAAAA-1111-1111-1111-111111111111", "day": "2024-01-01", "l": [1, 2], "r": {"d": "2024-01-01"}}
            {"a": null, "id": "007", "uuid": "x\u0000y", "day": "2024-01-02", "l": [], "r": {"d": null}}
            """#)
        let table = try Table.read(path)
        #expect(
            table.columns.map(\.type.name) == ["int64", "varchar", "varchar", "date", "int64[]", "struct(d varchar)"])
        #expect(table.row(0)[1] == .text("1-2-03"))
        #expect(table.row(0)[2] == .text("AAAAAAAA-1111-1111-1111-111111111111"))
        #expect(table.row(1)[2] == .text("x\0y"))
        #expect(table.row(0)[4] == .list([.integer(1), .integer(2)]))
        #expect(try Table.read(try folder.file("m.jsonl", "\u{feff}{\"a\":1}\n")).row(0) == [.integer(1)])
        #expect(try Table.read(try folder.file("m.json", "[{\"a\":1},{\"a\":2}]")).rowCount == 2)
        for (text, line) in [
            ("{\"a\":x}\n", 1), ("{\"a\":1}\n{\"a\":\n", 2), ("{\"a\":1}\n{\"a\":x}\n{\"a\":2}\n", 2),
            ("{\"a\":1}\r\n\r\n \n{\"a\":x}", 4), ("{\"a\":1}\n{\"a\":2\n{\"a\":3}\n", 2),
            ("\n{\"a\":1} 2\n{\"a\":3}", 2),
        ] {
            let failure = try readFailure("bad.jsonl", text)
            #expect(failure.hasPrefix("bad.jsonl, line \(line): "), "\(text): \(failure)")
        }
        #expect(try readFailure("gap.jsonl", "{\"a\":1}\n\n[1]\n").hasPrefix("gap.jsonl, line 3: holds a value that"))
        #expect(
            try readFailure("list.jsonl", "{\"a\":1}\n[1]\n").hasPrefix(
                "list.jsonl, line 2: holds a value that is not an object"))
        #expect(try readFailure("lists.jsonl", "[1]\n[2]\n").contains("line 1: holds a value that is not an object"))
    }
}
