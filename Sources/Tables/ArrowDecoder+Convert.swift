import CArrow
import Support

extension ArrowDecoder {
    /// Layouts whose values are not the column's own bytes.
    func appendConverted(
        _ array: ArrowArray, _ field: ArrowField, first: Int, count: Int, isValid: ((Int) -> Bool)?,
        to builder: ColumnBuilder
    ) throws(Failure) {
        let data = try buffer(array, 1)
        func load<T: BitwiseCopyable>(_ row: Int, as type: T.Type) -> T {
            data.loadUnaligned(fromByteOffset: (first + row) * MemoryLayout<T>.stride, as: T.self)
        }
        try each(rows: count, isValid, builder) { (row) throws(Failure) in
            switch field {
            case .halfFloat: try builder.append(fixed: ArrowDecoder.float(half: load(row, as: UInt16.self)))
            case .narrowDecimal(32, _, _): try builder.append(fixed: Int128(load(row, as: Int32.self)))
            case .narrowDecimal: try builder.append(fixed: Int128(load(row, as: Int64.self)))
            case .wideDecimal:
                let start = data + (first + row) * 32
                let low = start.loadUnaligned(as: Int128.self)
                let high = start.loadUnaligned(fromByteOffset: 16, as: Int128.self)
                guard high == (low < 0 ? -1 : 0) else {
                    throw .operation(
                        "column '\(column)' holds a decimal of more than 38 digits",
                        hint: "cast it to double or varchar in the query")
                }
                try builder.append(fixed: low)
            case .dateInMilliseconds:
                let days = CivilTime.floorDivide(load(row, as: Int64.self), 86_400_000)
                try builder.append(fixed: Int32(clamping: days))
            case .narrowTime(let unit):
                try builder.append(fixed: Int64(load(row, as: Int32.self)) * (1_000_000 / unit.perSecond))
            case .duration(let unit):
                try builder.append(text: ArrowDecoder.span(ticks: load(row, as: Int64.self), unit))
            case .interval(.months): try builder.append(text: ArrowDecoder.span(months: load(row, as: Int32.self)))
            case .interval(.dayTime):
                let pair = load(row, as: Int64.self)
                try builder.append(
                    text: ArrowDecoder.span(
                        days: Int32(truncatingIfNeeded: pair),
                        nanoseconds: Int64(Int32(truncatingIfNeeded: pair >> 32)) * 1_000_000))
            case .interval(.monthDayNano):
                let start = data + (first + row) * 16
                try builder.append(
                    text: ArrowDecoder.span(
                        months: start.loadUnaligned(as: Int32.self),
                        days: start.loadUnaligned(fromByteOffset: 4, as: Int32.self),
                        nanoseconds: start.loadUnaligned(fromByteOffset: 8, as: Int64.self)))
            default: throw damaged("an unexpected layout")
            }
        }
    }

    /// IEEE 754 binary16 to binary32.
    static func float(half: UInt16) -> Float {
        let sign = UInt32(half >> 15) << 31
        let exponent = UInt32(half >> 10) & 0x1f
        let fraction = UInt32(half) & 0x3ff
        switch exponent {
        case 0: return (sign == 0 ? 1 : -1) * Float(fraction) * 0x1p-24
        case 0x1f: return Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
        default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }

    /// `1 year 2 months 3 days 04:05:06`, as DuckDB writes an interval and reads one.
    static func span(months: Int32 = 0, days: Int32 = 0, nanoseconds: Int64 = 0) -> String {
        func part(_ number: Int32, _ unit: String) -> String? {
            number == 0 ? nil : "\(number) \(unit)\(abs(Int64(number)) == 1 ? "" : "s")"
        }
        var parts = [part(months / 12, "year"), part(months % 12, "month"), part(days, "day")].compactMap { $0 }
        if nanoseconds != 0 || parts.isEmpty {
            let magnitude = Int64(clamping: nanoseconds.magnitude)
            parts.append((nanoseconds < 0 ? "-" : "") + CivilTime.timeText(magnitude, .nanosecond))
        }
        return parts.joined(separator: " ")
    }

    static func span(ticks: Int64, _ unit: ColumnType.TimeUnit) -> String {
        let magnitude = Int64(clamping: ticks.magnitude)
        return (ticks < 0 ? "-" : "") + CivilTime.timeText(magnitude, unit)
    }
}
