import LuaKit
import Support

extension Session {
    /// Evaluates an entry of the prompt: an expression, whose values come back as text in at most `width` columns, statements, both, or
    /// one of the session's own commands (`.save FILE`).
    public func evaluate(_ entry: String, width: Int) -> Reply {
        transcript.begin(Self.isCommand(entry) ? "-- " + entry : entry)
        let reply = runCommand(entry, width: width) ?? answer(entry, width: width)
        if !transcript.end(reply) {
            notes.append("the log cannot be written: \(systemError())")
            transcript.stop()
        }
        return reply
    }

    private func answer(_ entry: String, width: Int) -> Reply {
        entryCount += 1
        lastEntry = entry
        let start = ContinuousClock.now
        let reply = enter(Array(entry.utf8), name: "=prompt[\(entryCount)]", width: width)
        if isTiming { notes.append(TimeText.of((ContinuousClock.now - start) / .seconds(1))) }
        return reply
    }

    /// Evaluates source as an entry whose chunk is called `name`: its local variables stay.
    func enter(_ source: [UInt8], name: String, width: Int) -> Reply {
        lua.layout.width = width
        sources.add(source, name: name)
        let entered = lua.enter(source, name: name, layout: lua.layout)
        noteHiddenNames()
        let reply: Reply
        switch entered.ending {
        case .values(let texts):
            worked.append(
                WorkedEntry(source: source, expressionStart: entered.expressionStart, wasShown: !texts.isEmpty))
            reply = .done(results: texts)
        case .stopped(let outcome):
            reply = self.reply(to: outcome, of: ErrorSource(name: SourceTexts.shown(name), isEntry: true))
        }
        noteUndefinedNames(beside: reply)
        return reply
    }

    /// Runs a whole script. A byte-order mark and a first line that begins with `#` are skipped. `name` is what errors call it: a
    /// file name behind `@`, anything else behind `=`.
    public func run(_ source: [UInt8], name: String, arguments: [String] = []) -> Reply {
        let text = Self.withoutHeading(source)
        sources.add(text, name: name)
        let outcome = lua.run(bytes: text, name: name, arguments: arguments.map { .string($0) })
        let reply = reply(to: outcome, of: ErrorSource(name: SourceTexts.shown(name), isEntry: false))
        noteUndefinedNames(beside: reply)
        return reply
    }

    /// What the front end should show beside the last reply, one line each: a variable that hides a module, a name that
    /// nothing defines, a model that does not know the texts' language. Empty when asked again.
    public func takeNotes() -> [String] {
        defer { notes = [] }
        return lua.takeNotes() + notes
    }

    /// Says once of each module and function that a variable hides it.
    private func noteHiddenNames() {
        let names = Set(lua.modules.map(\.name) + lua.globals.map(\.name))
        let locals = Set(lua.localNames.filter(names.contains))
        let hidden = Set(lua.hiddenNames).union(locals)
        for name in hidden.subtracting(hiddenNames).sorted() {
            let kind = lua.modules.contains { $0.name == name } ? "module" : "function"
            let cure =
                !locals.contains(name)
                ? "\(name) = nil"
                : kind == "module"
                    ? "local \(name) = require \"cohort.\(name)\"" : "local \(name) = require \"cohort\".\(name)"
            notes.append("\(name) hides the \(kind) of that name; \(cure) brings it back")
        }
        hiddenNames = hidden
    }

    /// The source without byte-order mark and `#` line. The line's end stays, so that lines are counted as the user sees them.
    static func withoutHeading(_ source: [UInt8]) -> [UInt8] {
        var rest = source[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        if rest.first == UInt8(ascii: "#") { rest = rest.drop { $0 != UInt8(ascii: "\n") } }
        return Array(rest)
    }
}
