import Glibc
import Support
import Tables

extension Table: Displayable {
    /// The table in a box like DuckDB's: names, types, the first and last rows, and below it the number of rows and columns. Where columns would have
    /// to be left out, numbers keep four decimals.
    public func text(in frame: Frame) -> String {
        guard !columns.isEmpty else { return "empty table: 0 columns" }
        if frame.isWhole {
            let box = Box(whole: drawn(Array(columns.indices), in: frame, rounds: false))
            return text(in: frame, box: box, drawn: columns.count)
        }
        let most = Box.mostColumns(width: frame.width)
        let isCut = columns.count > 2 * most
        let positions = isCut ? Array(0..<most) + Array(columns.count - most..<columns.count) : Array(columns.indices)
        var box = Box(drawn(positions, in: frame, rounds: false), width: frame.width, hasGap: isCut)
        var isRounded = false
        if box.hidden > 0 {
            let rounded = Box(drawn(positions, in: frame, rounds: true), width: frame.width, hasGap: isCut)
            if rounded.hidden < box.hidden { (box, isRounded) = (rounded, true) }
        }
        return text(in: frame, box: box, drawn: positions.count, isRounded: isRounded)
    }

    private func drawn(_ positions: [Int], in frame: Frame, rounds: Bool) -> [BoxColumn] {
        let rows = ShownRows(count: rowCount, isWhole: frame.isWhole)
        return positions.map { position in
            BoxColumn(
                heading: [DisplayWidth.escaped(names[position]), columns[position].type.name], columns[position], rows,
                frame, rounds: rounds)
        }
    }

    private func text(in frame: Frame, box: Box, drawn: Int, isRounded: Bool = false) -> String {
        let rows = ShownRows(count: rowCount, isWhole: frame.isWhole)
        let shownColumns = drawn - box.hidden
        let hidesColumns = shownColumns < columns.count
        let shown = [
            rows.isCut ? (hidesColumns ? counted(rows.indices.count, "row") : "\(rows.indices.count)") : nil,
            hidesColumns ? counted(shownColumns, "column") : nil,
        ].compactMap { $0 }
        let note = shown.isEmpty ? "" : " (\(shown.joined(separator: " and ")) shown)"
        return box.text(gapAfter: rows.gapAfter, quiet: frame.quiet) + "\n"
            + DisplayWidth.wrapped("\(counts)\(note)\(isRounded ? ", numbers rounded" : "")", to: frame.width)
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
    /// The rows of a column that are shown. With `rounds` numbers keep four decimals, small ones five digits.
    fileprivate init(heading: [String], _ column: Column, _ rows: ShownRows, _ frame: Frame, rounds: Bool = false) {
        let cells = rows.indices.map { row -> String? in
            if column.isNull(row) { return nil }
            let whole = column.text(row)
            let written = rounds ? Self.rounded(whole, column, row) : whole
            // As in tensors: the sign of zero is nothing that a reader of tables wants to know.
            let text = column.type.isNumber && written == "-0.0" ? "0.0" : written
            // Cut before anything else looks at it: a text may be a megabyte long.
            let cell = DisplayWidth.escaped(frame.isWhole ? text : DisplayWidth.cut(text, to: max(frame.width, 20)))
            return cell == "NULL" ? "'NULL'" : cell
        }
        self.init(heading: heading, cells: cells, isNumber: column.type.isNumber, missing: "NULL")
    }
}

extension BoxColumn {
    private static func rounded(_ whole: String, _ column: Column, _ row: Int) -> String {
        guard case .float = column.type, case .number(let value) = column[row], value.isFinite, value != 0 else {
            return whole
        }
        let exponent = Int(log10(value.magnitude).rounded(.down))
        // Five digits of what is written with a power of ten; otherwise four decimals, or as many as a number of that size holds.
        let decimals = (-1...15).contains(exponent) ? max(0, min(4, 14 - exponent)) : 4 - exponent
        let scale = pow(10, Double(decimals))
        guard scale.isFinite, scale > 0 else { return whole }
        let short = "\((value * scale).rounded() / scale)"
        return short.utf8.count < whole.utf8.count ? short : whole
    }
}

private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
