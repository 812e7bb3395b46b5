import Glibc
import Support

/// Entries typed in earlier sessions, one a line in a file that several sessions append to at once.
///
/// An entry may hold line breaks: they are written as `\n` and backslashes as `\\`, so that a line of the file is always one
/// whole entry and an append is one write. A line cut off by a crash costs that entry alone.
public struct HistoryFile: Sendable {
    /// Where the entries are.
    public let path: String
    /// How many of the latest entries are kept.
    public let limit: Int
    /// Longer entries, in bytes, are left out: a table that somebody pasted should not be read at every start.
    public static let longestEntry = 64 << 10

    /// Entries in the file at `path`; it and its folder are made by the first `append`.
    public init(path: String, limit: Int = 10_000) {
        self.path = path
        self.limit = max(1, limit)
    }

    /// The entries, oldest first; none if the file does not exist or cannot be read.
    public func load() -> [String] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        guard Self.isRegular(descriptor) else { return [] }
        let lines = Self.lines(of: descriptor)
        return lines.suffix(limit).map(Self.decode)
    }

    /// Adds one entry behind those of every session, unless it is too long. A history that cannot be written is no reason to stop
    /// working, so the result only says whether it could be.
    @discardableResult public func append(_ entry: String) -> Bool {
        if entry.utf8.count > Self.longestEntry { return true }
        guard let descriptor = openLocked() else { return false }
        defer { close(descriptor) }
        var bytes = Self.encode(entry)
        if !Self.endsWithLineBreak(descriptor) { bytes.insert(UInt8(ascii: "\n"), at: 0) }
        return Self.put(bytes, in: descriptor)
    }

    /// Cuts the file back to the latest `limit` entries once it holds twice as many.
    public func trim() {
        guard let descriptor = openLocked() else { return }
        defer { close(descriptor) }
        let lines = Self.lines(of: descriptor)
        guard lines.count > 2 * limit else { return }
        let kept = Array(lines.suffix(limit).joined(separator: [UInt8(ascii: "\n")])) + [UInt8(ascii: "\n")]
        do throws(Failure) {
            var file = try AtomicFile(path)
            try file.write(kept)
            try file.commit()
            chmod(path, 0o600)
        } catch {
            // The long file stays; the next session tries again.
        }
    }

    /// Opens the file for appending, locked against other sessions. `trim` puts a new file under the name, so a lock that was
    /// waited for may be on the old one: then the new one is opened.
    private func openLocked() -> Int32? {
        Self.makeFolders(above: path)
        for _ in 0..<10 {
            let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0o600)
            guard descriptor >= 0 else { return nil }
            guard Self.isRegular(descriptor) else {
                close(descriptor)
                return nil
            }
            var held = stat()
            var named = stat()
            if flock(descriptor, LOCK_EX) == 0, fstat(descriptor, &held) == 0, stat(path, &named) == 0,
                held.st_ino == named.st_ino, held.st_dev == named.st_dev
            {
                return descriptor
            }
            close(descriptor)
        }
        return nil
    }

    private static func makeFolders(above path: String) {
        var end = path.utf8.startIndex
        while let slash = path.utf8[end...].dropFirst().firstIndex(of: UInt8(ascii: "/")) {
            mkdir(String(path[..<slash]), 0o700)
            end = slash
        }
    }

    /// A pipe under the history's name would keep the prompt waiting for ever.
    private static func isRegular(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    private static func endsWithLineBreak(_ descriptor: Int32) -> Bool {
        let size = lseek(descriptor, 0, SEEK_END)
        guard size > 0 else { return true }
        var last: UInt8 = 0
        return pread(descriptor, &last, 1, size - 1) == 1 && last == UInt8(ascii: "\n")
    }

    private static func put(_ bytes: [UInt8], in descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) } == bytes.count
    }

    private static func lines(of descriptor: Int32) -> [ArraySlice<UInt8>] {
        var content: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        lseek(descriptor, 0, SEEK_SET)
        while true {
            let count = block.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            content.append(contentsOf: block[..<count])
        }
        return content.split(separator: UInt8(ascii: "\n"))
    }

    static func encode(_ entry: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entry.utf8.count + 1)
        for byte in entry.utf8 {
            switch byte {
            case UInt8(ascii: "\n"): bytes += Array("\\n".utf8)
            case UInt8(ascii: "\\"): bytes += Array("\\\\".utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    static func decode(_ line: ArraySlice<UInt8>) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(line.count)
        var escaped = false
        for byte in line {
            if escaped {
                bytes.append(byte == UInt8(ascii: "n") ? UInt8(ascii: "\n") : byte)
                escaped = false
            } else if byte == UInt8(ascii: "\\") {
                escaped = true
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
