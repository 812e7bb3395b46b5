@preconcurrency import CReadline
@preconcurrency import Glibc

/// The bytes that readline gets to see: whole characters only. Its search reads past its own memory at others.
enum Keyboard {
    private nonisolated(unsafe) static var filter = CharacterFilter()
    /// What has not been asked for yet: the rest of one character.
    private nonisolated(unsafe) static var ready: ArraySlice<UInt8> = []
    private nonisolated(unsafe) static var ended = false

    /// Makes readline read here.
    static func install() {
        rl_getc_function = { _ in Keyboard.next() }
        rl_input_available_hook = { Keyboard.isAvailable() ? 1 : 0 }
    }

    /// Whether reading a key does not wait.
    static var hasKey: Bool { !ready.isEmpty || ended }

    /// Reads a byte, which must be there. False if no key is complete by it.
    static func fetch() -> Bool {
        var byte: UInt8 = 0
        let count = read(STDIN_FILENO, &byte, 1)
        if count == 1 {
            ready = filter.take(byte)[...]
        } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
            ended = true
        }
        return hasKey
    }

    /// Forgets what was read and not asked for.
    static func forget() {
        filter = CharacterFilter()
        ready = []
    }

    private static func next() -> Int32 {
        while !hasKey { if wait(milliseconds: -1) { _ = fetch() } }
        guard let byte = ready.popFirst() else {
            // Ctrl-D at a terminal ends one reading, not all of them.
            ended = false
            return EOF
        }
        return Int32(byte)
    }

    /// Whether a key comes within the time that readline waits for the rest of a sequence.
    private static func isAvailable() -> Bool {
        let patience = rl_set_keyboard_input_timeout(-1) / 1000
        while !hasKey {
            guard wait(milliseconds: patience) else { return false }
            _ = fetch()
        }
        return true
    }

    private static func wait(milliseconds: Int32) -> Bool {
        var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        return poll(&input, 1, milliseconds) > 0
    }
}
