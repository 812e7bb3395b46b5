import CSystem
import Glibc

/// Threads besides the one that runs Lua. None of them receives signals: those are for the thread that waits for keys, which a
/// signal taken by another would not wake.
///
/// A thread that is done waits for the next body. Linux begins a new one on the processor of the thread that starts it, in up to half of the cases, and
/// moves it milliseconds later: loops of 0.3 ms took two threads 0.56 ms, and 0.36 with a thread that waited. One that waited on the caller's processor
/// is kept off it until it goes on elsewhere.
public enum Threads {
    /// A body that was started.
    public struct Handle: Sendable {
        fileprivate let end: Semaphore

        /// Waits until the body has returned. Once.
        public func join() { end.wait() }
    }

    private static let idle = Locked<[Worker]>([])

    /// Runs `body` on a thread of its own. Nil if the system has none left.
    @discardableResult
    public static func start(_ body: @escaping @Sendable () -> Void) -> Handle? {
        let end = Semaphore()
        if let worker = idle.withLock({ $0.popLast() }) {
            worker.take(body, end)
            return Handle(end: end)
        }
        let worker = Unmanaged.passRetained(Worker(body, end))
        var thread = pthread_t()
        let problem = withSignalsBlocked {
            pthread_create(
                &thread, nil,
                { argument in
                    guard let argument else { return nil }
                    Unmanaged<Worker>.fromOpaque(argument).takeRetainedValue().run()
                    return nil
                }, worker.toOpaque())
        }
        guard problem == 0 else {
            worker.release()
            return nil
        }
        pthread_detach(thread)
        return Handle(end: end)
    }

    /// Calls `body`, which may start threads that inherit what the caller blocks: a library's own.
    public static func withSignalsBlocked<Result, E: Error>(_ body: () throws(E) -> Result) throws(E) -> Result {
        var all = sigset_t()
        sigfillset(&all)
        var before = sigset_t()
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        return try body()
    }

    /// What one thread does.
    private final class Worker: @unchecked Sendable {
        // Sendable by hand: the work is written before the thread begins, or is called, and read after.
        private var body: (@Sendable () -> Void)?
        private var end: Semaphore
        private let call = Semaphore()
        private var thread = pthread_self()
        // Where it ran last, and what it is kept off; below 0 for none.
        private var processor: Int32 = -1
        private var avoided: Int32 = -1

        init(_ body: @escaping @Sendable () -> Void, _ end: Semaphore) { (self.body, self.end) = (body, end) }

        /// Given to a worker that waits.
        func take(_ body: @escaping @Sendable () -> Void, _ end: Semaphore) {
            (self.body, self.end) = (body, end)
            let here = csystem_processor()
            if here == processor, csystem_keep_off(thread, here) { avoided = here }
            call.signal()
        }

        func run() {
            thread = pthread_self()
            while true {
                perform()
                let end = self.end
                processor = csystem_processor()
                // Before the end is told: whoever waited for it may have more to do at once.
                let isKept = idle.withLock { idle in
                    guard idle.count < Work.coreCount else { return false }
                    idle.append(self)
                    return true
                }
                end.signal()
                guard isKept else { return }
                call.wait()
                if avoided >= 0 {
                    csystem_return_to(avoided)
                    avoided = -1
                }
            }
        }

        // Not inlined: what holds the body, which must not outlive its end, is gone when this returns.
        @inline(never)
        private func perform() {
            guard let body else { return }
            self.body = nil
            body()
            Cancellation.replacePresent(with: nil)
        }
    }
}
