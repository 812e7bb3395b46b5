import LuaKit

extension Session {
    /// What a message of Lua's about a name that holds nothing was probably meant to name: "did you mean 'cluster'?".
    func suggestion(for message: String, in source: [UInt8]?, line: Int?) -> String? {
        guard let (kind, name) = Self.emptyName(in: message) else { return nil }
        if kind == "global", let other = ForeignHabit.substitute(forGlobal: name) { return other }
        guard name.utf8.count > 2 else { return nil }
        let near =
            kind == "global"
            ? nearGlobal(to: name)
            : lua.inspect { inspector in source.flatMap { memberNear(name, in: $0, line: line ?? 1, inspector) } }
                ?? nil
        return near.map { "did you mean '\($0)'?" }
    }

    /// The variable whose name is nearest; nil if none is near, or the name too short to tell.
    func nearGlobal(to name: String) -> String? {
        guard name.utf8.count > 2 else { return nil }
        return lua.inspect { inspector in nearest(to: name, in: globalNames(inspector).filter { $0 != name }) } ?? nil
    }

    /// The kind and the name in `attempt to call a nil value (global 'x')`.
    private static func emptyName(in message: String) -> (kind: String, name: String)? {
        guard message.hasSuffix("')"), let mark = message.ranges(of: "a nil value (").last else { return nil }
        let parts = message[mark.upperBound...].dropLast(2).split(separator: " '", maxSplits: 1)
        guard parts.count == 2, ["global", "field", "method"].contains(parts[0]) else { return nil }
        return (String(parts[0]), String(parts[1]))
    }

    private func globalNames(_ inspector: Inspector) -> [String] {
        var names = inspector.localNames
        guard let globals = inspector.globals() else { return names }
        inspector.forEachMember(of: globals) { key, _ in
            if let name = key.text { names.append(name) }
            return true
        }
        return names.sorted()
    }

    /// The member of the thing that the line reads `name` of which is nearest.
    private func memberNear(_ name: String, in source: [UInt8], line: Int, _ inspector: Inspector) -> String? {
        var start = 0
        for _ in 1..<max(1, line) {
            guard let end = source[start...].firstIndex(of: 0x0A) else { return nil }
            start = end + 1
        }
        let end = source[start...].firstIndex(of: 0x0A) ?? source.count
        let tokens = LuaLexer(source, end: end).tokens
        let places = tokens.indices.dropFirst().filter { index in
            tokens[index].text == name && tokens[index].range.lowerBound >= start
                && (tokens[index - 1].text == "." || tokens[index - 1].text == ":")
        }
        // If the line has it twice, only one that is wrong in both places is sure.
        guard places.count == 1, let place = places.first else { return nil }
        let cursor = tokens[place].range.lowerBound
        let completer = Completer(lua, inspector, Array(source[..<cursor]), cursor: cursor)
        let members = completer.completion().candidates.map(\.label).filter { $0 != name }
        return nearest(to: name, in: members)
    }
}
