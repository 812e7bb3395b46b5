import Glibc

/// Tells whether a file was written since it was last looked at.
public struct FileStamp: Equatable, Sendable {
    private let seconds: Int
    private let nanoseconds: Int
    private let size: Int
    private let node: UInt

    /// The stamp of the file at `path`; nil if there is none.
    public init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
        size = Int(status.st_size)
        node = UInt(status.st_ino)
    }
}
