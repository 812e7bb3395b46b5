extension Column {
    /// The value of row `index` (from 0, below `count`).
    public subscript(index: Int) -> Value {
        if isNull(index) { return .null }
        switch layout {
        case .null: return .null
        case .bits(let bits): return .bool(bits.bit(index))
        case .fixed(let buffer): return fixedValue(buffer, index)
        case .variable:
            return withBytes(index) { bytes in
                type == .text ? .text(String(decoding: bytes, as: UTF8.self)) : .bytes(Array(bytes))
            }
        case .list, .fixedList:
            let (elements, range) = self.elements(index)
            return .list(range.map { elements[$0] })
        case .record(let columns):
            guard case .record(let fields) = type else { return .null }
            return .record(zip(fields, columns).map { Value.Part($0.name, $1[index]) })
        }
    }

    private func fixedValue(_ buffer: Buffer, _ index: Int) -> Value {
        switch type {
        case .integer(8, true): .integer(Int64(buffer.load(index, as: Int8.self)))
        case .integer(16, true): .integer(Int64(buffer.load(index, as: Int16.self)))
        case .integer(32, true): .integer(Int64(buffer.load(index, as: Int32.self)))
        case .integer(_, true): .integer(buffer.load(index, as: Int64.self))
        case .integer(8, false): .integer(Int64(buffer.load(index, as: UInt8.self)))
        case .integer(16, false): .integer(Int64(buffer.load(index, as: UInt16.self)))
        case .integer(32, false): .integer(Int64(buffer.load(index, as: UInt32.self)))
        case .integer(_, false): wide(buffer.load(index, as: UInt64.self))
        case .float(32): .number(Double(buffer.load(index, as: Float.self)))
        case .float: .number(buffer.load(index, as: Double.self))
        case .decimal(_, let scale): Decimal(unscaled: buffer.load(index, as: Int128.self), scale: scale).value
        case .date: .text(CivilTime.dateText(buffer.load(index, as: Int32.self)))
        case .time(let unit): .text(CivilTime.timeText(buffer.load(index, as: Int64.self), unit))
        case .timestamp(let unit, let zone):
            .text(CivilTime.timestampText(buffer.load(index, as: Int64.self), unit, zone: zone))
        default: .null
        }
    }

    private func wide(_ number: UInt64) -> Value {
        Int64(exactly: number).map(Value.integer) ?? .number(Double(number))
    }

    /// Calls `body` with the bytes of a text or binary row (from 0, not null); with none for any other type.
    public func withBytes<R>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        guard case .variable(let offsets, let bytes) = layout else {
            return body(UnsafeRawBufferPointer(start: nil, count: 0))
        }
        let start = Int(offsets.load(index, as: Int64.self))
        let end = Int(offsets.load(index + 1, as: Int64.self))
        return body(UnsafeRawBufferPointer(start: bytes.start + start, count: end - start))
    }

    /// The elements' column and the rows of it that belong to list `index`.
    func elements(_ index: Int) -> (Column, Range<Int>) {
        switch layout {
        case .list(let offsets, let elements):
            return (elements, Int(offsets.load(index, as: Int64.self))..<Int(offsets.load(index + 1, as: Int64.self)))
        case .fixedList(let size, let elements): return (elements, index * size..<(index + 1) * size)
        default: return (self, 0..<0)
        }
    }

    /// Row `index` as a person reads it: decimals with all their digits, nested values in brackets, null as `NULL`.
    public func text(_ index: Int) -> String {
        if isNull(index) { return "NULL" }
        switch (layout, type) {
        case (.fixed(let buffer), .decimal(_, let scale)):
            return Decimal(unscaled: buffer.load(index, as: Int128.self), scale: scale).text
        case (.fixed(let buffer), .integer(64, false)): return String(buffer.load(index, as: UInt64.self))
        case (.fixed(let buffer), .float(32)): return ShortNumber.text(buffer.load(index, as: Float.self))
        case (.list, _), (.fixedList, _):
            let (elements, range) = self.elements(index)
            return "[\(range.map(elements.text).joined(separator: ", "))]"
        case (.record(let columns), .record(let fields)):
            return "{\(zip(fields, columns).map { "\($0.name): \($1.text(index))" }.joined(separator: ", "))}"
        case (.variable, .binary):
            return withBytes(index) { bytes in
                bytes.map { byte in
                    if byte >= 0x20, byte < 0x7f, byte != 0x5c { return String(UnicodeScalar(byte)) }
                    let digits = String(byte, radix: 16, uppercase: true)
                    return "\\x\(digits.utf8.count < 2 ? "0" : "")\(digits)"
                }.joined()
            }
        default: break
        }
        return switch self[index] {
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): ShortNumber.text(value)
        case .text(let value): value
        default: "NULL"
        }
    }
}

/// The shortest digits that read back as the same number.
enum ShortNumber {
    static func text(_ value: some BinaryFloatingPoint & LosslessStringConvertible) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        return String(value)
    }
}
