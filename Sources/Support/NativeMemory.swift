import Synchronization

/// How many bytes of native memory the values of the core hold. The Lua layer reads it to charge Lua's collector, which would
/// otherwise see a one-gigabyte tensor as a few words.
public enum NativeMemory {
    private static let counter = Atomic<Int>(0)
    private static let limitBytes = Atomic<Int>(.max)
    private static let scripts = Locked<Scripts?>(nil)

    /// What is known of the memory that scripts hold.
    private struct Scripts: Sendable {
        let held: @Sendable () -> Int
        let collect: @Sendable () -> Void
    }

    /// Bytes held now.
    public static var bytes: Int { counter.load(ordering: .relaxed) }

    /// Records an allocation of `count` bytes; a negative count records a release.
    public static func record(_ count: Int) { counter.wrappingAdd(count, ordering: .relaxed) }

    /// How many bytes native values and scripts may hold together; nil for as many as there are.
    public static var limit: Int? {
        let limit = limitBytes.load(ordering: .relaxed)
        return limit == .max ? nil : limit
    }

    /// Sets the limit of the process.
    ///
    /// - Parameters:
    ///   - held: the bytes that scripts hold themselves; called from any thread.
    ///   - collect: lets go of what scripts no longer need, where that is possible on the calling thread.
    ///   - stopping: told to stop when the process takes more than it may without having asked; see `MemoryWatch`.
    public static func setLimit(
        _ limit: Int?, held: @escaping @Sendable () -> Int = { 0 }, collect: @escaping @Sendable () -> Void = {},
        stopping work: Cancellation? = nil
    ) {
        scripts.withLock { $0 = Scripts(held: held, collect: collect) }
        limitBytes.store(limit ?? .max, ordering: .relaxed)
        if limit != nil, let work { MemoryWatch.shared.stop(work) }
    }

    /// Bytes left below the limit, nil without one.
    public static var room: Int? {
        limit.map { $0 - bytes - (scripts.withLock { $0 }?.held() ?? 0) }
    }

    /// Throws a memory failure if `count` more bytes would exceed the limit, whatever scripts let go of.
    public static func require(_ count: Int) throws(Failure) {
        guard let limit, let room, count > room else { return }
        (scripts.withLock { $0 })?.collect()
        guard let room = self.room, count > room else { return }
        throw Failure(
            .memory,
            "\(limitMessage(limit)): \(MemorySize(count)) more asked for, \(MemorySize(max(0, room))) left",
            hint: limitHint)
    }

    /// The failure of work that took more than was left.
    public static func exceeded() -> Failure {
        Failure(.memory, limit.map { limitMessage($0) } ?? "not enough memory", hint: limitHint)
    }

    /// What is said where the limit is reached.
    public static func limitMessage(_ limit: Int) -> String {
        "not enough memory: the limit of \(MemorySize(limit)) is reached"
    }

    /// What to do about it.
    public static let limitHint = "set what is not needed any more to nil, or start with a larger --memory-limit"
}
