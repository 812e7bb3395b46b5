import Glibc
import Support

/// A text file made fit for a reader that wants plain UTF-8 with one kind of line end: the file itself where it is that already,
/// otherwise a temporary copy that goes with this value.
struct PreparedText: ~Copyable {
    /// The file as the user named it.
    let path: String
    /// What to read instead.
    private(set) var readablePath: String
    /// The first record's values; empty for formats without.
    private(set) var firstRecord: [String] = []
    private(set) var delimiter: UInt8 = 0
    private(set) var longestRecord = 0
    private var copy: AtomicFile?

    /// Prepares the file at `path`.
    init(_ path: String, _ format: TableFormat, isCompressed: Bool, _ options: ReadOptions) throws(Failure) {
        self.path = path
        readablePath = path
        if isCompressed {
            copy = try PreparedText.decompressed(path)
            readablePath = copy?.temporaryPath ?? path
        }
        var file = try PreparedText.map(readablePath, named: path)
        if let encoding = try PreparedText.encoding(of: file.bytes, options) {
            copy = try TextEncoding.converted(file.bytes, from: encoding, path: path)
            readablePath = copy?.temporaryPath ?? path
            file = try PreparedText.map(readablePath, named: path)
        }
        let hasMark = file.bytes.starts(with: [0xef, 0xbb, 0xbf])
        let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[(hasMark ? 3 : 0)...])
        guard bytes.contains(where: { $0 != 0x20 && $0 != 0x0a && $0 != 0x0d && $0 != 0x09 }) else {
            throw .format(path, "holds no data", hint: "a table needs at least a line of column names")
        }

        let isDelimited = format.isDelimited
        let quote: UInt8? = isDelimited ? UInt8(ascii: "\"") : nil
        if isDelimited { delimiter = try PreparedText.delimiter(bytes, format, options) }
        let scan = TextScan(bytes, delimiter: delimiter, quote: quote)
        if let invalid = scan.invalid {
            throw .format(
                path, at: "line \(invalid.line)", "is not UTF-8 text",
                hint: "say what it is, for example {encoding = \"\(TextEncoding.guess(bytes))\"}")
        }
        longestRecord = scan.longestRecord
        if isDelimited { firstRecord = try PreparedText.header(bytes, delimiter: delimiter, path: path) }
        if format == .json { try PreparedText.checkArrayEnd(bytes, path: path) }
        if isDelimited ? scan.hasMixedLineEnds : hasMark {
            copy = try PreparedText.rewritten(bytes, delimiter: delimiter, quote: quote)
            readablePath = copy?.temporaryPath ?? path
        }
    }

    /// An empty temporary file, removed when it is dropped without being committed.
    static func temporaryFile() throws(Failure) -> AtomicFile {
        try AtomicFile("\(Folders.variable("TMPDIR") ?? "/tmp")/cohort-text")
    }

    private static func map(_ path: String, named name: String) throws(Failure) -> MappedFile {
        do throws(Failure) { return try MappedFile(path) } catch { throw .file(name, error.problem, hint: error.hint) }
    }

    /// The encoding to convert from; nil for UTF-8.
    private static func encoding(of bytes: UnsafeRawBufferPointer, _ options: ReadOptions) throws(Failure) -> String? {
        if let named = options.encoding {
            let plain = named.lowercased()
            return plain == "utf-8" || plain == "utf8" ? nil : named
        }
        // The mark of UTF-32 begins with that of UTF-16, whose texts hold no NUL.
        if bytes.starts(with: [0xff, 0xfe, 0, 0]) || bytes.starts(with: [0, 0, 0xfe, 0xff]) { return "UTF-32" }
        if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) { return "UTF-16" }
        return nil
    }

    private static func delimiter(
        _ bytes: UnsafeRawBufferPointer, _ format: TableFormat, _ options: ReadOptions
    ) throws(Failure) -> UInt8 {
        if let given = options.delimiter {
            guard given.utf8.count == 1, let byte = given.utf8.first, byte != 0, byte != 0x22, byte != 0x0a,
                byte != 0x0d, byte < 0x80
            else {
                throw .argument(
                    "delimiter", expected: "one ASCII character other than NUL, a quote or a line end",
                    got: given.utf8.contains(0) ? "one with a NUL byte" : "'\(given)'")
            }
            return byte
        }
        if format == .tsv { return 0x09 }
        let candidates = Array(",;\t|".utf8)
        let counts = candidates.map { firstRecord(bytes, delimiter: $0).values.count }
        // A comma anywhere in the first line makes it a comma file, whatever else is there.
        if counts[0] > 1 { return candidates[0] }
        let most = counts.max() ?? 1
        return most > 1 ? candidates[counts.firstIndex(of: most) ?? 0] : candidates[0]
    }

    /// The values of the first record, refused when its quotes are not closed as they should be.
    private static func header(
        _ bytes: UnsafeRawBufferPointer, delimiter: UInt8, path: String
    ) throws(Failure) -> [String] {
        let record = firstRecord(bytes, delimiter: delimiter)
        if record.isWhole { return record.values }
        let start = bytes.firstIndex { $0 != 0x0a && $0 != 0x0d } ?? 0
        let line = TextScan.line(of: start, in: bytes)
        let text = String(decoding: bytes[start...].prefix { $0 != 0x0a && $0 != 0x0d }, as: UTF8.self)
        throw TableReader.unclosedQuote(path, line: line, text)
    }

    /// Refuses a JSON file that begins as an array and ends within it.
    private static func checkArrayEnd(_ bytes: UnsafeRawBufferPointer, path: String) throws(Failure) {
        let scan = JSONArrayScan(bytes)
        guard scan.isOpen, let first = scan.firstLine else { return }
        throw .format(
            path, at: "line \(scan.lastLine)", "the file ends inside the array that begins on line \(first)",
            hint: "the file may be cut short; close the array with ]")
    }

    /// The values of the first record, and whether every quote in it is closed right before a delimiter or the record's end.
    static func firstRecord(_ bytes: UnsafeRawBufferPointer, delimiter: UInt8) -> (values: [String], isWhole: Bool) {
        var values: [String] = []
        var value: [UInt8] = []
        var isQuoted = false
        var isWhole = true
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            if isQuoted {
                if byte == 0x22 {
                    if position + 1 < bytes.count, bytes[position + 1] == 0x22 {
                        value.append(byte)
                        position += 1
                    } else {
                        isQuoted = false
                        let next = position + 1 < bytes.count ? bytes[position + 1] : delimiter
                        // The reader allows spaces behind the quote.
                        isWhole = isWhole && (next == delimiter || next == 0x0a || next == 0x0d || next == 0x20)
                    }
                } else {
                    value.append(byte)
                }
            } else if byte == 0x22, value.isEmpty {
                isQuoted = true
            } else if byte == delimiter {
                values.append(String(decoding: value, as: UTF8.self))
                value = []
            } else if byte == 0x0a || byte == 0x0d {
                // Blank lines before the header are no record.
                if !values.isEmpty || !value.isEmpty { break }
            } else {
                value.append(byte)
            }
            position += 1
        }
        values.append(String(decoding: value, as: UTF8.self))
        return (values, isWhole && !isQuoted)
    }

    /// A copy without byte-order mark whose lines outside quotes end in a line feed.
    private static func rewritten(
        _ bytes: UnsafeRawBufferPointer, delimiter: UInt8, quote: UInt8?
    ) throws(Failure) -> AtomicFile {
        var file = try temporaryFile()
        var walk = RecordWalk(delimiter: delimiter, quote: quote)
        var block: [UInt8] = []
        var position = 0
        while position < bytes.count {
            var byte = bytes[position]
            walk.step(byte)
            if byte == 0x0d, !walk.isQuoted {
                byte = 0x0a
                if position + 1 < bytes.count, bytes[position + 1] == 0x0a { position += 1 }
            }
            block.append(byte)
            if block.count >= 1 << 16 {
                try TextEncoding.put(block, &file)
                block.removeAll(keepingCapacity: true)
            }
            position += 1
        }
        try TextEncoding.put(block, &file)
        return file
    }

    private static func decompressed(_ path: String) throws(Failure) -> AtomicFile {
        guard access(path, R_OK) == 0 else { throw .file(path, "cannot be opened: \(systemError())") }
        let file = try temporaryFile()
        let status = Command.run(["gzip", "-dc", "--", path], output: file.temporaryPath)
        guard status == 0 else { throw .format(path, "is not a whole gzip file") }
        return file
    }
}
