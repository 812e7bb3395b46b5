import Glibc
import Support

/// Finds the type that every text of a column is written in, and turns the column into it.
///
/// A text counts as a number only when nothing is lost: no leading zero or plus sign (an article number, a telephone number), no more
/// digits than the type holds. Dates and timestamps are ISO 8601 only. All rows are looked at, so no type fails late.
struct TypeInference {
    private enum Kind: Equatable { case integer, number, bool, date, timestamp(hasZone: Bool), special, text }

    /// What texts may turn into: for CSV, where everything is text, all types; for JSON, where numbers are marked, only moments.
    static func typed(_ column: Column, onlyMoments: Bool = false) throws(Failure) -> Column {
        guard column.type == .text, column.nullCount < column.count else { return column }
        var found: Kind?
        var hasSpecial = false
        for row in 0..<column.count where !column.isNull(row) {
            let kind = column.withBytes(row) { TypeInference.kind(of: $0) }
            if kind == .text { return column }
            if kind == .special {
                hasSpecial = true
                continue
            }
            guard let known = found else {
                found = kind
                continue
            }
            if known == kind { continue }
            switch (known, kind) {
            case (.integer, .number), (.number, .integer): found = .number
            default: return column
            }
        }
        guard let found else { return column }
        if hasSpecial, found != .integer, found != .number { return column }
        switch hasSpecial ? Kind.number : found {
        case .integer where !onlyMoments: return try convert(column, to: .int64) { integer($0) }
        case .number where !onlyMoments: return try numbers(column)
        case .bool where !onlyMoments: return try convertBools(column)
        case .date: return try convert(column, to: .date) { CivilTime.parseDate($0) }
        case .timestamp(let hasZone):
            return try convert(column, to: .timestamp(.microsecond, zone: hasZone ? "UTC" : nil)) {
                CivilTime.parseTimestamp($0)?.microseconds
            }
        default: return column
        }
    }

    /// A column of whole numbers in wider memory than they need (DuckDB reads JSON's so) as `int64`, where all of them fit.
    static func narrowed(_ column: Column) throws(Failure) -> Column {
        guard case .fixed(let buffer) = column.layout else { return column }
        let builder = ColumnBuilder(.int64)
        for row in 0..<column.count {
            if column.isNull(row) {
                try builder.appendNull()
                continue
            }
            let exact: Int64? =
                switch column.type {
                case .decimal(_, 0): Int64(exactly: buffer.load(row, as: Int128.self))
                case .integer(64, false): Int64(exactly: buffer.load(row, as: UInt64.self))
                default: nil
                }
            guard let exact else { return column }
            try builder.append(fixed: exact)
        }
        return builder.finish()
    }

    private static func convert<T: BitwiseCopyable>(
        _ column: Column, to type: ColumnType, _ parse: (UnsafeRawBufferPointer) -> T?
    ) throws(Failure) -> Column {
        let builder = ColumnBuilder(type)
        for row in 0..<column.count {
            if !column.isNull(row), let value = column.withBytes(row, parse) {
                try builder.append(fixed: value)
            } else {
                try builder.appendNull()
            }
        }
        return builder.finish()
    }

    private static func numbers(_ column: Column) throws(Failure) -> Column {
        // An integer beyond 2^53 among numbers with fractions would lose digits.
        for row in 0..<column.count where !column.isNull(row) {
            let isExact = column.withBytes(row) { bytes in integer(bytes).map { abs($0) <= 1 << 53 } ?? true }
            if !isExact { return column }
        }
        return try convert(column, to: .double) { bytes in Double(String(decoding: bytes, as: UTF8.self)) }
    }

    private static func convertBools(_ column: Column) throws(Failure) -> Column {
        let builder = ColumnBuilder(.bool)
        for row in 0..<column.count {
            if column.isNull(row) {
                try builder.appendNull()
            } else {
                try builder.append(bool: column.withBytes(row) { $0.count == 4 })
            }
        }
        return builder.finish()
    }

    private static func kind(of text: UnsafeRawBufferPointer) -> Kind {
        guard let first = text.first, text.count <= 64 else { return .text }
        switch first {
        case 0x2d, 0x2e, 0x30...0x39:
            if integer(text) != nil { return .integer }
            if isNumber(text) { return isFinite(text) ? .number : .text }
            if equals(text, "-inf") || equals(text, "-nan") { return .special }
            if CivilTime.parseDate(text) != nil { return .date }
            if let moment = CivilTime.parseTimestamp(text) { return .timestamp(hasZone: moment.hasZone) }
            return .text
        default:
            if equals(text, "true") || equals(text, "false") { return .bool }
            if equals(text, "nan") || equals(text, "inf") { return .special }
            return .text
        }
    }

    private static func equals(_ text: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
        guard text.count == word.utf8CodeUnitCount else { return false }
        return text.indices.allSatisfy { text[$0] | 0x20 == word.utf8Start[$0] | 0x20 }
    }

    /// A whole number written the one way it can be.
    private static func integer(_ text: UnsafeRawBufferPointer) -> Int64? {
        let isNegative = text.first == 0x2d
        let digits = UnsafeRawBufferPointer(rebasing: text[(isNegative ? 1 : 0)...])
        guard let first = digits.first, digits.count <= 19, first != 0x30 || (digits.count == 1 && !isNegative) else {
            return nil
        }
        var magnitude: UInt64 = 0
        for byte in digits {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            magnitude = magnitude * 10 + UInt64(byte - 0x30)
        }
        if isNegative { return magnitude <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil }
        return Int64(exactly: magnitude)
    }

    /// Whether a number is below the largest that there is.
    private static func isFinite(_ text: UnsafeRawBufferPointer) -> Bool {
        // 64 digits at most, so that no more than an exponent makes it too large.
        guard text.contains(where: { $0 | 0x20 == 0x65 }) else { return true }
        return Double(String(decoding: text, as: UTF8.self))?.isFinite ?? false
    }

    /// `-12.5`, `.5`, `1e-3`: digits with a point or an exponent, without needless zeros in front.
    private static func isNumber(_ text: UnsafeRawBufferPointer) -> Bool {
        var position = text.first == 0x2d ? 1 : 0
        func digits() -> Int {
            let start = position
            while position < text.count, text[position] >= 0x30, text[position] <= 0x39 { position += 1 }
            return position - start
        }
        let start = position
        let whole = digits()
        if whole > 1, text[start] == 0x30 { return false }
        var fraction = 0
        var hasPoint = false
        if position < text.count, text[position] == 0x2e {
            hasPoint = true
            position += 1
            fraction = digits()
            if fraction == 0 { return false }
        }
        if whole + fraction == 0 { return false }
        var hasExponent = false
        if position < text.count, text[position] | 0x20 == 0x65 {
            hasExponent = true
            position += 1
            if position < text.count, text[position] == 0x2d || text[position] == 0x2b { position += 1 }
            if digits() == 0 { return false }
        }
        return position == text.count && (hasPoint || hasExponent)
    }
}
