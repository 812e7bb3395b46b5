import Foundation
import Support
import Testing

@Suite struct MappedFileTests {
    private static func file(_ count: Int) throws -> String {
        let path = NSTemporaryDirectory() + "cohort-mapped-\(UUID().uuidString)"
        try Data(repeating: 7, count: count).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// To touch what is gone would be the signal SIGBUS, the end of the process. In a process of its own: a loss is told to whoever calls a
    /// function of Lua meanwhile.
    @Test func aFileThatIsCutShortIsAFailure() async {
        await #expect(processExitsWith: .success) {
            let path = try MappedFileTests.file(100_000)
            defer { unlink(path) }
            let mapped = try MappedFile(path)
            let other = try MappedFile(path)
            #expect(mapped.bytes[99_999] == 7)
            #expect(truncate(path, 10_000) == 0)
            try mapped.check()
            let losses = MappedFile.losses
            #expect(mapped.bytes[9_999] == 7)
            #expect(mapped.bytes[99_999] == 0)
            #expect(mapped.bytes.reduce(0) { $0 + Int($1) } == 7 * 10_000)
            #expect(MappedFile.losses > losses)
            let failure = #expect(throws: Failure.self) { try mapped.check() }
            #expect(failure?.description.contains("was cut short by another program") == true)
            // Who has not read there has lost nothing, and new mappings know nothing of old ones.
            try other.check()
            withExtendedLifetime(other) {}
            try MappedFile(path).check()
        }
    }

    @Test func moreMappingsThanAreGuardedAreMappings() throws {
        let path = try Self.file(10)
        defer { unlink(path) }
        let many = try (0..<1100).map { _ in try MappedFile(path) }
        #expect(many.allSatisfy { $0.bytes[9] == 7 })
        for mapping in many { try mapping.check() }
    }
}
