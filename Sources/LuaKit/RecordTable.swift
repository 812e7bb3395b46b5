import Support

/// A list of records that have mostly the same fields, as a table of rows and columns.
struct RecordTable {
    private let names: [String]
    private let rows: [[String: ValueTree]]
    /// How many records there are, and behind which of the given ones those left out stand.
    private let count: Int
    private let gapAfter: Int?

    /// The table that `tree` is, if it is one: at least two records of scalars, a field missing here and there.
    init?(_ tree: ValueTree) {
        guard case .table(let entries) = tree, entries.count > 1 else { return nil }
        var rows: [[String: ValueTree]] = []
        var left = 0
        var gap: Int?
        for entry in entries {
            guard entry.key == nil else { return nil }
            switch entry.value {
            case .omitted(let count):
                left += count
                gap = rows.count
            case .table(let fields):
                guard !fields.isEmpty else { return nil }
                var row: [String: ValueTree] = [:]
                for field in fields {
                    guard let key = field.key, let name = LuaLiteral.name(ofKey: key), field.value.isScalar else {
                        return nil
                    }
                    row[name] = field.value
                }
                rows.append(row)
            default: return nil
            }
        }
        var filled: [String: Int] = [:]
        for row in rows { for name in row.keys { filled[name, default: 0] += 1 } }
        let cells = rows.reduce(0) { $0 + $1.count }
        guard rows.count > 1, cells * 2 >= rows.count * filled.count else { return nil }
        names = filled.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        self.rows = rows
        count = rows.count + left
        gapAfter = gap
    }

    /// The table in a box with a line that counts, if all its columns fit.
    func text(_ layout: ValueLayout) -> String? {
        // Records that were left out before are missing in the middle, as those left out here are.
        let shown = ShownRows(count: rows.count, isWhole: layout.isWhole)
        let columns = names.map { name in
            let values = shown.indices.map { rows[$0][name] }
            return BoxColumn(
                heading: [name], cells: values.map { $0.map(Self.cell) },
                isNumber: values.allSatisfy { $0?.isNumber ?? true }, missing: "nil")
        }
        let box = layout.isWhole ? Box(whole: columns) : Box(columns, width: layout.width)
        guard box.hidden == 0 else { return nil }
        let quiet = { (text: String) in layout.isColored ? "\u{1B}[2m\(text)\u{1B}[22m" : text }
        let note = shown.indices.count < count ? " (\(shown.indices.count) shown)" : ""
        let fields = "\(names.count) field\(names.count == 1 ? "" : "s")"
        return box.text(gapAfter: shown.gapAfter ?? gapAfter, quiet: quiet) + "\n"
            + DisplayWidth.wrapped("\(count) records, \(fields)\(note)", to: layout.width)
    }

    private static func cell(_ value: ValueTree) -> String {
        switch value {
        case .string(let literal): LuaLiteral.content(of: literal)
        case .number(let text), .leaf(let text): text
        case .table, .omitted: ""
        }
    }
}

extension ValueTree {
    fileprivate var isScalar: Bool {
        switch self {
        case .string, .number, .leaf: true
        case .table, .omitted: false
        }
    }

    fileprivate var isNumber: Bool {
        if case .number = self { return true }
        return false
    }
}
