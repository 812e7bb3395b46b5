import LuaKit

// What can stand behind a dot, a colon or `["`.
extension Completer {
    /// Members of `subject` that begin with `word`. `mark` is where the dot or colon is, `start` where the word begins.
    func members(of subject: Subject, _ word: String, isCall: Bool, mark: Int, start: Int) -> Completion {
        let found = isCall ? methods(of: subject) : fields(of: subject)
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
    private func methods(of subject: Subject) -> (plain: [Candidate], odd: [Candidate]) {
        if let luaClass = luaClass(of: subject) {
            return (luaClass.methods.map { candidate($0.shortName, $0, .method) }, [])
        }
        if case .text = subject { return (stringMethods(), []) }
        guard case .value(let value) = subject else { return ([], []) }
        let entries = keys(of: value) { $0.kind == .function || $0.hasMetamethod("__call") }
        return (entries.filter { LuaTokens.isName($0.label) }, [])
    }

    /// What can be read with a dot; `odd` are those whose names are no names in Lua, written in brackets.
    private func fields(of subject: Subject) -> (plain: [Candidate], odd: [Candidate]) {
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
            all = keys(of: value) { _ in true }
        }
        let odd = all.filter { !LuaTokens.isName($0.text) }.map { candidate in
            let key = StringContent.written(candidate.text, quote: UInt8(ascii: "\""))
            return Candidate("[\"\(key)\"]", label: candidate.label, candidate.kind, candidate.prose)
        }
        return (all.filter { LuaTokens.isName($0.text) }, odd)
    }

    /// The string keys of a table and of those behind it, sorted.
    private func keys(of table: Argument, where isWanted: (Argument) -> Bool) -> [Candidate] {
        let library = library(at: table)
        var found: [Candidate] = []
        var seen: Set<String> = []
        inspector.forEachMember(of: table) { key, value in
            guard let name = key.text, isWanted(value), seen.insert(name).inserted else { return true }
            let known = describe(name, value, path: library.map { "\($0).\(name)" } ?? "")
            found.append(known.kind == .variable ? Candidate(name, .key, known.prose) : known)
            return true
        }
        return found.sorted { Self.order($0.label, $1.label) }
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

    private func stringMethods() -> [Candidate] {
        guard let globals = inspector.globals(), let library = inspector.member("string", of: globals) else {
            return []
        }
        return keys(of: library) { $0.kind == .function }
    }

    /// The keys that can stand in the string `x["...`, in `x`.
    func keys(of subject: Subject) -> [Candidate] {
        let found = fields(of: subject)
        return (found.plain + found.odd).map { Candidate($0.label, $0.kind, $0.prose) }
    }
}
