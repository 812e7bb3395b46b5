import Glibc
import Support

/// Runs a call that cannot poll a flag on a thread of its own, while the calling thread polls for it.
enum Interruptible {
    /// Returns what `body` returns. When `cancellation` is set, `interrupt` is called (again and again, since a driver forgets a request that
    /// comes before its query begins) until `body` ends, and `Failure.cancelled` is thrown. Its progress, reported as `activity`, is no more
    /// than that time goes by.
    static func run(
        _ activity: String, _ work: Work, _ body: @escaping @Sendable () throws(Failure) -> Table, interrupt: () -> Void
    ) throws(Failure) -> Table {
        let cancellation = work.cancellation
        try cancellation.check()
        // This thread waits while the database may get no more memory: what little it needs meanwhile lies ready.
        free(malloc(96 << 10))
        let job = Job(body)
        guard let thread = Threads.start({ job.run() }) else { return try body() }
        while !job.wait(milliseconds: 20) {
            if cancellation.isCancelled { interrupt() }
            work.progress?.report(activity, done: 0, total: 0, unit: "")
        }
        work.progress?.finish(activity)
        thread.join()
        try cancellation.check()
        guard let result = job.result.withLock({ $0 }) else { throw .cancelled }
        return try result.get()
    }

    private final class Job: Sendable {
        private let body: @Sendable () throws(Failure) -> Table
        let result = Locked<Result<Table, Failure>?>(nil)
        private let finished: Semaphore

        init(_ body: @escaping @Sendable () throws(Failure) -> Table) {
            self.body = body
            finished = Semaphore()
        }

        func run() {
            let outcome: Result<Table, Failure>
            do throws(Failure) { outcome = .success(try body()) } catch { outcome = .failure(error) }
            result.withLock { $0 = outcome }
            finished.signal()
        }

        func wait(milliseconds: Int) -> Bool { finished.wait(milliseconds: milliseconds) }
    }

    private final class Semaphore: @unchecked Sendable {
        // Sendable by hand: that is what a semaphore is for.
        private let handle = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

        init() { sem_init(handle, 0, 0) }

        deinit {
            sem_destroy(handle)
            handle.deallocate()
        }

        func signal() { sem_post(handle) }

        func wait(milliseconds: Int) -> Bool {
            var deadline = timespec()
            clock_gettime(CLOCK_REALTIME, &deadline)
            deadline.tv_nsec += milliseconds * 1_000_000
            if deadline.tv_nsec >= 1_000_000_000 {
                deadline.tv_sec += 1
                deadline.tv_nsec -= 1_000_000_000
            }
            // An interrupted wait is as good as one that ran out.
            return sem_timedwait(handle, &deadline) == 0
        }
    }
}
