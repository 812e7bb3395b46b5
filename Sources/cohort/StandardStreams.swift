import Glibc

/// Standard input, output and error, where the caller has closed one: the next file that is opened would take its place.
enum StandardStreams {
    /// Puts the null device in the place of what is closed. Reading then finds the end, and writing is refused as it would have been,
    /// since the device is open for reading alone: output that goes nowhere must not look as if it were written.
    static func fillGaps() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
            _ = open("/dev/null", O_RDONLY)
        }
    }
}
