import Encoders
import LuaKit
import Support

// What can stand inside a string.
extension Completer {
    /// The string that ends at the cursor: `start` is where its quote is, `content` where it begins, `quote` what closes it.
    func completionInString(start: Int, content: Int, quote: UInt8?) -> Completion {
        let inside = StringContent(source[min(content, cursor)..<cursor], isQuoted: quote != nil)
        let end = syntax.tokens.count
        if let bracket = syntax.innermost, bracket == end - 1, syntax.token(bracket, is: "["),
            let (object, _) = syntax.expression(endingAt: bracket - 1), let subject = resolve(object)
        {
            return whole(keys(of: subject, String(decoding: inside.bytes, as: UTF8.self)), inside, quote, behind: "]")
        }
        guard let slot = slot(before: end) else {
            return isQuery(before: end) ? sqlWords(inside, quote) : paths(inside, quote)
        }
        let words = Self.choices(slot.parameter.type.form, isElement: slot.isElement)
        if !words.isEmpty { return whole(words.map { Candidate($0, .choice, slot.parameter.name) }, inside, quote) }
        switch slot.parameter.type.content {
        case .column: return whole(columns(of: slot.callee), inside, quote)
        case .sql: return sql(slot, inside, quote)
        case .topic: return whole(topics(), inside, quote)
        case .model:
            let installed = ModelStore().installed().map { Candidate($0.name, .model, "installed model") }
            let found = whole(installed, inside, quote)
            return found.candidates.isEmpty ? paths(inside, quote) : found
        case .path: return paths(inside, quote)
        case nil: return slot.parameter.type.isText ? paths(inside, quote) : .none(at: cursor)
        }
    }

    /// Whether the cursor is in a string.
    var isString: Bool { if case .string = ending { true } else { false } }

    /// Candidates for all that stands in the string.
    private func whole(
        _ candidates: [Candidate], _ inside: StringContent, _ quote: UInt8?, behind: String = ""
    ) -> Completion {
        let typed = String(decoding: inside.bytes, as: UTF8.self)
        return written(Completion.matching(candidates, typed), from: inside.places[0], quote, behind: behind)
    }

    /// The candidates as they are written in the string, from the byte `start`.
    private func written(
        _ candidates: [Candidate], from start: Int, _ quote: UInt8?, behind: String = ""
    ) -> Completion {
        let closing = quote.map { String(Unicode.Scalar($0)) + behind } ?? ""
        return Completion(
            range: start..<cursor,
            candidates: candidates.map {
                let isOpen = $0.kind == .folder
                return Candidate(
                    StringContent.written($0.text, quote: quote), label: $0.label, $0.kind, $0.prose,
                    closing: isOpen ? "" : closing)
            })
    }

    // MARK: Columns and SQL

    /// The columns of the table whose method `callee` is.
    private func columns(of callee: LuaSyntax.Expression) -> [Candidate] {
        guard case .member(let table, _) = callee, let subject = resolve(table) else { return [] }
        return ownMembers(of: subject).map { Candidate($0.name, .column, $0.prose) }
    }

    /// The word of a query at the cursor: columns of the tables at hand, then SQL's own words.
    private func sql(_ slot: Slot, _ inside: StringContent, _ quote: UInt8?) -> Completion {
        guard let place = SQLPlace(inside.bytes) else { return .none(at: cursor) }
        let word = String(decoding: inside.bytes[place.start...], as: UTF8.self)
        var found = columns(of: slot.callee)
        let isMethod = slot.signature.isMethod
        if isMethod, !found.isEmpty {
            if !place.isQualified { found.append(Candidate("this", .key, "the table that is asked")) }
        } else {
            found = tablesAtHand()
        }
        found = Completion.matching(found, word).map { candidate in
            guard place.isQuoted || SQLPlace.needsQuotes(candidate.text), candidate.kind == .column else {
                return candidate
            }
            let name = candidate.text.replacing("\"", with: "\"\"")
            return Candidate("\"\(name)\"", label: candidate.label, candidate.kind, candidate.prose)
        }
        // All of them would bury the columns.
        if !place.isQuoted, !place.isQualified, !word.isEmpty || found.isEmpty {
            found += SQLPlace.candidates(beginningWith: word)
        }
        // A query goes on behind its last word: nothing is closed.
        let start = inside.places[place.isQuoted ? place.start - 1 : place.start]
        let completion = written(found, from: start, quote)
        let open = completion.candidates.map { Candidate($0.text, label: $0.label, $0.kind, $0.prose) }
        return Completion(range: completion.range, candidates: open)
    }

    /// Whether the string is the argument of a method called `sql`, whatever it is that has it.
    private func isQuery(before end: Int) -> Bool {
        let callee =
            syntax.callee(before: end) ?? (syntax.token(end - 1, is: "(") ? syntax.callee(before: end - 1) : nil)
        guard case .member(_, "sql") = callee else { return false }
        return true
    }

    /// SQL's own words, for the query of a table that is not there yet.
    private func sqlWords(_ inside: StringContent, _ quote: UInt8?) -> Completion {
        guard let place = SQLPlace(inside.bytes), !place.isQuoted, !place.isQualified else { return .none(at: cursor) }
        let word = String(decoding: inside.bytes[place.start...], as: UTF8.self)
        let found = written(SQLPlace.candidates(beginningWith: word), from: inside.places[place.start], quote)
        let open = found.candidates.map { Candidate($0.text, label: $0.label, $0.kind, $0.prose) }
        return Completion(range: found.range, candidates: open)
    }

    /// The columns of every table that a variable holds, each name once.
    private func tablesAtHand() -> [Candidate] {
        var found: [Candidate] = []
        var seen: Set<String> = []
        func look(at value: Argument, _ name: String) {
            guard let object = value.object else { return }
            for member in object.luaClass.members(of: object) where seen.insert(member.name).inserted {
                found.append(Candidate(member.name, .column, "\(member.prose) in \(name)"))
            }
        }
        for name in inspector.localNames { if let value = inspector.local(name) { look(at: value, name) } }
        guard let globals = inspector.globals() else { return [] }
        inspector.forEachMember(of: globals) { key, value in
            if value.kind == .object, let name = key.text { look(at: value, name) }
            return true
        }
        return found.sorted { Self.order($0.label, $1.label) }
    }

    /// Everything that help explains.
    func topics() -> [Candidate] {
        var all = catalogue.modules.map { Candidate($0.name, .topic, Self.line($0.prose)) }
        all += catalogue.signatures.map { Candidate($0.name, .topic, Self.line($0.prose)) }
        all += catalogue.classes.map { Candidate($0.name, .topic, Self.line($0.prose)) }
        var seen: Set<String> = []
        return all.filter { seen.insert($0.text).inserted }.sorted { Self.order($0.label, $1.label) }
    }

    // MARK: Paths

    /// How many names of a folder are looked at: more than anybody reads, few enough to be quick.
    private static let fileLimit = 20_000

    /// Files whose paths begin with what stands in the string.
    func paths(_ inside: StringContent, _ quote: UInt8?) -> Completion {
        let slash = inside.bytes.lastIndex(of: UInt8(ascii: "/"))
        let nameStart = slash.map { $0 + 1 } ?? 0
        let folder = String(decoding: inside.bytes[..<nameStart], as: UTF8.self)
        let word = String(decoding: inside.bytes[nameStart...], as: UTF8.self)
        guard !inside.bytes.contains(0) else { return .none(at: cursor) }
        let names = (try? FileSystem.names(in: folder.isEmpty ? "." : folder)) ?? []
        let shown = names.prefix(Self.fileLimit).filter { word.hasPrefix(".") || !$0.hasPrefix(".") }
        let matching = Completion.matching(shown.map { Candidate($0, .file) }, word)
        // Whether it is a folder is asked of the few that match.
        let found = matching.map { candidate in
            FileSystem.isFolder(folder + candidate.text)
                ? Candidate(candidate.text + "/", .folder, "folder") : candidate
        }
        return written(found, from: inside.places[nameStart], quote)
    }
}

extension ParameterType {
    /// Whether any string may be meant, so that it may be a path for all we know.
    fileprivate var isText: Bool {
        func takesStrings(_ form: Form) -> Bool {
            switch form {
            case .string, .any: true
            case .either(let forms): forms.contains(where: takesStrings)
            default: false
            }
        }
        return takesStrings(form)
    }
}
