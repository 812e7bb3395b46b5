/// A Lua value as text in the making: its parts, before it is known which of them share a line.
indirect enum ValueTree {
    /// Text that is not broken further. It may have several lines.
    case leaf(String)
    /// A table: its entries with their keys (`nil` in the list part).
    case table(entries: [(key: String?, value: ValueTree)])
    /// Stands for entries that are not shown.
    case omitted(Int)

    /// The value on one line, if that takes at most `room` columns.
    private func oneLine(room: Int, measure: (String) -> Int) -> String? {
        guard room > 0 else { return nil }
        switch self {
        case .leaf(let text):
            return !text.utf8.contains(UInt8(ascii: "\n")) && measure(text) <= room ? text : nil
        case .omitted(let count):
            return Self.words(count)
        case .table(let entries):
            if entries.isEmpty { return "{}" }
            var text = "{"
            var used = 2
            for (index, entry) in entries.enumerated() {
                let start = (index > 0 ? ", " : "") + (entry.key.map { $0 + " = " } ?? "")
                used += measure(start)
                guard let value = entry.value.oneLine(room: room - used, measure: measure) else { return nil }
                used += measure(value)
                text += start + value
            }
            return used <= room ? text + "}" : nil
        }
    }

    /// The value in lines of at most `width` columns where that is possible, a table that does not fit on one having an entry a
    /// line. `measure` gives the columns of a piece of text.
    func text(width: Int, measure: (String) -> Int) -> String {
        var text = ""
        write(into: &text, indent: 0, used: 0, after: 0, width: width, measure: measure)
        return text
    }

    /// Writes the value where `used` columns of the line are taken and `after` columns have to follow it.
    private func write(
        into text: inout String, indent: Int, used: Int, after: Int, width: Int, measure: (String) -> Int
    ) {
        if let line = oneLine(room: width - used - after, measure: measure) {
            text += line
            return
        }
        switch self {
        case .leaf(let leaf):
            let margin = String(repeating: " ", count: indent)
            text += leaf.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n" + margin)
        case .omitted(let count):
            text += Self.words(count)
        case .table(let entries):
            text += "{\n"
            let margin = String(repeating: " ", count: indent + 2)
            if let rows = Self.packed(entries, margin: margin, width: width, measure: measure) {
                text += rows
            } else {
                for entry in entries {
                    let key = entry.key.map { $0 + " = " } ?? ""
                    text += margin + key
                    entry.value.write(
                        into: &text, indent: indent + 2, used: indent + 2 + measure(key), after: 1, width: width,
                        measure: measure)
                    text += ",\n"
                }
            }
            text += String(repeating: " ", count: indent) + "}"
        }
    }

    /// A long list of short things, as many a line as there is room for.
    private static func packed(
        _ entries: [(key: String?, value: ValueTree)], margin: String, width: Int, measure: (String) -> Int
    ) -> String? {
        guard entries.count > 6 else { return nil }
        var pieces: [String] = []
        for entry in entries {
            guard entry.key == nil else { return nil }
            switch entry.value {
            case .leaf(let leaf) where leaf.utf8.count <= 40 && !leaf.utf8.contains(UInt8(ascii: "\n")):
                pieces.append(leaf + ",")
            case .omitted(let count): pieces.append(words(count) + ",")
            default: return nil
            }
        }
        var rows = margin
        var used = margin.utf8.count
        for (index, piece) in pieces.enumerated() {
            let columns = measure(piece)
            if index > 0 {
                if used + 1 + columns > width {
                    rows += "\n" + margin
                    used = margin.utf8.count
                } else {
                    rows += " "
                    used += 1
                }
            }
            rows += piece
            used += columns
        }
        return rows + "\n"
    }

    private static func words(_ count: Int) -> String { "... \(count) more ..." }
}
