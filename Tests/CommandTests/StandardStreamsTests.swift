import Foundation
import Testing

/// The program with standard streams that somebody closed, filled or broke.
@Suite(.timeLimit(.minutes(20))) struct StandardStreamsTests {
    let cohort: Executable

    init() throws { cohort = try Executable() }

    /// Runs a line of the shell in which `$cohort` is the program.
    private func shell(_ line: String) throws -> (status: Int32, error: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", line]
        process.environment = cohort.environment.merging(["cohort": Executable.path]) { $1 }
        process.standardInput = FileHandle.nullDevice
        let error = Pipe()
        process.standardError = error
        try process.run()
        DispatchQueue.global().asyncAfter(deadline: .now() + 600) { if process.isRunning { process.terminate() } }
        let text = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    @Test func closedInputIsAnEmptyOne() throws { #expect(try shell("$cohort <&-").status == 0) }

    @Test func outputThatIsClosedIsAnErrorWhateverElseIsClosed() throws {
        let alone = try shell("$cohort -e 'print(1)' >&-")
        #expect(alone.status == 1)
        #expect(alone.error.contains("Bad file descriptor"))
        #expect(try shell("$cohort -e 'print(1)' <&- >&- 2>&-").status == 1)
    }

    @Test func theReasonIsTheOneOfTheWriteThatFailed() throws {
        let result = try shell("printf '1+1\\n' | $cohort -i >/dev/full")
        #expect(result.status == 1)
        #expect(result.error.contains("standard output cannot be written: No space left on device"))
    }
}
