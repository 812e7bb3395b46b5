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
            cohort render [OPTIONS] FILE.lua -o OUT.html|OUT.md
            cohort test [OPTIONS] [FILE.lua|FOLDER]
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

    @OptionGroup var options: SessionOptions

    @Flag(
        name: .customLong("no-init"), help: "Do not run init.lua from the configuration folder when the prompt opens.")
    var skipsStartupFile = false

    @Flag(name: .customLong("quiet"), help: "Print no banner.")
    var isQuiet = false

    @Argument(help: ArgumentHelp("The script to run; - is standard input.", valueName: "file"))
    var file: String?

    @Argument(help: ArgumentHelp("The script's own arguments.", valueName: "args"))
    var arguments: [String] = []

    func run() throws {
        try Runner(self).run()
    }
}
