import Support

/// What a Lua operator is called in a metatable.
public enum LuaOperator: String, Sendable, CaseIterable {
    case add, sub, mul, div, mod, pow, unm, idiv, band, bor, bxor, shl, shr, bnot, concat, eq, lt, le, call
}

/// A field that is read with a dot, as in `model.labels`.
public struct Field: Sendable {
    /// Its name.
    public let name: String
    /// The type, in words for help and stubs ("list of integers", "tensor").
    public let type: String
    /// What it means.
    public let prose: String
    let get: @Sendable (LuaObject) throws(Failure) -> LuaValue

    /// A field of the Swift type `Value`.
    public init<Value: SendableMetatype>(
        _ name: String, _ type: String, _ prose: String,
        get: @escaping @Sendable (Value) throws(Failure) -> LuaValue
    ) {
        self.name = name
        self.type = type
        self.prose = prose
        self.get = { (object) throws(Failure) in
            guard let value = object.get(Value.self) else { throw LuaClass.closed(object.luaClass.name) }
            return try get(value)
        }
    }
}

/// A field that one object has and another of its class may not, such as a column of a table: told to completion.
public struct Member: Sendable {
    /// Its name, which need not be one in Lua.
    public let name: String
    /// The type, in words.
    public let type: String
    /// What it is.
    public let prose: String

    /// A member.
    public init(_ name: String, _ type: String, _ prose: String) {
        self.name = name
        self.type = type
        self.prose = prose
    }
}

/// How values of one Swift type behave in Lua: one constant per type, declared once.
public final class LuaClass: Sendable {
    /// The body of a function that has no declaration of its own (operators and the like).
    public typealias Body = @Sendable (Call) throws(Failure) -> LuaValue

    /// The name in messages, help and `type` fields ("tensor", "cluster.KMeans").
    public let name: String
    /// What it is, for help.
    public let prose: String
    /// The functions called with a colon. Their signatures are named "class:method".
    public let methods: [Signature]
    /// The declared fields, in the order help lists them.
    public let fields: [Field]
    /// Fields known only at run time (a table's columns): called with the key when no method and no declared field has it.
    let index: Body?
    let newIndex: Body?
    let length: Body?
    let pairs: Body?
    let operators: [(LuaOperator, Body)]
    let display: (@Sendable (LuaObject) -> String)?
    let onClose: (@Sendable (LuaObject) -> Void)?
    /// Whether there is one object of the class in a session: every value that is handed over is that one.
    let isSingle: Bool
    private let ownMembers: @Sendable (LuaObject) -> [Member]

    /// Declares a class.
    /// - Parameters:
    ///   - index: `object[key]` for keys that are neither method nor field: argument 1 is the object, 2 the key.
    ///   - members: the string keys that `index` knows, for completion.
    ///   - newIndex: `object[key] = value`: arguments 1, 2, 3.
    ///   - length: `#object`.
    ///   - pairs: `pairs(object)`: returns three values.
    ///   - operators: either argument may be the object.
    ///   - close: what `<close>` does beside letting the value go; nil if the class has nothing to close.
    ///   - isSingle: whether scripts see all its values as one and the same.
    ///   - display: the text of `tostring` and `print`.
    public init<Value: SendableMetatype>(
        _ name: String, for type: Value.Type, _ prose: String,
        methods: [Signature] = [],
        fields: [Field] = [],
        index: Body? = nil,
        members: (@Sendable (Value) -> [Member])? = nil,
        newIndex: Body? = nil,
        length: Body? = nil,
        pairs: Body? = nil,
        operators: [(LuaOperator, Body)] = [],
        close: (@Sendable (Value) -> Void)? = nil,
        isSingle: Bool = false,
        display: (@Sendable (Value) -> String)? = nil
    ) {
        self.name = name
        self.prose = prose
        self.methods = methods
        self.fields = fields
        self.index = index
        self.newIndex = newIndex
        self.length = length
        self.pairs = pairs
        self.operators = operators
        self.isSingle = isSingle
        ownMembers = { object in members.flatMap { object.get(Value.self).map($0) } ?? [] }
        if let close {
            onClose = { object in if let value = object.get(Value.self) { close(value) } }
        } else {
            onClose = nil
        }
        if let display {
            self.display = { object in object.get(Value.self).map(display) ?? "\(name) (closed)" }
        } else {
            self.display = nil
        }
    }

    /// What a script is told that uses an object after it was closed.
    public static func closed(_ name: String) -> Failure {
        .operation("this \(name) was closed and can no longer be used")
    }

    /// The fields that `object`, which is of this class, has beside the declared ones.
    public func members(of object: LuaObject) -> [Member] { ownMembers(object) }

    /// Everything that can stand after a dot or a colon.
    public var memberNames: [String] { fields.map(\.name) + methods.map(\.shortName) }

    /// The text of `tostring(object)`.
    func text(_ object: LuaObject) -> String {
        display?(object) ?? (object.isClosed ? "\(name) (closed)" : name)
    }
}
