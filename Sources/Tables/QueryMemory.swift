import Glibc
import Support

/// Keeps one statement below the limit of memory, whatever the database takes for it.
///
/// DuckDB's own `memory_limit` counts its tables and sorts but neither the values of a single text (`repeat('x', 1500000000)`) nor what it
/// makes of a result to hand it over. So while DuckDB computes, the system itself refuses it more memory than is left (`RLIMIT_DATA`),
/// which DuckDB reports as an error like any other; and what it keeps between two calls for one result is counted as native memory. Swift
/// does not survive memory that is refused: the limit is there only while this thread is inside of DuckDB, and the thread that waits for
/// it takes next to none.
final class QueryMemory {
    private let isLimited: Bool
    private let start: (reserved: Int, counted: Int)
    private var charge = 0

    /// The memory of a statement that `driver` will run. That of other databases than DuckDB is not limited.
    init(_ driver: Driver?) {
        let reserved = ProcessMemory.reserved
        isLimited = (driver?.isDuckDB ?? false) && NativeMemory.limit != nil && reserved != nil
        start = (reserved ?? 0, NativeMemory.bytes)
    }

    deinit { NativeMemory.record(-charge) }

    /// Returns what `body`, one call of the driver's functions, returns.
    func whileLimited<Result>(_ body: () -> Result) -> Result {
        guard isLimited, let room = NativeMemory.room, let reserved = ProcessMemory.reserved else { return body() }
        var before = rlimit()
        getrlimit(Self.data, &before)
        var limit = before
        limit.rlim_cur = min(before.rlim_cur, rlim_t(reserved + max(room, Self.least)))
        setrlimit(Self.data, &limit)
        let result = body()
        setrlimit(Self.data, &before)
        count()
        return result
    }

    /// What DuckDB needs to say that something is too much.
    private static let least = 4 << 20
    private static let data = __rlimit_resource_t(RLIMIT_DATA.rawValue)

    /// Counts what the process has taken since the statement began and nobody else has counted.
    private func count() {
        guard let reserved = ProcessMemory.reserved else { return }
        let others = NativeMemory.bytes - charge - start.counted
        let held = max(0, reserved - start.reserved - others)
        NativeMemory.record(held - charge)
        charge = held
    }
}
