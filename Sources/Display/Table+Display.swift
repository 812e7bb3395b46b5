import Support
import Tables

extension Table: Displayable {
    /// The table in a box like DuckDB's: names, types, the first and last rows, and below it the number of rows and columns.
    public func text(in frame: Frame) -> String {
        guard !columns.isEmpty else { return "empty table: 0 columns" }
        let rows = ShownRows(count: rowCount, isWhole: frame.isWhole)
        let most = frame.isWhole ? columns.count : Box.mostColumns(width: frame.width)
        let isCut = columns.count > 2 * most
        let positions = isCut ? Array(0..<most) + Array(columns.count - most..<columns.count) : Array(columns.indices)
        let drawn = positions.map { position in
            BoxColumn(
                heading: [DisplayWidth.escaped(names[position]), columns[position].type.name], columns[position], rows,
                frame)
        }
        let box = frame.isWhole ? Box(whole: drawn) : Box(drawn, width: frame.width, hasGap: isCut)
        let shownColumns = drawn.count - box.hidden
        let hidesColumns = shownColumns < columns.count
        let shown = [
            rows.isCut ? (hidesColumns ? counted(rows.indices.count, "row") : "\(rows.indices.count)") : nil,
            hidesColumns ? counted(shownColumns, "column") : nil,
        ].compactMap { $0 }
        let note = shown.isEmpty ? "" : " (\(shown.joined(separator: " and ")) shown)"
        return box.text(gapAfter: rows.gapAfter, quiet: frame.quiet) + "\n"
            + DisplayWidth.wrapped("\(counts)\(note)", to: frame.width)
    }

    /// How large the table is.
    public var summary: String { "data.Table (\(counts))" }

    private var counts: String { "\(counted(rowCount, "row")), \(counted(columns.count, "column"))" }
}

extension Column: Displayable {
    /// The column in a box: its type, the first and last rows, and below it the number of rows.
    public func text(in frame: Frame) -> String {
        let rows = ShownRows(count: count, isWhole: frame.isWhole)
        let column = BoxColumn(heading: [type.name], self, rows, frame)
        let box = frame.isWhole ? Box(whole: [column]) : Box([column], width: frame.width)
        let note = rows.isCut ? " (\(rows.indices.count) shown)" : ""
        return box.text(gapAfter: rows.gapAfter, quiet: frame.quiet) + "\n"
            + DisplayWidth.wrapped("\(counted(count, "row"))\(note)", to: frame.width)
    }

    /// The type and how long the column is.
    public var summary: String { "data.Column (\(type.name), \(counted(count, "row")))" }
}

extension BoxColumn {
    /// The rows of a column that are shown.
    fileprivate init(heading: [String], _ column: Column, _ rows: ShownRows, _ frame: Frame) {
        let cells = rows.indices.map { row -> String? in
            if column.isNull(row) { return nil }
            let written = column.text(row)
            // As in tensors: the sign of zero is nothing that a reader of tables wants to know.
            let text = column.type.isNumber && written == "-0.0" ? "0.0" : written
            // Cut before anything else looks at it: a text may be a megabyte long.
            let cell = DisplayWidth.escaped(frame.isWhole ? text : DisplayWidth.cut(text, to: max(frame.width, 20)))
            return cell == "NULL" ? "'NULL'" : cell
        }
        self.init(heading: heading, cells: cells, isNumber: column.type.isNumber, missing: "NULL")
    }
}

private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
