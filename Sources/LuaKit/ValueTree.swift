import Support

/// A Lua value as text in the making: its parts, before it is known which of them share a line.
indirect enum ValueTree {
    /// An entry of a table; the list part has no keys.
    typealias Entry = (key: String?, value: ValueTree)

    /// A quoted string.
    case string(String)
    /// A number.
    case number(String)
    /// Other text on one line.
    case leaf(String)
    /// A table.
    case table(entries: [Entry])
    /// Stands for entries that are not shown.
    case omitted(Int)

    /// The value on one line, if that takes at most `room` columns.
    private func oneLine(room: Int) -> String? {
        guard room > 0 else { return nil }
        switch self {
        case .string(let text), .number(let text), .leaf(let text):
            return DisplayWidth.of(text) <= room ? text : nil
        case .omitted(let count):
            return Self.words(count, room: room)
        case .table(let entries):
            if entries.isEmpty { return room > 1 ? "{}" : nil }
            var text = "{"
            var used = 2
            for (index, entry) in entries.enumerated() {
                let start = (index > 0 ? ", " : "") + (entry.key.map { $0 + " = " } ?? "")
                used += DisplayWidth.of(start)
                guard let value = entry.value.oneLine(room: room - used) else { return nil }
                used += DisplayWidth.of(value)
                text += start + value
            }
            return used <= room ? text + "}" : nil
        }
    }

    /// The value in lines that fit the layout: a table that does not fit on one line has an entry a line, a list of records that does not is
    /// drawn as a box. What still does not fit is cut, save for a string on its own, which the terminal may wrap.
    func text(_ layout: ValueLayout) -> String {
        switch self {
        case .string(let text), .number(let text): return text
        default: break
        }
        let width = layout.isWhole ? max(layout.width, 20) : layout.width
        if let line = oneLine(room: width) { return line }
        if let records = RecordTable(self), let box = records.text(layout) { return box }
        var text = ""
        write(into: &text, indent: 0, used: 0, after: 0, width: width, cuts: !layout.isWhole)
        return text
    }

    /// Writes the value where `used` columns of the line are taken and `after` columns have to follow it.
    private func write(into text: inout String, indent: Int, used: Int, after: Int, width: Int, cuts: Bool) {
        let room = width - used - after
        if let line = oneLine(room: room) {
            text += line
            return
        }
        switch self {
        case .string(let literal):
            text += cuts ? LuaLiteral.cut(literal, to: room) : literal
        case .number(let leaf), .leaf(let leaf):
            text += cuts ? DisplayWidth.cut(leaf, to: room) : leaf
        case .omitted(let count):
            text += Self.words(count, room: room)
        case .table(let entries):
            if entries.isEmpty || (cuts && indent + 6 > width) {
                text += entries.isEmpty ? "{}" : DisplayWidth.cut("{...}", to: room)
                return
            }
            text += "{\n"
            let margin = String(repeating: " ", count: indent + 2)
            if let rows = Self.packed(entries, margin: margin, width: width) {
                text += rows
            } else {
                for entry in entries {
                    // A key leaves its value some room.
                    let longest = cuts ? max(4, width - indent - 14) : Int.max
                    let key = entry.key.map { DisplayWidth.cut($0, to: longest) + " = " } ?? ""
                    text += margin + key
                    entry.value.write(
                        into: &text, indent: indent + 2, used: indent + 2 + DisplayWidth.of(key), after: 1,
                        width: width, cuts: cuts)
                    text += ",\n"
                }
            }
            text += String(repeating: " ", count: indent) + "}"
        }
    }

    /// A long list of short things, as many a line as there is room for.
    private static func packed(_ entries: [Entry], margin: String, width: Int) -> String? {
        guard entries.count > 6 else { return nil }
        let room = width - margin.utf8.count
        var pieces: [String] = []
        for entry in entries {
            guard entry.key == nil else { return nil }
            switch entry.value {
            case .string(let leaf) where leaf.utf8.count <= 40, .number(let leaf),
                .leaf(let leaf) where leaf.utf8.count <= 40:
                pieces.append(leaf + ",")
            case .omitted(let count): pieces.append(words(count, room: room - 1) + ",")
            default: return nil
            }
        }
        let columns = pieces.map(DisplayWidth.of)
        guard columns.allSatisfy({ $0 <= room }) else { return nil }
        var rows = margin
        var used = 0
        for (piece, columns) in zip(pieces, columns) {
            if used > 0 {
                rows += used + 1 + columns > room ? "\n" + margin : " "
                used = used + 1 + columns > room ? 0 : used + 1
            }
            rows += piece
            used += columns
        }
        return rows + "\n"
    }

    private static func words(_ count: Int, room: Int) -> String {
        ["... \(count) more ...", "... \(count) more"].first { $0.utf8.count <= room } ?? "..."
    }
}
