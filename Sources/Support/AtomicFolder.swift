import Glibc

/// A folder that appears whole or not at all: filled under a temporary name beside its place, then renamed.
///
/// Dropping the value without `commit` removes the temporary folder. One that a killed process left is removed when the next folder of
/// the same parent begins; one that a living process still fills is told apart by that process's lock on it.
public struct AtomicFolder: ~Copyable {
    /// The final path.
    public let path: String
    /// Where the files are put meanwhile.
    public let temporaryPath: String
    private let lock: Int32
    private var committed = false

    private static let prefix = ".unfinished-"
    private static let asidePrefix = ".replaced-"

    /// Begins a folder whose place is `path`; its parent is made where it is missing.
    public init(_ path: String) throws(Failure) {
        let parent = FileSystem.parent(of: path) ?? "."
        try FileSystem.makeFolder(parent)
        Self.removeLeftovers(in: parent)
        let template = "\(parent)/\(Self.prefix)\(FileSystem.lastComponent(of: path)).XXXXXX"
        let made = UnfinishedFiles.make(template) { mkdtemp(&$0) != nil }
        guard let temporary = made.path else { throw .file(path, "cannot be made: \(systemError(made.error))") }
        lock = open(temporary, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if lock >= 0 { flock(lock, LOCK_EX | LOCK_NB) }
        // mkdtemp makes the folder private; a result should have the rights of any other folder the user makes.
        let mask = umask(0)
        umask(mask)
        chmod(temporary, 0o777 & ~mask)
        self.path = path
        temporaryPath = temporary
    }

    deinit {
        if !committed {
            FileSystem.remove(temporaryPath)
            UnfinishedFiles.remove(temporaryPath)
        }
        if lock >= 0 { close(lock) }
    }

    /// Puts the finished folder in its place. What stands there already is an error, or with `replacing` removed once the new one
    /// stands.
    public mutating func commit(replacing: Bool = false) throws(Failure) {
        if lock >= 0 { fsync(lock) }
        if FileSystem.exists(path) {
            guard replacing else { throw .file(path, "is there already") }
            try exchange()
        } else if rename(temporaryPath, path) != 0 {
            throw .file(path, "cannot be made: \(systemError())")
        }
        committed = true
        UnfinishedFiles.remove(temporaryPath)
    }

    /// The old folder steps aside, and comes back if the new one cannot take its place.
    private func exchange() throws(Failure) {
        let parent = FileSystem.parent(of: path) ?? "."
        let aside = "\(parent)/\(Self.asidePrefix)\(FileSystem.lastComponent(of: path))"
        guard rename(path, aside) == 0 else { throw .file(path, "cannot be replaced: \(systemError())") }
        guard rename(temporaryPath, path) == 0 else {
            let reason = systemError()
            rename(aside, path)
            throw .file(path, "cannot be replaced: \(reason)")
        }
        FileSystem.remove(aside)
    }

    private static func removeLeftovers(in parent: String) {
        for name in (try? FileSystem.names(in: parent)) ?? [] {
            let path = "\(parent)/\(name)"
            if name.hasPrefix(asidePrefix) {
                // Killed between the two steps of an exchange: the old folder gets its name back.
                let original = "\(parent)/\(name.dropFirst(asidePrefix.count))"
                if FileSystem.exists(original) { FileSystem.remove(path) } else { rename(path, original) }
            }
            guard name.hasPrefix(prefix) else { continue }
            let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { FileSystem.remove(path) }
            close(descriptor)
        }
    }
}
