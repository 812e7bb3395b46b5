import Foundation
import Testing

/// Runs the built program as a user's shell would.
struct Executable {
    struct Result {
        let status: Int32
        let output: String
        let error: String
    }

    /// Beside the test bundle, which is the running executable.
    static var path: String {
        let bundle =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: bundle).deletingLastPathComponent().appendingPathComponent("cohort").path
    }

    /// A folder of its own that stands for the user's home.
    let home: String
    /// The folder it is started in.
    var folder: String
    /// Variables besides the usual ones.
    var variables: [String: String] = [:]

    init() throws {
        home = NSTemporaryDirectory() + "cohort-command-\(UUID().uuidString)"
        folder = home
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
    }

    var environment: [String: String] {
        [
            "HOME": home, "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "TERM": "xterm",
            "NO_COLOR": "1",
        ].merging(Self.sanitizerOptions) { $1 }.merging(variables) { $1 }
    }

    /// A program built with a sanitizer is to obey what the tests obey.
    private static let sanitizerOptions = ProcessInfo.processInfo.environment.filter {
        $0.key == "ASAN_OPTIONS" || $0.key == "TSAN_OPTIONS"
    }

    /// Writes a file into the home folder and returns its path.
    func file(_ name: String, _ content: String) throws -> String {
        let path = home + "/" + name
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try content.write(toFile: path, atomically: false, encoding: .utf8)
        return path
    }

    /// Starts the program; its output is read by `wait`.
    func start(_ arguments: [String], input: String? = nil) throws -> Running {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.path)
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        let running = Running(process: process)
        process.standardOutput = running.output
        process.standardError = running.error
        if let input {
            let pipe = Pipe()
            process.standardInput = pipe
            try process.run()
            pipe.fileHandleForWriting.write(Data(input.utf8))
            try pipe.fileHandleForWriting.close()
        } else {
            process.standardInput = FileHandle.nullDevice
            try process.run()
        }
        // A program that hangs fails its test instead of keeping the run from ending.
        DispatchQueue.global().asyncAfter(deadline: .now() + 600) {
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        }
        return running
    }

    func run(_ arguments: [String], input: String? = nil) throws -> Result {
        try start(arguments, input: input).wait()
    }

    /// The program while it runs.
    struct Running {
        let process: Process
        let output = Pipe()
        let error = Pipe()

        func wait() -> Result {
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            let message = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            // A signal is reported the way shells do.
            let signalled = process.terminationReason == .uncaughtSignal
            return Result(
                status: signalled ? 128 + process.terminationStatus : process.terminationStatus, output: text,
                error: message)
        }

        /// Waits until the program has written a line of its own accord.
        func waitForLine() -> String {
            var line = Data()
            while let byte = try? output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty, byte != Data([10]) {
                line.append(byte)
            }
            return String(decoding: line, as: UTF8.self)
        }

        func interrupt() { kill(process.processIdentifier, SIGINT) }
    }
}
