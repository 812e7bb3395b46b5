/// The type of a column's values.
///
/// Narrower or rarer Arrow types are widened into these when a batch is read: half floats, the three text layouts, dictionaries,
/// 32-bit times, intervals (as text).
public indirect enum ColumnType: Equatable, Sendable {
    /// No value at all: every row is null.
    case null
    case bool
    /// An integer of 8, 16, 32 or 64 bits.
    case integer(bits: Int, signed: Bool)
    /// A floating-point number of 32 or 64 bits.
    case float(bits: Int)
    /// An exact decimal of up to 38 digits, `scale` of them after the point.
    case decimal(precision: Int, scale: Int)
    /// UTF-8 text.
    case text
    /// Bytes of any kind.
    case binary
    /// A calendar day.
    case date
    /// A time of day.
    case time(TimeUnit)
    /// A moment, in `zone` if one is named, otherwise on a wall clock of no zone.
    case timestamp(TimeUnit, zone: String?)
    /// Any number of values of one type.
    case list(ColumnType)
    /// Always `count` values of one type.
    case fixedList(ColumnType, count: Int)
    /// Named values, each with its own type.
    case record([Field])

    /// A part of a record.
    public struct Field: Equatable, Sendable {
        /// The part's name.
        public let name: String
        /// The type of its values.
        public let type: ColumnType

        /// A part called `name`.
        public init(_ name: String, _ type: ColumnType) {
            self.name = name
            self.type = type
        }
    }

    /// How long one tick of a time or timestamp is.
    public enum TimeUnit: Equatable, Sendable {
        case second, millisecond, microsecond, nanosecond

        /// Ticks in a second.
        public var perSecond: Int64 {
            switch self {
            case .second: 1
            case .millisecond: 1_000
            case .microsecond: 1_000_000
            case .nanosecond: 1_000_000_000
            }
        }
    }

    /// A whole number of 64 bits.
    public static let int64 = ColumnType.integer(bits: 64, signed: true)
    /// A number of double precision.
    public static let double = ColumnType.float(bits: 64)

    /// The name a user sees: DuckDB's, which its SQL understands too.
    public var name: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .integer(let bits, let signed): signed ? "int\(bits)" : "uint\(bits)"
        case .float(let bits): bits == 32 ? "float" : "double"
        case .decimal(let precision, let scale): "decimal(\(precision),\(scale))"
        case .text: "varchar"
        case .binary: "blob"
        case .date: "date"
        case .time: "time"
        case .timestamp(let unit, let zone):
            switch (zone, unit) {
            case (.some, _): "timestamptz"
            case (nil, .microsecond): "timestamp"
            case (nil, .second): "timestamp_s"
            case (nil, .millisecond): "timestamp_ms"
            case (nil, .nanosecond): "timestamp_ns"
            }
        case .list(let element): "\(element.name)[]"
        case .fixedList(let element, let count): "\(element.name)[\(count)]"
        case .record(let fields):
            "struct(\(fields.map { "\(quotedIfNeeded($0.name)) \($0.type.name)" }.joined(separator: ", ")))"
        }
    }

    /// Whether values are numbers (right-aligned when shown, averaged when described).
    public var isNumber: Bool {
        switch self {
        case .integer, .float, .decimal: true
        default: false
        }
    }

    /// Bytes of one value where all take the same number, otherwise 0.
    var width: Int {
        switch self {
        case .integer(let bits, _), .float(let bits): bits / 8
        case .decimal: 16
        case .date: 4
        case .time, .timestamp: 8
        default: 0
        }
    }
}

private func quotedIfNeeded(_ name: String) -> String {
    let plain = name.utf8.enumerated().allSatisfy { index, byte in
        (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a) || byte == 0x5f || (index > 0 && byte >= 0x30 && byte <= 0x39)
    }
    return plain && !name.isEmpty ? name : SQL.quoted(name)
}
