@preconcurrency import CReadline
@preconcurrency import Glibc
import Session

/// The line that readline's callback hands over: readline is one per process and its callback has no context of its own.
private nonisolated(unsafe) var finished: (arrived: Bool, line: UnsafeMutablePointer<CChar>?) = (false, nil)

private func lineArrived(_ line: UnsafeMutablePointer<CChar>?) {
    finished = (true, line)
    // Removed here and not later: readline would otherwise show the next prompt before the line has been looked at.
    rl_callback_handler_remove()
}

/// Lines edited with GNU readline, the only place that knows it. At most one is in use in a process.
public final class ReadlineReader: LineReader {
    /// The one that readline's keys are for.
    nonisolated(unsafe) static weak var active: ReadlineReader?

    /// What can stand at a byte of a text; see `Session.complete`.
    let complete: (String, Int) -> Completion
    private let isInterrupted: () -> Bool
    /// The lines of the entry before the one that is being typed.
    private(set) var entry = ""
    /// Line and cursor at the latest Tab that completed nothing.
    var lastTab: (line: String, cursor: Int)?
    /// The line as it was recalled last.
    var recalled: String?
    /// Set where Ctrl-C was noticed while a key did its work.
    var abandons = false
    /// What Up and Down look for the beginning of; see `moveUp`.
    var searched: String?
    /// Whether readline would look for another encoding than UTF-8 in the environment.
    private static nonisolated(unsafe) var hidesLocale = false
    /// The signals that are let through while waiting.
    private var openMask = sigset_t()

    /// Takes over the terminal on standard input and output. `isInterrupted` tells, once, whether Ctrl-C came since it was
    /// last asked; the process must have a handler for SIGINT that records it. `complete` is asked at Tab.
    public init(
        history: [String], complete: @escaping (String, Int) -> Completion, isInterrupted: @escaping () -> Bool
    ) {
        self.complete = complete
        self.isInterrupted = isInterrupted
        TerminalSettings.keepOutputAtInterrupt()
        // Keeps the name for the life of the process, as readline demands; `$if cohort` in ~/.inputrc then works.
        rl_readline_name = UnsafePointer(strdup("cohort"))
        rl_catch_signals = 1
        rl_persistent_signal_handlers = 1
        Keyboard.install()
        Self.bindKeys()
        setlocale(LC_CTYPE, "")
        Self.hidesLocale = nl_langinfo(Int32(CODESET)).map { String(cString: $0) } != "UTF-8"
        Self.inUTF8 { rl_initialize() }
        Self.active = self
        stifle_history(20_000)
        for entry in history { add_history(entry) }
    }

    /// Shows the prompt and waits. Escape sequences in `prompt` are marked so that readline knows its width.
    public func readLine(prompt: String, after entry: String) -> LineInput {
        self.entry = entry
        lastTab = nil
        recalled = nil
        searched = nil
        abandons = false
        // A terminal gets output line by line: what still waits is a line that was begun, and readline counts from column 0.
        if __fpending(stdout) > 0 { Console.write("\n") }
        Console.flush()
        // Signals come only while we wait for keys. One that came between a look at the flag and the wait would go unnoticed.
        openMask = Self.block(Self.watchedSignals)
        defer { pthread_sigmask(SIG_SETMASK, [openMask], nil) }
        _ = isInterrupted()
        finished = (false, nil)
        // Ctrl-C stays ours: readline, in the middle of a search, would clean up twice and lose its place on the screen.
        var interrupt = sigaction()
        sigaction(SIGINT, nil, &interrupt)
        Self.inUTF8 { rl_callback_handler_install(Self.marked(prompt), lineArrived) }
        sigaction(SIGINT, &interrupt, nil)
        while !finished.arrived {
            if Keyboard.hasKey || (waitForKey() && Keyboard.fetch()) { rl_callback_read_char() }
            if abandons || isInterrupted() { return abandon() }
        }
        guard let line = finished.line else {
            Console.write("\n")
            return .end
        }
        defer { free(line) }
        Console.lineWasEnded()
        return .line(String(cString: line))
    }

    /// Forgets the keys typed since the last line, as after Ctrl-C.
    public func dropTypeAhead() {
        TerminalSettings.dropTypeAhead()
        Keyboard.forget()
    }

    /// Waits for a key, with signals let through. False if one came instead.
    func waitForKey() -> Bool {
        var input = fd_set()
        input.__fds_bits.0 = 1  // STDIN_FILENO
        if pselect(1, &input, nil, nil, nil, [openMask]) > 0 { return true }
        // A signal: readline puts the terminal in order, then raises it again for our own handler.
        pthread_sigmask(SIG_SETMASK, [openMask], nil)
        let wasSuspended = rl_pending_signal() == SIGTSTP
        rl_check_signals()
        if wasSuspended { rl_forced_update_display() }
        _ = Self.block(Self.watchedSignals)
        return false
    }

    /// Whether Ctrl-C came since this was last asked.
    func wasInterrupted() -> Bool { isInterrupted() }

    /// Adds `entry` to what the arrow keys and Ctrl-R find, unless it repeats the latest.
    public func remember(_ entry: String) {
        if history_length > 0, let latest = history_get(history_base + history_length - 1),
            let text = latest.pointee.line, String(cString: text) == entry
        {
            return
        }
        add_history(entry)
    }

    private static let watchedSignals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH]

    /// Holds the signals back; returns the mask there was.
    private static func block(_ signals: [Int32]) -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        var before = sigset_t()
        pthread_sigmask(SIG_BLOCK, &set, &before)
        return before
    }

    private func abandon() -> LineInput {
        if finished.arrived {
            // Ctrl-C and Enter at once: Ctrl-C is the later wish.
            free(finished.line)
        } else {
            rl_callback_sigcleanup()
            rl_free_line_state()
            // Below all of the text, however many rows it has.
            rl_point = rl_end
            rl_redisplay()
            rl_echo_signal_char(SIGINT)
            rl_callback_handler_remove()
        }
        Console.write("\n")
        Console.flush()
        return .interrupted
    }

    /// Text is UTF-8 whatever the environment says: in the C locale (a bare container) readline would show Chinese as octal. It looks
    /// at the variables before every line; other programs that we start must find them as they were.
    private static func inUTF8(_ body: () -> Void) {
        guard hidesLocale else { return body() }
        let before = getenv("LC_ALL").map { String(cString: $0) }
        setenv("LC_ALL", "C.UTF-8", 1)
        setlocale(LC_CTYPE, "C.UTF-8")
        body()
        if let before { setenv("LC_ALL", before, 1) } else { unsetenv("LC_ALL") }
    }

    private static func marked(_ prompt: String) -> String {
        var text = ""
        var inEscape = false
        for scalar in prompt.unicodeScalars {
            if scalar == "\u{1B}" {
                text.unicodeScalars.append("\u{1}")
                inEscape = true
            }
            text.unicodeScalars.append(scalar)
            if inEscape, scalar == "m" {
                text.unicodeScalars.append("\u{2}")
                inEscape = false
            }
        }
        return text
    }
}
