import Support

extension TableReader {
    /// DuckDB's complaint about a file, in words for its user: which line, what is wrong, what to do.
    func explained(_ failure: Failure, reading readablePath: String) -> Failure {
        guard case .operation = failure.kind else { return failure }
        let message = failure.problem
        let lines = message.split(whereSeparator: \.isNewline).map(String.init)
        if let line = TableReader.number(after: "CSV Error on Line: ", in: message) {
            let original = lines.first { $0.hasPrefix("Original Line: ") }.map { String($0.dropFirst(15)) } ?? ""
            let place = "line \(line)"
            if let expected = TableReader.number(after: "Expected Number of Columns: ", in: message),
                let found = TableReader.number(after: " Found: ", in: message)
            {
                return .format(
                    path, at: place,
                    "\(found) value\(found == 1 ? "" : "s") where the table has \(expected) columns: \(TableReader.shortened(original))",
                    hint: found > expected
                        ? "put quotes around a value that contains the delimiter" : "write every column, empty ones too"
                )
            }
            if message.contains("unterminated quote") {
                return TableReader.unclosedQuote(path, line: line, original)
            }
            if message.contains("Invalid unicode") {
                return .format(
                    path, at: place, "is not UTF-8 text",
                    hint: "name its encoding, for example {encoding = \"gb18030\"}")
            }
            let reason = lines.first { !$0.contains("CSV Error on Line") && !$0.hasPrefix("Original Line") } ?? message
            return .format(path, at: place, "\(reason): \(TableReader.shortened(original))")
        }
        let first = TableReader.withoutLabel(lines.first ?? message).replacing(readablePath, with: path)
        if message.contains("Malformed JSON") || message.contains("JSON transform error") {
            // DuckDB counts from the line that follows the first.
            let counted = TableReader.number(after: "in line ", in: message)
            let line = counted.map { TableReader.line(ofValue: $0 - 1, in: readablePath) }
            let isArray = (try? options.format(of: path)) == .json
            let reason = first.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? first
            return .format(
                path, at: line.map { "line \($0)" },
                TableReader.trimmed(reason.replacing("in line \(counted ?? 0): ", with: "")),
                hint: isArray
                    ? "a .json file is one array of objects, or one object on every line"
                    : "every line is one JSON object")
        }
        if message.contains("magic bytes") || message.contains("too small to be a Parquet file") {
            return .format(
                path, "is not a Parquet file", hint: "name the format it has, for example {format = \"csv\"}")
        }
        if let damage = damageToParquet(message, first) { return damage }
        return .format(path, TableReader.trimmed(first))
    }

    /// What DuckDB stumbles over inside a Parquet file; nil where the file may be whole.
    private func damageToParquet(_ message: String, _ first: String) -> Failure? {
        guard (try? options.format(of: path)) == .parquet else { return nil }
        for other in ["Out of Memory", "Not implemented", "Permission Error", "encrypt", "Cannot open file"]
        where message.contains(other) {
            return nil
        }
        let reason = TableReader.trimmed(first)
        // Where a wrong offset leads to says nothing to a reader.
        let detail = reason.isEmpty || reason.contains("outside file") ? "" : ": \(reason)"
        return .format(path, "is a damaged Parquet file\(detail)", hint: "the file may be cut short; get it once more")
    }

    /// A quote that is open where its record ends, or closed in the middle of a value.
    static func unclosedQuote(_ path: String, line: Int, _ text: String) -> Failure {
        .format(
            path, at: "line \(line)", "a quoted value does not end as it should: \(shortened(text))",
            hint: "close the quote, and write a quote inside a quoted value twice")
    }

    /// The number that follows `label` in `text`.
    static func number(after label: String, in text: String) -> Int? {
        guard let range = text.firstRange(of: label) else { return nil }
        return Int(text[range.upperBound...].prefix { $0.isASCII && $0.isNumber })
    }

    /// The line on which the value of a file stands that has one value on each line; blank lines are none to DuckDB.
    static func line(ofValue number: Int, in path: String) -> Int {
        guard let file = try? MappedFile(path) else { return number }
        var (line, values, isBlank) = (1, 0, true)
        for byte in file.bytes {
            switch byte {
            case 0x0a:
                if !isBlank { values += 1 }
                if values >= number { return line }
                line += 1
                isBlank = true
            case 0x20, 0x09, 0x0d: break
            default: isBlank = false
            }
        }
        return line
    }

    /// The line without DuckDB's name for the kind of error.
    static func withoutLabel(_ line: String) -> String {
        for label in [
            "Invalid Input Error: ", "Invalid Error: ", "IO Error: ", "Binder Error: ", "Conversion Error: ",
        ]
        where line.hasPrefix(label) {
            return String(line.dropFirst(label.count))
        }
        return line
    }

    private static func trimmed(_ text: String) -> String {
        var text = text
        while let last = text.last, last == " " || last == "." { text.removeLast() }
        return text
    }

    private static func shortened(_ line: String) -> String { line.count <= 80 ? line : "\(line.prefix(79))…" }
}
