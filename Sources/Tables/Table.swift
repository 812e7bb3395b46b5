import Support

/// Named columns of one length, in order. A table never changes: an operation makes a new one that shares the columns.
public struct Table: Sendable {
    /// The columns' names, in order, no two alike.
    public let names: [String]
    /// The columns, in the order of `names`.
    public let columns: [Column]
    /// Number of rows.
    public let rowCount: Int

    /// A table of the given columns, which must be of one length and bear different names.
    public init(names: [String], columns: [Column]) throws(Failure) {
        for (index, column) in columns.enumerated() where column.count != columns[0].count {
            throw .argument(
                names[index],
                expected:
                    "\(columns[0].count) \(columns[0].count == 1 ? "value" : "values") (as many as '\(names[0])' has)",
                got: "\(column.count)")
        }
        for (index, name) in names.enumerated() {
            if name.isEmpty {
                throw .argument("columns", expected: "names that are not empty", got: "no name for column \(index + 1)")
            }
            // Two names differ when their bytes do: SQL sees it so, and so does a table's `String`-free key.
            if let first = Table.position(of: name, in: names), first < index {
                throw .argument("columns", expected: "names that are all different", got: "'\(name)' twice")
            }
        }
        self.init(unchecked: names, columns, rowCount: columns.first?.count ?? 0)
    }

    init(unchecked names: [String], _ columns: [Column], rowCount: Int) {
        self.names = names
        self.columns = columns
        self.rowCount = rowCount
    }

    static func position(of name: String, in names: [String]) -> Int? {
        names.firstIndex { $0.utf8.elementsEqual(name.utf8) }
    }

    /// The column called `name`, nil if there is none.
    public func columnIfPresent(_ name: String) -> Column? { Table.position(of: name, in: names).map { columns[$0] } }

    /// The column called `name`.
    public func column(_ name: String) throws(Failure) -> Column {
        if let column = columnIfPresent(name) { return column }
        throw .argument("name", expected: "a column of this table", got: "'\(name)'", hint: hint(for: name))
    }

    /// What to say about a name that is no column: the nearest ones, or all of them.
    public func hint(for name: String) -> String {
        if names.isEmpty { return "the table has no columns" }
        let near = NearName.among(names, to: name)
        if !near.isEmpty { return "did you mean \(near.map { "'\($0)'" }.joined(separator: " or "))?" }
        let shown = names.prefix(12).map { "'\($0)'" }.joined(separator: ", ")
        return names.count > 12 ? "its columns: \(shown) and \(names.count - 12) more" : "its columns: \(shown)"
    }

    /// Whether a column's name is nearly `name`.
    public func isNear(_ name: String) -> Bool { !NearName.among(names, to: name).isEmpty }

    /// The table with `column` under `name`: in its place if there is one of that name, otherwise as the last.
    public func setting(_ name: String, to column: Column) throws(Failure) -> Table {
        guard columns.isEmpty || column.count == rowCount else {
            throw .argument(
                name, expected: "\(rowCount) values (the number of rows)", got: "\(column.count)")
        }
        var (names, columns) = (self.names, self.columns)
        if let index = Table.position(of: name, in: names) {
            columns[index] = column
        } else {
            names.append(name)
            columns.append(column)
        }
        return try Table(names: names, columns: columns)
    }

    /// The table without the column `name`.
    public func removing(_ name: String) throws(Failure) -> Table {
        _ = try column(name)
        let kept = names.indices.filter { !names[$0].utf8.elementsEqual(name.utf8) }
        return Table(unchecked: kept.map { names[$0] }, kept.map { columns[$0] }, rowCount: rowCount)
    }

    /// The given rows (from 0, each below `rowCount`) in that order.
    public func selecting(_ rows: some Collection<Int>) throws(Failure) -> Table {
        var selected: [Column] = []
        for column in columns { selected.append(try column.selecting(rows)) }
        return Table(unchecked: names, selected, rowCount: rows.count)
    }

    /// The first `count` rows, or all if there are fewer.
    public func head(_ count: Int) throws(Failure) -> Table { try selecting(0..<max(0, min(count, rowCount))) }

    /// Row `index` (from 0, below `rowCount`), one value per column.
    public func row(_ index: Int) -> [Value] { columns.map { $0[index] } }

    /// Names made different by `_1`, `_2` ... behind the repeats, as the results of a query may need.
    static func distinct(_ names: [String]) -> [String] {
        var result: [String] = []
        for (index, name) in names.enumerated() {
            let base = name.isEmpty ? "column\(index + 1)" : name
            var candidate = base
            var number = 1
            while position(of: candidate, in: result) != nil {
                candidate = "\(base)_\(number)"
                number += 1
            }
            result.append(candidate)
        }
        return result
    }
}
