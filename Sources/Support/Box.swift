/// A column made ready to be drawn in a box: heading lines and cells, each on one line.
public struct BoxColumn: Sendable {
    /// What stands above the cells.
    public let heading: [String]
    /// The cells from the top; nil where there is no value.
    public let cells: [String?]
    /// Numbers stand right-aligned and are cut only where nothing else can be done.
    public let isNumber: Bool
    /// Columns of the terminal that the longest of all takes.
    let natural: Int

    /// What stands in the place of a value that is missing.
    let missing: String

    /// A column of texts without line breaks or control characters.
    public init(heading: [String], cells: [String?], isNumber: Bool, missing: String) {
        self.heading = heading
        self.cells = cells
        self.isNumber = isNumber
        self.missing = missing
        let shortest = cells.contains { $0 == nil } ? DisplayWidth.of(missing) : 1
        natural = (heading + cells.compactMap { $0 }).reduce(max(1, shortest)) { max($0, DisplayWidth.of($1)) }
    }

    /// The gap that stands for columns left out.
    fileprivate init(gap count: Int, headingLines: Int) {
        self.init(
            heading: Array(repeating: "…", count: headingLines), cells: Array(repeating: "…", count: count),
            isNumber: false, missing: "")
    }

    /// Columns the cells need to be readable: numbers all of theirs, texts enough to begin with.
    fileprivate var least: Int { isNumber ? natural : min(natural, 16) }
}

/// Lines and columns drawn within a width by cutting long texts and, where that is not enough, leaving out columns in the middle.
public struct Box: Sendable {
    /// How many of the given columns were left out.
    public let hidden: Int
    private let columns: [BoxColumn]
    private let widths: [Int]
    private let rowCount: Int

    /// Columns that may be of use within a width: more of them at either end cannot be seen.
    public static func mostColumns(width: Int) -> Int { width / 4 + 1 }

    /// Lays out `all`. With `hasGap` some in the middle are missing already.
    public init(_ all: [BoxColumn], width: Int, hasGap: Bool = false) {
        rowCount = all.first?.cells.count ?? 0
        let kept = Box.kept(of: all, width: width, hasGap: hasGap)
        hidden = all.count - kept.left.count - kept.right.count
        let gap = BoxColumn(gap: rowCount, headingLines: all.first?.heading.count ?? 0)
        columns = kept.left + (hidden > 0 || hasGap ? [gap] : []) + kept.right
        widths = Box.widths(of: columns, width: width)
    }

    /// The box at its full width, however wide.
    public init(whole columns: [BoxColumn]) {
        rowCount = columns.first?.cells.count ?? 0
        hidden = 0
        self.columns = columns
        widths = columns.map(\.natural)
    }

    /// The box, with a row of dots after the given number of rows if there is a gap. `quiet` gives what is less important its look.
    public func text(gapAfter: Int? = nil, quiet: (String) -> String = { $0 }) -> String {
        var lines = [rule("┌", "┬", "┐")]
        for line in 0..<(columns.first?.heading.count ?? 0) {
            // The names stand out, the types below them do not.
            lines.append(
                row { column, width in
                    let text = centred(column.heading[line], width)
                    return line > 0 ? quiet(text) : text
                })
        }
        lines.append(rule("├", "┼", "┤"))
        for index in 0..<rowCount {
            if index == gapAfter { lines.append(row { _, width in quiet(centred("·", width)) }) }
            lines.append(
                row { column, width in
                    let cell = DisplayWidth.cut(column.cells[index] ?? column.missing, to: width)
                    let text = DisplayWidth.fill(cell, to: width, alignRight: column.isNumber)
                    return column.cells[index] == nil ? quiet(text) : text
                })
        }
        lines.append(rule("└", "┴", "┘"))
        return lines.joined(separator: "\n")
    }

    // MARK: - Layout

    private static func total(_ widths: [Int]) -> Int { widths.reduce(1) { $0 + $1 + 3 } }

    /// The columns of either end that fit. The first says what a row is and the last what was found: those come first.
    private static func kept(
        of all: [BoxColumn], width: Int, hasGap: Bool
    ) -> (left: [BoxColumn], right: [BoxColumn]) {
        if !hasGap, total(all.map(\.least)) <= width { return (all, []) }
        guard let first = all.first else { return ([], []) }
        var (left, right) = ([first], [BoxColumn]())
        // The box, the first column and the gap's.
        var used = total([first.least, 1])
        var (low, high) = (1, all.count - 1)
        while low <= high {
            let takesLeft = left.count <= right.count
            let next = all[takesLeft ? low : high]
            guard used + next.least + 3 <= width else { break }
            used += next.least + 3
            if takesLeft {
                left.append(next)
                low += 1
            } else {
                right.insert(next, at: 0)
                high -= 1
            }
        }
        return (left, right)
    }

    /// The columns' widths: the widest cap for texts that still fits.
    private static func widths(of columns: [BoxColumn], width: Int) -> [Int] {
        let natural = columns.map(\.natural)
        guard total(natural) > width else { return natural }
        func capped(_ cap: Int) -> [Int] { columns.map { $0.isNumber ? $0.natural : min($0.natural, cap) } }
        var cap = max(width, 1)
        while cap > 1, total(capped(cap)) > width { cap -= 1 }
        // Numbers that do not even fit alone are cut after all.
        var widths = capped(cap)
        while total(widths) > width, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }),
            widths[widest] > 1
        {
            widths[widest] -= 1
        }
        return widths
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
