import Support

/// A table of a report: typed cells under headings. Every chart gives one that says the same as its picture.
public struct TableData: Equatable, Sendable {
    /// What stands in one place.
    public enum Cell: Equatable, Sendable {
        case text(String)
        case number(Double)
        case integer(Int)
        case truth(Bool)
        case missing
    }

    /// A column: its heading and how its numbers are written.
    public struct Column: Equatable, Sendable {
        /// The heading.
        public var title: String
        /// How numbers are written; nil lets the column's own values decide.
        public var style: NumberStyle?
        /// Whether its texts are figures, set flush right as numbers are.
        public var isFigures: Bool

        /// A column called `title`.
        public init(_ title: String, _ style: NumberStyle? = nil, isFigures: Bool = false) {
            self.title = title
            self.style = style
            self.isFigures = isFigures
        }
    }

    /// The columns, in order.
    public var columns: [Column]
    /// The rows; each has as many cells as there are columns.
    public var rows: [[Cell]]
    /// Whether the first column names the row, so that its cells are headings.
    public var hasRowHeadings: Bool
    /// Whether rows that begin alike belong together: a page shows what they begin with once, above them.
    public var isGrouped: Bool

    /// A table from its parts. Rows that are too short are filled, those too long are cut.
    public init(columns: [Column], rows: [[Cell]], hasRowHeadings: Bool = true, isGrouped: Bool = false) {
        self.columns = columns
        self.isGrouped = isGrouped && columns.count > 1
        self.rows = rows.map { row in
            row.count < columns.count
                ? row + Array(repeating: .missing, count: columns.count - row.count) : Array(row.prefix(columns.count))
        }
        self.hasRowHeadings = hasRowHeadings
    }

    /// Whether the column at `index` holds numbers or figures and nothing else, so that it is set flush right.
    public func isNumeric(_ index: Int) -> Bool {
        if columns[index].isFigures { return true }
        var found = false
        for row in rows {
            switch row[index] {
            case .number, .integer: found = true
            case .text, .truth: return false
            case .missing: break
            }
        }
        return found
    }

    /// The cells as text, column by column with one count of decimals.
    public var texts: [[String]] {
        let styles = columns.indices.map { index in
            let values = rows.compactMap { if case .number(let value) = $0[index] { value } else { nil } }
            return columns[index].style?.fitted(to: values) ?? .column(of: values)
        }
        return rows.map { row in
            zip(row, styles).map { cell, style in
                switch cell {
                case .text(let text): text
                case .number(let value): style.text(value)
                case .integer(let value):
                    (value < 0 ? "−" : "") + Digits.grouped(String(value.magnitude))
                case .truth(let flag): flag ? "true" : "false"
                case .missing: "–"
                }
            }
        }
    }
}

extension TableData.Cell {
    /// A text where there is one.
    public init(_ text: String?) { self = text.map { .text($0) } ?? .missing }
    /// A number where there is one.
    public init(_ value: Double?) { self = value.map { .number($0) } ?? .missing }
}
