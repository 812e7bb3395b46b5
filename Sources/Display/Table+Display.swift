import Support
import Tables

extension Table: Displayable {
    /// The table in a box like DuckDB's: names, types, the first and last rows, and below it the number of rows and columns.
    public func text(width: Int) -> String {
        guard !columns.isEmpty else { return "empty table: 0 columns" }
        let rows = ShownRows(count: rowCount)
        let cells = zip(names, columns).map { name, column in
            BoxColumn(heading: [DisplayWidth.escaped(name), column.type.name], column, rows, width: width)
        }
        let box = Box(cells, width: width)
        let shown = [
            rows.isCut ? (box.hidden > 0 ? "\(rows.shownCount) rows" : "\(rows.shownCount)") : nil,
            box.hidden > 0 ? "\(columns.count - box.hidden) columns" : nil,
        ].compactMap { $0 }
        let note = shown.isEmpty ? "" : " (\(shown.joined(separator: " and ")) shown)"
        return
            "\(box.text(gapAfter: rows.gapAfter))\n\(counted(rowCount, "row")), \(counted(columns.count, "column"))\(note)"
    }
}

extension Column: Displayable {
    /// The column in a box: its type, the first and last rows, and below it the number of rows.
    public func text(width: Int) -> String {
        let rows = ShownRows(count: count)
        let box = Box([BoxColumn(heading: [type.name], self, rows, width: width)], width: width)
        return
            "\(box.text(gapAfter: rows.gapAfter))\n\(counted(count, "row"))\(rows.isCut ? " (\(rows.shownCount) shown)" : "")"
    }
}

private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// Which rows of a long table are shown: all of a short one, otherwise the first five and the last five.
struct ShownRows {
    let indices: [Int]
    let isCut: Bool

    init(count: Int) {
        isCut = count > 20
        indices = isCut ? Array(0..<5) + Array(count - 5..<count) : Array(0..<count)
    }

    var shownCount: Int { indices.count }

    /// How many rows come before the gap, if there is one.
    var gapAfter: Int? { isCut ? 5 : nil }
}
