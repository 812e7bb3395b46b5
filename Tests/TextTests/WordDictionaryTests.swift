import Foundation
import Support
import Testing
import Text

@Suite struct WordDictionaryTests {
    private func dictionary(_ content: String) throws -> WordDictionary {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("words-\(UUID().uuidString).txt").path
        try content.write(toFile: path, atomically: true, encoding: .utf8)
        defer { unlink(path) }
        return try WordDictionary(path)
    }

    @Test func tagsAreThoseOfTheFile() throws {
        let dictionary = try Goldens.dictionary()
        #expect(dictionary.tag("手机") == "n")
        #expect(dictionary.tag("t恤") == "n")
        #expect(dictionary.tag("T恤") == "n")
        #expect(dictionary.tag("长江大") == nil)
        #expect(dictionary.tag("") == nil)
        #expect(dictionary.count == 72)
    }

    @Test func linesMayLackTagsAndEndInAnyWay() throws {
        let dictionary = try dictionary("书 10\r\n\n手机\t20\tn\n酒店 5 n")
        #expect(dictionary.count == 3)
        #expect(dictionary.tag("书") == nil)
        #expect(dictionary.tag("手机") == "n")
        #expect(dictionary.tag("酒店") == "n")
    }

    @Test func brokenFilesAreRefused() throws {
        let line = #expect(throws: Failure.self) { try dictionary("书 10 n\n手机 many n\n") }
        #expect(line?.description.hasSuffix("line 2: is not of the form \"word frequency tag\"") == true)
        #expect(throws: Failure.self) { try dictionary("书 99999999999999999999 n\n") }
        #expect(throws: Failure.self) { try dictionary("") }
        #expect(throws: Failure.self) { try WordDictionary("/no/such/file") }
    }
}
