import LuaKit
import Support
import Tables
import Tensors

extension ParameterType {
    /// Values for the parameters of a query; or tables by name, where a script leaves the parameters out.
    static let queryParameters = ParameterType.custom("parameters", expected: "list of plain values") {
        (argument) throws(Failure) -> QueryArguments? in
        guard case .table(let table) = try argument.value() else { return nil }
        // Tables by name are no values for `?`: only one thing can be meant.
        if !table.fields.isEmpty, let named = QueryArguments(tables: .table(table)) { return named }
        guard ColumnList.length(table) != nil, let values = ColumnList(table).values() else { return nil }
        return QueryArguments(parameters: values)
    }

    /// Tables by name.
    static let namedTables = ParameterType.custom("tables", expected: "tables by name, as in {users = u}") {
        (argument) throws(Failure) -> QueryArguments? in
        guard let data = argument.object(DataTable.self) else { return QueryArguments(tables: try argument.value()) }
        // {tables = t} names one table, which is called so.
        return QueryArguments(tables: [("tables", data.table)])
    }

    /// Something that has rows, of which only the number matters.
    static let rowsOfAnything = ParameterType.custom("rows", expected: "tensor, column, table or list") {
        (argument) throws(Failure) -> Int? in
        if let data = argument.object(DataTable.self) { return data.table.rowCount }
        if let column = argument.object(Column.self) { return column.count }
        if let tensor = argument.object(Tensor.self) { return tensor.shape.first }
        return argument.kind == .table && !argument.hasOnlyNames ? argument.count : nil
    }

    /// Rows of a table: positions, or a tensor of booleans with one for each row.
    static let rowPositions = ParameterType.custom(
        "rows", expected: "list or tensor of row numbers, or of a boolean for each row"
    ) {
        (argument) throws(Failure) -> RowChoice? in
        if let choice = try RowChoice(objectAt: argument) { return choice }
        if let hint = RowChoice.hint(for: argument) {
            throw .argument(
                "rows", expected: "list or tensor of row numbers, or of a boolean for each row", got: argument.words,
                hint: hint)
        }
        guard !argument.hasOnlyNames else { return nil }
        if let mask = try argument.booleans() { return .mask(mask) }
        return argument.numbers().map { .positions($0) }
    }
}

extension Argument {
    /// The values of a list of booleans; nil of anything else, an empty list too.
    fileprivate func booleans() throws(Failure) -> [Bool]? {
        var values: [Bool] = []
        try forEach { (position, element) throws(Failure) in
            // Nothing is looked at once another value was.
            if values.count == position - 1, let value = element.boolean { values.append(value) }
        }
        return values.isEmpty || values.count < count ? nil : values
    }
}

extension Call {
    /// The text of a query, refused where repairing it would change what it asks for.
    func query() throws(Failure) -> String {
        guard let text = String(validating: try bytes("query"), as: UTF8.self) else {
            throw .argument(
                "query", expected: "SQL in UTF-8", got: "other bytes", hint: "bind them as a parameter")
        }
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw .argument("query", expected: "SQL", got: "an empty text")
        }
        return text
    }
}

extension Failure {
    /// Of a query over a table that DuckDB was not told of: with what to write, if a variable of that name holds one. `this` is the table
    /// that was asked by its method.
    func naming(tablesIn call: Call, this: Table? = nil) -> Failure {
        guard let start = problem.firstRange(of: "Table with name ")?.upperBound,
            let end = problem[start...].firstRange(of: " does not exist")?.lowerBound
        else { return self }
        let name = String(problem[start..<end])
        guard let table = call.variable(name)?.get(DataTable.self)?.table else { return self }
        let isThis = this.map { $0.isSame(as: table) } ?? false
        let function = this == nil ? "data.sql" : "t:sql"
        let hint =
            isThis ? "this table is called `this` here" : "write \(function)(query, {tables = {\(name) = \(name)}})"
        return Failure(kind, problem, got: got, hint: hint)
    }
}

extension Table {
    fileprivate func isSame(as other: Table) -> Bool {
        names == other.names && zip(columns, other.columns).allSatisfy { $0 === $1 }
    }
}

/// Which rows a script asks for.
enum RowChoice {
    /// From 1; negative ones count from the end.
    case positions([Double])
    case mask([Bool])

    /// What a tensor or a column of a script chooses; nil of anything else.
    init?(objectAt argument: Argument) throws(Failure) {
        if let tensor = argument.object(Tensor.self) {
            try self.init(tensor)
        } else if let column = argument.object(Column.self) {
            try self.init(try column.tensor(named: "rows"))
        } else {
            return nil
        }
    }

    /// What to write where one truth stands for many: of objects `==` asks whether they are the same.
    static func hint(for argument: Argument) -> String? {
        argument.boolean.map { _ in
            "== compares whole columns; c:eq(value), c:gt(value) ... compare each row, and & joins masks"
        }
    }

    init(_ tensor: Tensor) throws(Failure) {
        self =
            tensor.dtype == .bool
            ? .mask(try tensor.values(as: Bool.self)) : .positions(try tensor.values(as: Double.self))
    }

    /// The rows from 0.
    func rows(of count: Int) throws(Failure) -> [Int] {
        switch self {
        case .mask(let mask):
            guard mask.count == count else {
                throw .argument(
                    "rows", expected: "a mask of \(count) booleans (the number of rows)", got: "\(mask.count)")
            }
            return mask.indices.filter { mask[$0] }
        case .positions(let positions):
            var rows: [Int] = []
            rows.reserveCapacity(positions.count)
            for position in positions {
                guard let number = Int(exactly: position), number != 0, number.magnitude <= UInt(count) else {
                    let got = Int(exactly: position).map { String($0) } ?? numberText(position)
                    throw .argument("rows", expected: "row numbers from 1 to \(count)", got: got)
                }
                rows.append(number > 0 ? number - 1 : count + number)
            }
            return rows
        }
    }
}

extension Value {
    /// What a script's value is in a table; nil for a function or an object.
    init?(_ value: LuaValue) {
        switch value {
        case .nil: self = .null
        case .boolean(let value): self = .bool(value)
        case .integer(let value): self = .integer(Int64(value))
        case .number(let value): self = .number(value)
        case .string(let bytes):
            self = String(validating: bytes, as: UTF8.self).map(Value.text) ?? .bytes(bytes)
        case .list(let values):
            var items: [Value] = []
            for value in values {
                guard let item = Value(value) else { return nil }
                items.append(item)
            }
            self = .list(items)
        case .table(let table):
            if table.fields.isEmpty || ColumnList.length(table) != nil {
                guard let items = ColumnList(table).values() else { return nil }
                self = .list(items)
            } else {
                guard table.list.isEmpty, table.named.count == table.fields.count else { return nil }
                var parts: [Part] = []
                for (name, value) in table.named {
                    guard let item = Value(value) else { return nil }
                    parts.append(Part(name, item))
                }
                self = .record(parts)
            }
        case .object(let object) where object.luaClass.name == "json.null": self = .null
        default: return nil
        }
    }
}

/// The list in a Lua table that may have holes, which stand for nulls.
struct ColumnList {
    private let table: LuaTable
    private let count: Int

    /// A list as long as the table's field `n` says, or as its last value, or as `rowCount` if that is more.
    init(_ table: LuaTable, rowCount: Int = 0) {
        self.table = table
        count = ColumnList.length(table) ?? max(table.list.count, rowCount)
    }

    /// How long the list is if it has holes; nil if the table has fields that no list has.
    static func length(_ table: LuaTable) -> Int? {
        var last = table.list.count
        var stated: Int?
        for (key, value) in table.fields {
            if let position = key.int, position > 0, position <= 1 << 40 {
                last = max(last, position)
            } else if key.text == "n", let n = value.int, n >= 0 {
                stated = n
            } else {
                return nil
            }
        }
        return stated ?? last
    }

    /// The values, nil if one of them cannot be in a table.
    func values() -> [Value]? {
        // A stray large index must not ask for as much memory.
        guard count <= max(1 << 20, (table.list.count + table.fields.count) * 1_000) else { return nil }
        var values = [Value](repeating: .null, count: count)
        for (index, element) in table.list.enumerated() where index < count {
            guard let value = Value(element) else { return nil }
            values[index] = value
        }
        for (key, element) in table.fields {
            guard let position = key.int, position >= 1, position <= count else { continue }
            guard let value = Value(element) else { return nil }
            values[position - 1] = value
        }
        return values
    }
}

extension Column {
    /// The column that a script's value stands for: a column, a tensor, a list, or one value for each of `rowCount` rows. `name` is what the
    /// column is called.
    static func from(_ value: LuaValue, name: String, rowCount: Int? = nil) throws(Failure) -> Column {
        let name = name.isEmpty ? "columns" : name
        if case .object(let object) = value {
            if let column = object.get(Column.self) { return column }
            if let tensor = object.get(Tensor.self) { return try Column(tensor) }
        }
        if case .table(let table) = value, table.named.allSatisfy({ $0.name == "n" }) {
            guard let values = ColumnList(table, rowCount: rowCount ?? 0).values() else {
                throw .argument(name, expected: "a list of plain values", got: "one with functions or objects in it")
            }
            try refuseBytes(values, name)
            return try Column(values, name: name)
        }
        guard let rowCount, let single = Value(value), single != .null else {
            throw .argument(name, expected: "list, column or tensor", got: value.typeName)
        }
        try refuseBytes([single], name)
        return try Column(Array(repeating: single, count: rowCount), name: name)
    }

    private static func refuseBytes(_ values: [Value], _ name: String) throws(Failure) {
        for (row, value) in values.enumerated() {
            if case .bytes = value {
                throw .argument(
                    name, expected: "text in UTF-8", got: "other bytes in row \(row + 1)",
                    hint: "read the file with {encoding = ...}")
            }
        }
    }
}

/// What a query is given besides its text.
struct QueryArguments {
    var parameters: [Value] = []
    var tables: [(name: String, table: Table)] = []

    init(parameters: [Value] = [], tables: [(name: String, table: Table)] = []) {
        (self.parameters, self.tables) = (parameters, tables)
    }

    /// Reads `{users = u, orders = o}`.
    init?(tables value: LuaValue) {
        guard case .table(let table) = value, table.list.isEmpty, table.named.count == table.fields.count else {
            return nil
        }
        for (name, value) in table.named {
            guard case .object(let object) = value, let data = object.get(DataTable.self) else { return nil }
            tables.append((name, data.table))
        }
    }
}
