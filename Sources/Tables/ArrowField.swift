import CArrow
import Support

/// How the arrays of one Arrow field are laid out, read from its schema.
indirect enum ArrowField {
    case null
    case bool
    /// Values whose bytes are the column's own.
    case same(ColumnType)
    case halfFloat
    case narrowDecimal(bits: Int, precision: Int, scale: Int)
    case wideDecimal(precision: Int, scale: Int)
    /// Milliseconds that stand for a day.
    case dateInMilliseconds
    /// 32-bit seconds or milliseconds since midnight.
    case narrowTime(ColumnType.TimeUnit)
    case variable(ColumnType, large: Bool)
    case view(ColumnType)
    case fixedBinary(Int)
    case duration(ColumnType.TimeUnit)
    case interval(Interval)
    case list(ArrowField, large: Bool)
    case listView(ArrowField, large: Bool)
    case fixedList(ArrowField, count: Int)
    case record([(name: String, field: ArrowField)])
    case dictionary(index: ColumnType, values: ArrowField)

    enum Interval { case months, dayTime, monthDayNano }

    /// The type of the column that values of this field become.
    var columnType: ColumnType {
        switch self {
        case .null: .null
        case .bool: .bool
        case .same(let type), .variable(let type, _), .view(let type): type
        case .halfFloat: .float(bits: 32)
        case .narrowDecimal(_, let precision, let scale): .decimal(precision: precision, scale: scale)
        case .wideDecimal(_, let scale): .decimal(precision: 38, scale: scale)
        case .dateInMilliseconds: .date
        case .narrowTime: .time(.microsecond)
        case .fixedBinary: .binary
        case .duration, .interval: .text
        case .list(let element, _), .listView(let element, _): .list(element.columnType)
        case .fixedList(let element, let count): .fixedList(element.columnType, count: count)
        case .record(let fields): .record(fields.map { ColumnType.Field($0.name, $0.field.columnType) })
        case .dictionary(_, let values): values.columnType
        }
    }

    /// Reads the format of `schema`, naming the column it belongs to when it cannot.
    init(_ schema: ArrowSchema, column: String) throws(Failure) {
        guard let text = schema.format else { throw .operation("the database gave column '\(column)' no type") }
        let format = String(cString: text)
        func unknown() -> Failure {
            .operation(
                "column '\(column)' has the Arrow type '\(format)', which is not supported",
                hint: "cast it in the query, for example cast(\(SQL.quoted(column)) as varchar)")
        }
        func children() throws(Failure) -> [(name: String, field: ArrowField)] {
            var fields: [(name: String, field: ArrowField)] = []
            for index in 0..<Int(schema.n_children) {
                guard let child = schema.children?[index]?.pointee else { throw unknown() }
                let name = child.name.map { String(cString: $0) } ?? ""
                fields.append((name, try ArrowField(child, column: column)))
            }
            return fields
        }
        func onlyChild() throws(Failure) -> ArrowField {
            guard let child = try children().first else { throw unknown() }
            return child.field
        }

        if let dictionary = schema.dictionary {
            guard let index = ArrowField.primitive(format) else { throw unknown() }
            self = .dictionary(index: index, values: try ArrowField(dictionary.pointee, column: column))
            return
        }
        if let type = ArrowField.primitive(format) {
            self = .same(type)
            return
        }
        switch format {
        case "n": self = .null
        case "b": self = .bool
        case "e": self = .halfFloat
        case "u": self = .variable(.text, large: false)
        case "U": self = .variable(.text, large: true)
        case "vu": self = .view(.text)
        case "z": self = .variable(.binary, large: false)
        case "Z": self = .variable(.binary, large: true)
        case "vz": self = .view(.binary)
        case "tdD": self = .same(.date)
        case "tdm": self = .dateInMilliseconds
        case "tts": self = .narrowTime(.second)
        case "ttm": self = .narrowTime(.millisecond)
        case "ttu": self = .same(.time(.microsecond))
        case "ttn": self = .same(.time(.nanosecond))
        case "tiM": self = .interval(.months)
        case "tiD": self = .interval(.dayTime)
        case "tin": self = .interval(.monthDayNano)
        case "tDs": self = .duration(.second)
        case "tDm": self = .duration(.millisecond)
        case "tDu": self = .duration(.microsecond)
        case "tDn": self = .duration(.nanosecond)
        case "+l": self = .list(try onlyChild(), large: false)
        case "+L": self = .list(try onlyChild(), large: true)
        case "+vl": self = .listView(try onlyChild(), large: false)
        case "+vL": self = .listView(try onlyChild(), large: true)
        case "+m": self = .list(try onlyChild(), large: false)
        case "+s": self = .record(try children())
        default:
            let parts = format.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw unknown() }
            let rest = String(decoding: parts[1], as: UTF8.self)
            switch String(decoding: parts[0], as: UTF8.self) {
            case "w":
                guard let width = Int(rest), width > 0, width < 1 << 30 else { throw unknown() }
                self = .fixedBinary(width)
            case "+w":
                guard let count = Int(rest), count >= 0, count < 1 << 30 else { throw unknown() }
                self = .fixedList(try onlyChild(), count: count)
            case "d":
                guard let decimal = ArrowField.decimal(rest) else { throw unknown() }
                self = decimal
            case "tss": self = .same(.timestamp(.second, zone: rest.isEmpty ? nil : rest))
            case "tsm": self = .same(.timestamp(.millisecond, zone: rest.isEmpty ? nil : rest))
            case "tsu": self = .same(.timestamp(.microsecond, zone: rest.isEmpty ? nil : rest))
            case "tsn": self = .same(.timestamp(.nanosecond, zone: rest.isEmpty ? nil : rest))
            default: throw unknown()
            }
        }
    }

    private static func primitive(_ format: String) -> ColumnType? {
        switch format {
        case "c": .integer(bits: 8, signed: true)
        case "C": .integer(bits: 8, signed: false)
        case "s": .integer(bits: 16, signed: true)
        case "S": .integer(bits: 16, signed: false)
        case "i": .integer(bits: 32, signed: true)
        case "I": .integer(bits: 32, signed: false)
        case "l": .int64
        case "L": .integer(bits: 64, signed: false)
        case "f": .float(bits: 32)
        case "g": .double
        default: nil
        }
    }

    private static func decimal(_ parameters: String) -> ArrowField? {
        let numbers = parameters.split(separator: ",").map { Int($0) }
        guard numbers.count == 2 || numbers.count == 3, let precision = numbers[0], let scale = numbers[1],
            precision > 0, precision <= 76, abs(scale) <= 76
        else { return nil }
        switch numbers.count == 3 ? numbers[2] : 128 {
        case 32: return .narrowDecimal(bits: 32, precision: precision, scale: scale)
        case 64: return .narrowDecimal(bits: 64, precision: precision, scale: scale)
        case 128: return precision <= 38 ? .same(.decimal(precision: precision, scale: scale)) : nil
        case 256: return .wideDecimal(precision: precision, scale: scale)
        default: return nil
        }
    }
}
