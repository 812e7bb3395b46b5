import Support

extension Column {
    /// A column of the given values, of the narrowest type that holds them all: `double` when integers and numbers meet, `null` when
    /// there is no value. `name` is the column's name, for the error when the values do not go together.
    public convenience init(_ values: [Value], name: String) throws(Failure) {
        var type = ColumnType.null
        for (row, value) in values.enumerated() {
            guard let wider = ColumnBuilder.join(type, ColumnBuilder.type(of: value)) else {
                throw .argument(
                    name, expected: "values of one type (the ones before row \(row + 1) make it \(type.name))",
                    got: "\(value.kind) in row \(row + 1)")
            }
            type = wider
        }
        let builder = ColumnBuilder(type)
        for value in values { try builder.append(value) }
        let column = builder.finish()
        self.init(
            type: column.type, count: column.count, nullCount: column.nullCount, validity: column.validity,
            layout: column.layout)
    }
}

extension ColumnBuilder {
    static func type(of value: Value) -> ColumnType? {
        switch value {
        case .null: return .null
        case .bool: return .bool
        case .integer: return .int64
        case .number: return .double
        case .text: return .text
        case .bytes: return .binary
        case .list(let values):
            var element = ColumnType.null
            for value in values {
                guard let wider = join(element, type(of: value)) else { return nil }
                element = wider
            }
            return .list(element)
        case .record(let parts):
            var fields: [ColumnType.Field] = []
            for part in parts {
                guard let type = type(of: part.value) else { return nil }
                fields.append(ColumnType.Field(part.name, type))
            }
            return .record(fields)
        }
    }

    /// The type that holds values of both types, nil if there is none.
    static func join(_ a: ColumnType, _ b: ColumnType?) -> ColumnType? {
        guard let b else { return nil }
        switch (a, b) {
        case (_, _) where a == b: return a
        case (.null, _): return b
        case (_, .null): return a
        case (.int64, .double), (.double, .int64): return .double
        case (.list(let x), .list(let y)): return join(x, y).map(ColumnType.list)
        case (.record(let x), .record(let y)):
            var fields = x
            for field in y {
                if let index = fields.firstIndex(where: { $0.name.utf8.elementsEqual(field.name.utf8) }) {
                    guard let type = join(fields[index].type, field.type) else { return nil }
                    fields[index] = ColumnType.Field(field.name, type)
                } else {
                    fields.append(field)
                }
            }
            return .record(fields)
        default: return nil
        }
    }

    /// A value of a type that `join` led to.
    func append(_ value: Value) throws(Failure) {
        switch (type, value) {
        case (.bool, .bool(let value)): try append(bool: value)
        case (.int64, .integer(let value)): try append(fixed: value)
        case (.double, .integer(let value)): try append(fixed: Double(value))
        case (.double, .number(let value)): try append(fixed: value)
        case (.text, .text(let value)): try append(text: value)
        case (.binary, .bytes(let value)):
            let failure = value.withUnsafeBytes { (bytes) -> Failure? in
                do throws(Failure) { try append(bytes: bytes) } catch { return error }
                return nil
            }
            if let failure { throw failure }
        case (.list, .list(let values)):
            for value in values { try children[0].append(value) }
            try endNested()
        case (.record(let fields), .record(let parts)):
            for (field, child) in zip(fields, children) {
                let part = parts.first { $0.name.utf8.elementsEqual(field.name.utf8) }
                try child.append(part?.value ?? .null)
            }
            try endNested()
        default: try appendNull()
        }
    }
}
