import Glibc
import Support

extension Table {
    /// Reads one file, or all files that a pattern with `*`, `?` or `[…]` matches, in the order of their names.
    ///
    /// Nothing is dropped or guessed at silently: a row with too many or too few values, a wrong encoding or a damaged file is an error
    /// that says where. In CSV an empty unquoted value is null, `""` is an empty text; a column becomes numbers, booleans, dates or
    /// timestamps only when every value of it can.
    public static func read(_ path: String, _ options: ReadOptions = ReadOptions(), work: Work = Work()) throws(Failure)
        -> Table
    {
        let files = try TableReader.expand(path, work)
        // A pattern may lead through links.
        for file in files { try work.files.require(file) }
        var result: Table?
        for file in files {
            let table = try TableReader(path: file, options: options, work: work).read()
            result = try result.map { (before) throws(Failure) in try before.appending(table, from: file) } ?? table
        }
        guard let result else { throw .file(path, "matches no file") }
        return try TableReader.typed(result, format: try options.format(of: files[0]), options)
    }

    /// The rows of this table, then those of another with the same columns.
    fileprivate func appending(_ other: Table, from path: String) throws(Failure) -> Table {
        var joined: [Column] = []
        for (name, column) in zip(names, columns) {
            guard let next = other.columnIfPresent(name) else {
                throw .format(
                    path, "has no column '\(name)', which the files before it have", hint: "read the files one by one")
            }
            guard next.type == column.type || next.nullCount == next.count || column.nullCount == column.count else {
                throw .format(
                    path, "column '\(name)' is \(next.type.name), in the files before it \(column.type.name)",
                    hint: "read the files one by one")
            }
            joined.append(try column.appending(next))
        }
        if other.names.count > names.count {
            let extra = other.names.first { Table.position(of: $0, in: names) == nil } ?? ""
            throw .format(
                path, "has a column '\(extra)' that the files before it lack", hint: "read the files one by one")
        }
        return Table(unchecked: names, joined, rowCount: rowCount + other.rowCount)
    }
}

/// Reads one file through DuckDB.
struct TableReader {
    let path: String
    let options: ReadOptions
    let work: Work

    /// The table, CSV columns still as text.
    func read() throws(Failure) -> Table {
        var isDirectory = stat()
        if stat(path, &isDirectory) == 0, isDirectory.st_mode & S_IFMT == S_IFDIR {
            throw .file(path, "is a folder", hint: "name a file, or a pattern such as \(path)/*.csv")
        }
        guard access(path, R_OK) == 0 else {
            throw .file(path, "cannot be opened: \(systemError())", hint: whereToLook)
        }
        let isCompressed = path.lowercased().hasSuffix(".gz")
        let format = try options.format(of: path)
        guard format.isText else { return try readParquet() }
        let text = try PreparedText(path, format, isCompressed: isCompressed, options)
        return try format == .json || format == .jsonl ? readJSON(text, format) : readDelimited(text)
    }

    private var whereToLook: String? {
        guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return nil }
        defer { free(folder) }
        return "looked for in \(String(cString: folder))"
    }

    /// The files that a path or pattern means.
    static func expand(_ path: String, _ work: Work) throws(Failure) -> [String] {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw .argument("path", expected: "a file's path", got: "'\(path)'")
        }
        // A file whose name happens to hold a bracket is meant before any pattern.
        guard access(path, F_OK) != 0, path.utf8.contains(where: { "*?[".utf8.contains($0) }) else { return [path] }
        var matches = glob_t()
        defer { globfree(&matches) }
        guard glob(path, 0, nil, &matches) == 0 else { throw .file(path, "matches no file") }
        return (0..<Int(matches.gl_pathc)).compactMap { matches.gl_pathv[$0].map { String(cString: $0) } }
    }

    /// Columns of text turned into the types they are written in.
    static func typed(_ table: Table, format: TableFormat, _ options: ReadOptions) throws(Failure) -> Table {
        for name in options.text where table.columnIfPresent(name) == nil {
            throw .argument("text", expected: "columns of the file", got: "'\(name)'", hint: table.hint(for: name))
        }
        guard format.isText else { return table }
        var columns: [Column] = []
        for (name, column) in zip(table.names, table.columns) {
            let isKept = Table.position(of: name, in: options.text) != nil
            columns.append(isKept ? column : try TypeInference.typed(column, onlyMoments: !format.isDelimited))
        }
        return Table(unchecked: table.names, columns, rowCount: table.rowCount)
    }

    // MARK: Formats

    private func readDelimited(_ text: borrowing PreparedText) throws(Failure) -> Table {
        let found = text.firstRecord
        let names = try columnNames(
            options.header ? found : found.indices.map { "column\($0 + 1)" }, count: found.count)
        let columns = found.indices.map { "'c\($0 + 1)': 'VARCHAR'" }.joined(separator: ", ")
        let delimiter = String(UnicodeScalar(text.delimiter))
        guard !options.nulls.contains(where: { $0.utf8.contains(0) }) else {
            throw .argument("nulls", expected: "texts without NUL bytes", got: "one with a NUL byte")
        }
        let nulls = options.nulls.map(SQL.literal).joined(separator: ", ")
        let query = """
            select * from read_csv(?, auto_detect = false, columns = {\(columns)}, header = \(options.header), \
            delim = \(SQL.literal(delimiter)), quote = '"', escape = '"', comment = '', skip = 0, \
            nullstr = [\(nulls)], allow_quoted_nulls = false, strict_mode = true, ignore_errors = false, null_padding = false, \
            max_line_size = \(max(2_097_152, text.longestRecord + 1024)))
            """
        // Outside the catch: that DuckDB is missing is no fault of the file's.
        let connection = try DuckDB.connect()
        let table: Table
        do throws(Failure) {
            table = try connection.query(
                query, [.text(TableReader.exact(text.readablePath))], activity: "read", work: work)
        } catch {
            throw explained(error, reading: text.readablePath)
        }
        return Table(unchecked: names, table.columns, rowCount: table.rowCount)
    }

    private func readJSON(_ text: borrowing PreparedText, _ format: TableFormat) throws(Failure) -> Table {
        let layout = format == .jsonl ? "newline_delimited" : "auto"
        let settings = """
            format = '\(layout)', sample_size = -1, maximum_depth = -1, convert_strings_to_integers = false, \
            maximum_object_size = \(max(16_777_216, text.longestRecord * 2 + 1024))
            """
        let connection = try DuckDB.connect()
        do throws(Failure) {
            let file = Value.text(TableReader.exact(text.readablePath))
            let shape = try connection.query(
                "select * from read_json(?, \(settings)) limit 0", [file], activity: "read", work: work)
            if shape.names == ["json"] {
                // Either the one key of all objects, or what DuckDB calls values that are no objects.
                let other = try connection.query(
                    """
                    select row from (select row_number() over () as row, json_type(json) as kind
                    from read_json_objects(?, format = '\(layout)')) where kind <> 'OBJECT' limit 1
                    """, [file], activity: "read", work: work)
                if other.rowCount > 0 {
                    throw Failure.format(
                        path,
                        at: "line \(Self.line(ofValue: Int(other.columns[0].text(0)) ?? 1, in: text.readablePath))",
                        "holds a value that is not an object",
                        hint: "a table needs {\"name\": value, ...} on every line")
                }
            }
            // DuckDB takes "1-2-03" for a date and rewrites identifiers; what is text in the file stays text here.
            var columns = ""
            if let explicit = TableReader.jsonColumns(shape) { columns = ", columns = {\(explicit)}" }
            let table = try connection.query(
                "select * from read_json(?, \(settings)\(columns))", [file], activity: "read", work: work)
            var narrowed: [Column] = []
            for column in table.columns { narrowed.append(try TypeInference.narrowed(column)) }
            return Table(
                unchecked: try columnNames(table.names, count: table.names.count), narrowed, rowCount: table.rowCount)
        } catch {
            throw explained(error, reading: text.readablePath)
        }
    }

    private func readParquet() throws(Failure) -> Table {
        let connection = try DuckDB.connect()
        do throws(Failure) {
            let table = try connection.query(
                "select * from read_parquet(?)", [.text(TableReader.exact(path))], activity: "read", work: work)
            return Table(
                unchecked: try columnNames(table.names, count: table.names.count), table.columns,
                rowCount: table.rowCount)
        } catch {
            throw explained(error, reading: path)
        }
    }

    private func columnNames(_ found: [String], count: Int) throws(Failure) -> [String] {
        if let names = options.names {
            guard names.count == count else {
                throw .argument("names", expected: "\(count) names (one per column of \(path))", got: "\(names.count)")
            }
            for (index, name) in names.enumerated() {
                if name.isEmpty {
                    throw .argument("names", expected: "names that are not empty", got: "none for column \(index + 1)")
                }
                if let first = Table.position(of: name, in: names), first < index {
                    throw .argument("names", expected: "names that are all different", got: "'\(name)' twice")
                }
            }
            return names
        }
        for (index, name) in found.enumerated() {
            if name.isEmpty {
                throw .format(
                    path, at: "line 1", "column \(index + 1) has no name", hint: "name all columns with {names = {...}}"
                )
            }
            if let first = Table.position(of: name, in: found), first < index {
                throw .format(
                    path, at: "line 1", "two columns are called '\(name)' (\(first + 1) and \(index + 1))",
                    hint: "rename one of them, or name all columns with {names = {...}}")
            }
        }
        return found
    }

    /// A path that DuckDB must take neither for a pattern nor, as it does with `file:` and `http:`, for an address.
    static func exact(_ path: String) -> String {
        let path = path.hasPrefix("/") ? path : "./" + path
        guard path.utf8.contains(where: { "*?[".utf8.contains($0) }) else { return path }
        return path.unicodeScalars.map { "*?[".unicodeScalars.contains($0) ? "[\($0)]" : String($0) }.joined()
    }

    /// The columns clause that keeps text as text; nil where names differ only in case, which DuckDB renames.
    private static func jsonColumns(_ table: Table) -> String? {
        let names = table.names.map { $0.lowercased() }
        for name in names {
            guard let bar = name.lastIndex(of: "_"), Int(name[name.index(after: bar)...]) != nil else { continue }
            if names.contains(String(name[..<bar])) { return nil }
        }
        return zip(table.names, table.columns)
            .map { "\(SQL.literal($0)): \(SQL.literal(sqlType($1.type)))" }.joined(separator: ", ")
    }

    private static func sqlType(_ type: ColumnType) -> String {
        switch type {
        case .integer(let bits, let signed):
            (signed ? "" : "U") + (bits == 8 ? "TINYINT" : bits == 16 ? "SMALLINT" : bits == 32 ? "INTEGER" : "BIGINT")
        case .float(let bits): bits == 32 ? "FLOAT" : "DOUBLE"
        case .decimal(_, 0): "HUGEINT"
        case .decimal(let precision, let scale): "DECIMAL(\(precision),\(scale))"
        case .bool: "BOOLEAN"
        case .null: "JSON"
        case .list(let element): "\(sqlType(element))[]"
        case .fixedList(let element, let count): "\(sqlType(element))[\(count)]"
        case .record(let fields):
            "STRUCT(\(fields.map { "\(SQL.quoted($0.name)) \(sqlType($0.type))" }.joined(separator: ", ")))"
        default: "VARCHAR"
        }
    }
}
