/// Whether the array that makes up a JSON file is closed where the file ends.
///
/// DuckDB takes a file that was cut off behind a comma for a whole one, so that rows would be missing without a word.
struct JSONArrayScan {
    /// The line, counted from 1, on which the array begins; nil if the text is no array.
    private(set) var firstLine: Int?
    /// The last line that holds anything.
    private(set) var lastLine = 1
    /// Whether brackets, braces or a text are open at the end.
    private(set) var isOpen = false

    /// Scans a whole file.
    init(_ bytes: UnsafeRawBufferPointer) {
        var line = 1
        var depth = 0
        var inText = false
        var isEscaped = false
        for byte in bytes {
            if byte == 0x0a { line += 1 }
            if byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { continue }
            lastLine = line
            if firstLine == nil {
                guard byte == UInt8(ascii: "[") else { return }
                firstLine = line
            }
            if isEscaped {
                isEscaped = false
            } else if inText {
                if byte == UInt8(ascii: "\\") { isEscaped = true } else if byte == UInt8(ascii: "\"") { inText = false }
            } else {
                switch byte {
                case UInt8(ascii: "\""): inText = true
                case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
                case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
                default: break
                }
            }
        }
        isOpen = inText || depth > 0
    }
}
