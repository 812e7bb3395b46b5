import Glibc
import Support

/// Runs calls that cannot poll a flag on threads of their own, one at a time, while the calling thread polls for them.
final class Interruptible: Sendable {
    /// A call that had not ended when its caller was told that it was cancelled.
    private let late = Locked<Job<Table>?>(nil)

    /// Tenths of seconds are too long to wait for a call that does not heed.
    private static let patience = 5

    /// Returns what `body` returns. When `cancellation` is set, `interrupt` is called (again and again, since a driver forgets a request that
    /// comes before its query begins) and `Failure.cancelled` is thrown, as soon as `body` ends and not much later than at once. Its
    /// progress, reported as `activity`, is no more than that time goes by.
    func run(
        _ activity: String, _ work: Work, _ body: @escaping @Sendable () throws(Failure) -> Table, interrupt: () -> Void
    ) throws(Failure) -> Table {
        let cancellation = work.cancellation
        try cancellation.check()
        if let late = late.withLock({ $0 }) { try wait(for: late, activity, work, interrupt) }
        late.withLock { $0 = nil }
        // This thread waits while the database may get no more memory: what little it needs meanwhile lies ready.
        free(malloc(96 << 10))
        guard let job = Job.start(body) else { return try body() }
        try wait(for: job, activity, work, interrupt)
        try cancellation.check()
        guard let result = job.result else { throw .cancelled }
        return try result.get()
    }

    private func wait(for job: Job<Table>, _ activity: String, _ work: Work, _ interrupt: () -> Void) throws(Failure) {
        defer { work.progress?.finish(activity) }
        var asked = 0
        while !job.wait(milliseconds: 20) {
            work.progress?.report(activity, done: 0, total: 0, unit: "")
            guard work.cancellation.isCancelled else { continue }
            interrupt()
            asked += 1
            // A single function of SQL may run for seconds. What it works on is its own; the next call waits for it. Not under a limit of
            // memory, which is the whole process's as long as the call runs.
            if asked > Self.patience, NativeMemory.limit == nil {
                late.withLock { $0 = job }
                throw .cancelled
            }
        }
    }
}
