import Display
import LuaKit
import Support
import Tables

/// A table as scripts hold it: one that `t.name = column` changes. The columns themselves never change, so that tables share them.
final class DataTable {
    private(set) var table: Table

    init(_ table: Table) { self.table = table }

    /// Sets or replaces a column.
    func set(_ name: String, to column: Column) throws(Failure) { table = try table.setting(name, to: column) }

    /// Takes a column away.
    func remove(_ name: String) throws(Failure) { table = try table.removing(name) }
}

extension DataTable: Displayable {
    func text(in frame: Frame) -> String { table.text(in: frame) }

    var summary: String { table.summary }
}

extension LuaValue {
    /// A table handed to a script.
    static func dataTable(_ table: Table) -> LuaValue { .object(DataTable(table)) }

    /// A value of a column. A null is nil, and so is left out of a list or record; `fill` stands for it where it is given.
    init(_ value: Tables.Value, fill: LuaValue = .nil) {
        self =
            switch value {
            case .null: fill
            case .bool(let value): .boolean(value)
            case .integer(let value): .integer(Int(value))
            case .number(let value): .number(value)
            case .text(let value): .string(value)
            case .bytes(let value): .string(value)
            case .list(let values): .list(values.map { LuaValue($0, fill: fill) })
            case .record(let parts): .record(parts.map { ($0.name, LuaValue($0.value, fill: fill)) })
            }
    }

    /// Row `index` (from 0) of a table as a record.
    static func row(_ index: Int, of table: Table) -> LuaValue {
        .record(zip(table.names, table.columns).map { ($0, LuaValue($1[index])) })
    }
}
