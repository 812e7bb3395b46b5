import ArgumentParser

/// The parser's root when the command line names a subcommand. `RunCommand` cannot be: its script would take the name.
struct Subcommands: ParsableCommand {
    static let all: [any ParsableCommand.Type] = [
        RenderCommand.self, TestCommand.self, ModelCommand.self, APICommand.self,
    ]

    static let configuration = CommandConfiguration(
        commandName: "cohort", abstract: RunCommand.configuration.abstract, subcommands: all)
}
