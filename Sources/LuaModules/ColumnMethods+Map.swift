import LuaKit
import Support
import Tables

extension ColumnMethods {
    static let map = Signature(
        "data.Column:map",
        """
        A column of what a table has for each value, or of what a function makes of it: names for the numbers of clusters, groups for \
        cities. Nulls stay nulls, and what the function returns nil for becomes one.
        """,
        parameters: [.required("mapping", .any, "table from values to new ones, or function of a value")],
        options: [.optional("default", .any, "what stands for values that the table does not have")],
        returns: [.init("data.Column", "the new values, one for each row")],
        example: .init(
            "return data.table({city = {'Rome', 'Paris'}}).city:map({Paris = 1, Rome = 2})[1]", output: "2"),
        related: ["data.Table:sql"]
    ) { call throws(Failure) in
        let column = try call.receiver(Column.self)
        let replacement: (Int) throws(Failure) -> LuaValue
        switch try call.value("mapping") {
        case .function(let function):
            guard try !call.has("default") else {
                throw .argument(
                    "default", expected: "nothing beside a function", got: "a value", hint: "it may return it")
            }
            replacement = { row throws(Failure) in try function.call(LuaValue(column[row])).first ?? .nil }
        case .table(let table):
            var entries: [MapKey: LuaValue] = [:]
            for (place, value) in table.list.enumerated() { entries[.integer(place + 1)] = value }
            for (key, value) in table.fields { if let key = MapKey(key) { entries[key] = value } }
            let others = try call.value("default")
            let hasDefault = try call.has("default")
            replacement = { row throws(Failure) in
                let value = LuaValue(column[row])
                if let key = MapKey(value), let found = entries[key] { return found }
                guard hasDefault else {
                    throw .argument(
                        "mapping", expected: "an entry for every value",
                        got: "none for \(column.text(row)) in row \(row + 1)",
                        hint: "{default = ...} behind the table stands for the others")
                }
                return others
            }
        default: throw .argument("mapping", expected: "table or function", got: call.argument(2).words)
        }
        var values: [Value] = []
        values.reserveCapacity(column.count)
        for row in 0..<column.count {
            if row & 0xffff == 0 { try call.work.cancellation.check() }
            let new = column.isNull(row) ? .nil : try replacement(row)
            guard let value = Value(new) else {
                throw .argument("mapping", expected: "plain values", got: "\(new.typeName) for \(column.text(row))")
            }
            values.append(value)
        }
        return .object(try Column(values, name: "mapping"))
    }
}

/// A key of a Lua table, equal where Lua's keys are: 1.0 is 1.
private enum MapKey: Hashable {
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case text([UInt8])

    /// Nil for values that no column holds as such.
    init?(_ value: LuaValue) {
        switch value {
        case .integer(let value): self = .integer(value)
        case .number(let value): self = Int(exactly: value).map(MapKey.integer) ?? .number(value)
        case .boolean(let value): self = .boolean(value)
        case .string(let bytes): self = .text(bytes)
        default: return nil
        }
    }
}
