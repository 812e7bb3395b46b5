import LuaKit
import Support

/// What `help` and `?` answer.
public struct HelpDesk {
    private let state: LuaState
    private let catalogue: Catalogue
    private let text: HelpText

    /// Answers in lines of at most `width` columns; more than 100 are hard to read.
    public init(_ state: LuaState, width: Int) {
        self.state = state
        catalogue = Catalogue(modules: state.modules, globals: state.globals, searchWords: SearchWords.all)
        text = HelpText(width: min(100, width))
    }

    /// A screen about everything.
    public var tour: String { text.tour(catalogue) }

    /// What `name` is, if it is one of Cohort's or Lua's own.
    public func answer(to name: String) -> String? {
        if let found = catalogue.topic(name) { return text.text(found) }
        return LuaLibrary.entry(name).map { text.text($0) }
    }

    /// The failure of an unknown name, with near ones.
    public func unknown(_ name: String) -> Failure {
        let near = catalogue.suggestions(for: name)
        let hint =
            near.isEmpty
            ? "??\(name) searches what is said of everything" : "did you mean \(near.joined(separator: ", "))?"
        return .operation("there is no help on '\(name)'", hint: hint)
    }

    /// What a function, a method or a class is for.
    public func answer(about signature: Signature) -> String { text.text(signature) }

    /// What objects of a class are.
    public func answer(about luaClass: LuaClass) -> String { text.text(luaClass) }

    /// What a value is.
    public func answer(about value: Argument) -> String {
        if let module = state.module(at: value) { return text.text(module) }
        if let signature = value.signature { return text.text(signature) }
        if let object = value.object { return text.text(object.luaClass) }
        if value.kind == .function, let entry = state.inspect({ $0.libraryEntry(of: value) }) ?? nil {
            return text.text(entry)
        }
        return plain(value)
    }

    /// Everything of which the words are said.
    public func search(_ words: String) -> String? {
        let found = catalogue.search(words)
        return found.isEmpty ? nil : text.text(found)
    }

    /// A word on values that no declaration stands behind.
    private func plain(_ value: Argument) -> String {
        switch value.kind {
        case .none, .nil:
            "The value is nil: nothing has this name. help \"kmeans\" asks by name and suggests near ones; help() lists what there is."
        case .function: "A function of your script."
        case .table: "A table with \(value.count) values in its list part. pretty(x) shows what is in it."
        case .number: "A number: \(value.words)."
        case .boolean: "A boolean: \(value.words)."
        default: "A \(value.words). help() lists what there is."
        }
    }
}
