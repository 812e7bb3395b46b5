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
        guard let first = source.firstIndex(where: { $0 != 0x20 && $0 != 0x09 }), first < cursor,
            !source[first..<cursor].contains(UInt8(ascii: "\n"))
        else { return nil }
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
            let word = String(decoding: source[first..<cursor], as: UTF8.self)
            if let end = word.firstIndex(where: \.isWhitespace) {
                return completeArgument(of: String(word[..<end]), source, cursor)
            }
            guard word.dropFirst().allSatisfy(\.isLetter) else { return nil }
            let commands = SessionCommand.all.filter { $0.name.hasPrefix(".") }.map { command in
                let usage = command.argument.isEmpty ? "" : "\(command.argument): "
                return Completion.Candidate(
                    command.name, .command, usage + command.prose, closing: command.argument.isEmpty ? "" : " ")
            }
            return Completion(range: first..<cursor, candidates: Completion.matching(commands, word))
        case UInt8(ascii: "!"):
            return completeArgument(of: "!", source, cursor)
        default:
            return nil
        }
    }

    /// What a command can be told: a file, or one of a few words.
    private func completeArgument(of name: String, _ source: [UInt8], _ cursor: Int) -> Completion {
        guard let command = SessionCommand.all.first(where: { $0.name == name }) else { return .none(at: cursor) }
        var start = cursor
        while start > 0, ![UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "!")].contains(source[start - 1]) {
            start -= 1
        }
        if command.argument.hasPrefix("[") {
            let words = command.argument.dropFirst().dropLast().split(separator: "|").map(String.init)
            let word = String(decoding: source[start..<cursor], as: UTF8.self)
            let choices = words.map { Completion.Candidate($0, .choice) }
            return Completion(range: start..<cursor, candidates: Completion.matching(choices, word))
        }
        guard !command.argument.isEmpty else { return .none(at: cursor) }
        return lua.inspect { inspector in
            Completer(lua, inspector, source, cursor: cursor)
                .paths(StringContent(source[start..<cursor], isQuoted: false), nil)
        } ?? .none(at: cursor)
    }
}
