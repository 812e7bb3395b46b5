import ArgumentParser
import Prompt
import Session
import Support

/// `cohort` itself: the prompt, a script, code on the command line.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cohort",
        abstract: "Analyse marketing data in Lua 5.4: at a prompt, or by running a saved analysis.",
        usage: """
            cohort [OPTIONS]
            cohort [OPTIONS] FILE.lua [ARGS...]
            cohort [OPTIONS] -e CODE [-i]
            cohort [OPTIONS] -
            cohort render FILE.lua -o OUT.html|OUT.md
            cohort model list | import FILE | path NAME
            cohort api [--json | --markdown | --stubs DIR]
            """,
        discussion: """
            Without FILE and CODE the prompt opens, or standard input is run if it is no terminal. Everything after FILE goes \
            to the script's `arg` untouched. A file named like a subcommand is run as ./NAME.

            Exit codes: 0 done, 1 the script raised an error, 2 wrong usage or a script that cannot be read, 130 \
            interrupted.
            """,
        version: cohortVersion,
        subcommands: Subcommands.all)

    @Option(
        name: [.customShort("e"), .customLong("execute")], parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Run this code; may be given several times.", valueName: "code"))
    var code: [String] = []

    @Flag(name: [.customShort("i"), .customLong("interactive")], help: "Open the prompt after the script or code.")
    var opensPrompt = false

    @Option(parsing: .unconditional, help: "The seed of everything random (default: 0).")
    var seed: Int?

    @Option(help: "Threads to compute on (default: all processors). Results do not depend on it.")
    var threads: Int?

    @Option(
        name: .customLong("memory-limit"),
        help: ArgumentHelp(
            "How much memory Lua, tensors and tables may hold together: 500M, 4G (default: as much as there is).",
            valueName: "size"))
    var memoryLimit: String?

    @Flag(
        name: .customLong("sandbox"),
        help: "Keep scripts from other programs, libraries, the network and all files; see --allow.")
    var isSandboxed = false

    @Option(
        name: .customLong("allow"),
        help: ArgumentHelp(
            "Let scripts in the sandbox read and write this folder; may be given several times.", valueName: "folder"))
    var allowedFolders: [String] = []

    @Flag(
        name: .customLong("no-init"), help: "Do not run init.lua from the configuration folder when the prompt opens.")
    var skipsStartupFile = false

    @Flag(name: .customLong("quiet"), help: "Print no banner.")
    var isQuiet = false

    @Argument(help: ArgumentHelp("The script to run; - is standard input.", valueName: "file"))
    var file: String?

    @Argument(help: ArgumentHelp("The script's own arguments.", valueName: "args"))
    var arguments: [String] = []

    func validate() throws {
        if let seed, seed < 0 { throw ValidationError("--seed: integer of at least 0 expected, got \(seed)") }
        if let memoryLimit, (MemorySize(memoryLimit)?.bytes ?? 0) < 16 << 20 {
            throw ValidationError(
                "--memory-limit: size of at least 16M, such as 500M or 4G, expected, got \(memoryLimit)")
        }
        if !allowedFolders.isEmpty, !isSandboxed {
            throw ValidationError("--allow opens folders of the sandbox: it goes with --sandbox")
        }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads: integer from 1 to 1024 expected, got \(threads)")
        }
    }

    func run() throws {
        try Runner(self).run()
    }
}
