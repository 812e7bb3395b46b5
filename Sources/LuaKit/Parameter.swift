import Support

/// One parameter of a function: by position, or a named option.
public struct Parameter: Sendable {
    /// What stands for a parameter that is not given.
    public enum Absence: Sendable {
        /// It must be given.
        case required
        /// The function sees nil.
        case none
        /// The function sees this value; the text is what help shows.
        case value(Constant)
        /// The function works out a value itself; the text says which ("the session's seed").
        case described(String)
    }

    /// A default value.
    public enum Constant: Sendable, Equatable {
        case boolean(Bool)
        case integer(Int)
        case number(Double)
        case string(String)
    }

    /// Its name, as in messages and, for an option, as the key of the table. Never a Lua keyword.
    public let name: String
    /// What is accepted.
    public let type: ParameterType
    /// What stands for it when it is not given.
    public let absence: Absence
    /// What it means, with units and shape.
    public let prose: String

    /// Whether it may be left out.
    public var isOptional: Bool {
        if case .required = absence { false } else { true }
    }

    /// A parameter that must be given.
    public static func required(_ name: String, _ type: ParameterType, _ prose: String) -> Parameter {
        Parameter(name: name, type: type, absence: .required, prose: prose)
    }

    /// A parameter that may be left out; the function then sees nil. `standing` says what then happens, for help.
    public static func optional(_ name: String, _ type: ParameterType, standing: String? = nil, _ prose: String)
        -> Parameter
    {
        Parameter(name: name, type: type, absence: standing.map { .described($0) } ?? .none, prose: prose)
    }

    /// A parameter with a default value.
    public static func optional(
        _ name: String, _ type: ParameterType, default value: Constant, _ prose: String
    ) -> Parameter {
        Parameter(name: name, type: type, absence: .value(value), prose: prose)
    }

    /// The `seed` option that every stochastic function has.
    public static let seed = Parameter.optional(
        "seed", .integer(0...), standing: "the session's seed",
        "Starts the random numbers; the same seed gives the same result.")
}

extension Parameter.Constant: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral
{
    /// A boolean literal.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    /// An integer literal.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// A number literal.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// A string literal.
    public init(stringLiteral value: String) { self = .string(value) }

    /// As written in Lua.
    public var text: String {
        switch self {
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): numberText(value)
        case .string(let value): "\"\(value)\""
        }
    }

    var value: LuaValue {
        switch self {
        case .boolean(let value): .boolean(value)
        case .integer(let value): .integer(value)
        case .number(let value): .number(value)
        case .string(let value): .string(value)
        }
    }
}
