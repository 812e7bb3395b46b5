/// Text that may have been copied off a screen: with prompts before its lines, results between them, several entries at once.
public enum PastedText {
    /// A line without the prompt that asked for the rest of an entry.
    public static func withoutContinuationPrompt(_ line: String) -> String {
        guard let mark = continuations.first, line.hasPrefix(mark) else { return line }
        return String(line.dropFirst(mark.count))
    }

    /// The prompts that begin an entry and those that go on with one: ours, those of Lua's own interpreter and of Python's.
    private static let beginnings = ["cohort> ", "> ", ">>> "]
    private static let continuations = ["......> ", ">> "]
    private static let continuationsOfOthers = ["... "]

    /// How long a prompt of IPython's is, `In [3]: ` or `   ...: `.
    private static func numbered(_ line: Substring, continues: Bool) -> Int? {
        if continues {
            let dots = line.drop { $0 == " " }
            return dots.hasPrefix("...: ") ? line.count - dots.count + 5 : nil
        }
        guard line.hasPrefix("In [") else { return nil }
        let digits = line.dropFirst(4).prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, line.dropFirst(4 + digits.count).hasPrefix("]: ") else { return nil }
        return digits.count + 7
    }

    /// A line that was typed at a prompt.
    enum Line {
        case beginning(Substring)
        case continuation(Substring)
        /// The same, with a mark that may also be Lua: `...` at the beginning of a line.
        case perhapsContinuation(Substring)
        /// No prompt is before it: a result, or a line of an entry that was recalled whole.
        case other(Substring)

        init(_ line: Substring) {
            // Copied lines often lose the space at their end.
            let padded = line + " "
            if let mark = PastedText.continuations.first(where: { padded.hasPrefix($0) }) {
                self = .continuation(line.dropFirst(mark.count))
            } else if let mark = PastedText.beginnings.first(where: { padded.hasPrefix($0) }) {
                self = .beginning(line.dropFirst(mark.count))
            } else if let length = PastedText.numbered(padded, continues: false) {
                self = .beginning(line.dropFirst(length))
            } else if let length = PastedText.numbered(padded, continues: true) {
                self = .perhapsContinuation(line.dropFirst(length))
            } else if let mark = PastedText.continuationsOfOthers.first(where: { padded.hasPrefix($0) }) {
                self = .perhapsContinuation(line.dropFirst(mark.count))
            } else {
                self = .other(line)
            }
        }
    }
}

extension Session {
    /// How many lines are taken apart at most; more is a file that should be run as one.
    private static let pasteLimit = 2000

    /// The entries that a text holds, at least one: prompts and results copied with them are left out, and lines that can only be
    /// run one after the other are taken apart. Text that is one entry comes back as it is.
    public func entries(in text: String) -> [String] {
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        guard let first = lines.first(where: { $0.contains { !$0.isWhitespace } }) else { return [text] }
        switch PastedText.Line(first) {
        case .beginning, .continuation: break
        case .perhapsContinuation, .other:
            return lines.count > 1 && completeness(of: text) == .invalid ? separated(lines) ?? [text] : [text]
        }
        let found = transcribed(lines)
        return found.isEmpty ? [""] : found
    }

    /// What was typed at prompts.
    private func transcribed(_ lines: [Substring]) -> [String] {
        var entries: [String] = []
        var isOpen = false
        for line in lines {
            switch PastedText.Line(line) {
            case .beginning(let text):
                entries.append(String(text))
            case .continuation(let text), .perhapsContinuation(let text):
                guard let last = entries.popLast() else { continue }
                entries.append("\(last)\n\(text)")
            case .other(let text):
                guard isOpen, let last = entries.popLast() else { continue }
                entries.append("\(last)\n\(text)")
            }
            isOpen = entries.last.map { !isOrder($0) && completeness(of: $0) == .incomplete } ?? false
        }
        return entries.filter { $0.contains { !$0.isWhitespace } }
    }

    /// The shortest runs of lines that are complete; nil if some line is in none, so that its error is told for the whole.
    private func separated(_ lines: [Substring]) -> [String]? {
        guard lines.count <= Self.pasteLimit else { return nil }
        var entries: [String] = []
        var current = ""
        for line in lines {
            if current.isEmpty, line.allSatisfy(\.isWhitespace) { continue }
            current += current.isEmpty ? String(line) : "\n" + line
            if isOrder(current) {
                entries.append(current)
                current = ""
                continue
            }
            switch completeness(of: current) {
            case .complete:
                entries.append(current)
                current = ""
            case .incomplete: continue
            case .invalid: return nil
            }
        }
        if !current.isEmpty { entries.append(current) }
        return entries
    }

    /// Whether an entry is for the prompt and not for Lua.
    private func isOrder(_ entry: String) -> Bool {
        Self.isCommand(entry) || entry.first { !$0.isWhitespace } == "?"
    }
}
