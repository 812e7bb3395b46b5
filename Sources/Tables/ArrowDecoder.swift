import CArrow
import Support

/// Copies Arrow arrays, whatever their layout, into columns under construction.
///
/// The memory belongs to a driver in this process, so what is checked is the shape (numbers of buffers and children, order of
/// offsets), not every byte.
struct ArrowDecoder {
    /// The column's name, for errors.
    let column: String

    /// Appends rows `start ..< start + count` of `array` (before its own offset is added).
    func append(
        _ array: ArrowArray, _ field: ArrowField, start: Int, count: Int, to builder: ColumnBuilder
    ) throws(Failure) {
        guard count > 0 else { return }
        let first = start + Int(array.offset)
        guard start >= 0, array.offset >= 0, start + count <= Int(array.length) else { throw damaged("too few rows") }
        let isValid = validity(array, first: first)
        switch field {
        case .null: for _ in 0..<count { try builder.appendNull() }
        case .bool:
            let bits = try buffer(array, 1)
            try each(count, isValid, builder) { (row) throws(Failure) in
                try builder.append(bool: ArrowDecoder.bit(bits, first + row))
            }
        case .same(let type):
            let data = try buffer(array, 1)
            let width = type.width
            try builder.append(
                fixed: UnsafeRawBufferPointer(start: data + first * width, count: count * width), rows: count,
                isValid: isValid)
        case .variable(_, let large):
            try appendVariable(array, large: large, first: first, count: count, isValid: isValid, to: builder)
        case .view: try appendViews(array, first: first, count: count, isValid: isValid, to: builder)
        case .fixedBinary(let width):
            let data = try buffer(array, 1)
            try each(count, isValid, builder) { (row) throws(Failure) in
                try builder.append(bytes: UnsafeRawBufferPointer(start: data + (first + row) * width, count: width))
            }
        case .list(let element, let large):
            let child = try child(array, 0)
            let offsets = try buffer(array, 1)
            try each(count, isValid, builder) { (row) throws(Failure) in
                let from = ArrowDecoder.offset(offsets, first + row, large: large)
                let to = ArrowDecoder.offset(offsets, first + row + 1, large: large)
                guard from >= 0, from <= to else { throw damaged("offsets out of order") }
                try append(child, element, start: from, count: to - from, to: builder.children[0])
                try builder.endNested()
            }
        case .listView(let element, let large):
            let child = try child(array, 0)
            let (offsets, sizes) = (try buffer(array, 1), try buffer(array, 2))
            try each(count, isValid, builder) { (row) throws(Failure) in
                let from = ArrowDecoder.offset(offsets, first + row, large: large)
                let size = ArrowDecoder.offset(sizes, first + row, large: large)
                try append(child, element, start: from, count: size, to: builder.children[0])
                try builder.endNested()
            }
        case .fixedList(let element, let size):
            let child = try child(array, 0)
            try each(count, isValid, builder) { (row) throws(Failure) in
                try append(child, element, start: (first + row) * size, count: size, to: builder.children[0])
                try builder.endNested()
            }
        case .record(let fields):
            guard Int(array.n_children) == fields.count else { throw damaged("a record of \(array.n_children) parts") }
            var parts: [ArrowArray] = []
            for index in fields.indices { parts.append(try child(array, index)) }
            try each(count, isValid, builder) { (row) throws(Failure) in
                for (index, field) in fields.enumerated() {
                    try append(parts[index], field.field, start: first + row, count: 1, to: builder.children[index])
                }
                try builder.endNested()
            }
        case .dictionary(let index, let values):
            guard let dictionary = array.dictionary?.pointee else { throw damaged("no dictionary") }
            let indices = try buffer(array, 1)
            try each(count, isValid, builder) { (row) throws(Failure) in
                let key = ArrowDecoder.integer(indices, first + row, index)
                try append(dictionary, values, start: key, count: 1, to: builder)
            }
        default: try appendConverted(array, field, first: first, count: count, isValid: isValid, to: builder)
        }
    }

    // MARK: Parts of an array

    private func each(
        _ count: Int, _ isValid: ((Int) -> Bool)?, _ builder: ColumnBuilder, _ body: (Int) throws(Failure) -> Void
    ) throws(Failure) {
        for row in 0..<count {
            if isValid?(row) ?? true { try body(row) } else { try builder.appendNull() }
        }
    }

    func each(
        rows count: Int, _ isValid: ((Int) -> Bool)?, _ builder: ColumnBuilder, _ body: (Int) throws(Failure) -> Void
    ) throws(Failure) { try each(count, isValid, builder, body) }

    private func validity(_ array: ArrowArray, first: Int) -> ((Int) -> Bool)? {
        guard array.null_count != 0, array.n_buffers > 0, let bits = array.buffers?[0] else { return nil }
        return { ArrowDecoder.bit(bits, first + $0) }
    }

    func buffer(_ array: ArrowArray, _ index: Int) throws(Failure) -> UnsafeRawPointer {
        guard index < Int(array.n_buffers), let buffers = array.buffers else { throw damaged("a buffer is missing") }
        guard let start = buffers[index] else { throw damaged("a buffer is missing") }
        return start
    }

    private func child(_ array: ArrowArray, _ index: Int) throws(Failure) -> ArrowArray {
        guard index < Int(array.n_children), let child = array.children?[index] else {
            throw damaged("a child is missing")
        }
        return child.pointee
    }

    func damaged(_ what: String) -> Failure {
        .operation("the database sent a damaged column '\(column)': \(what)")
    }

    static func bit(_ bits: UnsafeRawPointer, _ index: Int) -> Bool {
        bits.load(fromByteOffset: index >> 3, as: UInt8.self) & (1 << UInt8(index & 7)) != 0
    }

    static func offset(_ offsets: UnsafeRawPointer, _ index: Int, large: Bool) -> Int {
        large
            ? Int(offsets.loadUnaligned(fromByteOffset: index * 8, as: Int64.self))
            : Int(offsets.loadUnaligned(fromByteOffset: index * 4, as: Int32.self))
    }

    private static func integer(_ data: UnsafeRawPointer, _ index: Int, _ type: ColumnType) -> Int {
        switch type {
        case .integer(8, true): Int(data.load(fromByteOffset: index, as: Int8.self))
        case .integer(8, false): Int(data.load(fromByteOffset: index, as: UInt8.self))
        case .integer(16, true): Int(data.loadUnaligned(fromByteOffset: index * 2, as: Int16.self))
        case .integer(16, false): Int(data.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self))
        case .integer(32, true): Int(data.loadUnaligned(fromByteOffset: index * 4, as: Int32.self))
        case .integer(32, false): Int(data.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
        default: Int(truncatingIfNeeded: data.loadUnaligned(fromByteOffset: index * 8, as: Int64.self))
        }
    }

    // MARK: Text and binary

    private func appendVariable(
        _ array: ArrowArray, large: Bool, first: Int, count: Int, isValid: ((Int) -> Bool)?, to builder: ColumnBuilder
    ) throws(Failure) {
        let offsets = try buffer(array, 1)
        // A column of empty texts may have no bytes at all.
        let data = array.n_buffers > 2 ? array.buffers?[2] : nil
        try each(count, isValid, builder) { (row) throws(Failure) in
            let from = ArrowDecoder.offset(offsets, first + row, large: large)
            let to = ArrowDecoder.offset(offsets, first + row + 1, large: large)
            guard from >= 0, from <= to, data != nil || from == to else { throw damaged("offsets out of order") }
            try builder.append(bytes: UnsafeRawBufferPointer(start: data.map { $0 + from }, count: to - from))
        }
    }

    private func appendViews(
        _ array: ArrowArray, first: Int, count: Int, isValid: ((Int) -> Bool)?, to builder: ColumnBuilder
    ) throws(Failure) {
        let views = try buffer(array, 1)
        try each(count, isValid, builder) { (row) throws(Failure) in
            // 4 bytes of length; then up to 12 bytes of text, or 4 of prefix, 4 of buffer number, 4 of position.
            let view = views + (first + row) * 16
            let length = Int(view.loadUnaligned(as: Int32.self))
            guard length >= 0 else { throw damaged("a negative length") }
            if length <= 12 { return try builder.append(bytes: UnsafeRawBufferPointer(start: view + 4, count: length)) }
            let number = Int(view.loadUnaligned(fromByteOffset: 8, as: Int32.self))
            let position = Int(view.loadUnaligned(fromByteOffset: 12, as: Int32.self))
            guard number >= 0, position >= 0, number + 3 < Int(array.n_buffers) else {
                throw damaged("a view outside its buffers")
            }
            let data = try buffer(array, number + 2)
            try builder.append(bytes: UnsafeRawBufferPointer(start: data + position, count: length))
        }
    }
}
