import Synchronization

/// What stops long work from outside: Ctrl-C or the limit of memory. Read by every native loop once per block.
public final class Cancellation: Sendable {
    private let reasons = Atomic<UInt8>(0)
    private static let interrupt: UInt8 = 1
    private static let memory: UInt8 = 2

    /// A flag that is not set.
    public init() {}

    /// Asks the work to stop. Safe from a signal handler and from any thread.
    public func cancel() { reasons.bitwiseOr(Self.interrupt, ordering: .releasing) }

    /// Asks the work to stop because it takes more memory than it may. Safe from any thread.
    public func stopForMemory() { reasons.bitwiseOr(Self.memory, ordering: .releasing) }

    /// Forgets earlier requests, before new work begins.
    public func reset() { reasons.store(0, ordering: .releasing) }

    /// Forgets that there was too little memory: the work that took it has ended.
    public func forgetMemory() {
        // Hardly ever set, and reading is cheaper.
        if isSet(Self.memory) { reasons.bitwiseAnd(~Self.memory, ordering: .releasing) }
    }

    /// Whether the work was asked to stop, for any reason: `check()` says which.
    public var isCancelled: Bool { reasons.load(ordering: .acquiring) != 0 }

    /// Whether it was Ctrl-C or the like that stopped it.
    public var isInterrupted: Bool { isSet(Self.interrupt) }

    /// Throws `Failure.cancelled` or a memory failure if the work was asked to stop.
    public func check() throws(Failure) {
        guard isCancelled else { return }
        if isInterrupted { throw .cancelled }
        throw NativeMemory.exceeded()
    }

    private func isSet(_ reason: UInt8) -> Bool { reasons.load(ordering: .acquiring) & reason != 0 }
}

/// Where long work reports how far it is: `done` of `total` units. Called from the thread that started the work.
public protocol ProgressSink: AnyObject, Sendable {
    /// `label` names the work ("encode"), `unit` what is counted ("texts").
    func report(_ label: String, done: Int, total: Int, unit: String)
    /// The work named `label` ended, in whatever way.
    func finish(_ label: String)
    /// The labels of the works under way, the outermost first, where that is known.
    var running: [String] { get }
}

extension ProgressSink {
    /// Unknown.
    public var running: [String] { [] }
}

/// What a long routine is told about its surroundings: how many threads it may use, how it is stopped, where it reports.
public struct Work: Sendable {
    /// Threads the routine may use, at least 1. Results never depend on it.
    public var threads: Int
    /// Polled by the routine once per block.
    public var cancellation: Cancellation
    /// Told about progress, if anybody looks.
    public var progress: (any ProgressSink)?
    /// Whether results remember how they were computed from tensors that ask for gradients.
    public var recordsGradients = true
    /// The files that may be touched.
    public var files = FileAccess.everything

    /// Work on `threads` threads (all cores unless said otherwise), stopped by `cancellation` or else by what stops this thread's present
    /// work.
    public init(
        threads: Int = Work.coreCount, cancellation: Cancellation? = nil, progress: (any ProgressSink)? = nil
    ) {
        self.threads = max(1, threads)
        self.cancellation = cancellation ?? .present ?? Cancellation()
        self.progress = progress
    }
}
