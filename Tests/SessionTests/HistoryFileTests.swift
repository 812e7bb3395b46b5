import Foundation
import Session
import Testing

@Suite struct HistoryFileTests {
    private func temporaryPath() -> String {
        NSTemporaryDirectory() + "cohort-history-\(UUID().uuidString)/state/cohort/history"
    }

    @Test func entriesComeBackInOrderAndWhole() {
        let path = temporaryPath()
        let entries = ["1 + 1", "for i = 1, 3 do\n    print(i, '\\n')\nend", "print \"你好 👋\"", #"a = "\\""#]
        let file = HistoryFile(path: path)
        for entry in entries { #expect(file.append(entry)) }
        #expect(HistoryFile(path: path).load() == entries)
    }

    @Test func aMissingFileIsEmptyAndAnUnwritableOneIsNoError() {
        #expect(HistoryFile(path: temporaryPath()).load().isEmpty)
        #expect(!HistoryFile(path: "/dev/null/history").append("x"))
    }

    @Test func veryLongEntriesAreLeftOut() {
        let file = HistoryFile(path: temporaryPath())
        #expect(file.append(String(repeating: "x", count: HistoryFile.longestEntry + 1)))
        #expect(file.append("short"))
        #expect(file.load() == ["short"])
    }

    @Test func sessionsAtOnceLoseNothing() async {
        let path = temporaryPath()
        let old = HistoryFile(path: path)
        for entry in 0..<500 { old.append("old \(entry)") }
        await withTaskGroup { group in
            for session in 0..<4 {
                group.addTask {
                    // The first to trim cuts the old entries to 220 while the others write.
                    let file = HistoryFile(path: path, limit: 220)
                    for entry in 0..<50 {
                        file.append("session \(session)\nentry \(entry)")
                        if entry % 10 == 9 { file.trim() }
                    }
                }
            }
        }
        let everything = HistoryFile(path: path, limit: 1000).load()
        #expect(everything.count < 500)
        for session in 0..<4 {
            let entries = everything.filter { $0.hasPrefix("session \(session)\n") }
            #expect(entries == (0..<50).map { "session \(session)\nentry \($0)" })
        }
    }

    @Test func aLineCutOffByACrashCostsOnlyItself() throws {
        let path = temporaryPath()
        let file = HistoryFile(path: path)
        file.append("first")
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("half an ent".utf8))
        try handle.close()
        file.append("third")
        #expect(file.load() == ["first", "half an ent", "third"])
    }

    @Test func onlyTheLatestAreKept() {
        let path = temporaryPath()
        let file = HistoryFile(path: path, limit: 3)
        for entry in 1...7 { file.append("\(entry)") }
        file.trim()
        #expect(HistoryFile(path: path, limit: 100).load() == ["5", "6", "7"])
    }

    @Test func theFileIsPrivate() throws {
        let path = temporaryPath()
        let file = HistoryFile(path: path, limit: 1)
        for entry in 1...4 { file.append("\(entry)") }
        file.trim()
        let rights = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(rights == 0o600)
    }
}
