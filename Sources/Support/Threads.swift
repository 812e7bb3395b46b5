import Glibc

/// Threads besides the one that runs Lua. None of them receives signals: those are for the thread that waits for keys, which a
/// signal taken by another would not wake.
public enum Threads {
    /// A started thread.
    public struct Handle: Sendable {
        private let thread: pthread_t

        fileprivate init(_ thread: pthread_t) { self.thread = thread }

        /// Waits for the thread's end. Either this or `detach()`, once.
        public func join() { pthread_join(thread, nil) }

        /// Lets the thread end by itself.
        public func detach() { pthread_detach(thread) }
    }

    /// Runs `body` on a new thread. Nil if the system has none left.
    public static func start(_ body: @escaping @Sendable () -> Void) -> Handle? {
        let ticket = Unmanaged.passRetained(Ticket(body))
        var thread = pthread_t()
        let problem = withSignalsBlocked {
            pthread_create(
                &thread, nil,
                { argument in
                    guard let argument else { return nil }
                    Unmanaged<Ticket>.fromOpaque(argument).takeRetainedValue().body()
                    return nil
                }, ticket.toOpaque())
        }
        guard problem == 0 else {
            ticket.release()
            return nil
        }
        return Handle(thread)
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

    private final class Ticket: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
