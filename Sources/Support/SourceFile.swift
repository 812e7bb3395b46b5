import Glibc

/// Source text from a file or standard input.
public enum SourceFile {
    /// No script is longer; a file that is was named by mistake.
    public static let longest = 256 << 20

    /// The bytes of the file at `path` (`-`: standard input). A pipe or a terminal may keep us waiting: `isInterrupted` tells of Ctrl-C,
    /// which ends the reading as cancelled.
    public static func content(of path: String, isInterrupted: () -> Bool) throws(Failure) -> [UInt8] {
        let isInput = path == "-"
        let descriptor = isInput ? STDIN_FILENO : try open(path, isInterrupted)
        defer { if !isInput { close(descriptor) } }
        try refuseDevices(descriptor, path)
        var content: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while content.count <= longest {
            let count = block.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return content }
            let code = errno
            if count > 0 || code == EINTR, isInterrupted() { throw .cancelled }
            if count > 0 {
                content.append(contentsOf: block[..<count])
            } else if code != EINTR {
                throw .file(path, "cannot be read: \(systemError(code))")
            }
        }
        throw .file(path, "is no script: it has more than \(longest >> 20) MB", hint: "data.read reads tables")
    }

    private static func open(_ path: String, _ isInterrupted: () -> Bool) throws(Failure) -> Int32 {
        while true {
            let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
            if descriptor >= 0 { return descriptor }
            let code = errno
            // A pipe that nobody writes to yet.
            guard code == EINTR else {
                throw .file(path, "cannot be read: \(systemError(code))", hint: code == ENOENT ? hint(path) : nil)
            }
            if isInterrupted() { throw .cancelled }
        }
    }

    /// A device has no end, except for a terminal, where somebody ends the text, and the null device.
    private static func refuseDevices(_ descriptor: Int32, _ path: String) throws(Failure) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return }
        var null = stat()
        let isDevice = status.st_mode & S_IFMT == S_IFCHR || status.st_mode & S_IFMT == S_IFBLK
        let isNull = stat("/dev/null", &null) == 0 && null.st_rdev == status.st_rdev
        if isDevice, !isNull, isatty(descriptor) == 0 {
            throw .file(path, "is no script: it is a device", hint: "name a file or a pipe")
        }
    }

    private static func hint(_ path: String) -> String? {
        guard !path.hasSuffix(".lua"), access(path + ".lua", F_OK) == 0 else { return nil }
        return "there is \(path).lua"
    }
}
