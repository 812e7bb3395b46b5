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
        parameters: [.required("names", .any, "table from values to new ones, or function of a value")],
        options: [.optional("default", .any, "what stands for values that the table does not have")],
        returns: [.init("data.Column", "the new values, one for each row")],
        example: .init(
            "return data.table({city = {'Rome', 'Paris'}}).city:map({Paris = 1, Rome = 2})[1]", output: "2"),
        related: ["data.Table:sql"]
    ) { call throws(Failure) in
        let column = try call.receiver(Column.self)
        let replacement: (Int) throws(Failure) -> LuaValue
        switch try call.value("names") {
        case .function(let function):
            replacement = { row throws(Failure) in try function.call(LuaValue(column[row])).first ?? .nil }
        case .table(let table):
            let entries = Dictionary(
                zip(1..., table.list).map { (MapKey(.integer($0)), $1) }
                    + table.fields.map { (MapKey($0.key), $0.value) },
                uniquingKeysWith: { first, _ in first })
            let others = try call.value("default")
            let hasDefault = try call.has("default")
            replacement = { row throws(Failure) in
                let value = LuaValue(column[row])
                if let found = entries[MapKey(value)] { return found }
                guard hasDefault else {
                    throw .argument(
                        "names", expected: "an entry for every value",
                        got: "none for \(column.text(row)) in row \(row + 1)",
                        hint: "{default = ...} stands for the others")
                }
                return others
            }
        default: throw .argument("names", expected: "table or function", got: call.argument(2).words)
        }
        var values: [Value] = []
        values.reserveCapacity(column.count)
        for row in 0..<column.count {
            if row & 0xffff == 0 { try call.work.cancellation.check() }
            let new = column.isNull(row) ? .nil : try replacement(row)
            guard let value = Value(new) else {
                throw .argument("names", expected: "plain values", got: "\(new.typeName) for \(column.text(row))")
            }
            values.append(value)
        }
        return .object(try Column(values, name: "names"))
    }
}

/// A key of a Lua table, equal where Lua's keys are: 1.0 is 1.
private enum MapKey: Hashable {
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case text([UInt8])
    case other

    init(_ value: LuaValue) {
        self =
            switch value {
            case .integer(let value): .integer(value)
            case .number(let value): Int(exactly: value).map(MapKey.integer) ?? .number(value)
            case .boolean(let value): .boolean(value)
            case .string(let bytes): .text(bytes)
            default: .other
            }
    }
}
