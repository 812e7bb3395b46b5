@preconcurrency import CReadline
@preconcurrency import Glibc
import Session

// The Tab key.
extension ReadlineReader {
    /// Completes what stands before the cursor as far as it is certain; a second time lists what there is.
    func completeAtCursor() {
        let line = Self.line
        let cursor = Int(rl_point)
        if wantsIndentation(line, cursor) {
            _ = rl_insert_text("  ")
            return
        }
        let before = entry.isEmpty ? "" : entry + "\n"
        let offset = before.utf8.count
        let completion = complete(before + line, cursor + offset)
        let start = completion.range.lowerBound - offset
        guard let first = completion.candidates.first, start >= 0, start <= cursor else {
            rl_ding()
            return
        }
        let bytes = Array(line.utf8)
        let typed = String(decoding: bytes[start..<cursor], as: UTF8.self)
        if completion.candidates.count == 1 {
            let rest = String(decoding: bytes[cursor...], as: UTF8.self)
            let isClosed = !first.closing.isEmpty && rest.hasPrefix(first.closing)
            let text = first.text + (isClosed ? "" : first.closing)
            if text != typed || isClosed {
                replace(start..<cursor, by: text)
                if isClosed { rl_point += Int32(first.closing.utf8.count) }
                return
            }
        } else {
            let common = completion.commonPrefix
            if common.utf8.count > typed.utf8.count || (common.utf8.count == typed.utf8.count && common != typed) {
                replace(start..<cursor, by: common)
                return
            }
        }
        if let lastTab, lastTab == (line, cursor) {
            show(CandidateList(candidates: completion.candidates).rows(width: Terminal.width))
        } else {
            rl_ding()
        }
        lastTab = (line, cursor)
    }

    /// At the beginning of a line that goes on with an entry, Tab is what it is in an editor.
    private func wantsIndentation(_ line: String, _ cursor: Int) -> Bool {
        let before = line.utf8.prefix(cursor)
        guard !entry.isEmpty || before.contains(UInt8(ascii: "\n")) else { return false }
        let current = before.suffix(while: { $0 != UInt8(ascii: "\n") })
        return current.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }

    private func replace(_ range: Range<Int>, by text: String) {
        _ = rl_begin_undo_group()
        _ = rl_delete_text(Int32(range.lowerBound), Int32(range.upperBound))
        rl_point = Int32(range.lowerBound)
        _ = rl_insert_text(text)
        _ = rl_end_undo_group()
        lastTab = nil
    }

    /// Writes rows below the line, a screen at a time, and the line again below them.
    private func show(_ rows: [String]) {
        let cursor = rl_point
        rl_point = rl_end
        rl_redisplay()
        _ = rl_crlf()
        let height = max(2, Terminal.height)
        var left = height - 1
        for (index, row) in rows.enumerated() {
            if left == 0 {
                guard let more = askForMore(rows.count - index) else { break }
                left = more == .screen ? height - 1 : 1
            }
            Console.write(row + "\n")
            left -= 1
        }
        Console.flush()
        rl_point = cursor
        _ = rl_on_new_line()
        rl_forced_update_display()
    }

    private enum More { case screen, row }

    /// Waits for a key below a full screen: nil to stop.
    private func askForMore(_ count: Int) -> More? {
        let question = "-- \(count) more: space, Enter or q --"
        Console.write(question)
        Console.flush()
        defer { Console.write("\r" + String(repeating: " ", count: question.utf8.count) + "\r") }
        while true {
            guard waitForKey() else {
                if wasInterrupted() {
                    abandons = true
                    return nil
                }
                continue
            }
            switch UInt8(truncatingIfNeeded: rl_read_key()) {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "f"), UInt8(ascii: "y"): return .screen
            case UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: "j"): return .row
            default: return nil
            }
        }
    }
}

extension BidirectionalCollection {
    /// What is behind the last element that does not satisfy `isKept`.
    fileprivate func suffix(while isKept: (Element) -> Bool) -> SubSequence {
        let end = lastIndex { !isKept($0) }
        return end.map { self[index(after: $0)...] } ?? self[...]
    }
}
