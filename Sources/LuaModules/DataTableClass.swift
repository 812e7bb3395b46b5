import Display
import LuaKit
import Support
import Tables
import Tensors

extension DataTable: LuaVisible {
    /// A table as scripts see it.
    static let luaClass = LuaClass(
        "data.Table", for: DataTable.self,
        """
        Named columns of one length. t.price or t["城市"] is a column, t[i] row i as a record, t[mask] the rows where a mask is \
        true (t[t.price:gt(5) & t.city:eq "Paris"]) or whose numbers a tensor holds, #t the number of rows; t.segment = list adds or \
        replaces a column, t.segment = nil removes it. Methods win over columns of the same name: t:column(name) reaches any.
        """,
        methods: [column, head, sql, rows, describe, tensor, index],
        fields: [
            Field("columns", "list of strings", "The names of the columns, in order.") { (data: DataTable) in
                .strings(data.table.names)
            }
        ],
        index: { call throws(Failure) in try member(call) },
        members: { data in
            zip(data.table.names, data.table.columns).map { Member($0, "data.Column", "column of \($1.type.name)") }
        },
        newIndex: { call throws(Failure) in try setMember(call) },
        length: { call throws(Failure) in .integer(try call.receiver(DataTable.self).table.rowCount) },
        display: { $0.text(width: ScreenWidth.current) })

    private static func member(_ call: Call) throws(Failure) -> LuaValue {
        let table = try call.receiver(DataTable.self).table
        let key = call.argument(2)
        if let position = key.integer {
            let row = position > 0 ? position - 1 : table.rowCount + position
            // nil past the end, so that ipairs ends there.
            return position != 0 && row >= 0 && row < table.rowCount ? .row(row, of: table) : .nil
        }
        if let choice = try RowChoice(objectAt: key) {
            return .dataTable(try table.selecting(try choice.rows(of: table.rowCount)))
        }
        guard let name = key.text else {
            let hint = key.kind == .table ? "t:index{...} takes a list of rows" : RowChoice.hint(for: key)
            throw .operation("a table has columns and rows, no member \(key.words)", hint: hint)
        }
        if let column = table.columnIfPresent(name) { return .object(column) }
        let other = table.isNear(name) ? nil : ForeignHabit.substitute(forTableMember: name)
        let hints = [other, luaHint(table, name)].compactMap { $0 }
        throw .operation("the table has no column '\(name)'", hint: hints.joined(separator: "; "))
    }

    /// The hint for an unknown column, with names that are no Lua names written as they must be.
    private static func luaHint(_ table: Table, _ name: String) -> String {
        let hint = table.hint(for: name)
        guard let odd = table.names.first(where: { !isLuaName($0) && hint.contains("'\($0)'") }) else { return hint }
        return "\(hint); write t[\"\(odd)\"]"
    }

    private static func isLuaName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.enumerated().allSatisfy { index, byte in
                (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a) || byte == 0x5f
                    || (index > 0 && byte >= 0x30 && byte <= 0x39)
            }
    }

    private static func setMember(_ call: Call) throws(Failure) -> LuaValue {
        let data = try call.receiver(DataTable.self)
        guard call.argument(2).kind == .string, let name = call.argument(2).text else {
            throw .operation("a column's name is a string, got \(call.argument(2).words)", hint: "rows cannot be set")
        }
        if call.argument(3).isNil {
            // What was to become a column is nil by a slip oftener than a column is to go that is not there.
            guard data.table.columnIfPresent(name) != nil else {
                throw .operation(
                    "column '\(name)' is set to nil", hint: "which removes a column, and there is none of that name")
            }
            try data.remove(name)
            return .nothing
        }
        let rowCount = data.table.columns.isEmpty ? nil : data.table.rowCount
        try data.set(name, to: try Column.from(try call.argument(3).value(), name: name, rowCount: rowCount))
        return .nothing
    }

    // MARK: Methods

    private static let column = Signature(
        "data.Table:column", "The column of that name, also where a method has the same.",
        parameters: [.required("name", .string.naming(.column), "the column's name")],
        returns: [.init("data.Column", "the column")],
        example: .init("return #data.table({rows = {1, 2}}):column('rows')", output: "2")
    ) { call throws(Failure) in .object(try call.receiver(DataTable.self).table.column(try call.string("name"))) }

    private static let head = Signature(
        "data.Table:head", "The first rows.",
        parameters: [.optional("n", .integer(0...), default: 5, "how many")],
        returns: [.init("data.Table", "a new table")],
        example: .init("return #data.table({n = {1, 2, 3}}):head(2)", output: "2")
    ) { call throws(Failure) in .dataTable(try call.receiver(DataTable.self).table.head(try call.integer("n"))) }

    private static let sql = Signature(
        "data.Table:sql",
        "Runs a query over this table, which it calls `this`. Values for `?` are bound, never pasted.",
        parameters: [
            .required("query", .string.naming(.sql), "SQL, as DuckDB understands it"),
            .optional("params", .queryParameters, "values for ? or $1, $2 ...; tables by name if there are none"),
        ],
        options: [.optional("tables", .namedTables, "further tables by the names that the query uses")],
        returns: [.init("data.Table", "the rows found")],
        example: .init(
            "return #data.table({n = {1, 2, 3}}):sql('select * from this where n > ?', {1})", output: "2",
            needs: "DuckDB"),
        related: ["data.sql"]
    ) { call throws(Failure) in
        let table = try call.receiver(DataTable.self).table
        let given: QueryArguments = try call.converted(ifGiven: "params") ?? QueryArguments()
        let further: QueryArguments? = try call.converted(ifGiven: "tables")
        let tables = (further?.tables ?? given.tables).filter { $0.name != "this" } + [("this", table)]
        let query = try call.query()
        do throws(Failure) {
            return .dataTable(try Table.query(query, given.parameters, tables: tables, work: call.work))
        } catch {
            throw error.naming(tablesIn: call, this: table)
        }
    }

    private static let rows = Signature(
        "data.Table:rows", "Iterates over the rows: `for row in t:rows() do print(row.name) end`. Nulls are nil.",
        returns: [.init("iterator of records", "one record per row")],
        example: .init(
            "local s = 0 for row in data.table({n = {1, 2}}):rows() do s = s + row.n end return s", output: "3")
    ) { call throws(Failure) in
        let table = try call.receiver(DataTable.self).table
        var next = 0
        return .iterator { () throws(Failure) in
            guard next < table.rowCount else { return .nil }
            next += 1
            return .row(next - 1, of: table)
        }
    }

    private static let describe = Signature(
        "data.Table:describe",
        """
        A table with one row per column: type, how many values, nulls and different values, smallest and largest, mean and standard \
        deviation of numbers.
        """,
        returns: [.init("data.Table", "the description")],
        example: .init("return data.table({n = {1, 2, 3}}):describe()[1].mean", output: "2.0")
    ) { call throws(Failure) in .dataTable(try call.receiver(DataTable.self).table.describe(work: call.work)) }

    private static let tensor = Signature(
        "data.Table:tensor", "The numbers of the named columns side by side, as a tensor of shape [rows, columns].",
        parameters: [.required("columns", .list(of: .string.naming(.column)), "the names of the columns")],
        options: [
            .optional("dtype", .choice(DType.allCases.map(\.rawValue)), default: "float32", "type of the elements"),
            .optional("nulls", .choice(["error", "nan"]), default: "error", "what a null becomes"),
        ],
        returns: [.init("tensor", "the numbers, [rows, columns]")],
        example: .init("return data.table({a = {1, 2}, b = {3, 4}}):tensor{'a', 'b'}:sum()", output: "10.0")
    ) { call throws(Failure) in
        let table = try call.receiver(DataTable.self).table
        let dtype = DType(rawValue: try call.string("dtype")) ?? .float32
        let nulls: NullRule = try call.string("nulls") == "nan" ? .nan : .refuse
        let columns = try call.strings("columns")
        for name in columns where table.columnIfPresent(name) == nil {
            throw .argument("columns", expected: "columns of this table", got: "'\(name)'", hint: table.hint(for: name))
        }
        return .object(try table.tensor(columns, dtype: dtype, nulls: nulls))
    }

    private static let index = Signature(
        "data.Table:index", "The rows of the given numbers, or those where a mask is true.",
        parameters: [
            .required("rows", .rowPositions, "row numbers from 1 (negative from the end), or a boolean tensor")
        ],
        returns: [.init("data.Table", "a new table")],
        example: .init("return data.table({n = {10, 20, 30}}):index({3, 1}).n[1]", output: "30")
    ) { call throws(Failure) in
        let table = try call.receiver(DataTable.self).table
        let choice: RowChoice = try call.converted("rows")
        return .dataTable(try table.selecting(try choice.rows(of: table.rowCount)))
    }
}
