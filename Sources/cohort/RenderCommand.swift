import ArgumentParser
import Charts
import Glibc
import Prompt
import Reports
import Session
import Support

/// `cohort render`: a report of a literate analysis.
struct RenderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Run a saved analysis and write a report of its text, code, results and charts.",
        discussion: """
            In FILE, `-- %%` begins a cell of code and `-- %% [markdown]` one of text, in which every line is a comment. All cells \
            run in one session. What a cell prints and its last value are shown below it: tables as tables, charts as pictures.

            The report is written whole or not at all. If a cell fails, the report ends with its error and the exit code is 1; if \
            it ends the program with os.exit, there is none.
            """)

    @Argument(help: ArgumentHelp("The analysis; - is standard input.", valueName: "file"))
    var file: String

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("Where to write it, ending in .html, .md or .json.", valueName: "path"))
    var output: String

    @Option(help: "What heads the report (default: the heading the analysis begins with).")
    var title: String?

    @Option(help: "The language of the words a report adds: en or zh.")
    var lang = Language.english.rawValue

    @Flag(name: .customLong("fold-code"), help: "Fold the code away.")
    var foldsCode = false

    @OptionGroup var options: SessionOptions

    @Argument(help: ArgumentHelp("The script's own arguments.", valueName: "args"))
    var arguments: [String] = []

    func validate() throws {
        if Document.Form(path: output) == nil {
            throw ValidationError("--output: a file ending in .html, .md or .json expected, got '\(output)'")
        }
        if Language(rawValue: lang) == nil { throw ValidationError("--lang: en or zh expected, got '\(lang)'") }
    }

    func run() throws {
        let printed = Locked<[UInt8]>([])
        let progress = Terminal().canRedraw ? TerminalProgress() : nil
        let session = try Session(
            options.configuration(
                progress: progress, width: 100, output: { bytes in printed.withLock { $0 += bytes } }))
        Signals.install()
        try session.watchInterrupts(leavesAtSecond: true)
        session.setArguments(script: file, arguments)
        let source = try read(session)
        Self.isRunning.withLock { $0 = true }
        atexit { RenderCommand.refuseLeaving() }
        let rendering = session.render(
            source, name: file == "-" ? "stdin" : file, title: title,
            language: Language(rawValue: lang) ?? .english, hidesCode: foldsCode,
            takeOutput: {
                printed.withLock { bytes in
                    defer { bytes = [] }
                    return bytes
                }
            })
        Self.isRunning.withLock { $0 = false }
        progress?.clear()
        if case .interrupted = rendering.reply {
            Console.writeError("cohort: interrupted\n")
            throw ExitStatus.interrupted
        }
        try rendering.document.write(to: output)
        if case .failed(let error) = rendering.reply {
            Console.writeError("cohort: \(error.report(width: Terminal.width))\n")
            throw ExitStatus.failed
        }
    }

    /// Whether the analysis runs, and the report is yet to be written.
    private static let isRunning = Locked(false)

    /// Called where the program ends: by os.exit of the analysis, if that still runs. Its code may say that all is well; no report is not.
    private static func refuseLeaving() {
        guard isRunning.withLock({ $0 }) else { return }
        Console.writeError("cohort: the analysis ended itself with os.exit before the report was written\n")
        UnfinishedFiles.removeAll()
        _exit(ExitStatus.failed.rawValue)
    }

    private func read(_ session: Session) throws -> [UInt8] {
        do throws(Failure) {
            return try SourceFile.content(of: file, isInterrupted: session.takeInterrupt)
        } catch {
            Console.writeError("cohort: \(error)\n")
            throw error == .cancelled ? ExitStatus.interrupted : .usage
        }
    }
}
