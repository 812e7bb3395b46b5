@preconcurrency import CReadline
@preconcurrency import Glibc

private func tabPressed(_ count: Int32, _ key: Int32) -> Int32 {
    ReadlineReader.active?.completeAtCursor()
    return 0
}

private func upPressed(_ count: Int32, _ key: Int32) -> Int32 {
    ReadlineReader.active?.moveUp(count, key)
    return 0
}

private func downPressed(_ count: Int32, _ key: Int32) -> Int32 {
    ReadlineReader.active?.moveDown(count, key)
    return 0
}

// Keys that readline knows nothing of, or not what an entry of several lines needs.
extension ReadlineReader {
    /// Makes the keys known. Before readline reads the user's own settings (~/.inputrc), which may bind them to something else.
    static func bindKeys() {
        _ = rl_add_defun("cohort-complete", tabPressed, -1)
        _ = rl_add_defun("cohort-previous-line", upPressed, -1)
        _ = rl_add_defun("cohort-next-line", downPressed, -1)
        for name in ["emacs-standard", "vi-insert"] {
            guard let keys = rl_get_keymap_by_name(name) else { continue }
            _ = rl_bind_key_in_map(Int32(UInt8(ascii: "\t")), tabPressed, keys)
            for start in ["\u{1B}[", "\u{1B}O"] {
                _ = rl_bind_keyseq_in_map(start + "A", upPressed, keys)
                _ = rl_bind_keyseq_in_map(start + "B", downPressed, keys)
            }
        }
    }

    /// The line as it stands.
    static var line: String { String(cString: rl_line_buffer) }

    /// Up: within an entry of several lines to the line above; from the first one, and while recalling, to the entry before.
    fileprivate func moveUp(_ count: Int32, _ key: Int32) {
        let bytes = Array(Self.line.utf8)
        let cursor = Int(rl_point)
        if !isRecalling, let start = Self.startOfLine(bytes, cursor), start > 0 {
            let above = Self.startOfLine(bytes, start - 1) ?? 0
            rl_point = Int32(Self.place(in: bytes, above..<(start - 1), column: Self.column(bytes, start, cursor)))
        } else {
            recall(.back, count, key)
        }
    }

    /// Down: the way back.
    fileprivate func moveDown(_ count: Int32, _ key: Int32) {
        let bytes = Array(Self.line.utf8)
        let cursor = Int(rl_point)
        if !isRecalling, let end = bytes[cursor...].firstIndex(of: UInt8(ascii: "\n")) {
            let start = Self.startOfLine(bytes, cursor) ?? 0
            let next = bytes[(end + 1)...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            rl_point = Int32(Self.place(in: bytes, (end + 1)..<next, column: Self.column(bytes, start, cursor)))
        } else {
            recall(.forth, count, key)
        }
    }

    private enum Direction { case back, forth }

    /// Goes to another entry. Where a line was begun and the cursor is at its end, only to those that begin like it.
    private func recall(_ direction: Direction, _ count: Int32, _ key: Int32) {
        if !isRecalling {
            searched = rl_point == rl_end && rl_end > 0 && !Self.line.contains("\n") ? Self.line : nil
        }
        var steps = count
        if let searched, let found = Self.steps(direction, to: searched) {
            steps = found
        } else if searched != nil, direction == .back {
            rl_ding()
            return
        }
        _ = direction == .back ? rl_get_previous_history(steps, key) : rl_get_next_history(steps, key)
        recalled = Self.line
    }

    /// How far it is to the next entry that begins with `text` and differs from the line; forth, to the line that was begun if there is none.
    private static func steps(_ direction: Direction, to text: String) -> Int32? {
        let place = where_history()
        let present = line
        let end = history_length
        var steps: Int32 = 1
        while direction == .back ? steps <= place : place + steps < end {
            let offset = direction == .back ? place - steps : place + steps
            if let entry = history_get(history_base + offset)?.pointee.line {
                let candidate = String(cString: entry)
                if candidate.utf8.starts(with: text.utf8), candidate != present { return steps }
            }
            steps += 1
        }
        return direction == .forth && place < end ? end - place : nil
    }

    /// Whether the entry was just recalled and nothing else has been done to it: then Up goes on to older ones.
    private var isRecalling: Bool { recalled == Self.line && rl_point == rl_end }

    private static func startOfLine(_ bytes: [UInt8], _ cursor: Int) -> Int? {
        bytes[..<cursor].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 }
    }

    private static func column(_ bytes: [UInt8], _ start: Int, _ cursor: Int) -> Int {
        String(decoding: bytes[start..<cursor], as: UTF8.self).count
    }

    /// The byte at the column of a line, or its end if it is shorter.
    private static func place(in bytes: [UInt8], _ line: Range<Int>, column: Int) -> Int {
        line.lowerBound + String(String(decoding: bytes[line], as: UTF8.self).prefix(column)).utf8.count
    }
}
