import LuaKit

// What can stand behind a dot, a colon or `["`.
extension Completer {
    /// Members of `subject` that begin with `word`. `mark` is where the dot or colon is, `start` where the word begins.
    func members(of subject: Subject, _ word: String, isCall: Bool, mark: Int, start: Int) -> Completion {
        let found = isCall ? methods(of: subject, word) : fields(of: subject, word)
        let plain = Completion.matching(found.plain, word)
        let odd = Completion.matching(found.odd, word)
        if plain.isEmpty, odd.isEmpty {
            // A dot where a colon is meant.
            guard !isCall, let luaClass = luaClass(of: subject) else { return .none(at: cursor) }
            let methods = luaClass.methods.map { candidate(":\($0.shortName)", label: $0.shortName, $0, .method) }
            return Completion(range: mark..<cursor, candidates: Completion.matching(methods, word))
        }
        guard !odd.isEmpty else { return Completion(range: start..<cursor, candidates: plain) }
        // Names that cannot follow a dot take its place as well.
        let dotted = plain.map { Candidate(".\($0.text)", label: $0.label, $0.kind, $0.prose) }
        return Completion(range: mark..<cursor, candidates: dotted + odd)
    }

    private func luaClass(of subject: Subject) -> LuaClass? {
        switch subject {
        case .instance(let luaClass): luaClass
        case .value(let value): value.object?.luaClass
        case .text, .function, .record: nil
        }
    }

    /// What can be called with a colon.
    private func methods(of subject: Subject, _ word: String) -> (plain: [Candidate], odd: [Candidate]) {
        if let luaClass = luaClass(of: subject) {
            return (luaClass.methods.map { candidate($0.shortName, $0, .method) }, [])
        }
        if case .text = subject { return (stringMethods(word), []) }
        guard case .value(let value) = subject else { return ([], []) }
        let entries = keys(of: value, word) { $0.kind == .function || $0.hasMetamethod("__call") }
        return (entries.filter { LuaLexer.isName($0.label) }, [])
    }

    /// What can be read with a dot; `odd` are those whose names are no names in Lua, written in brackets.
    private func fields(of subject: Subject, _ word: String) -> (plain: [Candidate], odd: [Candidate]) {
        var all: [Candidate] = []
        if let luaClass = luaClass(of: subject) {
            let methods = luaClass.methods.map(\.shortName)
            for member in ownMembers(of: subject) {
                // A method of the same name would be read instead.
                if methods.contains(member.name) { continue }
                all.append(Candidate(member.name, .column, member.prose))
            }
            all += luaClass.fields.map { Candidate($0.name, .field, "\($0.type): \(Self.line($0.prose))") }
        } else if case .record(let members) = subject {
            all = members.map { Candidate($0.name, .key, $0.prose) }
        } else if case .value(let value) = subject {
            all = keys(of: value, word) { _ in true }
        }
        let odd = all.filter { !LuaLexer.isName($0.text) }.map { candidate in
            let key = StringContent.written(candidate.text, quote: UInt8(ascii: "\""))
            return Candidate("[\"\(key)\"]", label: candidate.label, candidate.kind, candidate.prose)
        }
        return (all.filter { LuaLexer.isName($0.text) }, odd)
    }

    /// The string keys of a table and of those behind it that begin with `word`, sorted.
    private func keys(of table: Argument, _ word: String, where isWanted: (Argument) -> Bool) -> [Candidate] {
        let library = library(at: table)
        return entries(of: table, beginningWith: word, where: { isWanted($1) }) { name, value in
            let known = describe(name, value, path: library.map { "\($0).\(name)" } ?? "")
            return known.kind == .variable ? Candidate(name, .key, known.prose) : known
        }
    }

    /// The name of the library of Lua's own that a table is, or that stands behind a string or file.
    private func library(at value: Argument) -> String? {
        if value.kind == .string { return "string" }
        if value.kind == .other { return "file" }
        guard let globals = inspector.globals() else { return nil }
        return LuaLibrary.modules.keys.sorted().first { name in
            inspector.member(name, of: globals).map { inspector.areSame($0, value) } ?? false
        }
    }

    private func stringMethods(_ word: String) -> [Candidate] {
        guard let globals = inspector.globals(), let library = inspector.member("string", of: globals) else {
            return []
        }
        return keys(of: library, word) { $0.kind == .function }
    }

    /// The keys that can stand in the string `x["...`, in `x`.
    func keys(of subject: Subject, _ word: String) -> [Candidate] {
        let found = fields(of: subject, word)
        return (found.plain + found.odd).map { Candidate($0.label, $0.kind, $0.prose) }
    }
}
