import CArrow
import Glibc
import Support

extension Table {
    /// Reads a stream to its end and releases it, whatever happens. `isStopped` is asked before every batch.
    static func reading(
        _ stream: UnsafeMutablePointer<ArrowArrayStream>, memory: QueryMemory = QueryMemory(nil),
        cancellation: Cancellation
    ) throws(Failure) -> Table {
        defer {
            stream.pointee.release?(stream)
            stream.pointee.release = nil
        }
        var schema = ArrowSchema()
        try checked(stream.pointee.get_schema?(stream, &schema), stream)
        defer { schema.release?(&schema) }

        var names: [String] = []
        var fields: [ArrowField] = []
        for index in 0..<Int(schema.n_children) {
            guard let child = schema.children?[index]?.pointee else {
                throw .operation("the database sent a damaged schema")
            }
            let name = child.name.map { String(cString: $0) } ?? ""
            names.append(name)
            fields.append(try ArrowField(child, column: name))
        }
        names = Table.distinct(names)
        let builders = fields.map { ColumnBuilder($0.columnType) }

        var rowCount = 0
        while true {
            try cancellation.check()
            var batch = ArrowArray()
            try checked(memory.whileLimited { stream.pointee.get_next?(stream, &batch) }, stream)
            guard batch.release != nil else { break }
            defer { batch.release?(&batch) }
            guard Int(batch.n_children) == fields.count else { throw .operation("the database sent a damaged batch") }
            for (index, field) in fields.enumerated() {
                guard let child = batch.children?[index]?.pointee else {
                    throw .operation("the database sent a damaged batch")
                }
                try ArrowDecoder(column: names[index]).append(
                    child, field, start: Int(batch.offset), count: Int(batch.length), to: builders[index])
            }
            rowCount += Int(batch.length)
        }
        return Table(unchecked: names, builders.map { $0.finish() }, rowCount: rowCount)
    }

    private static func checked(_ code: Int32?, _ stream: UnsafeMutablePointer<ArrowArrayStream>) throws(Failure) {
        guard let code else { throw .operation("the database sent an empty stream") }
        guard code != 0 else { return }
        let message = stream.pointee.get_last_error?(stream).map { String(cString: $0) } ?? systemError(code)
        throw Driver.failure(message)
    }
}
