import Glibc

/// A file that appears whole or not at all: written under a temporary name in the same folder, then renamed.
///
/// Dropping the value without `commit()` removes the temporary file. Names of unfinished files are kept in one list, so that an
/// immediate exit (a second Ctrl-C) can remove them too.
public struct AtomicFile: ~Copyable {
    /// The final path.
    public let path: String
    /// Where the bytes are now. A library that writes files by itself is given this path.
    public let temporaryPath: String
    private let target: String
    private var descriptor: Int32
    private var buffer: [UInt8] = []
    private var committed = false
    private let cancellation: Cancellation?
    private var unsynced = 0
    // A signal has to wait for the end of a write, which is therefore kept short.
    private static let block = 8 << 20

    /// Opens a new temporary file beside `path`, or beside what `path` is a link to. With a `cancellation`, writing stops at the next
    /// block once it is set.
    public init(_ path: String, cancellation: Cancellation? = nil) throws(Failure) {
        // Renaming would replace a link by a file, and a device such as /dev/null by a file for everybody.
        let target = Self.resolved(path)
        var status = stat()
        guard stat(target, &status) != 0 || status.st_mode & S_IFMT == S_IFREG else {
            throw .file(path, "cannot be written: it is there and is no regular file", hint: "name a file")
        }
        var descriptor: Int32 = -1
        let made = UnfinishedFiles.make("\(target).XXXXXX.tmp") { template in
            descriptor = mkstemps(&template, 4)
            return descriptor >= 0
        }
        guard let temporary = made.path else {
            let hint = made.error == ENOENT ? "make its folder first" : nil
            throw .file(path, "cannot be written: \(systemError(made.error))", hint: hint)
        }
        // mkstemps makes the file private; a result should have the rights of any other file the user makes.
        let mask = umask(0)
        umask(mask)
        fchmod(descriptor, 0o666 & ~mask)
        self.path = path
        self.target = target
        self.descriptor = descriptor
        self.cancellation = cancellation
        temporaryPath = temporary
        buffer.reserveCapacity(1 << 16)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        if !committed {
            unlink(temporaryPath)
            UnfinishedFiles.remove(temporaryPath)
        }
    }

    /// Appends bytes.
    public mutating func write(_ bytes: some Collection<UInt8>) throws(Failure) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= 1 << 16 { try flush() }
    }

    /// Appends the UTF-8 bytes of `text`.
    public mutating func write(_ text: String) throws(Failure) { try write(text.utf8) }

    /// Appends raw memory, such as a tensor's.
    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        try flush()
        try put(bytes)
    }

    /// Puts the finished file in its place.
    public mutating func commit() throws(Failure) {
        try flush()
        try cancellation?.check()
        // Data first, name second: a crash in between must not leave a whole name over half a file.
        guard fsync(descriptor) == 0 else { throw .file(path, "cannot be written: \(systemError())") }
        guard rename(temporaryPath, target) == 0 else { throw .file(path, "cannot be written: \(systemError())") }
        committed = true
        UnfinishedFiles.remove(temporaryPath)
    }

    private static func resolved(_ path: String) -> String {
        if let real = realpath(path, nil) {
            defer { free(real) }
            return String(cString: real)
        }
        // A link to what is not there yet: the file is made where it points.
        var path = path
        for _ in 0..<40 {
            var link = [CChar](repeating: 0, count: Int(PATH_MAX))
            let count = readlink(path, &link, link.count)
            guard count > 0 else { return path }
            let goal = String(decoding: link[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
            let folder = goal.hasPrefix("/") ? nil : FileSystem.parent(of: path)
            path = folder.map { $0 == "/" ? "/\(goal)" : "\($0)/\(goal)" } ?? goal
        }
        return path
    }

    private mutating func flush() throws(Failure) {
        guard !buffer.isEmpty else { return }
        let bytes = buffer
        buffer.removeAll(keepingCapacity: true)
        var failure: Failure?
        bytes.withUnsafeBytes { raw in
            do throws(Failure) { try put(raw) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private mutating func put(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        var rest = bytes
        while !rest.isEmpty {
            try cancellation?.check()
            let count = Glibc.write(descriptor, rest.baseAddress, min(rest.count, Self.block))
            if count < 0 {
                if errno == EINTR { continue }
                throw .file(path, "cannot be written: \(systemError())")
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            unsynced += count
            // What is not on the disk yet, the last step waits for in one piece that no signal ends.
            if unsynced >= 8 * Self.block {
                fdatasync(descriptor)
                unsynced = 0
            }
        }
    }
}
