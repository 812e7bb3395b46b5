/// A computation on a thread of its own, for what cannot poll a cancellation. Whoever waits for it may stop waiting: it then ends unheard.
public final class Job<Output: Sendable>: Sendable {
    private let body: Locked<(@Sendable () throws(Failure) -> Output)?>
    private let outcome = Locked<Result<Output, Failure>?>(nil)
    private let end = Semaphore()

    private init(_ body: @escaping @Sendable () throws(Failure) -> Output) { self.body = Locked(body) }

    /// Starts `body`. Nil if the system has no thread left.
    public static func start(_ body: @escaping @Sendable () throws(Failure) -> Output) -> Job? {
        let job = Job(body)
        return Threads.start { job.run() } == nil ? nil : job
    }

    private func run() {
        let result = computed()
        outcome.withLock { $0 = result }
        end.signal()
    }

    /// What came of the body. What it holds is let go of before anybody hears of the end: the last of a database's connection counts memory
    /// below a limit that is the whole process's, which the next query sets as well.
    @inline(never)
    private func computed() -> Result<Output, Failure> {
        guard let body = body.withLock({ $0.take() }) else { return .failure(.cancelled) }
        do throws(Failure) { return .success(try body()) } catch { return .failure(error) }
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
