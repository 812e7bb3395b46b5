import Foundation
import Glibc
import Testing

/// The program in a terminal of its own: keys in, screen out.
final class PseudoTerminal {
    private let master: Int32
    private let process: pid_t
    private var screen: [UInt8] = []
    private var seen = 0
    private var status: Int32?
    private var isOpen = true

    init(_ arguments: [String], environment: [String: String], columns: UInt16 = 100, rows: UInt16 = 30) throws {
        // The calls behind posix_openpt, which Swift's view of the C library does not have.
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var locked: Int32 = 0
        var number: UInt32 = 0
        let setLock: UInt = 0x4004_5431  // TIOCSPTLCK
        let getNumber: UInt = 0x8004_5430  // TIOCGPTN
        try #require(master >= 0 && ioctl(master, setLock, &locked) == 0 && ioctl(master, getNumber, &number) == 0)
        let name = "/dev/pts/\(number)"
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        try #require(ioctl(master, UInt(TIOCSWINSZ), &size) == 0)
        // A session leader that opens a terminal gets it as its controlling one, so that Ctrl-C reaches it as a signal.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A test runner in the background may be ignoring SIGINT, which children inherit.
        var interrupt = sigset_t()
        sigemptyset(&interrupt)
        sigaddset(&interrupt, SIGINT)
        posix_spawnattr_setsigdefault(&attributes, &interrupt)
        posix_spawnattr_setflags(&attributes, 0x80 | 0x04)  // POSIX_SPAWN_SETSID, POSIX_SPAWN_SETSIGDEF
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)

        let words = [Executable.path] + arguments
        var argv = words.map { strdup($0) } + [nil]
        var envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for word in argv + envp { free(word) } }
        var process = pid_t()
        try #require(posix_spawn(&process, Executable.path, &actions, &attributes, &argv, &envp) == 0)
        self.process = process
    }

    deinit {
        if status == nil {
            kill(process, SIGKILL)
            waitpid(process, nil, 0)
        }
        if isOpen { close(master) }
    }

    /// Takes the terminal away, as a closed window does.
    func hangUp() {
        close(master)
        isOpen = false
    }

    /// Types.
    func type(_ keys: String) { type(bytes: Array(keys.utf8)) }

    /// Sends bytes, which need not be text.
    func type(bytes: [UInt8]) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            written += count
        }
    }

    /// Waits until `text` appears behind what was waited for before; returns what came up to and with it.
    @discardableResult func wait(for text: String, seconds: Double = 120) throws -> String {
        let wanted = Array(text.utf8)
        let end = Date(timeIntervalSinceNow: seconds)
        while true {
            if let range = screen[seen...].firstRange(of: wanted) {
                let part = String(decoding: screen[seen..<range.upperBound], as: UTF8.self)
                seen = range.upperBound
                return part
            }
            guard Date() < end, readMore(until: end) else {
                let rest = String(decoding: screen[seen...], as: UTF8.self)
                Issue.record("\(text.debugDescription) did not appear; the screen has \(rest.debugDescription)")
                throw Missing()
            }
        }
    }

    /// Waits for the program to end; the exit code, or 128 and the signal.
    func exitStatus(seconds: Double = 120) throws -> Int32 {
        let end = Date(timeIntervalSinceNow: seconds)
        while isOpen, readMore(until: end) {}
        var result: Int32 = 0
        while waitpid(process, &result, WNOHANG) == 0 {
            guard Date() < end else { throw Missing() }
            usleep(10_000)
        }
        let code = result & 0x7F == 0 ? (result >> 8) & 0xFF : 128 + (result & 0x7F)
        status = code
        return code
    }

    /// Sends a signal to the program alone.
    func signal(_ number: Int32) { kill(process, number) }

    /// Whether the terminal is told to keep at Ctrl-C what waits to be written.
    var keepsOutputAtInterrupt: Bool {
        var settings = termios()
        return tcgetattr(master, &settings) == 0 && settings.c_lflag & tcflag_t(NOFLSH) != 0
    }

    func resize(columns: UInt16) {
        var size = winsize(ws_row: 30, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    struct Missing: Error {}

    private func readMore(until end: Date) -> Bool {
        var waiting = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, Int32(max(0, end.timeIntervalSinceNow * 1000))) > 0 else { return false }
        var block = [UInt8](repeating: 0, count: 4096)
        let count = block.withUnsafeMutableBytes { read(master, $0.baseAddress, $0.count) }
        guard count > 0 else { return false }
        screen += block[..<count]
        return true
    }
}
