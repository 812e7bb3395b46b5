import CArrow
import Glibc
import Support

extension Connection {
    /// Opens a database by its driver's name ("duckdb", "sqlite", "postgresql" ...) or the path of its library.
    ///
    /// A name means `libadbc_driver_NAME.so`, looked for in the data folder's `lib` and then by the system. `options` are the driver's own;
    /// DuckDB's `uri` is the path of its file.
    public static func open(driver: String, options: [(name: String, value: String)]) throws(Failure) -> Connection {
        guard !driver.isEmpty, !driver.utf8.contains(0) else {
            throw .argument("driver", expected: "a driver's name or the path of its library", got: "'\(driver)'")
        }
        if driver == "duckdb" {
            let renamed = options.map { (name: $0.name == "uri" ? "path" : $0.name, value: $0.value) }
            let database = try Database(try DuckDB.driver(), options: DuckDB.threadsBelowLimit + renamed)
            let connection = try Connection(database)
            DuckDB.limitMemory(of: connection)
            return connection
        }
        if driver.utf8.contains(UInt8(ascii: "/")) || driver.hasSuffix(".so") {
            guard access(driver, R_OK) == 0 || !driver.utf8.contains(UInt8(ascii: "/")) else {
                throw .file(driver, "cannot be opened: \(systemError())")
            }
            return try Connection(try Database(try Driver(driver), options: options))
        }
        let file = "libadbc_driver_\(driver).so"
        let own = "\(Folders.data)/lib/\(file)"
        if access(own, R_OK) == 0 { return try Connection(try Database(try Driver(own), options: options)) }
        guard let library = try? SharedLibrary.open(file) else {
            throw .argument(
                "driver", expected: "an installed driver", got: "'\(driver)'",
                hint: "there is no \(file) on this system and none in \(Folders.data)/lib")
        }
        return try Connection(
            try Database(try Driver(file, handle: library, entry: "AdbcDriverInit"), options: options))
    }

    /// The names of the tables and views that the database has, sorted.
    public func tableNames(work: Work = Work()) throws(Failure) -> [String] {
        // Catalogs hold schemas, which hold tables: three levels, read as nested records.
        let objects = try objects(work: work)
        var names: [String] = []
        func collect(_ value: Value) {
            switch value {
            case .list(let values): for value in values { collect(value) }
            case .record(let parts):
                for part in parts {
                    if part.name == "table_name", case .text(let name) = part.value { names.append(name) }
                    collect(part.value)
                }
            default: break
            }
        }
        for row in 0..<objects.rowCount { for value in objects.row(row) { collect(value) } }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
