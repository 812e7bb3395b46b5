import Foundation
import Support
import Testing

/// A short run of `scripts/fuzz`.
@Suite(.timeLimit(.minutes(20))) struct FuzzTests {
    @Test(arguments: [11, 12]) func randomCallsNeitherCrashNorBlameWrongly(seed: Int) throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../scripts/fuzz").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: script)
        process.arguments = [String(seed), "300"]
        process.environment = try Executable().environment.merging([
            "COHORT": Executable.path, "COHORT_HOME": Folders.data, "HOME": "/nowhere",
        ]) { $1 }
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(text)")
        #expect(text.contains(", 0 problems"))
    }
}
