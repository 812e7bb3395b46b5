import Encoders
import Glibc
import Prompt
import Session
import Support

/// Carries out `RunCommand`: makes the session, runs what was asked for in order, opens the prompt if there is one.
struct Runner {
    private let command: RunCommand
    private let terminal = Terminal()
    private let session: Session
    private let progress: TerminalProgress?

    init(_ command: RunCommand) throws {
        self.command = command
        let progress = terminal.canRedraw ? TerminalProgress() : nil
        self.progress = progress
        var configuration = command.options.configuration(
            progress: progress, width: Terminal.width, isColored: terminal.style.isColored,
            output: { bytes in
                progress?.clear()
                Console.write(bytes)
            })
        configuration.errorOutput = { bytes in
            progress?.clear()
            Console.writeError(bytes)
        }
        session = try Session(configuration)
        Signals.install()
        try session.watchInterrupts(leavesAtSecond: true)
    }

    func run() throws {
        let readsInput = command.file == "-" || (opensNothing && isatty(STDIN_FILENO) == 0)
        session.setArguments(script: command.file ?? "cohort", command.arguments)
        var failure: ExitStatus?
        for code in command.code where failure == nil {
            failure = report(session.run(Array(code.utf8), name: "=(command line)"))
        }
        if failure == nil, readsInput {
            failure = report(session.run(try read("-"), name: "=stdin", arguments: command.arguments))
        } else if failure == nil, let file = command.file {
            failure = report(session.run(try read(file), name: "@" + file, arguments: command.arguments))
        }
        // With -i a script that failed leaves its state to be looked at.
        if command.opensPrompt || (opensNothing && !readsInput) {
            try openPrompt()
        } else if let failure {
            throw failure
        }
    }

    /// Whether nothing is to be run, so that it is the prompt that was meant.
    private var opensNothing: Bool { command.code.isEmpty && command.file == nil && !command.opensPrompt }

    private func read(_ path: String) throws -> [UInt8] {
        do throws(Failure) {
            return try SourceFile.content(of: path, isInterrupted: session.takeInterrupt)
        } catch {
            Console.writeError("cohort: \(error)\n")
            throw error == .cancelled ? ExitStatus.interrupted : .usage
        }
    }

    private func report(_ reply: Reply) -> ExitStatus? {
        progress?.clear()
        for note in session.takeNotes() { Console.writeError("cohort: \(note)\n") }
        switch reply {
        case .done:
            return nil
        case .failed(let error):
            Console.writeError("cohort: \(error.report(width: Terminal.width))\n")
            return .failed
        case .interrupted:
            Console.writeError("cohort: interrupted\n")
            return .interrupted
        }
    }

    private func openPrompt() throws {
        try session.watchInterrupts(leavesAtSecond: false)
        _ = session.takeInterrupt()
        let isInteractive = terminal.isInteractive
        if !command.isQuiet, isInteractive {
            Console.write(Prompt.banner(width: Terminal.width))
            if ModelStore().installed().isEmpty { Console.write(Prompt.firstSteps(width: Terminal.width)) }
        }
        if !command.skipsStartupFile { runStartupFile() }
        let history = isInteractive ? HistoryFile(path: Folders.state + "/history") : nil
        history?.trim()
        let reader: any LineReader =
            isInteractive
            ? ReadlineReader(
                history: history?.load() ?? [], complete: { session.complete($0, at: $1) },
                isInterrupted: session.takeInterrupt)
            : PlainReader(showsPrompt: isatty(STDIN_FILENO) != 0, isInterrupted: session.takeInterrupt)
        Prompt(
            session: session, reader: reader, terminal: terminal, history: history,
            startUp: command.skipsStartupFile ? {} : runStartupFile
        ).run()
    }

    private func runStartupFile() {
        let path = Folders.config + "/init.lua"
        guard access(path, F_OK) == 0 else { return }
        do throws(Failure) {
            _ = report(
                session.run(try SourceFile.content(of: path, isInterrupted: session.takeInterrupt), name: "@" + path))
        } catch {
            Console.writeError("cohort: \(error)\n")
        }
    }
}
