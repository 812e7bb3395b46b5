/// One value of a column, as the outside sees it: dates and timestamps as ISO 8601 text, decimals and wide integers as integers
/// when those are exact and as floating-point numbers otherwise.
public enum Value: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case bytes([UInt8])
    case list([Value])
    case record([Part])

    /// A named part of a record.
    public struct Part: Equatable, Sendable {
        /// The part's name.
        public let name: String
        /// What it holds.
        public let value: Value

        /// A part called `name`.
        public init(_ name: String, _ value: Value) {
            self.name = name
            self.value = value
        }
    }

    /// What kind of value this is, in words for an error.
    public var kind: String {
        switch self {
        case .null: "nothing"
        case .bool: "a boolean"
        case .integer: "an integer"
        case .number: "a number"
        case .text: "text"
        case .bytes: "bytes that are not UTF-8"
        case .list: "a list"
        case .record: "a record"
        }
    }
}
