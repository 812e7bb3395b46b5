import LuaKit

extension Session {
    /// What can stand at `cursor`, a number of bytes (UTF-8) into `text`: all lines of an entry that may be unfinished. Nothing of
    /// the entry's or the session's is run, and the session is as it was.
    public func complete(_ text: String, at cursor: Int) -> Completion {
        let source = Array(text.utf8)
        var cursor = min(max(0, cursor), source.count)
        // Never in the middle of a character.
        while cursor < source.count, cursor > 0, source[cursor] & 0xC0 == 0x80 { cursor -= 1 }
        if let special = completeSpecial(source, cursor) { return special }
        return lua.inspect { inspector in
            Completer(lua, inspector, source, cursor: cursor).completion()
        } ?? .none(at: cursor)
    }

    /// Entries that are no Lua: `?topic` and `.command`.
    private func completeSpecial(_ source: [UInt8], _ cursor: Int) -> Completion? {
        guard let first = source.firstIndex(where: { $0 != 0x20 && $0 != 0x09 }), first < cursor else { return nil }
        switch source[first] {
        case UInt8(ascii: "?"):
            var start = source[first...].firstIndex { $0 != UInt8(ascii: "?") && $0 != 0x20 } ?? source.count
            start = min(start, cursor)
            // Prose is searched by any words.
            if first + 1 < cursor, source[first + 1] == UInt8(ascii: "?") { return .none(at: cursor) }
            return lua.inspect { inspector in
                let word = String(decoding: source[start..<cursor], as: UTF8.self)
                let completer = Completer(
                    lua, inspector, Array(source[start...]), cursor: cursor - start)
                let topics = Completion.matching(completer.topics(), word)
                if !topics.isEmpty { return Completion(range: start..<cursor, candidates: topics) }
                let found = completer.completion()
                return Completion(
                    range: (found.range.lowerBound + start)..<cursor, candidates: found.candidates)
            } ?? .none(at: cursor)
        case UInt8(ascii: "."):
            let name = source[(first + 1)..<cursor]
            guard name.allSatisfy({ (0x61...0x7A).contains($0) }) else { return nil }
            let word = String(decoding: source[first..<cursor], as: UTF8.self)
            let commands = promptCommands.map { Completion.Candidate(".\($0.name)", .command, $0.prose) }
            return Completion(range: first..<cursor, candidates: Completion.matching(commands, word))
        default:
            return nil
        }
    }

    /// The commands that begin with a dot.
    var promptCommands: [(name: String, prose: String)] { [] }
}
