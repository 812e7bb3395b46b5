import Support

extension Table {
    /// Writes the table to a file, in the format its ending names, whole or not at all: on any failure the file that was there before is
    /// as it was. Rows and columns keep their order; Parquet keeps every type.
    public func write(_ path: String, format given: TableFormat? = nil, work: Work = Work()) throws(Failure) {
        let isCompressed = path.lowercased().hasSuffix(".gz")
        var format = TableFormat.csv
        if let given { format = given } else { format = try TableFormat.of(path).format }
        guard !columns.isEmpty else {
            throw .argument("table", expected: "a table with columns", got: "one without", hint: "add a column first")
        }
        var file = try AtomicFile(path)
        // Not an address, as DuckDB takes `file:` and `http:` for.
        let place = file.temporaryPath.hasPrefix("/") ? file.temporaryPath : "./" + file.temporaryPath
        let connection = try DuckDB.connect()
        try connection.register(self, as: "written", work: work)
        let query = """
            copy (select \(written(as: format)) from written) to \(SQL.literal(place)) \
            (\(Table.copyOptions(format, isCompressed: isCompressed)), use_tmp_file false)
            """
        do throws(Failure) {
            try connection.run(query, activity: "write", work: work)
        } catch {
            guard case .operation = error.kind else { throw error }
            let reason = error.problem.split(whereSeparator: \.isNewline).first.map(String.init) ?? error.problem
            throw .file(
                path,
                "cannot be written: \(Table.inShort(reason, place).replacing(place, with: path))"
            )
        }
        try file.commit()
    }

    /// The columns as they are written. JSON has neither NaN nor infinity, so that null stands for them there; no sign is written to a NaN, which
    /// has none that means anything.
    private func written(as format: TableFormat) -> String {
        guard format != .parquet else { return "*" }
        return zip(names, columns).map { name, column in
            let name = SQL.quoted(name)
            guard case .float = column.type else { return name }
            return switch format {
            case .json, .jsonl: "case when isfinite(\(name)) then \(name) end as \(name)"
            default: "case when isnan(\(name)) then 'nan'::float else \(name) end as \(name)"
            }
        }.joined(separator: ", ")
    }

    /// DuckDB's reason without its label, and without the sentence that names the file once more.
    private static func inShort(_ reason: String, _ path: String) -> String {
        let reason = TableReader.withoutLabel(reason)
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard reason.hasPrefix("Could not write file \""), let end = reason.firstRange(of: "\(name)\": ") else {
            return reason
        }
        return String(reason[end.upperBound...])
    }

    private static func copyOptions(_ format: TableFormat, isCompressed: Bool) -> String {
        let compression = isCompressed ? ", compression gzip" : ""
        return switch format {
        case .csv: "format csv, header true, delimiter ',', quote '\"', escape '\"'\(compression)"
        case .tsv: "format csv, header true, delimiter '\t', quote '\"', escape '\"'\(compression)"
        case .jsonl: "format json, array false\(compression)"
        case .json: "format json, array true\(compression)"
        case .parquet: "format parquet, compression zstd"
        }
    }
}
