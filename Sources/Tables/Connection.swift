import CArrow
import Support

/// A connection to a database. Calls on it come one at a time; `query` may be cancelled from another thread through its `Work`.
public final class Connection: @unchecked Sendable {
    // Sendable by hand: a query runs on a thread of its own while the caller waits, so that no two calls overlap but for cancel,
    // which ADBC allows at any time.
    /// The database it belongs to.
    public let database: Database
    private let handle: UnsafeMutablePointer<AdbcConnection>
    private let countsMemory: Bool
    private let calls = Interruptible()
    private var driver: Driver { database.driver }

    /// Opens a connection.
    public convenience init(_ database: Database) throws(Failure) { try self.init(database, counting: true) }

    /// Opens a connection. With `counting`, what the database holds is counted whenever that may have changed.
    init(_ database: Database, counting: Bool) throws(Failure) {
        self.database = database
        countsMemory = counting
        handle = .allocate(capacity: 1)
        handle.initialize(to: AdbcConnection())
        let error = DriverError()
        let functions = database.driver.functions
        try database.driver.check(functions.pointee.ConnectionNew?(handle, error.pointer), error)
        try database.driver.check(functions.pointee.ConnectionInit?(handle, database.handle, error.pointer), error)
    }

    deinit {
        let error = DriverError()
        if handle.pointee.private_data != nil { _ = driver.functions.pointee.ConnectionRelease?(handle, error.pointer) }
        handle.deallocate()
        // Its temporary tables have gone.
        if countsMemory { database.countMemory() }
    }

    /// Runs a query and returns its rows; a statement without rows gives a table that tells how many rows it changed, or an empty one.
    ///
    /// - Parameter parameters: values for `?` or `$1`, `$2` ... in the query, bound by the driver and never pasted into the text.
    public func query(
        _ sql: String, _ parameters: [Value] = [], activity: String = "query", work: Work = Work()
    ) throws(Failure) -> Table {
        guard !sql.utf8.contains(0) else {
            throw .argument(
                "query", expected: "SQL without NUL bytes", got: "one with a NUL byte", hint: "bind it as a parameter")
        }
        let row = try parameters.isEmpty ? nil : Connection.row(of: parameters)
        return try interruptibly(activity, work) { () throws(Failure) in
            let statement = try Statement(self.driver, self.handle)
            try statement.prepare(sql)
            if let row {
                // A driver may take values that no parameter asks for without a word.
                if let count = statement.parameterCount() { try Connection.check(parameters.count, against: count) }
                try statement.bind(row)
            } else if sql.utf8.contains(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "$") }),
                let count = statement.parameterCount(), count > 0
            {
                try Connection.check(0, against: count)
            }
            return try statement.execute(cancellation: work.cancellation)
        }
    }

    /// Runs statements that return nothing worth having.
    func run(_ sql: String, activity: String = "query", work: Work = Work()) throws(Failure) {
        _ = try query(sql, activity: activity, work: work)
    }

    /// Copies a table into the database under `name`, replacing one of that name if `replacing`. A temporary one goes with the connection.
    public func write(
        _ table: Table, to name: String, temporary: Bool = false, replacing: Bool = false, work: Work = Work()
    ) throws(Failure) {
        guard !name.isEmpty, !name.utf8.contains(0) else {
            throw .argument(
                "name", expected: "a table's name", got: name.isEmpty ? "an empty one" : "one with a NUL byte")
        }
        guard !table.columns.isEmpty else {
            throw .argument("table", expected: "a table with columns", got: "one without", hint: "add a column first")
        }
        if replacing { try run("drop table if exists \(SQL.quoted(name))", work: work) }
        _ = try interruptibly("query", work) { () throws(Failure) in
            let statement = try Statement(self.driver, self.handle)
            try statement.set("adbc.ingest.target_table", name)
            try statement.set("adbc.ingest.mode", "adbc.ingest.mode.create")
            if temporary { try statement.set("adbc.ingest.temporary", "true") }
            try statement.bind(table)
            return try statement.execute(cancellation: work.cancellation)
        }
    }

    /// What the database holds, down to its tables.
    func objects(work: Work) throws(Failure) -> Table {
        try interruptibly("query", work) { () throws(Failure) in
            let error = DriverError()
            var stream = ArrowArrayStream()
            let status = self.driver.functions.pointee.ConnectionGetObjects?(
                self.handle, 3, nil, nil, nil, nil, nil, &stream, error.pointer)
            try self.driver.check(status, error)
            return try Table.reading(&stream, memory: QueryMemory(self.driver), cancellation: work.cancellation)
        }
    }

    /// Refuses more or fewer values than the query has parameters.
    private static func check(_ given: Int, against count: Int) throws(Failure) {
        guard given != count else { return }
        let expected =
            count == 0
            ? "no values (the query has no parameters)"
            : "\(count) \(count == 1 ? "value" : "values") (the number of the query's parameters)"
        throw .argument("params", expected: expected, got: "\(given)")
    }

    /// Parameters as a table of one row, one column each.
    private static func row(of parameters: [Value]) throws(Failure) -> Table {
        var columns: [Column] = []
        for (index, value) in parameters.enumerated() {
            columns.append(try Column([value], name: "params[\(index + 1)]"))
        }
        return try Table(names: parameters.indices.map { String($0 + 1) }, columns: columns)
    }

    private func interruptibly(
        _ activity: String, _ work: Work, _ body: @escaping @Sendable () throws(Failure) -> Table
    ) throws(Failure) -> Table {
        defer { if countsMemory { database.countMemory() } }
        return try calls.run(activity, work, body) { [self] in
            let error = DriverError()
            _ = driver.functions.pointee.ConnectionCancel?(handle, error.pointer)
        }
    }
}
