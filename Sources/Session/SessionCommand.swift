import LuaKit
import Support

/// A command of the prompt or a notebook that is not Lua: `.save FILE`, `!ls`.
public struct SessionCommand: Sendable {
    /// What it begins with: ".save", "!".
    public let name: String
    /// What follows the name, for the list of commands: "FILE", "[on|off]"; empty if nothing may.
    public let argument: String
    /// What it does, in a line.
    public let prose: String
    /// Whether it touches files or programs that the sandbox keeps away.
    let reachesOut: Bool
    let body: @Sendable (Session, _ argument: String, _ width: Int) throws(Failure) -> Reply

    init(
        _ name: String, _ argument: String = "", _ prose: String, reachesOut: Bool = false,
        body: @escaping @Sendable (Session, _ argument: String, _ width: Int) throws(Failure) -> Reply
    ) {
        self.name = name
        self.argument = argument
        self.prose = prose
        self.reachesOut = reachesOut
        self.body = body
    }

    /// Every command, in the order of the list.
    public static let all: [SessionCommand] = [
        help, last, trace, save, load, edit, log, shell, timing, memory, reload, reset, version,
    ]

    /// The list of commands.
    static func list(width: Int) -> String {
        let names = all.map { $0.argument.isEmpty ? $0.name : "\($0.name)\($0.name == "!" ? "" : " ")\($0.argument)" }
        let column = (names.map { DisplayWidth.of($0) }.max() ?? 0) + 2
        return zip(names, all).map { name, command in
            DisplayWidth.cut(DisplayWidth.fill(name, to: column) + command.prose, to: max(20, width))
        }
        .joined(separator: "\n")
    }

    /// The command that `entry` calls for and its argument; nil if the entry is Lua. No Lua begins with a dot and a letter, or with `!`.
    static func parse(_ entry: String) -> (name: String, argument: String)? {
        let text = entry.trimmed
        if text.hasPrefix("!") { return ("!", String(text.dropFirst()).trimmed) }
        guard text.hasPrefix("."), text.dropFirst().first.map({ $0.isASCII && $0.isLetter }) ?? true else { return nil }
        let name = text.prefix { !$0.isWhitespace }
        return (String(name), String(text.dropFirst(name.count)).trimmed)
    }
}

extension Session {
    /// Whether `entry` is one of the session's commands rather than Lua.
    public static func isCommand(_ entry: String) -> Bool { SessionCommand.parse(entry) != nil }

    /// Carries out a command; nil if `entry` is none.
    func runCommand(_ entry: String, width: Int) -> Reply? {
        guard let (name, argument) = SessionCommand.parse(entry) else { return nil }
        let commands = SessionCommand.all
        guard let command = name == "." ? .help : commands.first(where: { $0.name == name }) else {
            let near = nearest(to: name, in: commands.map(\.name))
            let hint = near.map { "did you mean \($0)?" } ?? ".help lists them"
            return .failed(ScriptError(message: "there is no command \(name) (\(hint))"))
        }
        do throws(Failure) {
            // The one place where the sandbox looks at commands.
            if command.reachesOut, isSandboxed {
                throw .operation("\(command.name) is refused in the sandbox")
            }
            if command.argument.isEmpty, !argument.isEmpty {
                throw .operation("\(command.name) takes nothing behind it, got '\(argument)'")
            }
            return try command.body(self, argument, width)
        } catch {
            if error == .cancelled { return .interrupted }
            return .failed(ScriptError(message: error.description))
        }
    }
}

extension String {
    /// Without blanks at both ends.
    var trimmed: String {
        guard let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(self[...last].drop(while: \.isWhitespace))
    }
}
