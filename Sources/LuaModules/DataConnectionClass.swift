import LuaKit
import Support
import Tables

/// A connection that a script opened with `data.connect`.
final class DataConnection {
    let connection: Connection

    init(_ connection: Connection) { self.connection = connection }
}

extension DataConnection: LuaVisible {
    /// A connection as scripts see it.
    static let luaClass = LuaClass(
        "data.Connection", for: DataConnection.self,
        "A connection to a database. `local db <close> = data.connect{...}` closes it by itself.",
        methods: [sql, tables, write, close],
        close: { _ in },
        display: { "data.Connection(\($0.connection.database.driver.path))" })

    private static let sql = Signature(
        "data.Connection:sql", "Runs a query in the database. Values for its parameters are bound, never pasted.",
        parameters: [
            .required("query", .string.naming(.sql), "SQL, as the database understands it"),
            .optional("params", .queryParameters, "values for the query's parameters"),
        ],
        returns: [.init("data.Table", "the rows found")],
        example: .init(
            """
            local db <close> = data.connect{driver = 'duckdb'}
            return db:sql('select 6 * ? as n', {7})[1].n
            """,
            output: "42", needs: "DuckDB")
    ) { call throws(Failure) in
        let connection = try call.receiver(DataConnection.self).connection
        let given: QueryArguments = try call.converted(ifGiven: "params") ?? QueryArguments()
        return .dataTable(try connection.query(try call.query(), given.parameters, work: call.work))
    }

    private static let tables = Signature(
        "data.Connection:tables", "The names of the database's tables and views, sorted.",
        returns: [.init("list of strings", "the names")],
        example: .init(
            """
            local db <close> = data.connect{driver = 'duckdb'}
            db:write(data.table{n = {1, 2}}, 'numbers')
            return #db:tables()
            """,
            output: "1", needs: "DuckDB")
    ) { call throws(Failure) in .strings(try call.receiver(DataConnection.self).connection.tableNames(work: call.work))
    }

    private static let write = Signature(
        "data.Connection:write", "Copies a table into the database under a name.",
        parameters: [
            .required("table", .object(DataTable.self), "the table"),
            .required("name", .string, "what to call it there"),
        ],
        options: [.optional("replace", .boolean, default: false, "whether a table of that name may be replaced")],
        example: .init(
            """
            local db <close> = data.connect{driver = 'duckdb'}
            db:write(data.table{n = {1, 2}}, 'numbers')
            return db:sql('select sum(n) as total from numbers')[1].total
            """,
            output: "3", needs: "DuckDB")
    ) { call throws(Failure) in
        let connection = try call.receiver(DataConnection.self).connection
        try connection.write(
            try call.object("table", DataTable.self).table, to: try call.string("name"),
            replacing: try call.boolean("replace"),
            work: call.work)
        return .nothing
    }

    private static let close = Signature(
        "data.Connection:close", "Closes the connection.",
        example: .init(
            """
            local db = data.connect{driver = 'duckdb'}
            db:close()
            return (pcall(db.tables, db))
            """,
            output: "false", needs: "DuckDB")
    ) { call throws(Failure) in
        try call.receiver().close()
        return .nothing
    }
}
