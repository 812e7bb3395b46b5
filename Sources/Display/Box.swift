import Support
import Tables

/// A column made ready to be drawn: heading lines and cells, each on one line.
struct BoxColumn {
    let heading: [String]
    let cells: [String]
    /// Numbers stand right-aligned and are never cut.
    let isNumber: Bool
    /// Columns of the terminal that the longest of all takes.
    let natural: Int

    init(heading: [String], _ column: Column, _ rows: ShownRows, width: Int) {
        let isNumber = column.type.isNumber
        let cells = rows.indices.map { row -> String in
            if column.isNull(row) { return "NULL" }
            // Cut before anything else looks at it: a text may be a megabyte long.
            let text = DisplayWidth.escaped(DisplayWidth.cut(column.text(row), to: max(width, 20)))
            return text == "NULL" ? "'NULL'" : text
        }
        self.heading = heading
        self.isNumber = isNumber
        self.cells = cells
        natural = (heading + cells).reduce(1) { max($0, DisplayWidth.of($1)) }
    }

    /// The gap that stands for columns left out.
    init(gap count: Int, headingLines: Int) {
        heading = Array(repeating: "…", count: headingLines)
        cells = Array(repeating: "…", count: count)
        isNumber = false
        natural = 1
    }
}

/// Lines and columns of a table, drawn within a width by cutting long texts and, where that is not enough, leaving out columns in the middle.
struct Box {
    /// How many columns were left out.
    let hidden: Int
    private let columns: [BoxColumn]
    private let widths: [Int]
    private let rowCount: Int

    /// Texts are cut to this before any column is left out.
    private static let comfortable = 16

    init(_ all: [BoxColumn], width: Int) {
        rowCount = all.first?.cells.count ?? 0
        func least(_ column: BoxColumn) -> Int {
            column.isNumber ? column.natural : min(column.natural, Box.comfortable)
        }
        func total(_ widths: [Int]) -> Int { widths.reduce(1) { $0 + $1 + 3 } }

        var columns = all
        var hidden = 0
        if total(all.map(least)) > width, all.count > 2 {
            // The first column says what a row is and the last what was found: those stay.
            var (left, right) = ([all[0]], [all[all.count - 1]])
            var (first, last) = (1, all.count - 2)
            let gap = BoxColumn(gap: rowCount, headingLines: all[0].heading.count)
            while first <= last {
                let takesLeft = left.count <= right.count
                let next = all[takesLeft ? first : last]
                guard total((left + [gap] + right + [next]).map(least)) <= width else { break }
                if takesLeft {
                    left.append(next)
                    first += 1
                } else {
                    right.insert(next, at: 0)
                    last -= 1
                }
            }
            hidden = last - first + 1
            columns = hidden > 0 ? left + [gap] + right : left + right
        }
        // The widest cap for texts that still fits.
        var cap = max(width, Box.comfortable)
        func capped(_ cap: Int) -> [Int] { columns.map { $0.isNumber ? $0.natural : min($0.natural, cap) } }
        while cap > 4, total(capped(cap)) > width { cap -= 1 }
        self.hidden = hidden
        self.columns = columns
        widths = capped(cap)
    }

    /// The box, with a row of dots after the given number of rows if there is a gap.
    func text(gapAfter: Int?) -> String {
        var lines = [rule("┌", "┬", "┐")]
        for line in 0..<(columns.first?.heading.count ?? 0) {
            lines.append(row { column, width in centred(column.heading[line], width) })
        }
        lines.append(rule("├", "┼", "┤"))
        for index in 0..<rowCount {
            if index == gapAfter { lines.append(row { _, width in centred("·", width) }) }
            lines.append(
                row { column, width in
                    DisplayWidth.fill(
                        DisplayWidth.cut(column.cells[index], to: width), to: width, alignRight: column.isNumber)
                })
        }
        lines.append(rule("└", "┴", "┘"))
        return lines.joined(separator: "\n")
    }

    private func row(_ cell: (BoxColumn, Int) -> String) -> String {
        "│ " + zip(columns, widths).map(cell).joined(separator: " │ ") + " │"
    }

    private func rule(_ left: String, _ middle: String, _ right: String) -> String {
        left + widths.map { String(repeating: "─", count: $0 + 2) }.joined(separator: middle) + right
    }

    private func centred(_ text: String, _ width: Int) -> String {
        let cut = DisplayWidth.cut(text, to: width)
        let free = max(0, width - DisplayWidth.of(cut))
        return String(repeating: " ", count: free / 2) + cut + String(repeating: " ", count: free - free / 2)
    }
}
