import Glibc

/// A computation on a thread of its own, for what cannot poll a cancellation. Whoever waits for it may stop waiting: it then ends unheard.
public final class Job<Output: Sendable>: Sendable {
    private let body: @Sendable () throws(Failure) -> Output
    private let outcome = Locked<Result<Output, Failure>?>(nil)
    private let end = Semaphore()

    private init(_ body: @escaping @Sendable () throws(Failure) -> Output) { self.body = body }

    /// Starts `body`. Nil if the system has no thread left.
    public static func start(_ body: @escaping @Sendable () throws(Failure) -> Output) -> Job? {
        let job = Job(body)
        guard let thread = Threads.start({ job.run() }) else { return nil }
        thread.detach()
        return job
    }

    private func run() {
        let result: Result<Output, Failure>
        do throws(Failure) { result = .success(try body()) } catch { result = .failure(error) }
        outcome.withLock { $0 = result }
        end.signal()
    }

    /// Waits until it has ended, or for so long, or until a signal arrives. Whether it has ended.
    public func wait(milliseconds: Int) -> Bool {
        if hasEnded { return true }
        end.wait(milliseconds: milliseconds)
        return hasEnded
    }

    /// Whether it has ended.
    public var hasEnded: Bool { outcome.withLock { $0 != nil } }

    /// What came of it, once it has ended.
    public var result: Result<Output, Failure>? { outcome.withLock { $0 } }
}

extension Work {
    /// Returns what `body` returns, which knows of no cancellation and changes nothing but what it returns. At a cancellation
    /// `Failure.cancelled` is thrown at once, and `body` goes on unheard.
    public func unattended<Output: Sendable>(
        _ body: @escaping @Sendable () throws(Failure) -> Output
    ) throws(Failure) -> Output {
        try cancellation.check()
        guard let job = Job.start(body) else { return try body() }
        while !job.wait(milliseconds: 20) { try cancellation.check() }
        guard let result = job.result else { throw .cancelled }
        return try result.get()
    }
}

/// A semaphore of the thread library.
private final class Semaphore: @unchecked Sendable {
    // Sendable by hand: that is what a semaphore is for.
    private let handle = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(handle, 0, 0) }

    deinit {
        sem_destroy(handle)
        handle.deallocate()
    }

    func signal() { sem_post(handle) }

    func wait(milliseconds: Int) {
        var deadline = timespec()
        clock_gettime(CLOCK_REALTIME, &deadline)
        deadline.tv_nsec += milliseconds * 1_000_000
        if deadline.tv_nsec >= 1_000_000_000 {
            deadline.tv_sec += 1
            deadline.tv_nsec -= 1_000_000_000
        }
        sem_timedwait(handle, &deadline)
    }
}
