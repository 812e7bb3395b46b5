import LuaKit
import Support
import Tables

extension LuaModule {
    static let data = LuaModule(
        "data", "Tables: read from files, made from lists, asked with SQL, written. DuckDB works inside.",
        functions: [read, write, table, sql, connect],
        classes: [DataTable.luaClass, Column.luaClass, DataConnection.luaClass])

    private static let formats = TableFormat.allCases.map(\.rawValue)

    private static let read = Signature(
        "data.read",
        """
        Reads a table from a file, or from all files that a pattern with * matches. Nothing is dropped or guessed at silently: a broken row, a \
        wrong encoding or a damaged file is an error that says where. In CSV an empty value is a null and "" an empty text; a column \
        becomes numbers, booleans, dates or timestamps only if all its values can without losing a digit.
        """,
        parameters: [
            .required("path", .path, "a .csv, .tsv, .jsonl, .json or .parquet file (text also as .gz), or a pattern")
        ],
        options: [
            .optional("format", .choice(formats), standing: "by the path's ending", "the file's format"),
            .optional("delimiter", .string, standing: "found in the first line", "the character between values"),
            .optional("header", .boolean, default: true, "whether the first line names the columns"),
            .optional(
                "nulls", .list(of: .string), standing: "the empty text", "unquoted texts that stand for a missing value"
            ),
            .optional(
                "encoding", .string, standing: "UTF-8, or UTF-16 and UTF-32 by their marks",
                "the text's encoding, such as \"gb18030\""),
            .optional("names", .list(of: .string), standing: "those in the file", "names for the columns"),
            .optional("text", .list(of: .string), "columns that stay text though they look like numbers or dates"),
        ],
        returns: [.init("data.Table", "the table")],
        example: .init(
            """
            local path = os.tmpname()
            local file <close> = io.open(path, 'w')
            file:write('city,sales\\n北京,3\\n上海,5\\n') file:flush()
            local sales = data.read(path, {format = 'csv'})
            os.remove(path)
            return sales[2].sales
            """,
            output: "5", needs: "DuckDB"),
        related: ["data.write", "data.sql"]
    ) { call throws(Failure) in
        var options = ReadOptions()
        options.format = try call.string(ifGiven: "format").flatMap(TableFormat.init(rawValue:))
        options.delimiter = try call.string(ifGiven: "delimiter")
        options.header = try call.boolean("header")
        options.nulls = try call.strings(ifGiven: "nulls") ?? options.nulls
        options.encoding = try call.string(ifGiven: "encoding")
        options.names = try call.strings(ifGiven: "names")
        options.text = try call.strings(ifGiven: "text") ?? []
        return .dataTable(try Table.read(try call.path("path"), options, work: call.work))
    }

    private static let write = Signature(
        "data.write",
        """
        Writes a table to a file in the format of its ending, whole or not at all: if it fails, the file that was there is as it was. \
        Rows and columns keep their order; Parquet keeps every type.
        """,
        parameters: [
            .required("table", .object(DataTable.self), "the table"),
            .required("path", .path, "a .csv, .tsv, .jsonl, .json or .parquet file (text also as .gz)"),
        ],
        options: [.optional("format", .choice(formats), standing: "by the path's ending", "the file's format")],
        example: .init(
            """
            local path = os.tmpname()
            data.write(data.table{n = {1, 2, 3}}, path, {format = 'jsonl'})
            local text = io.open(path):read('a')
            os.remove(path)
            return #text > 0
            """,
            output: "true", needs: "DuckDB"),
        related: ["data.read"]
    ) { call throws(Failure) in
        let table = try call.object("table", DataTable.self).table
        let format = try call.string(ifGiven: "format").flatMap(TableFormat.init(rawValue:))
        try table.write(try call.path("path"), format: format, work: call.work)
        return .nothing
    }

    private static let table = Signature(
        "data.table", "Makes a table from lists, tensors or columns by name, or from a list of records.",
        parameters: [.required("lists", .table, "{name = list, ...}, or {{name = value, ...}, ...}")],
        options: [
            .optional("columns", .list(of: .string), standing: "by name", "the order of the columns")
        ],
        returns: [.init("data.Table", "the table")],
        example: .init(
            "return #data.table({price = {1.5, 2}, city = {'北京', '上海'}}, {columns = {'city', 'price'}})",
            output: "2"),
        related: ["data.read"]
    ) { call throws(Failure) in .dataTable(try DataTable.made(call)) }

    private static let sql = Signature(
        "data.sql",
        "Runs SQL over the given tables, and over what `create table` made earlier in the session. Values for `?` are bound, never pasted.",
        parameters: [
            .required("query", .string.naming(.sql), "SQL, as DuckDB understands it"),
            .optional("params", .queryParameters, "values for ? or $1, $2 ...; tables by name if there are none"),
        ],
        options: [.optional("tables", .namedTables, "tables by the names that the query uses")],
        returns: [.init("data.Table", "the rows found")],
        example: .init("return data.sql('select ? + 1 as n', {41})[1].n", output: "42", needs: "DuckDB"),
        related: ["data.Table:sql"]
    ) { call throws(Failure) in
        let given: QueryArguments = try call.converted(ifGiven: "params") ?? QueryArguments()
        let tables: QueryArguments? = try call.converted(ifGiven: "tables")
        let query = try call.query()
        do throws(Failure) {
            return .dataTable(
                try Table.query(query, given.parameters, tables: tables?.tables ?? given.tables, work: call.work))
        } catch {
            throw error.naming(tablesIn: call)
        }
    }

    private static let connect = Signature(
        "data.connect",
        """
        Connects to a database through its ADBC driver, a shared library: "duckdb" for a DuckDB file, "sqlite", "postgresql" and others \
        where their driver is installed.
        """,
        options: [
            .required("driver", .string, "the driver's name, or the path of its library"),
            .optional("uri", .string, "where the database is, as the driver wants it"),
            .optional("username", .string, "who connects"),
            .optional("password", .string, "the password"),
        ],
        returns: [.init("data.Connection", "the connection")],
        example: .init(
            "local db <close> = data.connect{driver = 'duckdb'} return #db:tables()", output: "0", needs: "DuckDB")
    ) { call throws(Failure) in
        try call.work.files.requireUnrestricted("data.connect")
        var options: [(name: String, value: String)] = []
        for name in ["uri", "username", "password"] {
            if let value = try call.string(ifGiven: name) { options.append((name, value)) }
        }
        return .object(DataConnection(try Connection.open(driver: try call.string("driver"), options: options)))
    }
}

extension DataTable {
    /// What `data.table` makes of its arguments.
    fileprivate static func made(_ call: Call) throws(Failure) -> Table {
        let content = try call.table("lists")
        let order = try call.strings(ifGiven: "columns")
        var named: [(name: String, column: Column)] = []
        if content.list.isEmpty {
            for (name, value) in content.fields {
                guard let name = name.text else {
                    throw .argument("lists", expected: "names of columns", got: "a key that is no string")
                }
                named.append((name, try Column.from(value, name: name)))
            }
        } else {
            named = try columns(ofRecords: content, order: order ?? [])
        }
        guard let order else { return try Table(names: named.map(\.name), columns: named.map(\.column)) }
        for (name, _) in named where !order.contains(name) {
            throw .argument("columns", expected: "all columns in order", got: "a list without '\(name)'")
        }
        var columns: [Column] = []
        for name in order {
            guard let entry = named.first(where: { $0.name == name }) else {
                throw .argument("columns", expected: "names of the columns given", got: "'\(name)'")
            }
            columns.append(entry.column)
        }
        return try Table(names: order, columns: columns)
    }

    /// Columns of a list of records: every name that one of them has, sorted; a record without it has a null there.
    private static func columns(ofRecords content: LuaTable, order: [String]) throws(Failure) -> [(
        name: String, column: Column
    )] {
        var rows: [[String: Value]] = []
        var names = Set(order)
        for (index, element) in content.list.enumerated() {
            guard let value = Value(element), case .record(let parts) = value else {
                guard let table = element.table, table.isEmpty else {
                    throw .argument(
                        "lists", expected: "{name = list, ...} or a list of records",
                        got: "\(element.typeName) at position \(index + 1)")
                }
                rows.append([:])
                continue
            }
            var row: [String: Value] = [:]
            for part in parts {
                row[part.name] = part.value
                names.insert(part.name)
            }
            rows.append(row)
        }
        var columns: [(name: String, column: Column)] = []
        for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            columns.append((name, try Column(rows.map { $0[name] ?? .null }, name: name)))
        }
        return columns
    }
}
