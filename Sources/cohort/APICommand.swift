import ArgumentParser
import LuaModules
import Prompt
import Support

/// `cohort api`: every function, from its declaration.
struct APICommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api", abstract: "Print every module and function, from its declaration.")

    @Flag(help: "As JSON, with all that the declarations say.")
    var json = false

    @Flag(help: "As a page of Markdown: the reference.")
    var markdown = false

    @Option(
        help: ArgumentHelp(
            "Write files for the Lua language server to this folder, which then completes and checks scripts.",
            valueName: "dir"))
    var stubs: String?

    func validate() throws {
        guard [json, markdown, stubs != nil].count(where: { $0 }) <= 1 else {
            throw ValidationError("one of --json, --markdown and --stubs at a time")
        }
        if let stubs, stubs.isEmpty { throw ValidationError("--stubs: the path of a folder expected") }
    }

    func run() throws {
        if let stubs {
            try writeStubs(to: stubs)
        } else if json {
            try API.json().encoded(.pretty).withUnsafeBytes(Console.write)
            Console.write("\n")
        } else if markdown {
            Console.write(API.markdown())
        } else {
            Console.write(API.text(width: min(100, Terminal.width)) + "\n")
        }
    }

    private func writeStubs(to folder: String) throws(Failure) {
        try FileSystem.makeFolder(folder)
        let files = API.stubs()
        for file in files {
            var output = try AtomicFile("\(folder)/\(file.name)")
            try output.write(Array(file.text.utf8))
            try output.commit()
        }
        Console.write("\(files.count) files in \(folder); name it in workspace.library of the Lua language server\n")
    }
}
