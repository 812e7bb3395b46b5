import Glibc
import Support

/// The sources that errors may be about, by the names that Lua's messages give them.
struct SourceTexts {
    private var texts: [String: [UInt8]] = [:]

    /// Remembers the source of a chunk called `name` (a file name behind `@`, anything else behind `=`).
    mutating func add(_ source: [UInt8], name: String) {
        texts[Self.shown(name)] = source
    }

    /// The line, from 1, of a remembered source that messages call `name`.
    func line(_ line: Int, of name: String) -> [UInt8]? {
        let lines = texts[name]?.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) ?? []
        return lines.indices.contains(line - 1) ? Array(lines[line - 1]) : nil
    }

    /// The whole source that messages call `name`: a remembered one, else the file of that name. Of a long path messages have only the
    /// end: then it is looked for among `files`. A script chooses the names of its chunks: what it may not read, `access` keeps out.
    func source(_ name: String, among files: [String], _ access: FileAccess) -> [UInt8]? {
        if let text = texts[name] { return text }
        guard let path = files.last(where: { Self.shown("@" + $0) == name }) ?? (FileSystem.isFile(name) ? name : nil),
            access.permits(path)
        else { return nil }
        return Self.content(of: path)
    }

    /// A name as Lua shows it, on at most 59 bytes.
    static func shown(_ name: String) -> String {
        let bytes = Array(name.utf8)
        guard bytes.count > 60 else { return String(name.dropFirst()) }
        let isFile = bytes.first == UInt8(ascii: "@")
        return String(decoding: isFile ? Array("...".utf8) + bytes.suffix(56) : Array(bytes[1...59]), as: UTF8.self)
    }

    /// The file's bytes; nil if it cannot be read or is no source that somebody wrote by hand.
    private static func content(of path: String) -> [UInt8]? {
        guard let file = try? MappedFile(path), file.bytes.count < 10_000_000 else { return nil }
        return Array(file.bytes)
    }
}

/// A line of a source as Lua's messages name it.
struct SourcePlace: Equatable {
    let name: String
    let line: Int

    /// The place that a message or a frame of a traceback begins with: `report.lua:12: ...`.
    init?(startOf text: String) {
        let bytes = Array(text.utf8.prefix(300))
        var colon = 0
        while let next = bytes[colon...].firstIndex(of: UInt8(ascii: ":")) {
            let digits = bytes[(next + 1)...].prefix { (0x30...0x39).contains($0) }
            if next > 0, !digits.isEmpty, bytes[digits.endIndex...].starts(with: Array(": ".utf8)),
                !bytes[..<next].contains(UInt8(ascii: "\n")), let line = Int(String(decoding: digits, as: UTF8.self))
            {
                name = String(decoding: bytes[..<next], as: UTF8.self)
                self.line = line
                return
            }
            colon = next + 1
        }
        return nil
    }
}
