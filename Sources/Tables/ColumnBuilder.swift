import Support

/// A column in the making: values are appended one by one or a batch at a time, then `finish()` hands out the column.
final class ColumnBuilder {
    let type: ColumnType
    private(set) var count = 0
    private var nullCount = 0
    private var validity: Buffer?
    /// Bits, fixed-width values, or the bytes of texts.
    let data = Buffer()
    private let offsets = Buffer()
    let children: [ColumnBuilder]

    init(_ type: ColumnType) {
        self.type = type
        switch type {
        case .list(let element), .fixedList(let element, _): children = [ColumnBuilder(element)]
        case .record(let fields): children = fields.map { ColumnBuilder($0.type) }
        default: children = []
        }
    }

    private var usesOffsets: Bool {
        switch type {
        case .text, .binary, .list: true
        default: false
        }
    }

    // MARK: One row

    func appendNull() throws(Failure) {
        if validity == nil {
            let bits = Buffer()
            for row in 0..<count { try bits.appendBit(true, at: row) }
            validity = bits
        }
        switch type {
        case .null: break
        case .bool: try data.appendBit(false, at: count)
        case .text, .binary: try startOffsets()
        case .list: try startOffsets()
        case .fixedList(_, let size): for _ in 0..<size { try children[0].appendNull() }
        case .record: for child in children { try child.appendNull() }
        default: try data.appendZeros(type.width)
        }
        nullCount += 1
        try endRow(valid: false)
    }

    func append(bool: Bool) throws(Failure) {
        try data.appendBit(bool, at: count)
        try endRow(valid: true)
    }

    /// A value of a fixed-width type, in that type's own Swift form.
    func append<T: BitwiseCopyable>(fixed value: T) throws(Failure) {
        try data.append(value)
        try endRow(valid: true)
    }

    /// A text or binary value.
    func append(bytes: UnsafeRawBufferPointer) throws(Failure) {
        try startOffsets()
        try data.append(bytes)
        try endRow(valid: true)
    }

    func append(text: String) throws(Failure) {
        var text = text
        let failure = text.withUTF8 { (utf8) -> Failure? in
            do throws(Failure) { try append(bytes: UnsafeRawBufferPointer(utf8)) } catch { return error }
            return nil
        }
        if let failure { throw failure }
    }

    /// Ends a list or record whose elements were appended to `children`.
    func endNested() throws(Failure) {
        try startOffsets()
        try endRow(valid: true)
    }

    private func startOffsets() throws(Failure) {
        if usesOffsets, offsets.count == 0 { try offsets.append(Int64(0)) }
    }

    private func endRow(valid: Bool) throws(Failure) {
        try validity?.appendBit(valid, at: count)
        if usesOffsets { try offsets.append(position) }
        count += 1
    }

    private var position: Int64 {
        if case .list = type { return Int64(children[0].count) }
        return Int64(data.count)
    }

    // MARK: Many rows

    /// `rows` fixed-width values; `isValid` is asked only if there are nulls among them.
    func append(fixed bytes: UnsafeRawBufferPointer, rows: Int, isValid: ((Int) -> Bool)?) throws(Failure) {
        try data.append(bytes)
        for row in 0..<rows { try endBulkRow(valid: isValid?(row) ?? true) }
    }

    private func endBulkRow(valid: Bool) throws(Failure) {
        if !valid {
            nullCount += 1
            if validity == nil {
                let bits = Buffer()
                for row in 0..<count { try bits.appendBit(true, at: row) }
                validity = bits
            }
        }
        try validity?.appendBit(valid, at: count)
        count += 1
    }

    /// Row `row` of a column of the same type.
    func append(from column: Column, at row: Int) throws(Failure) {
        if column.isNull(row) { return try appendNull() }
        switch column.layout {
        case .null: try appendNull()
        case .bits(let bits): try append(bool: bits.bit(row))
        case .fixed(let buffer):
            let width = type.width
            try data.append(UnsafeRawBufferPointer(start: buffer.start + row * width, count: width))
            try endRow(valid: true)
        case .variable:
            let failure = column.withBytes(row) { (bytes) -> Failure? in
                do throws(Failure) { try append(bytes: bytes) } catch { return error }
                return nil
            }
            if let failure { throw failure }
        case .list, .fixedList:
            let (elements, range) = column.elements(row)
            for element in range { try children[0].append(from: elements, at: element) }
            try endNested()
        case .record(let columns):
            for (child, source) in zip(children, columns) { try child.append(from: source, at: row) }
            try endNested()
        }
    }

    func finish() -> Column {
        // An empty list of offsets still needs its leading zero; the buffer's spare memory is zeroed.
        let layout: Column.Layout =
            switch type {
            case .null: .null
            case .bool: .bits(data)
            case .text, .binary: .variable(offsets: offsets, bytes: data)
            case .list: .list(offsets: offsets, elements: children[0].finish())
            case .fixedList(_, let size): .fixedList(size: size, elements: children[0].finish())
            case .record: .record(children.map { $0.finish() })
            default: .fixed(data)
            }
        return Column(
            type: type, count: count, nullCount: type == .null ? count : nullCount, validity: validity, layout: layout)
    }
}
