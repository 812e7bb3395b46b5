/// The command line in two parts: what is Cohort's own, and the script with its arguments, which Cohort must not touch.
struct ArgumentSplit: Equatable {
    /// Options before the script or subcommand.
    var options: [String] = []
    /// The script or subcommand and everything after it.
    var rest: [String] = []

    /// Names of subcommands. One wins over a file of the same name, which can be run as `./NAME`.
    static let subcommands: Set<String> = ["model", "api", "render", "test", "help"]

    private static let optionsWithValue = Set(["-e", "--execute"] + SessionOptions.namesWithValue)

    /// Splits `arguments` (without the program's name) at the first that is neither an option nor an option's value.
    init(_ arguments: [String]) {
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            if argument == "--" {
                rest = Array(arguments[(index + 1)...])
                return
            }
            if argument == "-" || !argument.hasPrefix("-") {
                rest = Array(arguments[index...])
                return
            }
            if argument.hasPrefix("-e"), argument.utf8.count > 2 {
                // As other interpreters take it: -e'print(1)'.
                options += ["-e", String(argument.dropFirst(2))]
            } else {
                options.append(argument)
                if Self.optionsWithValue.contains(argument), index + 1 < arguments.count {
                    index += 1
                    options.append(arguments[index])
                }
            }
            index += 1
        }
    }

    /// Whether the rest begins with a subcommand.
    var isSubcommand: Bool { rest != ["help"] && rest.first.map(Self.subcommands.contains) ?? false }

    /// An option that guards against the script but stands behind it, where it is the script's own: `cohort x.lua --sandbox`. Whoever writes `--`
    /// before it means it so.
    var misplacedOption: String? {
        guard !isSubcommand else { return nil }
        let names = ["--sandbox", "--memory-limit", "--allow"]
        return rest.dropFirst().prefix { $0 != "--" }.lazy
            .map { String($0.prefix { $0 != "=" }) }.first(where: names.contains)
    }

    /// The arguments in the form the parser takes without misreading the script's: behind a terminator.
    var normalized: [String] {
        // Options that stand before a subcommand are meant for it.
        if isSubcommand { return rest.prefix(1) + options + rest.dropFirst() }
        if rest == ["help"] { return ["--help"] }
        return rest.isEmpty ? options : options + ["--"] + rest
    }
}
