import ArgumentParser
import LuaModules
import Prompt
import Support

/// `cohort api`: every function, from its declaration.
struct APICommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api", abstract: "Print every module and function, from its declaration.")

    @Flag(help: "As JSON (the default).")
    var json = false

    func run() throws {
        let text = try API.json().encoded(.pretty)
        text.withUnsafeBytes(Console.write)
        Console.write("\n")
    }
}
