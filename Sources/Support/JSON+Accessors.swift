/// Reading a value of an expected type: nil says that it is missing or of another type.
extension JSON {
    /// The member named `key` of an object.
    public subscript(key: String) -> JSON? {
        guard case .object(let object) = self else { return nil }
        return object[key]
    }

    /// The item at `index` of an array, counted from 0.
    public subscript(index: Int) -> JSON? {
        guard case .array(let items) = self, items.indices.contains(index) else { return nil }
        return items[index]
    }

    /// Whether this is `null`.
    public var isNull: Bool { self == .null }

    /// `true` or `false`.
    public var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// A whole number, however it was written (`512`, `512.0`, `5.12e2`).
    public var int: Int? {
        switch self {
        case .int(let value): Int(value)
        case .double(let value): Int(exactly: value)
        default: nil
        }
    }

    /// A number.
    public var double: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }

    /// A string as text, what is not UTF-8 replaced by U+FFFD.
    public var string: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

    /// A string's bytes.
    public var bytes: [UInt8]? {
        guard case .string(let value) = self else { return nil }
        return value.bytes
    }

    /// The items of an array.
    public var array: [JSON]? {
        guard case .array(let items) = self else { return nil }
        return items
    }

    /// An object.
    public var object: JSONObject? {
        guard case .object(let object) = self else { return nil }
        return object
    }

    /// A value as it stands in an error message: a number or short string itself, of the rest the kind.
    public var inWords: String {
        switch self {
        case .int(let value): "\(value)"
        case .double(let value): "\(value)"
        case .bool(let value): "\(value)"
        case .string(let value) where value.bytes.count <= 40: "\"\(value)\""
        default: kindName
        }
    }

    /// What kind of value this is, in words for an error message ("a string").
    public var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .int, .double: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral
{
    /// `null`.
    public init(nilLiteral: ()) { self = .null }
    /// `true` or `false`.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// An integer.
    public init(integerLiteral value: Int64) { self = .int(value) }
    /// A double.
    public init(floatLiteral value: Double) { self = .double(value) }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    /// A string.
    public init(stringLiteral value: String) { self = .string(ByteString(value)) }
    /// An array.
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    /// An object whose members keep the literal's order.
    public init(dictionaryLiteral elements: (String, JSON)...) {
        var object = JSONObject()
        for (key, value) in elements { object[key] = value }
        self = .object(object)
    }

    /// A string.
    public init(_ text: String) { self = .string(ByteString(text)) }
    /// An integer.
    public init(_ value: Int) { self = .int(Int64(value)) }
}
