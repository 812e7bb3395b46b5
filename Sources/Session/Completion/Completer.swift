import LuaKit

/// Finds what can stand at a place in an entry. Runs nothing of the entry's or the session's: what things are is told by looking at
/// what variables hold and by what functions are declared to return.
struct Completer {
    typealias Candidate = Completion.Candidate

    let lua: LuaState
    let inspector: Inspector
    let catalogue: Catalogue
    let source: [UInt8]
    let cursor: Int
    let syntax: LuaSyntax
    /// Where the text before the cursor ends.
    let ending: LuaLexer.Ending

    init(_ lua: LuaState, _ inspector: Inspector, _ source: [UInt8], cursor: Int) {
        self.lua = lua
        self.inspector = inspector
        catalogue = lua.catalogue
        self.source = source
        self.cursor = cursor
        let read = LuaLexer(source, end: cursor)
        ending = read.ending
        var tokens = read.tokens
        // The word that is being typed is completed, not understood.
        if case .code = read.ending, let last = tokens.last, last.range.upperBound == cursor,
            last.kind == .name || last.kind == .keyword
        {
            tokens.removeLast()
        }
        syntax = LuaSyntax(tokens, of: source)
    }

    /// What can stand at the cursor.
    func completion() -> Completion {
        switch ending {
        case .comment: return .none(at: cursor)
        case .string(let start, let content, let quote):
            return completionInString(start: start, content: content, quote: quote)
        case .code: break
        }
        var start = cursor
        while start > 0, LuaLexer.isNamePart(source[start - 1]) { start -= 1 }
        // Inside a number, nothing; `1.` and the like are one as well.
        if let last = syntax.tokens.last, last.kind == .number, last.range.upperBound == cursor {
            return .none(at: cursor)
        }
        let word = String(decoding: source[start..<cursor], as: UTF8.self)
        let end = syntax.tokens.count
        if syntax.token(end - 1, is: ".") || syntax.token(end - 1, is: ":") {
            guard let (object, _) = syntax.expression(endingAt: end - 2), let subject = resolve(object) else {
                return .none(at: cursor)
            }
            let mark = syntax.tokens[end - 1]
            let isCall = mark.text == ":"
            return members(of: subject, word, isCall: isCall, mark: mark.range.lowerBound, start: start)
        }
        return Completion(range: start..<cursor, candidates: names(word))
    }

    // MARK: Names

    private func names(_ word: String) -> [Candidate] {
        let end = syntax.tokens.count
        // Behind these stands a new name, which nobody can guess.
        if syntax.token(end - 1, is: "local") { return Completion.matching([Candidate("function", .keyword)], word) }
        if syntax.token(end - 1, is: "for") || syntax.token(end - 1, is: "goto") || syntax.token(end - 1, is: "::") {
            return []
        }
        if let options = optionKeys(), case let found = Completion.matching(options, word), !found.isEmpty {
            return found
        }
        let wanted = slot(before: end).map(values) ?? []
        let preferred = Completion.matching(wanted, word)
        // A value is wanted that can be listed: until something else is typed, these are it.
        if word.isEmpty, !preferred.isEmpty { return preferred }
        let lowered = word.lowercased()
        let found = Completion.matching(variables(beginningWith: lowered) + keywords(lowered), word)
        return preferred + found.filter { candidate in !preferred.contains { $0.text == candidate.text } }
    }

    private func keywords(_ lowered: String) -> [Candidate] {
        LuaLexer.keywords.filter { $0.hasPrefix(lowered) }.sorted().map { Candidate($0, .keyword) }
    }

    /// Variables whose names begin with `lowered` in any letter case, sorted; what hides another stands for both.
    private func variables(beginningWith lowered: String) -> [Candidate] {
        var found: [String: Candidate] = [:]
        for name in syntax.declaredNames where name.lowercased().hasPrefix(lowered) {
            found[name] = Candidate(name, .local, "in this entry")
        }
        for name in inspector.localNames where found[name] == nil && name.lowercased().hasPrefix(lowered) {
            found[name] = inspector.local(name).map { describe(name, $0, path: "", kind: .local) }
        }
        guard let globals = inspector.globals() else { return [] }
        let known = Set(found.keys)
        let others = entries(
            of: globals, beginningWith: lowered, where: { name, _ in LuaLexer.isName(name) && !known.contains(name) },
            describe: { describe($0, $1, path: $0) })
        let local = found.values.sorted { $0.label < $1.label }
        return local + others
    }

    /// How many entries of a list are explained: of thousands nobody reads what each is.
    private static let explainedLimit = 500

    /// The string keys of a table and of those behind it that begin with `word` in any letter case and are wanted, sorted. Keys that are
    /// no text are left out, since nobody could type them.
    func entries(
        of table: Argument, beginningWith word: String, where isWanted: (String, Argument) -> Bool,
        describe: (String, Argument) -> Candidate
    ) -> [Candidate] {
        let prefix = word.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        func name(_ key: Argument) -> String? {
            key.withBytes { Self.begins($0, with: prefix) ? String(validating: $0, as: UTF8.self) : nil } ?? nil
        }
        var seen: Set<String> = []
        var wanted: [String] = []
        inspector.forEachMember(of: table) { key, value in
            // The first of those called so hides the others.
            if let name = name(key), seen.insert(name).inserted, isWanted(name, value) { wanted.append(name) }
            return true
        }
        let sorted = Self.sorted(wanted)
        var explained: [String: Candidate?] = [:]
        for name in sorted.prefix(Self.explainedLimit) { explained[name] = .some(nil) }
        inspector.forEachMember(of: table) { key, value in
            if let name = name(key), case .some(nil) = explained[name] { explained[name] = describe(name, value) }
            return true
        }
        return sorted.map { (explained[$0] ?? nil) ?? Candidate($0, .variable) }
    }

    /// By bytes, names that begin with an underscore last.
    private static func sorted(_ names: [String]) -> [String] {
        let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return sorted.filter { !$0.hasPrefix("_") } + sorted.filter { $0.hasPrefix("_") }
    }

    /// Whether `bytes` begin with `prefix`, which is in lower case, in any letter case. Letters beyond ASCII have to be the same.
    static func begins(_ bytes: UnsafeBufferPointer<UInt8>, with prefix: [UInt8]) -> Bool {
        guard bytes.count >= prefix.count else { return false }
        for (index, byte) in prefix.enumerated() {
            let other = bytes[index]
            guard other == byte || ((0x41...0x5A).contains(other) && other | 0x20 == byte) else { return false }
        }
        return true
    }

    /// By bytes, names that begin with an underscore last.
    static func order(_ left: String, _ right: String) -> Bool {
        let isLeftHidden = left.hasPrefix("_")
        guard isLeftHidden == right.hasPrefix("_") else { return !isLeftHidden }
        return left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    /// A variable or a member of a table, by what it holds. `path` is what it is called in Lua's own manual, if it is Lua's.
    func describe(_ name: String, _ value: Argument, path: String, kind: Completion.Kind? = nil) -> Candidate {
        if let signature = value.signature { return candidate(name, signature, kind ?? .function) }
        if let module = lua.module(at: value) { return Candidate(name, kind ?? .module, Self.line(module.prose)) }
        switch value.kind {
        case .function:
            let prose = inspector.isBuiltin(value) ? LuaLibrary.prose(of: path) ?? "function of Lua's own" : "function"
            return Candidate(name, kind ?? .function, prose)
        case .table where LuaLibrary.modules[path] != nil:
            return Candidate(name, kind ?? .module, LuaLibrary.modules[path] ?? "")
        default:
            return Candidate(name, kind ?? .variable, value.words)
        }
    }

    /// A function, explained by how it is called and what it does.
    func candidate(_ text: String, label: String? = nil, _ signature: Signature, _ kind: Completion.Kind) -> Candidate {
        Candidate(text, label: label, kind, Self.line(signature.prose))
    }

    /// The first sentence of a text, on one line.
    static func line(_ prose: String) -> String {
        let text = prose.split(whereSeparator: \.isNewline).joined(separator: " ")
        guard let end = text.firstRange(of: ". ") else { return text.hasSuffix(".") ? String(text.dropLast()) : text }
        return String(text[..<end.lowerBound])
    }
}
