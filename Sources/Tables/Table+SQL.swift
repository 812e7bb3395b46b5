import Support

extension Table {
    /// Runs a query over tables, each known in it by the name given.
    ///
    /// - Parameters:
    ///   - sql: one or several statements; the rows of the last are returned.
    ///   - parameters: values for `?` or `$1`, `$2` ..., bound and never pasted into the text.
    ///   - tables: what the query may name besides what it made earlier in this session by `create table`.
    public static func query(
        _ sql: String, _ parameters: [Value] = [], tables: [(name: String, table: Table)] = [], work: Work = Work()
    ) throws(Failure) -> Table {
        // Temporary tables belong to a connection: one per query, so that names never meet and memory goes with it.
        let connection = try DuckDB.connect()
        for (name, table) in tables { try connection.write(table, to: name, temporary: true, work: work) }
        return try connection.query(sql, parameters, work: work)
    }

    /// Runs a query over this table, which it knows as `this`.
    public func sql(_ sql: String, _ parameters: [Value] = [], work: Work = Work()) throws(Failure) -> Table {
        try Table.query(sql, parameters, tables: [("this", self)], work: work)
    }
}
