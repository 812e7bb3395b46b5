import Foundation
import Support
import Testing

@Suite struct FileSystemTests {
    @Test(
        arguments: [
            ("/a/b", "/a", "b"), ("/a/b/", "/a", "b"), ("a/b", "a", "b"), ("/a", "/", "a"), ("a", nil, "a"),
            ("/", nil, "/"), ("", nil, ""),
        ] as [(String, String?, String)])
    func pathsComeApart(_ path: String, _ parent: String?, _ last: String) {
        #expect(FileSystem.parent(of: path) == parent)
        #expect(FileSystem.lastComponent(of: path) == last)
    }

    @Test func removingDoesNotFollowLinks() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("files-\(UUID().uuidString)").path
        defer { FileSystem.remove(folder) }
        try FileSystem.makeFolder("\(folder)/kept/inner")
        try FileSystem.makeFolder("\(folder)/gone/deep/deeper")
        try FileManager.default.createSymbolicLink(atPath: "\(folder)/gone/link", withDestinationPath: "\(folder)/kept")
        FileSystem.remove("\(folder)/gone")
        #expect(try FileSystem.names(in: folder) == ["kept"])
        #expect(FileSystem.isFolder("\(folder)/kept/inner"))
    }

    @Test func aFolderOfManyNamesIsListedInOrder() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("files-\(UUID().uuidString)").path
        defer { FileSystem.remove(folder) }
        try FileSystem.makeFolder(folder)
        // Of every length, so that entries end anywhere in the system's buffer, at its very end too.
        let names = (0..<2_000).map { "\(10_000 + $0)" + String(repeating: "书", count: $0 % 80) }
        for name in names { #expect(FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: nil)) }
        #expect(try FileSystem.names(in: folder) == names)
    }

    @Test func aFullDiskIsSeenBeforehand() {
        #expect(throws: Failure.self) { try FileSystem.requireSpace(.max, at: "/tmp") }
        #expect(throws: Never.self) { try FileSystem.requireSpace(1, at: "/tmp") }
    }
}
