import CArrow
import Support

/// Hands columns to a driver as Arrow arrays without copying their values: the array keeps the column alive until it is released.
enum ArrowExport {
    /// The schema of a table: a record of its columns.
    static func schema(of table: Table) -> ArrowSchema {
        schema(.record(zip(table.names, table.columns).map { ColumnType.Field($0, $1.type) }), name: "")
    }

    static func schema(_ type: ColumnType, name: String) -> ArrowSchema {
        let children: [ArrowSchema] =
            switch type {
            case .list(let element), .fixedList(let element, _): [schema(element, name: "item")]
            case .record(let fields): fields.map { schema($0.type, name: $0.name) }
            default: []
            }
        let owner = SchemaOwner(format: format(type), name: name, children: children)
        return ArrowSchema(
            format: owner.format, name: owner.name, metadata: nil, flags: Int64(ARROW_FLAG_NULLABLE),
            n_children: Int64(children.count), children: owner.children.pointers, dictionary: nil,
            release: { schema in
                guard let schema, let owner = schema.pointee.private_data else { return }
                Unmanaged<SchemaOwner>.fromOpaque(owner).release()
                schema.pointee.private_data = nil
                schema.pointee.release = nil
            }, private_data: Unmanaged.passRetained(owner).toOpaque())
    }

    /// The values of a table: a record of its columns.
    static func array(of table: Table) -> ArrowArray {
        array(
            Column(
                type: .record(zip(table.names, table.columns).map { ColumnType.Field($0, $1.type) }),
                count: table.rowCount,
                nullCount: 0, validity: nil, layout: .record(table.columns)))
    }

    static func array(_ column: Column) -> ArrowArray {
        var children: [ArrowArray] = []
        var buffers: [UnsafeRawPointer?] = [column.validity.map { UnsafeRawPointer($0.start) }]
        switch column.layout {
        case .null: buffers = []
        case .bits(let data), .fixed(let data): buffers.append(UnsafeRawPointer(data.start))
        case .variable(let offsets, let bytes):
            buffers.append(UnsafeRawPointer(offsets.start))
            buffers.append(UnsafeRawPointer(bytes.start))
        case .list(let offsets, let elements):
            buffers.append(UnsafeRawPointer(offsets.start))
            children = [array(elements)]
        case .fixedList(_, let elements): children = [array(elements)]
        case .record(let columns): children = columns.map(array)
        }
        let owner = ArrayOwner(column: column, buffers: buffers, children: children)
        return ArrowArray(
            length: Int64(column.count), null_count: Int64(column.nullCount), offset: 0,
            n_buffers: Int64(buffers.count),
            n_children: Int64(children.count), buffers: owner.buffers.baseAddress, children: owner.children.pointers,
            dictionary: nil,
            release: { array in
                guard let array, let owner = array.pointee.private_data else { return }
                Unmanaged<ArrayOwner>.fromOpaque(owner).release()
                array.pointee.private_data = nil
                array.pointee.release = nil
            }, private_data: Unmanaged.passRetained(owner).toOpaque())
    }

    private static func format(_ type: ColumnType) -> String {
        switch type {
        case .null: "n"
        case .bool: "b"
        case .integer(8, let signed): signed ? "c" : "C"
        case .integer(16, let signed): signed ? "s" : "S"
        case .integer(32, let signed): signed ? "i" : "I"
        case .integer(_, let signed): signed ? "l" : "L"
        case .float(let bits): bits == 32 ? "f" : "g"
        case .decimal(let precision, let scale): "d:\(precision),\(scale)"
        case .text: "U"
        case .binary: "Z"
        case .date: "tdD"
        case .time(.nanosecond): "ttn"
        case .time: "ttu"
        case .timestamp(let unit, let zone):
            switch unit {
            case .second: "tss:\(zone ?? "")"
            case .millisecond: "tsm:\(zone ?? "")"
            case .microsecond: "tsu:\(zone ?? "")"
            case .nanosecond: "tsn:\(zone ?? "")"
            }
        case .list: "+L"
        case .fixedList(_, let count): "+w:\(count)"
        case .record: "+s"
        }
    }
}

/// Child structures at addresses that stay, released with their parent.
private struct Children<T> {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<T>?>?
    private let count: Int

    init(_ values: [T]) {
        count = values.count
        guard !values.isEmpty else {
            pointers = nil
            return
        }
        let pointers = UnsafeMutablePointer<UnsafeMutablePointer<T>?>.allocate(capacity: values.count)
        for (index, value) in values.enumerated() {
            let child = UnsafeMutablePointer<T>.allocate(capacity: 1)
            child.initialize(to: value)
            (pointers + index).initialize(to: child)
        }
        self.pointers = pointers
    }

    func free(_ release: (UnsafeMutablePointer<T>) -> Void) {
        guard let pointers else { return }
        for index in 0..<count {
            guard let child = pointers[index] else { continue }
            release(child)
            child.deallocate()
        }
        pointers.deallocate()
    }
}

private final class SchemaOwner {
    let format: UnsafeMutablePointer<CChar>
    let name: UnsafeMutablePointer<CChar>
    let children: Children<ArrowSchema>

    init(format: String, name: String, children: [ArrowSchema]) {
        self.format = SchemaOwner.copy(format)
        self.name = SchemaOwner.copy(name)
        self.children = Children(children)
    }

    deinit {
        format.deallocate()
        name.deallocate()
        // A child that the consumer moved away has no release any more.
        children.free { child in child.pointee.release?(child) }
    }

    private static func copy(_ text: String) -> UnsafeMutablePointer<CChar> {
        let bytes = text.utf8CString
        let target = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        for (index, byte) in bytes.enumerated() { (target + index).initialize(to: byte) }
        return target
    }
}

private final class ArrayOwner {
    private let column: Column
    let buffers: UnsafeMutableBufferPointer<UnsafeRawPointer?>
    let children: Children<ArrowArray>

    init(column: Column, buffers: [UnsafeRawPointer?], children: [ArrowArray]) {
        self.column = column
        self.buffers = .allocate(capacity: max(1, buffers.count))
        _ = self.buffers.initialize(from: buffers)
        self.children = Children(children)
    }

    deinit {
        buffers.deallocate()
        children.free { child in child.pointee.release?(child) }
    }
}
