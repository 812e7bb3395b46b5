import Testing

@testable import Tables

@Suite struct TextScanTests {
    private func scan(_ bytes: [UInt8]) -> TextScan {
        bytes.withUnsafeBytes { TextScan($0, delimiter: UInt8(ascii: ","), quote: UInt8(ascii: "\"")) }
    }

    @Test(
        arguments: [
            ([0xc3, 0x28], 0), ([0x41, 0xc0, 0x80], 1), ([0xe0, 0x80, 0x80], 0), ([0xed, 0xa0, 0x80], 0),
            ([0xf4, 0x90, 0x80, 0x80], 0),
            ([0x41, 0xe4, 0xb9], 1), ([0x80], 0), ([0xff], 0),
        ] as [([UInt8], Int)])
    func findsBytesThatAreNotUTF8(_ bytes: [UInt8], _ position: Int) {
        #expect(scan(bytes).invalid?.position == position)
        // The standard library has the last word.
        #expect(String(validating: bytes, as: UTF8.self) == nil)
    }

    @Test func agreesWithTheStandardLibraryOnUTF8() {
        for text in ["", "a", "书😀é\u{10ffff}", "a\0b"] { #expect(scan(Array(text.utf8)).invalid == nil) }
        for first in UInt8(0x80)...0xff {
            for second in stride(from: UInt8(0), through: 0xf0, by: 0x10) {
                let bytes: [UInt8] = [first, second, 0x80, 0x80]
                #expect((scan(bytes).invalid == nil) == (String(validating: bytes, as: UTF8.self) != nil))
            }
        }
    }

    @Test func tellsTheLine() {
        #expect(scan(Array("a\nb\r\n\"c\nd\",".utf8) + [0xff]).invalid?.line == 4)
    }

    @Test func followsQuotes() {
        #expect(!scan(Array("a,b\n1,\"x\r\ny\"\n".utf8)).hasMixedLineEnds)
        #expect(scan(Array("a,b\n1,x\r\n".utf8)).hasMixedLineEnds)
        #expect(scan(Array("a,b\n1,x\"\r\n".utf8)).hasMixedLineEnds)
        #expect(scan(Array("a\r1\n".utf8)).hasMixedLineEnds)
        #expect(!scan(Array("a\n\"x\"\"\r\"\n".utf8)).hasMixedLineEnds)
        #expect(scan(Array("ab\n\"x\ny\nz\",2\n3".utf8)).longestRecord == 9)
    }

    @Test func splitsTheFirstRecord() {
        func first(_ text: String) -> [String] {
            Array(text.utf8).withUnsafeBytes { PreparedText.firstRecord($0, delimiter: UInt8(ascii: ",")).values }
        }
        #expect(first("a,b\n1,2") == ["a", "b"])
        #expect(first("\"a,\"\"1\"\"\nx\",b\r\n") == ["a,\"1\"\nx", "b"])
        #expect(first("\n\na,\n") == ["a", ""])
        #expect(first("a") == ["a"])
    }

    @Test func readsVersionsOutOfNames() {
        #expect(SharedLibrary.pythonVersion(in: "/x/_duckdb.cpython-311-x86_64-linux-gnu.so") == "3.11")
        #expect(SharedLibrary.pythonVersion(in: "libduckdb.so") == nil)
    }
}
