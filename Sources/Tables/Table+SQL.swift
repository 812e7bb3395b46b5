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
        let connection = try DuckDB.connect(forScriptsIn: work.files)
        for (name, table) in tables { try connection.register(table, as: name, work: work) }
        return try connection.query(sql, parameters, work: work)
    }

    /// Runs a query over this table, which it knows as `this`.
    public func sql(_ sql: String, _ parameters: [Value] = [], work: Work = Work()) throws(Failure) -> Table {
        try Table.query(sql, parameters, tables: [("this", self)], work: work)
    }
}

extension Connection {
    /// Lets DuckDB know a table under a name, as long as the connection lasts.
    func register(_ table: Table, as name: String, work: Work) throws(Failure) {
        // DuckDB does not tell such names apart and would rename one of them behind the user's back.
        let folded = table.names.map { $0.lowercased() }
        for (index, name) in folded.enumerated() {
            guard let first = Table.position(of: name, in: folded), first < index else { continue }
            throw .argument(
                "table", expected: "column names that differ in more than case",
                got: "'\(table.names[first])' and '\(table.names[index])'", hint: "rename one of them")
        }
        try write(table, to: name, temporary: true, work: work)
    }
}
