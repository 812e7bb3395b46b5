import Synchronization

/// A flag that stops long work from outside: set by Ctrl-C, read by every native loop once per block.
public final class Cancellation: Sendable {
    private let flag = Atomic<Bool>(false)

    /// A flag that is not set.
    public init() {}

    /// Asks the work to stop. Safe from a signal handler and from any thread.
    public func cancel() { flag.store(true, ordering: .releasing) }

    /// Forgets an earlier request, before new work begins.
    public func reset() { flag.store(false, ordering: .releasing) }

    /// Whether the work was asked to stop.
    public var isCancelled: Bool { flag.load(ordering: .acquiring) }

    /// Throws `Failure.cancelled` if the work was asked to stop.
    public func check() throws(Failure) {
        if isCancelled { throw .cancelled }
    }
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

    /// Work on `threads` threads (all cores unless said otherwise).
    public init(
        threads: Int = Work.coreCount, cancellation: Cancellation = Cancellation(), progress: (any ProgressSink)? = nil
    ) {
        self.threads = max(1, threads)
        self.cancellation = cancellation
        self.progress = progress
    }
}
