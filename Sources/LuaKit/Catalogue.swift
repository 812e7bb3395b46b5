/// Everything that can be asked about: modules, their functions, classes and methods, and the global functions.
public struct Catalogue {
    /// What a name stands for.
    public enum Topic {
        /// A function or method.
        case function(Signature)
        /// A module.
        case module(LuaModule)
        /// A class of objects.
        case luaClass(LuaClass)
    }

    /// The modules, in order.
    public let modules: [LuaModule]
    /// The global functions, in order.
    public let globals: [Signature]
    /// Further words by which things are searched for, by their full names.
    public let searchWords: [String: String]

    /// A catalogue of these.
    public init(modules: [LuaModule], globals: [Signature], searchWords: [String: String] = [:]) {
        self.modules = modules
        self.globals = globals
        self.searchWords = searchWords
    }

    /// Every function and method.
    public var signatures: [Signature] { globals + modules.flatMap(\.signatures) }

    /// The classes of all modules.
    public var classes: [LuaClass] { modules.flatMap(\.classes) }

    /// Every full name.
    public var names: [String] { modules.map(\.name) + signatures.map(\.name) + classes.map(\.name) }

    /// What `name` stands for: a full name ("cluster.kmeans", "tensor:sum", "cluster"), with a dot for a colon too, or the last part
    /// of one if only one thing is called so.
    public func topic(_ name: String) -> Topic? {
        if let module = modules.first(where: { $0.name == name }) { return .module(module) }
        if let signature = signatures.first(where: { $0.name == name }) { return .function(signature) }
        if let luaClass = classes.first(where: { $0.name == name }) { return .luaClass(luaClass) }
        let dotted = Self.dotted(name)
        if let signature = signatures.first(where: { Self.dotted($0.name) == dotted }) { return .function(signature) }
        let short = signatures.filter { $0.shortName == name }
        if short.count == 1 { return .function(short[0]) }
        return classes.first { $0.name.hasSuffix("." + name) }.map { .luaClass($0) }
    }

    /// Full names that `name` may have been meant to be, best first: those that end in it, those whose last part begins with it, then
    /// near ones.
    public func suggestions(for name: String) -> [String] {
        let word = Signature.lastPart(name)
        var found = signatures.filter { $0.shortName == word }.map(\.name)
        if word.utf8.count >= 3 {
            found += signatures.filter { $0.shortName.hasPrefix(word.lowercased()) }.map(\.name).prefix(3)
        }
        if let near = nearest(to: name, in: names) { found.append(near) }
        if let near = nearest(to: word, in: signatures.map(\.shortName)) {
            found += signatures.filter { $0.shortName == near }.map(\.name)
        }
        var seen: Set<String> = []
        return Array(found.filter { seen.insert($0).inserted }.prefix(4))
    }

    private static func dotted(_ name: String) -> String { String(name.map { $0 == ":" ? "." : $0 }) }
}

extension LuaState {
    /// What scripts of this state can ask about.
    public var catalogue: Catalogue { Catalogue(modules: modules, globals: globals) }
}
