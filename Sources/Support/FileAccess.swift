import Glibc

/// Which files a script may touch: all, or those in named folders. Everything that takes a path from a script asks here.
public struct FileAccess: Sendable, Equatable {
    /// The folders, their symbolic links resolved; nil for every file.
    public let folders: [String]?

    /// No restriction.
    public static let everything = FileAccess(folders: nil)

    private init(folders: [String]?) { self.folders = folders }

    /// Only what is in `folders`, which must exist.
    public init(only folders: [String]) throws(Failure) {
        var resolved: [String] = []
        for folder in folders {
            guard FileSystem.isFolder(folder) else {
                throw .file(folder, "is no folder", hint: "--allow takes a folder that is there")
            }
            resolved.append(FileSystem.absolute(folder))
        }
        self.folders = resolved
    }

    /// Whether there is any restriction.
    public var isRestricted: Bool { folders != nil }

    /// Whether the file at `path`, there or yet to be made, lies in one of the folders. Symbolic links and ".." are resolved first.
    public func permits(_ path: String) -> Bool {
        guard let folders else { return true }
        guard let place = Self.resolved(path) else { return false }
        return folders.contains { place == $0 || place.utf8.starts(with: ($0 == "/" ? $0 : $0 + "/").utf8) }
    }

    /// Throws if the file at `path` may not be touched.
    public func require(_ path: String) throws(Failure) {
        guard !permits(path) else { return }
        throw .file(
            path, "the sandbox does not let scripts touch this file",
            hint: "--allow FOLDER opens a folder to them")
    }

    /// Throws if there is any restriction; `what` begins the sentence.
    public func requireUnrestricted(_ what: String) throws(Failure) {
        guard isRestricted else { return }
        throw .operation("\(what) is not available in the sandbox", hint: "start without --sandbox to use it")
    }

    /// Where `path` leads; nil if that cannot be told. Of a file that is not there the deepest folder that is decides.
    private static func resolved(_ path: String) -> String? {
        // Others read a leading tilde as the home folder.
        guard !path.isEmpty, !path.utf8.contains(0), !path.hasPrefix("~") else { return nil }
        if let found = realpath(path, nil) {
            defer { free(found) }
            return String(validatingCString: found)
        }
        var status = stat()
        // A link that leads nowhere: a file made through it would be elsewhere.
        guard errno == ENOENT, lstat(path, &status) != 0 else { return nil }
        let name = FileSystem.lastComponent(of: path)
        guard name != ".", name != "..", let parent = resolved(FileSystem.parent(of: path) ?? ".") else { return nil }
        return parent == "/" ? "/" + name : parent + "/" + name
    }
}
