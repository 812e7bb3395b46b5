import CArrow
import Support

/// A statement of a connection: made, used once and released.
struct Statement: ~Copyable {
    private let driver: Driver
    private let handle: UnsafeMutablePointer<AdbcStatement>
    private let memory: QueryMemory
    private static let mostDepth = 1000

    init(_ driver: Driver, _ connection: UnsafeMutablePointer<AdbcConnection>) throws(Failure) {
        self.driver = driver
        memory = QueryMemory(driver)
        handle = .allocate(capacity: 1)
        handle.initialize(to: AdbcStatement())
        let error = DriverError()
        try driver.check(driver.functions.pointee.StatementNew?(connection, handle, error.pointer), error)
    }

    deinit {
        let error = DriverError()
        if handle.pointee.private_data != nil { _ = driver.functions.pointee.StatementRelease?(handle, error.pointer) }
        handle.deallocate()
    }

    func set(_ option: String, _ value: String) throws(Failure) {
        let error = DriverError()
        try driver.check(driver.functions.pointee.StatementSetOption?(handle, option, value, error.pointer), error)
    }

    func prepare(_ sql: String) throws(Failure) {
        // DuckDB refuses expressions a thousand deep, but for parentheses that nothing closes it takes minutes and gigabytes to say so.
        if driver.isDuckDB {
            let depth = SQL.depth(sql.utf8)
            guard depth <= Self.mostDepth else {
                throw .argument(
                    "query", expected: "at most \(Self.mostDepth) parentheses open at once", got: "\(depth)",
                    hint: "close them, or put values into a table and join it")
            }
        }
        let error = DriverError()
        // DuckDB computes what is constant already here.
        try driver.check(
            memory.whileLimited { driver.functions.pointee.StatementSetSqlQuery?(handle, sql, error.pointer) }, error)
        try driver.check(
            memory.whileLimited { driver.functions.pointee.StatementPrepare?(handle, error.pointer) }, error)
    }

    /// How many parameters the prepared query has; nil where the driver cannot tell.
    func parameterCount() -> Int? {
        let error = DriverError()
        var schema = ArrowSchema()
        let status = driver.functions.pointee.StatementGetParameterSchema?(handle, &schema, error.pointer)
        guard (status ?? 1) == ADBC_STATUS_OK, schema.release != nil else { return nil }
        defer { schema.release?(&schema) }
        return Int(schema.n_children)
    }

    /// Hands the driver a table: parameters for the query, or rows to be taken in.
    func bind(_ table: Table) throws(Failure) {
        let error = DriverError()
        var stream = ArrowExport.stream(of: table)
        let status = driver.functions.pointee.StatementBindStream?(handle, &stream, error.pointer)
        // A driver that took the stream has cleared it.
        if (status ?? 1) != ADBC_STATUS_OK { stream.release?(&stream) }
        try driver.check(status, error)
    }

    func execute(cancellation: Cancellation) throws(Failure) -> Table {
        let error = DriverError()
        var stream = ArrowArrayStream()
        var affected: Int64 = -1
        let status = memory.whileLimited {
            driver.functions.pointee.StatementExecuteQuery?(handle, &stream, &affected, error.pointer)
        }
        try driver.check(status, error)
        guard stream.release != nil else { return Table(unchecked: [], [], rowCount: 0) }
        return try Table.reading(&stream, memory: memory, cancellation: cancellation)
    }
}
