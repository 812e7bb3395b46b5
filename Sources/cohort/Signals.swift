import Glibc
import Prompt
import Support

/// The signals that end a process: nothing half written may stay behind. (Ctrl-C is the session's, or a command's that runs
/// without one.)
///
/// The handler does only what is safe in a handler: it passes the signal's number to a thread of its own, which removes the
/// files and ends the process while the main thread is busy.
enum Signals {
    /// Installs the handlers. With `cancellation`, the first Ctrl-C cancels and the second ends the process.
    static func install(cancelling cancellation: Cancellation? = nil) {
        self.cancellation = cancellation
        startWatcher()
        for signal in [SIGTERM, SIGHUP, SIGQUIT, SIGPIPE] + (cancellation == nil ? [] : [SIGINT]) {
            var before = sigaction()
            sigaction(signal, nil, &before)
            // A caller that ignores a signal (nohup) has decided for us.
            if unsafeBitCast(before.__sigaction_handler.sa_handler, to: Int.self) == 1 { continue }
            var action = sigaction()
            action.__sigaction_handler.sa_handler = received
            action.sa_flags = SA_RESTART
            sigaction(signal, &action, nil)
        }
        // Signals blocked by the thread that started us would never arrive.
        var set = sigset_t()
        sigemptyset(&set)
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE] { sigaddset(&set, signal) }
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    /// Swift meets a crash at a terminal with a debugger that takes the keyboard. Whoever works at a prompt wants the terminal back:
    /// a debugger is for those who ask for it with SWIFT_BACKTRACE.
    static func keepCrashesQuiet() {
        guard getenv("SWIFT_BACKTRACE") == nil, isatty(STDIN_FILENO) != 0, isatty(STDOUT_FILENO) != 0 else { return }
        for signal in [SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] {
            var before = sigaction()
            sigaction(signal, nil, &before)
            if unsafeBitCast(before.__sigaction_handler.sa_handler, to: Int.self) == 1 { continue }
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { signal in
                TerminalSettings.restore()
                raise(signal)
            }
            // The second time the signal does what it does to any program.
            action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND)) | SA_NODEFER | SA_ONSTACK
            sigaction(signal, &action, nil)
        }
    }

    /// Written once, before the handlers are installed; only read after that.
    private nonisolated(unsafe) static var ends: (read: Int32, write: Int32) = (-1, -1)
    private nonisolated(unsafe) static var cancellation: Cancellation?

    private static let received: @convention(c) (Int32) -> Void = { signal in
        let before = errno
        defer { errno = before }
        if signal == SIGPIPE {
            // A reader of ours has gone (`| head`): leave quietly. A library's broken connection is the library's to report.
            var output = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
            guard poll(&output, 1, 0) > 0, output.revents & Int16(POLLERR) != 0 else { return }
        }
        var number = UInt8(truncatingIfNeeded: signal)
        _ = write(ends.write, &number, 1)
    }

    private static func startWatcher() {
        var pair: [Int32] = [-1, -1]
        guard pipe(&pair) == 0 else { return }
        for end in pair { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        ends = (pair[0], pair[1])
        Threads.start { watch() }
    }

    private static func watch() {
        var number: UInt8 = 0
        while true {
            let count = read(ends.read, &number, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { return }
            if Int32(number) == SIGINT, let cancellation, !cancellation.isCancelled {
                cancellation.cancel()
            } else {
                end(by: Int32(number))
            }
        }
    }

    /// Ends the process as the signal would have, once unfinished files are gone.
    private static func end(by signal: Int32) -> Never {
        SuddenExit.putInOrder()
        // Ctrl-\ is a wish to leave here: no picture of the memory, with somebody's data in it, is left in the folder.
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        Glibc.signal(signal, SIG_DFL)
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, signal)
        pthread_sigmask(SIG_UNBLOCK, &set, nil)
        kill(getpid(), signal)
        _exit(128 + signal)
    }
}
