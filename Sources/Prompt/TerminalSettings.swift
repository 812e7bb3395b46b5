import Glibc
import Support

/// What the prompt changes about the terminal for as long as it runs.
///
/// At Ctrl-C the kernel sends the signal and then drops whatever waits to be written, be it the very answer to the signal: which
/// comes first is chance. So it is told to drop nothing; the prompt drops the keys typed ahead itself.
public enum TerminalSettings {
    /// Written once, before the prompt's first line.
    private nonisolated(unsafe) static var before: termios?

    /// Changes the terminal on standard input until `restore()` or the process's end.
    static func keepOutputAtInterrupt() {
        var settings = termios()
        guard before == nil, tcgetattr(STDIN_FILENO, &settings) == 0 else { return }
        before = settings
        settings.c_lflag |= tcflag_t(NOFLSH)
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        atexit { TerminalSettings.restore() }
        SuddenExit.register { TerminalSettings.restore() }
    }

    /// Forgets the keys that were typed and not read.
    static func dropTypeAhead() { tcflush(STDIN_FILENO, TCIFLUSH) }

    /// Gives the terminal its settings back. Safe from any thread.
    public static func restore() {
        guard var before else { return }
        tcsetattr(STDIN_FILENO, TCSANOW, &before)
    }
}
