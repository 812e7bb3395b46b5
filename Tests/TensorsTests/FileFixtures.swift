import Foundation
import Testing

/// Files that the tests read (made by scripts/goldens/tensor_files.py) and a folder for those they write.
enum FileFixtures {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Vectors/tensor_files").path

    static func path(_ name: String) -> String { "\(folder)/\(name)" }

    static func bytes(_ name: String) throws -> [UInt8] { try bytes(at: path(name)) }

    static func bytes(at path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

    /// Calls `body` with a new folder and removes it, unless COHORT_KEEP_FILES names one to use, so that the reference can read it.
    static func withFolder(keep: Bool = false, _ body: (String) throws -> Void) throws {
        if keep, let kept = ProcessInfo.processInfo.environment["COHORT_KEEP_FILES"] {
            try FileManager.default.createDirectory(atPath: kept, withIntermediateDirectories: true)
            return try body(kept)
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tensor-files-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        // Not Foundation's own writing, which waits for the disk each time: thousands of files are written here.
        let file = try #require(fopen(path, "wb"))
        defer { fclose(file) }
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }

    /// Bytes of a safetensors file with this header and that much data.
    static func safetensors(_ header: String, data: Int) -> [UInt8] {
        let text = Array(header.utf8)
        return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text
            + [UInt8](repeating: 0, count: data)
    }
}
