import Support

/// A Lua module: one table of functions, declared once.
public struct LuaModule: Sendable {
    /// The name of the table, as in `cluster.kmeans`.
    public let name: String
    /// What it is for, in a sentence or a few.
    public let prose: String
    /// Its functions, in the order help lists them. Their signatures are named "module.function".
    public let functions: [Signature]
    /// Makes the module itself callable, as in `tensor{1, 2, 3}`.
    public let call: Signature?
    /// The classes of the objects it hands out, for help and the reference.
    public let classes: [LuaClass]
    /// Values that are no functions (`json.null`).
    public let constants: @Sendable () -> [(String, LuaValue)]

    /// Declares a module.
    public init(
        _ name: String, _ prose: String, functions: [Signature], call: Signature? = nil, classes: [LuaClass] = [],
        constants: @escaping @Sendable () -> [(String, LuaValue)] = { [] }
    ) {
        self.name = name
        self.prose = prose
        self.functions = functions
        self.call = call
        self.classes = classes
        self.constants = constants
    }

    /// Every function and method of the module.
    public var signatures: [Signature] { functions + (call.map { [$0] } ?? []) + classes.flatMap(\.methods) }

    /// Answers the reading of a name the module does not have: an error with the near ones, as for objects. A typo would otherwise
    /// come to light as a call of nil elsewhere. `rawget` asks without it.
    var missingMember: Signature {
        let members = functions.map(\.shortName) + constants().map(\.0)
        return Signature(internal: "\(name) member") { [name] call throws(Failure) in
            // Names only: a loop over positions ends at nil.
            guard let member = call.argument(2).text else { return .nil }
            let near = nearest(to: member, in: members)
            throw .operation(
                "\(name) has no member '\(member)'",
                hint: near.map { "did you mean '\($0)'?" } ?? "help(\(name)) lists them")
        }
    }
}
