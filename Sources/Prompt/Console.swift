@preconcurrency import CReadline
@preconcurrency import Glibc

/// The process's standard output and error.
///
/// Output goes through the C library's own stream, the one that Lua's `io.write` uses, so that both keep their order.
public enum Console {
    /// What kept output from being written, as `errno` told it the first time; `EIO` if nobody looked in time.
    public static var problem: Int32 { firstProblem == 0 ? EIO : firstProblem }

    /// Written by the main thread alone.
    private nonisolated(unsafe) static var firstProblem: Int32 = 0

    /// Whether a line was begun and not ended, on standard output or error. Written by the main thread alone.
    private(set) static nonisolated(unsafe) var isLineOpen = false

    /// Writes bytes to standard output, buffered as the C library does.
    public static func write(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, let last = bytes.last else { return }
        isLineOpen = last != UInt8(ascii: "\n")
        if fwrite(base, 1, bytes.count, stdout) < bytes.count { note(errno) }
    }

    /// Writes text to standard output.
    public static func write(_ text: String) {
        var text = text
        text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
    }

    /// Writes text to standard error, at once and behind what standard output holds so far.
    public static func writeError(_ text: String) {
        flush()
        if text.utf8.last == UInt8(ascii: "\n") { isLineOpen = false }
        fputs(text, stderr)
        fflush(stderr)
    }

    /// The user has ended the line by Enter.
    static func lineWasEnded() { isLineOpen = false }

    /// Writes bytes to standard error, at once.
    public static func writeError(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, let last = bytes.last else { return }
        isLineOpen = last != UInt8(ascii: "\n")
        fwrite(base, 1, bytes.count, stderr)
        fflush(stderr)
    }

    /// Hands everything written so far to the system. False if it could not take all of it, now or earlier.
    @discardableResult public static func flush() -> Bool {
        if fflush(stdout) != 0 { note(errno) }
        return ferror(stdout) == 0
    }

    private static func note(_ code: Int32) {
        if firstProblem == 0 { firstProblem = code }
    }
}
