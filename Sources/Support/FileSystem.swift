import Glibc

/// Looking at files and folders, and removing them.
public enum FileSystem {
    /// Whether there is a file or folder at `path`; a symbolic link counts as what it points to.
    public static func exists(_ path: String) -> Bool { status(path) != nil }

    /// Whether there is a folder at `path`.
    public static func isFolder(_ path: String) -> Bool { status(path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false }

    /// Whether there is a regular file at `path`.
    public static func isFile(_ path: String) -> Bool { status(path).map { $0.st_mode & S_IFMT == S_IFREG } ?? false }

    /// Bytes of the regular file at `path`, nil if there is none.
    public static func fileSize(_ path: String) -> Int? {
        status(path).flatMap { $0.st_mode & S_IFMT == S_IFREG ? Int($0.st_size) : nil }
    }

    /// The bytes of a file that somebody wrote or the system made up, at most 1 GB.
    public static func content(of path: String) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(path, "cannot be read: \(systemError())") }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while content.count < 1_000_000_000 {
            let count = block.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return content }
            if count < 0 {
                if errno == EINTR { continue }
                throw .file(path, "cannot be read: \(systemError())")
            }
            content.append(contentsOf: block[..<count])
        }
        throw .file(path, "cannot be read: it has more than 1 GB")
    }

    /// The text of a file, ill-formed UTF-8 repaired.
    public static func text(of path: String) throws(Failure) -> String {
        String(decoding: try content(of: path), as: UTF8.self)
    }

    /// The names in a folder, without "." and "..", in byte order.
    public static func names(in folder: String) throws(Failure) -> [String] {
        guard let stream = opendir(folder) else { throw .file(folder, "cannot be opened: \(systemError())") }
        defer { closedir(stream) }
        var names: [ByteString] = []
        guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return [] }
        while let entry = readdir(stream) {
            // An entry ends with its name, before the end of the structure's field: the field must not be copied whole.
            let start = UnsafeRawPointer(entry) + offset
            let name = ByteString(
                UnsafeRawBufferPointer(start: start, count: strlen(start.assumingMemoryBound(to: CChar.self))))
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted().map(\.text)
    }

    /// Whether there is a symbolic link anywhere in the folder; also true where that cannot be told, or only of more than a hundred
    /// thousand files.
    public static func holdsLinks(_ folder: String) -> Bool {
        var waiting = [folder]
        var seen = 0
        while let folder = waiting.popLast() {
            guard let names = try? names(in: folder) else { return true }
            seen += names.count
            if seen > 100_000 { return true }
            for name in names {
                var status = stat()
                let path = "\(folder)/\(name)"
                guard lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFLNK else { return true }
                if status.st_mode & S_IFMT == S_IFDIR { waiting.append(path) }
            }
        }
        return false
    }

    /// Makes the folder at `path` and those above it that are missing.
    public static func makeFolder(_ path: String) throws(Failure) {
        if isFolder(path) { return }
        if let parent = parent(of: path) { try makeFolder(parent) }
        // EEXIST: another process was quicker, or a file stands there; only the second is an error.
        if mkdir(path, 0o777) != 0, !isFolder(path) { throw .file(path, "cannot be made: \(systemError())") }
    }

    /// Removes the file or the folder with everything in it, as far as that is allowed. Symbolic links are removed, not followed.
    public static func remove(_ path: String) {
        if unlink(path) == 0 || errno == ENOENT { return }
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return }
        for name in (try? names(in: path)) ?? [] { remove("\(path)/\(name)") }
        rmdir(path)
    }

    /// The part of `path` before its last "/", nil if there is none.
    public static func parent(of path: String) -> String? {
        let bytes = trimmed(path)
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        return slash == 0 ? (bytes.count == 1 ? nil : "/") : String(decoding: bytes[..<slash], as: UTF8.self)
    }

    /// The part of `path` after its last "/".
    public static func lastComponent(of path: String) -> String {
        let bytes = trimmed(path)
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")), bytes.count > 1 else {
            return String(decoding: bytes, as: UTF8.self)
        }
        return String(decoding: bytes[(slash + 1)...], as: UTF8.self)
    }

    /// `path` from the root, "." and ".." resolved where the file is there.
    public static func absolute(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Throws if the file system of the folder at `path` has less than `byteCount` bytes left, before they are written in vain.
    public static func requireSpace(_ byteCount: Int, at path: String) throws(Failure) {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return }
        let (free, overflow) = Int(status.f_bavail).multipliedReportingOverflow(by: Int(status.f_frsize))
        guard overflow || free >= byteCount else {
            let megabytes = { (count: Int) in count / 1_000_000 + 1 }
            throw .file(path, "the disk is too full: \(megabytes(byteCount)) MB needed, \(megabytes(free)) MB free")
        }
    }

    private static func trimmed(_ path: String) -> ArraySlice<UInt8> {
        var bytes = ArraySlice(path.utf8)
        while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        return bytes
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }
}
