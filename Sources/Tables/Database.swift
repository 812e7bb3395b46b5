import CArrow
import Support

/// A database opened through its driver: the source of connections.
public final class Database: @unchecked Sendable {
    // Sendable by hand: ADBC lets several threads open connections of one database.
    /// The driver it was opened by.
    public let driver: Driver
    let handle: UnsafeMutablePointer<AdbcDatabase>
    private let held = Locked(0)

    /// Opens a database; `options` are the driver's own ("uri", "path", "username" ...), set in order.
    public init(_ driver: Driver, options: [(name: String, value: String)] = []) throws(Failure) {
        self.driver = driver
        handle = .allocate(capacity: 1)
        handle.initialize(to: AdbcDatabase())
        let functions = driver.functions
        let error = DriverError()
        try driver.check(functions.pointee.DatabaseNew?(handle, error.pointer), error)
        for option in options {
            try driver.check(
                functions.pointee.DatabaseSetOption?(handle, option.name, option.value, error.pointer), error)
        }
        // The database's own threads start here.
        let status = Threads.withSignalsBlocked { functions.pointee.DatabaseInit?(handle, error.pointer) }
        try driver.check(status, error)
    }

    /// Bytes that its tables and indices take, as last counted.
    var heldBytes: Int { held.withLock { $0 } }

    /// Counts as native memory what DuckDB holds now: tables that queries have made.
    func countMemory() {
        guard driver.isDuckDB, NativeMemory.limit != nil, let meter = try? Connection(self, counting: false),
            let table = try? meter.query("select sum(memory_usage_bytes)::bigint from duckdb_memory()"),
            table.rowCount == 1, case .integer(let bytes)? = table.row(0).first
        else { return }
        held.withLock { known in
            NativeMemory.record(Int(bytes) - known)
            known = Int(bytes)
        }
    }

    deinit {
        NativeMemory.record(-heldBytes)
        let error = DriverError()
        if handle.pointee.private_data != nil { _ = driver.functions.pointee.DatabaseRelease?(handle, error.pointer) }
        handle.deallocate()
    }
}
