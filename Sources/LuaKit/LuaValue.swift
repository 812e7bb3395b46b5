import Support

/// A Lua value in Swift: read from a script or on its way to one.
///
/// Tables are copied when they are read (`LuaTable`); functions and objects are references. Strings are bytes: they may hold
/// NUL and need not be UTF-8.
public enum LuaValue {
    case `nil`
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case string([UInt8])
    /// A list, `1...n` in Lua.
    case list([LuaValue])
    /// A table with named fields. Fields that are nil are left out.
    case record([(String, LuaValue)])
    /// Any table, as read.
    case table(LuaTable)
    /// A function of the script, or of the libraries.
    case function(LuaFunction)
    /// A function declared in Swift.
    case native(Signature)
    /// Any Lua value that was kept with `Call.keep`, handed back as itself.
    case reference(LuaReference)
    /// A Swift value that scripts hold as a userdata.
    case object(LuaObject)
    /// An argument of the call being answered, handed back as the same Lua value (its position, from 1).
    case argument(Int)
    /// A value that is written down part by part when the call has been answered; only meaningful as what a function returns. Exactly one
    /// value must be written, with every table ended.
    case written((inout LuaWriter) throws(Failure) -> Void)
    /// Several results (or none). Only meaningful as what a function returns.
    case values([LuaValue])
}

extension LuaValue {
    /// The UTF-8 bytes of `text`.
    public static func string(_ text: String) -> LuaValue { .string(Array(text.utf8)) }

    /// `value` as an object of its class.
    public static func object<Value: LuaVisible>(_ value: Value) -> LuaValue {
        .object(LuaObject(value, of: Value.luaClass))
    }

    /// A list of numbers.
    public static func numbers(_ values: some Sequence<Double>) -> LuaValue {
        list(Array(values)) { $0.number($1) }
    }

    /// A list of integers.
    public static func integers(_ values: some Sequence<Int>) -> LuaValue {
        list(Array(values)) { $0.integer($1) }
    }

    /// A list of strings.
    public static func strings(_ values: some Sequence<String>) -> LuaValue {
        list(Array(values)) { writer, text in
            var text = text
            text.withUTF8 { writer.string($0) }
        }
    }

    /// A list of booleans.
    public static func booleans(_ values: some Sequence<Bool>) -> LuaValue {
        list(Array(values)) { $0.boolean($1) }
    }

    /// A list that is written down without a Lua value for each element.
    private static func list<Element>(
        _ values: [Element], _ write: @escaping (LuaWriter, Element) -> Void
    ) -> LuaValue {
        .written { writer throws(Failure) in
            writer.beginList()
            for value in values {
                try writer.poll()
                write(writer, value)
            }
            writer.end(values.count)
        }
    }

    /// No result at all.
    public static var nothing: LuaValue { .values([]) }

    /// The value, or nil when there is none.
    public static func optional(_ value: LuaValue?) -> LuaValue { value ?? .nil }

    /// A number that is whole and exact becomes an integer, as a count read from a database should.
    public static func whole(_ value: Double) -> LuaValue {
        Int(exactly: value).map { .integer($0) } ?? .number(value)
    }
}

extension LuaValue {
    /// The Lua name of the type ("number", "table"); objects say their class.
    public var typeName: String {
        switch self {
        case .nil: "nil"
        case .boolean: "boolean"
        case .integer, .number: "number"
        case .string: "string"
        case .list, .record, .table: "table"
        case .function, .native: "function"
        case .object(let object): object.luaClass.name
        case .reference, .argument, .written, .values: "value"
        }
    }

    /// Whether it is nil.
    public var isNil: Bool {
        if case .nil = self { true } else { false }
    }

    /// The string's bytes as text, ill-formed UTF-8 repaired; nil for other types.
    public var text: String? {
        if case .string(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil }
    }

    /// The number, integer or not; nil for other types.
    public var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The integer, if it is one or a number without fraction.
    public var int: Int? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int(exactly: value)
        default: nil
        }
    }

    /// The boolean; nil for other types.
    public var bool: Bool? {
        if case .boolean(let value) = self { value } else { nil }
    }

    /// The table, if it is one that was read from a script.
    public var table: LuaTable? {
        if case .table(let table) = self { table } else { nil }
    }
}

extension LuaValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// `nil`.
    public init(nilLiteral: ()) { self = .nil }
    /// A boolean literal.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    /// An integer literal.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// A number literal.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// A string literal.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A list literal.
    public init(arrayLiteral elements: LuaValue...) { self = .list(elements) }
    /// A record literal, in order.
    public init(dictionaryLiteral elements: (String, LuaValue)...) { self = .record(elements) }
}
