import Glibc
import Support

/// The embedded database that reads and writes files and runs SQL over tables.
///
/// Its library is looked for in this order: the path in `COHORT_DUCKDB`, the system's `libduckdb.so`, then the data folder's `lib`.
public enum DuckDB {
    /// The function of its library that makes the driver.
    static let entry = "duckdb_adbc_init"

    private static let opened = Locked<Result<Database, Failure>?>(nil)

    /// The process's one database, in memory, opened when first asked for.
    public static func database() throws(Failure) -> Database {
        let result = opened.withLock { known in
            // A failure is not kept: the library may be installed while the prompt is open.
            if case .success = known, let known { return known }
            let result: Result<Database, Failure>
            do throws(Failure) { result = .success(try open()) } catch { result = .failure(error) }
            known = result
            return result
        }
        return try result.get()
    }

    /// A new connection to that database.
    public static func connect() throws(Failure) -> Connection {
        let connection = try Connection(try database())
        limitMemory(of: connection)
        return connection
    }

    /// A new connection for SQL that a script wrote: where its files are restricted, to a database of its own that is locked.
    static func connect(forScriptsIn files: FileAccess) throws(Failure) -> Connection {
        guard let folders = files.folders else { return try connect() }
        let result = locked.withLock { known in
            if case .success = known, let known { return known }
            let result: Result<Database, Failure>
            do throws(Failure) { result = .success(try openLocked(folders)) } catch { result = .failure(error) }
            known = result
            return result
        }
        return try Connection(try result.get())
    }

    private static let locked = Locked<Result<Database, Failure>?>(nil)

    /// A database that reaches no file outside `folders`, no network and no library, and whose settings stay as they are.
    private static func openLocked(_ folders: [String]) throws(Failure) -> Database {
        let database = try open()
        let connection = try Connection(database)
        // Locked, the limit cannot follow what else is held: then the system's own, see `QueryMemory`, is what holds.
        limitMemory(of: connection)
        // DuckDB takes ".." back before it follows links, the system after: through a link a path that it allows leads anywhere. Scripts
        // can make no links, so a folder without them stays safe.
        let list = folders.filter { !FileSystem.holdsLinks($0) }.map(SQL.literal).joined(separator: ", ")
        // Directories that are not set are in the user's home, which is nothing that a script should learn.
        for setting in [
            "temp_directory = ''", "allow_persistent_secrets = false", "home_directory = '/nowhere'",
            "secret_directory = '/nowhere'", "extension_directory = '/nowhere'", "autoload_known_extensions = false",
            "allow_community_extensions = false",
            "allowed_directories = [\(list)]", "enable_external_access = false", "lock_configuration = true",
        ] {
            try connection.run("set global \(setting)")
        }
        return database
    }

    /// Lets the connection's database hold what it holds and what is left below the limit, but for a little that it does not count.
    static func limitMemory(of connection: Connection) {
        guard let room = NativeMemory.room else { return }
        // It should refuse a block itself before the system does: it lives through that better, see `threadsBelowLimit`.
        let bytes = max(room - min(room / 8, 64 << 20) + connection.database.heldBytes, 1 << 20)
        // DuckDB refuses less than it holds already; then the old limit stands.
        try? connection.run("set global memory_limit = '\(bytes / 1024)KiB'")
    }

    /// The option of a new database by which it starts no more threads than the room below the limit is for; none without a limit.
    ///
    /// DuckDB's guide asks for 125 MB a thread ("Tuning Workloads"). One whose first piece of work finds nothing left for the library's
    /// thread-local variables ends the process: the C library knows no other way out.
    static var threadsBelowLimit: [(name: String, value: String)] {
        guard let room = NativeMemory.room else { return [] }
        return [("threads", String(max(1, min(Work.coreCount, room / (125 << 20)))))]
    }

    /// Whether the library can be found and opened.
    public static var isInstalled: Bool { (try? database()) != nil }

    private static func open() throws(Failure) -> Database {
        let database = try Database(try driver(), options: [("path", ":memory:")] + threadsBelowLimit)
        let connection = try Connection(database)
        // The same moments are written the same way on every machine. A build without time zones does not know the setting.
        try? connection.run("set global TimeZone = 'UTC'")
        // Nothing is fetched from the network behind the user's back.
        try? connection.run("set global autoinstall_known_extensions = false")
        return database
    }

    /// The driver of the library that was found.
    public static func driver() throws(Failure) -> Driver {
        if NativeMemory.limit != nil {
            // DuckDB's allocator keeps what was freed, and the address space for ever. Under a limit memory goes back at once, so that what
            // is reserved is what is in use. Read by the library when it is loaded.
            setenv("DUCKDB_JE_MALLOC_CONF", "retain:false,dirty_decay_ms:0,muzzy_decay_ms:0", 0)
        }
        if let path = Folders.variable("COHORT_DUCKDB") {
            guard access(path, R_OK) == 0 else {
                throw .file(path, "cannot be read: \(systemError())", hint: "the variable COHORT_DUCKDB names it")
            }
            return try Driver(path, entry: entry)
        }
        if let library = try? SharedLibrary.open("libduckdb.so") {
            return try Driver("libduckdb.so", handle: library, entry: entry)
        }
        let folder = "\(Folders.data)/lib"
        guard let path = libraries(in: folder).first else {
            throw .operation(
                "DuckDB, which reads and writes tables, is not installed: no libduckdb.so on this system and none in \(folder)",
                hint: "run scripts/quickstart, or set COHORT_DUCKDB to the path of libduckdb.so, version 1.5.3 or later"
            )
        }
        return try Driver(path, entry: entry)
    }

    /// The DuckDB libraries in a folder: `libduckdb.so`, or a Python wheel's `_duckdb.cpython-311-….so`, in that order.
    static func libraries(in folder: String) -> [String] {
        let names = ((try? FileSystem.names(in: folder)) ?? []).filter { $0.hasSuffix(".so") && $0.contains("duckdb") }
        return names.sorted { ($0.hasPrefix("lib") ? 0 : 1, $0) < ($1.hasPrefix("lib") ? 0 : 1, $1) }.map {
            "\(folder)/\($0)"
        }
    }
}
