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

    func run() throws {
        if json {
            try API.json().encoded(.pretty).withUnsafeBytes(Console.write)
        } else {
            Console.write(API.text(width: min(100, Terminal.width)))
        }
        Console.write("\n")
    }
}
