import Glibc
import Support

/// The file that `.log` writes: entries as they were typed, what they showed as comments, so that it is Lua to the eye.
///
/// Written at once and to the end of the file: after a crash all but the last lines are there.
final class Transcript {
    /// The file, while there is one.
    private(set) var path: String?
    private var descriptor: Int32 = -1
    /// What scripts have printed since the entry was written.
    private var printed: [UInt8] = []

    deinit { stop() }

    /// Appends to the file at `path` from now on.
    func start(_ path: String) throws(Failure) {
        let opened = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        guard opened >= 0 else { throw .file(path, "cannot be written: \(systemError())") }
        stop()
        descriptor = opened
        self.path = path
    }

    /// Writes no more.
    func stop() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        path = nil
        printed = []
    }

    /// Takes what a script prints.
    func print(_ bytes: UnsafeRawBufferPointer) {
        if descriptor >= 0 { printed += bytes }
    }

    /// Writes an entry, before it runs.
    func begin(_ entry: String) { put(Array((entry + "\n").utf8)) }

    /// Writes what came of it. False if the file does not take it.
    func end(_ reply: Reply) -> Bool {
        guard descriptor >= 0 else { return true }
        defer { printed = [] }
        var lines =
            printed.isEmpty
            ? []
            : String(decoding: printed, as: UTF8.self).split(
                separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        switch reply {
        case .done(let results):
            for result in results { lines += result.split(separator: "\n", omittingEmptySubsequences: false) }
        case .failed(let error): lines += error.report(width: 100).split(separator: "\n")
        case .interrupted: lines.append("interrupted")
        }
        return put(lines.flatMap { Array("-- \(Self.withoutColours($0))\n".utf8) })
    }

    private static func withoutColours(_ line: Substring) -> String {
        guard line.utf8.contains(0x1B) else { return String(line) }
        return line.split(separator: "\u{1B}[", omittingEmptySubsequences: false).enumerated()
            .map { $0.offset == 0 ? $0.element : $0.element.drop { $0 != "m" }.dropFirst() }.joined()
    }

    @discardableResult private func put(_ bytes: [UInt8]) -> Bool {
        guard descriptor >= 0, !bytes.isEmpty else { return true }
        return bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) } == bytes.count
    }
}
