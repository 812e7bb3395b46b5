import CSystem
import Glibc

/// A file's bytes, mapped read-only into memory and unmapped when the last reference goes.
public final class MappedFile: @unchecked Sendable {
    // Sendable by hand: the mapping is read-only and the pointer never changes.
    /// The path it was opened by.
    public let path: String
    /// The bytes. Valid as long as this object lives. Those that another program cut off the file meanwhile are zeros: whoever needs to
    /// know asks `check()` after reading.
    public let bytes: UnsafeRawBufferPointer
    private let guardian: OpaquePointer?

    /// Maps the regular file at `path`.
    public init(_ path: String) throws(Failure) {
        self.path = path
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(path, "cannot be opened: \(systemError())") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .file(path, "cannot be read: \(systemError())") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .file(path, "is not a regular file") }
        let count = Int(status.st_size)
        guard count > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            guardian = nil
            return
        }
        guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
            throw .file(path, "cannot be mapped: \(systemError())")
        }
        bytes = UnsafeRawBufferPointer(start: start, count: count)
        guardian = csystem_guard(start, count)
    }

    /// How often, in all mapped files, bytes were read that another program had cut off.
    @inlinable public static var losses: Int { csystem_losses() }

    /// What whoever was reading then is told.
    public static let lossFailure = Failure.operation(
        "a file was cut short by another program while it was in use", hint: "load it again")

    /// Throws if bytes that were read had been cut off the file by another program.
    public func check() throws(Failure) {
        guard csystem_has_lost(guardian) else { return }
        throw .file(path, "was cut short by another program while it was in use", hint: "load it again")
    }

    deinit {
        csystem_unguard(guardian)
        if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) }
    }
}
