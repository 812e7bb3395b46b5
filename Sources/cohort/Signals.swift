import Glibc
import Support
import Synchronization

/// What Ctrl-C and the signals that end a process do.
///
/// The handler does only what is safe in a handler: it marks the interruption and passes the signal's number to a thread of
/// its own, which may remove files and end the process while the main thread is busy.
enum Signals {
    /// What a second Ctrl-C within two seconds means.
    enum Mode: Int {
        /// A script runs: the user wants out, at once.
        case script
        /// The prompt is open, which Ctrl-C never leaves.
        case prompt
    }

    /// Installs the handlers. `interrupt` stops what runs on the calling thread; it is called inside the handler on that thread
    /// and must be safe there.
    static func install(interrupt: @escaping @Sendable () -> Void) {
        shared.interrupt = interrupt
        shared.mainThread = pthread_self()
        _ = state.pressed.load(ordering: .relaxed)
        startWatcher()
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = received
            // No SA_RESTART: a read that waits for input must notice.
            action.sa_flags = 0
            // A caller that ignores a signal (nohup, a background job of a plain shell) has decided for us.
            var before = sigaction()
            sigaction(signal, nil, &before)
            if signal != SIGPIPE, isIgnored(before) { continue }
            sigaction(signal, &action, nil)
        }
    }

    /// Says what a second Ctrl-C means from now on.
    static func enter(_ mode: Mode) { state.mode.store(mode.rawValue, ordering: .releasing) }

    /// Whether Ctrl-C was pressed since this was last asked.
    static func takeInterrupt() -> Bool { state.pressed.exchange(false, ordering: .acquiringAndReleasing) }

    /// Whether Ctrl-C was pressed and nobody has taken it yet.
    static var isInterrupted: Bool { state.pressed.load(ordering: .acquiring) }

    private final class State: Sendable {
        let pressed = Atomic<Bool>(false)
        let mode = Atomic<Int>(Mode.script.rawValue)
    }

    /// Written once, before the handlers are installed; only read after that.
    private struct Shared {
        var interrupt: @Sendable () -> Void = {}
        var mainThread = pthread_t()
        var pipe: (read: Int32, write: Int32) = (-1, -1)
    }

    private static let state = State()
    private nonisolated(unsafe) static var shared = Shared()

    private static func isIgnored(_ action: sigaction) -> Bool {
        unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }

    private static let received: @convention(c) (Int32) -> Void = { signal in
        let before = errno
        defer { errno = before }
        if signal == SIGPIPE {
            // A reader of ours has gone (`| head`): leave quietly. A library's broken connection is the library's to report.
            var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
            guard poll(&output, 1, 0) > 0, output.revents & Int16(POLLERR) != 0 else { return }
        }
        if signal == SIGINT {
            guard pthread_equal(pthread_self(), shared.mainThread) != 0 else {
                // A library's thread caught it; Lua is interrupted on its own thread only.
                pthread_kill(shared.mainThread, SIGINT)
                return
            }
            state.pressed.store(true, ordering: .releasing)
            shared.interrupt()
        }
        var number = UInt8(truncatingIfNeeded: signal)
        _ = write(shared.pipe.write, &number, 1)
    }

    private static func startWatcher() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        shared.pipe = (ends[0], ends[1])
        // The watcher, and what it might start, takes no signals itself.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { _ in
                Signals.watch()
                return nil
            }, nil)
        pthread_detach(thread)
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }

    private static func watch() {
        var lastInterrupt: Double?
        var number: UInt8 = 0
        while true {
            let count = read(shared.pipe.read, &number, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { return }
            let signal = Int32(number)
            guard signal == SIGINT else { end(by: signal) }
            let now = seconds()
            if Mode(rawValue: state.mode.load(ordering: .acquiring)) == .script, let last = lastInterrupt,
                now - last <= 2
            {
                UnfinishedFiles.removeAll()
                _exit(ExitStatus.interrupted.rawValue)
            }
            lastInterrupt = now
        }
    }

    /// Ends the process as the signal would have, once unfinished files are gone.
    private static func end(by signal: Int32) -> Never {
        UnfinishedFiles.removeAll()
        Glibc.signal(signal, SIG_DFL)
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, signal)
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
        kill(getpid(), signal)
        _exit(128 + signal)
    }

    private static func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
