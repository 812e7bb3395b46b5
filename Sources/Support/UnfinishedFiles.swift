import Glibc

/// Files and folders that are being written and must not survive an early exit.
public enum UnfinishedFiles {
    private static let paths = Locked<Set<String>>([])

    /// Has `create` make something of `template`, whose X it fills in (`mkstemps`, `mkdtemp`), and remembers its path; nil, and what errno was, if it could
    /// not. No sudden exit comes in between.
    static func make(
        _ template: String, _ create: (inout [CChar]) -> Bool
    ) -> (path: String?, error: Int32) {
        paths.withLock { list in
            var template = Array(template.utf8CString)
            guard create(&template) else { return (nil, errno) }
            let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
            list.insert(path)
            return (path, 0)
        }
    }

    static func remove(_ path: String) { paths.withLock { _ = $0.remove(path) } }

    /// Removes what is unfinished. For use right before the process exits; never waits for a thread that is writing.
    public static func removeAll() {
        _ = paths.withLockIfAvailable { $0.removeFiles() }
    }

    /// Removes what is unfinished and has nothing new begin: a thread that would write on waits for the end of the process, which must follow.
    static func removeAllForGood() {
        // Files are made in microseconds, unless a network's folder hangs.
        _ = paths.seize(within: 1) { $0.removeFiles() }
    }
}

extension Set<String> {
    fileprivate mutating func removeFiles() {
        for path in self { FileSystem.remove(path) }
        removeAll()
    }
}
