import Foundation
import Testing

@testable import Support

@Suite struct SourceFileTests {
    @Test func aDeviceIsNoScript() throws {
        #expect(throws: Failure.self) { try SourceFile.content(of: "/dev/zero", isInterrupted: { false }) }
        #expect(try SourceFile.content(of: "/dev/null", isInterrupted: { false }).isEmpty)
    }

    @Test func aHugeFileIsNoScript() throws {
        let path = NSTemporaryDirectory() + "huge-\(UUID().uuidString)"
        defer { unlink(path) }
        close(open(path, O_CREAT | O_WRONLY, 0o600))
        truncate(path, SourceFile.longest + 1)
        #expect(throws: Failure.self) { try SourceFile.content(of: path, isInterrupted: { false }) }
    }

    @Test func aPipeWithoutEndCanBeInterrupted() throws {
        let path = NSTemporaryDirectory() + "pipe-\(UUID().uuidString)"
        defer { unlink(path) }
        try #require(mkfifo(path, 0o600) == 0)
        // A pipe that is open for both never ends.
        let end = open(path, O_RDWR)
        defer { close(end) }
        try #require(write(end, "x = 1\n", 6) == 6)
        var isInterrupted = false
        #expect(throws: Failure.cancelled) {
            try SourceFile.content(of: path) {
                defer { isInterrupted = true }
                return !isInterrupted
            }
        }
    }
}
