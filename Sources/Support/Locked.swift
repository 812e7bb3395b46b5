import Glibc

/// A value that one thread at a time may use.
///
/// A mutex of the thread library's rather than `Synchronization.Mutex`: the thread sanitizer sees nothing of the latter's futex and
/// reports whatever it guards.
public final class Locked<Value>: @unchecked Sendable {
    // Sendable by hand: `value` is touched under the mutex only.
    private var value: Value
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>

    /// Guards `value`.
    public init(_ value: sending Value) {
        self.value = value
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Calls `body` with the value while no other thread has it.
    public func withLock<Result, E: Error>(_ body: (inout sending Value) throws(E) -> sending Result) throws(E)
        -> sending Result
    {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }

    /// Calls `body` if no other thread has the value now; nil otherwise.
    public func withLockIfAvailable<Result, E: Error>(
        _ body: (inout sending Value) throws(E) -> sending Result
    ) throws(E) -> sending Result? {
        guard pthread_mutex_trylock(mutex) == 0 else { return nil }
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }

    /// Calls `body` and never lets go of the value: whoever asks for it later waits for the end of the process. Nil if another thread has it for
    /// longer than `seconds`.
    public func seize<Result, E: Error>(
        within seconds: Int, _ body: (inout sending Value) throws(E) -> sending Result
    ) throws(E) -> sending Result? {
        var deadline = timespec()
        clock_gettime(CLOCK_REALTIME, &deadline)
        deadline.tv_sec += seconds
        guard pthread_mutex_timedlock(mutex, &deadline) == 0 else { return nil }
        return try body(&value)
    }
}
