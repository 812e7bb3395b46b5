import Glibc
import Support

/// Source text from a file or standard input.
enum ScriptFile {
    /// The bytes of the file at `path` (`-`: standard input, which may keep us waiting: `isInterrupted` tells of Ctrl-C).
    static func read(_ path: String, isInterrupted: () -> Bool) throws(Failure) -> [UInt8] {
        let isInput = path == "-"
        let descriptor = isInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(path, "cannot be read: \(systemError())", hint: hint(path)) }
        defer { if !isInput { close(descriptor) } }
        var content: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = block.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return content }
            if count < 0 {
                if errno == EINTR, !isInterrupted() { continue }
                if errno == EINTR { throw .cancelled }
                throw .file(path, "cannot be read: \(systemError())")
            }
            content.append(contentsOf: block[..<count])
        }
    }

    private static func hint(_ path: String) -> String? {
        guard errno == ENOENT, !path.hasSuffix(".lua"), access(path + ".lua", F_OK) == 0 else { return nil }
        return "there is \(path).lua"
    }
}
