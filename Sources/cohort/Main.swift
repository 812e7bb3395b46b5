import ArgumentParser
import Glibc
import Prompt
import Support

/// Where the program begins: parses the arguments, runs the command, turns what comes of it into an exit code.
@main enum Main {
    static func main() {
        StandardStreams.fillGaps()
        Signals.keepCrashesQuiet()
        atexit { UnfinishedFiles.removeAll() }
        let status = run(Array(CommandLine.arguments.dropFirst()))
        guard Console.flush() else {
            // Nobody is told about a reader that left, only about output that is lost.
            if Console.problem != EPIPE {
                Console.writeError("cohort: standard output cannot be written: \(systemError(Console.problem))\n")
            }
            exit(status == .done ? ExitStatus.failed.rawValue : status.rawValue)
        }
        exit(status.rawValue)
    }

    private static func run(_ arguments: [String]) -> ExitStatus {
        let split = ArgumentSplit(arguments)
        if let option = split.misplacedOption {
            Console.writeError(
                "cohort: \(option) stands behind the script and is handed to it; put it in front to have Cohort heed it\n"
            )
        }
        let root: any ParsableCommand.Type = split.isSubcommand ? Subcommands.self : RunCommand.self
        do {
            var command = try root.parseAsRoot(split.normalized)
            try command.run()
            return .done
        } catch let status as ExitStatus {
            return status
        } catch let failure as Failure {
            Console.writeError("cohort: \(failure)\n")
            return failure == .cancelled ? .interrupted : .failed
        } catch {
            let status = ExitStatus(root.exitCode(for: error))
            let message = root.fullMessage(for: error) + "\n"
            if status == .done { Console.write(message) } else { Console.writeError(message) }
            return status
        }
    }
}
