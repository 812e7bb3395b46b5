import Glibc

/// Files and folders that are being written and must not survive an early exit.
public enum UnfinishedFiles {
    private static let paths = Locked<Set<String>>([])

    static func add(_ path: String) { paths.withLock { _ = $0.insert(path) } }

    static func remove(_ path: String) { paths.withLock { _ = $0.remove(path) } }

    /// Removes what is unfinished. For use right before the process exits; never waits for a thread that is writing.
    public static func removeAll() {
        _ = paths.withLockIfAvailable { list in
            for path in list { FileSystem.remove(path) }
            list.removeAll()
        }
    }
}
