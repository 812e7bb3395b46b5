import ArgumentParser
import Encoders
import Learning
import Prompt
import Session
import Support

/// `cohort test`: the examples of the modules, or the checks of an analysis.
struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run the examples of all functions, or the checks of a saved analysis.",
        discussion: """
            Without FILE, the example of every function runs in a session of its own, and what it prints is compared with what help \
            says. Those that need a model or a library run where it is installed.

            With FILE, it runs as `cohort FILE` would, and then each global function of it whose name begins with `test_` or `check_`, \
            in the order of their names. A check fails if it raises an error, as `assert` does. FILE may be a folder: then every .lua \
            file in it is tested by itself.

            The exit code is 1 if anything failed.
            """)

    @Argument(help: ArgumentHelp("The analysis, or a folder of them (default: the examples).", valueName: "file"))
    var file: String?

    @OptionGroup var options: SessionOptions

    @Argument(help: ArgumentHelp("The script's own arguments.", valueName: "args"))
    var arguments: [String] = []

    func run() throws {
        Signals.install()
        var tally = TestTally()
        if let file {
            for path in try Self.scripts(file) { try test(path, &tally) }
        } else {
            try testExamples(&tally)
        }
        Console.write(tally.summary + "\n")
        if tally.failed > 0 { throw ExitStatus.failed }
    }

    private func testExamples(_ tally: inout TestTally) throws {
        let installed = Set(ModelStore().installed().map(\.name))
        let hasQueries = try ask("return data.sql('select 1 as n')[1].n")
        let isInstalled = { (name: String) in
            name == "DuckDB" ? hasQueries : name == "LightGBM" ? LightGBM.isInstalled : installed.contains(name)
        }
        for name in Session.exampleNames {
            let printed = Locked<[UInt8]>([])
            let session = try session { bytes in printed.withLock { $0 += bytes } }
            let outcome = session.testExample(of: name, isInstalled: isInstalled) { printed.withLock { $0 } }
            // Thousands of lines that say "ok" would hide the others.
            try tally.note(name, outcome, tellsSuccess: false)
        }
    }

    private func test(_ path: String, _ tally: inout TestTally) throws {
        let session = try session { bytes in Console.write(bytes) }
        let content: [UInt8]
        do throws(Failure) {
            content = try SourceFile.content(of: path, isInterrupted: session.takeInterrupt)
        } catch {
            Console.writeError("cohort: \(error)\n")
            throw error == .cancelled ? ExitStatus.interrupted : .usage
        }
        session.setArguments(script: path, arguments)
        let reply = session.run(content, name: "@" + path, arguments: arguments)
        let checks = session.checkNames()
        guard case .done = reply, !checks.isEmpty else {
            return try tally.note(path, TestOutcome(reply))
        }
        for check in checks { try tally.note("\(path): \(check)", TestOutcome(session.runCheck(check))) }
    }

    private func session(output: @escaping @Sendable (UnsafeRawBufferPointer) -> Void) throws -> Session {
        let session = try Session(options.configuration(progress: nil, width: 80, output: output))
        try session.watchInterrupts(leavesAtSecond: true)
        return session
    }

    private func ask(_ code: String) throws -> Bool {
        if case .done = try session(output: { _ in }).run(Array(code.utf8), name: "=test") { return true }
        return false
    }

    private static func scripts(_ path: String) throws -> [String] {
        guard FileSystem.isFolder(path) else { return [path] }
        do throws(Failure) {
            let names = try FileSystem.names(in: path).filter { $0.hasSuffix(".lua") }.sorted()
            if names.isEmpty { throw .operation("no .lua file in '\(path)'") }
            return names.map { path + "/" + $0 }
        } catch {
            Console.writeError("cohort: \(error)\n")
            throw ExitStatus.usage
        }
    }
}

/// How many tests came to what.
private struct TestTally {
    private var passed = 0
    private(set) var failed = 0
    private var skipped: [String: Int] = [:]

    mutating func note(_ name: String, _ outcome: TestOutcome, tellsSuccess: Bool = true) throws {
        switch outcome {
        case .passed:
            passed += 1
            if tellsSuccess { Console.write("ok    \(name)\n") }
        case .failed(let message):
            failed += 1
            Console.write("FAIL  \(name): \(message)\n")
        case .skipped(let needed): skipped[needed, default: 0] += 1
        case .interrupted:
            Console.writeError("cohort: interrupted\n")
            throw ExitStatus.interrupted
        }
    }

    var summary: String {
        let count = skipped.values.reduce(0, +)
        let needs =
            skipped.isEmpty
            ? "" : ", \(count) skipped (not installed: \(skipped.keys.sorted().joined(separator: ", ")))"
        return "\(passed) passed, \(failed) failed\(needs)"
    }
}

extension TestOutcome {
    fileprivate init(_ reply: Reply) {
        self =
            switch reply {
            case .done: .passed
            case .failed(let error): .failed(error.report(width: Terminal.width))
            case .interrupted: .interrupted
            }
    }
}
