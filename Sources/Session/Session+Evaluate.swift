import LuaKit

extension Session {
    /// Evaluates an entry of the prompt: an expression, whose values come back as text in at most `width` columns, or statements.
    public func evaluate(_ entry: String, width: Int) -> Reply {
        lua.layout.width = width
        switch lua.evaluate(entry, name: "=prompt", layout: lua.layout) {
        case .values(let texts):
            return .done(results: texts == ["nil"] ? [] : texts)
        case .stopped(let outcome):
            return reply(to: outcome)
        }
    }

    /// Runs a whole script. A byte-order mark and a first line that begins with `#` are skipped. `name` is what errors call it: a
    /// file name behind `@`, anything else behind `=`.
    public func run(_ source: [UInt8], name: String, arguments: [String] = []) -> Reply {
        let text = Self.withoutHeading(source)
        return reply(to: lua.run(bytes: text, name: name, arguments: arguments.map { .string($0) }))
    }

    private func reply(to outcome: Outcome) -> Reply {
        switch outcome {
        case .values: .done(results: [])
        case .syntaxError(let message, _): .failed(ScriptError(message: message))
        case .failure(let message, let traceback): .failed(ScriptError(message: message, luaTraceback: traceback))
        case .interrupted: .interrupted
        }
    }

    /// The source without byte-order mark and `#` line. The line's end stays, so that lines are counted as the user sees them.
    static func withoutHeading(_ source: [UInt8]) -> [UInt8] {
        var rest = source[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        if rest.first == UInt8(ascii: "#") { rest = rest.drop { $0 != UInt8(ascii: "\n") } }
        return Array(rest)
    }
}

extension ScriptError {
    /// An error with Lua's own traceback, of which the frames of C functions and the notes on tail calls say nothing that helps.
    init(message: String, luaTraceback: String?) {
        let lines = (luaTraceback ?? "").split(separator: "\n").map { $0.drop { $0 == "\t" || $0 == " " } }
        let heading = lines.lastIndex(of: "stack traceback:")
        let frames = heading.map { lines[($0 + 1)...] } ?? []
        self.init(
            message: message,
            traceback: frames.filter { !$0.hasPrefix("[C]:") && $0 != "(...tail calls...)" }.map(String.init))
    }
}
