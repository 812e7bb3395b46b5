import Support

/// A file format that tables are read from and written to.
public enum TableFormat: String, CaseIterable, Sendable {
    case csv, tsv, jsonl, json, parquet

    /// The format that a path's ending stands for, and whether the file is compressed with gzip (`.csv.gz`).
    static func of(_ path: String) throws(Failure) -> (format: TableFormat, isCompressed: Bool) {
        let name = path.lowercased()
        let isCompressed = name.hasSuffix(".gz")
        let plain = isCompressed ? String(name.dropLast(3)) : name
        for (ending, format) in endings where plain.hasSuffix(ending) { return (format, isCompressed) }
        throw .argument(
            "path", expected: "a file that ends in .csv, .tsv, .jsonl, .json or .parquet (or one of these and .gz)",
            got: "'\(path)'", hint: "name the format with {format = \"csv\"}")
    }

    private static let endings: [(String, TableFormat)] = [
        (".csv", .csv), (".tsv", .tsv), (".tab", .tsv), (".jsonl", .jsonl), (".ndjson", .jsonl), (".json", .json),
        (".parquet", .parquet),
    ]

    /// Whether the file is text whose encoding matters.
    var isText: Bool { self != .parquet }

    /// Whether the file is rows of texts between delimiters.
    var isDelimited: Bool { self == .csv || self == .tsv }
}
