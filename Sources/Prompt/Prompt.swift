import Session
import Support

/// The prompt: reads entries, has the session evaluate them, shows what comes of it.
///
/// It never evaluates by itself and never ends because of an error or Ctrl-C; Ctrl-D ends it.
public final class Prompt {
    private let session: Session
    let reader: any LineReader
    let terminal: Terminal
    let history: HistoryFile?
    /// Entries that came with one line, from a paste of several.
    private var waiting: [String] = []

    /// A prompt over `session`. Entries are added to `history`, if there is one, as soon as they are complete.
    public init(session: Session, reader: any LineReader, terminal: Terminal, history: HistoryFile?) {
        self.session = session
        self.reader = reader
        self.terminal = terminal
        self.history = history
    }

    /// Two lines that say what this is and where help is.
    public static var banner: String {
        """
        Cohort \(cohortVersion), an analysis prompt in Lua 5.4
        help() shows what there is, ?name explains a name, .help lists commands, Ctrl-D leaves

        """
    }

    /// Two lines for somebody who has installed no encoder yet.
    public static var firstSteps: String {
        """
        No encoder is installed yet: `cohort model import FILE` in a shell installs one, scripts/quickstart fetches two
        Tables, statistics and groups need none: users = data.read "users.csv" is a beginning

        """
    }

    /// Reads and answers until the input ends.
    public func run() {
        session.host = self
        while let entry = readEntry() {
            guard entry.contains(where: { !$0.isWhitespace }) else { continue }
            remember(entry)
            answer(entry)
        }
    }

    /// Asks for lines until they make up something that can be run. Nil at the end of the input.
    private func readEntry() -> String? {
        var entry = waiting.isEmpty ? nil : waiting.removeFirst()
        while true {
            if let entry, !waiting.isEmpty || isWhole(entry) { return entry }
            switch reader.readLine(prompt: prompt(isFirst: entry == nil), after: entry ?? "") {
            case .interrupted:
                entry = nil
            case .end:
                // What was begun is evaluated as it stands, so that its error says what is missing.
                return entry
            case .line(let line):
                let text = entry.map { "\($0)\n\(PastedText.withoutContinuationPrompt(line))" } ?? line
                waiting = session.entries(in: text)
                entry = waiting.removeFirst()
            }
        }
    }

    private func isWhole(_ entry: String) -> Bool {
        Self.helpTopic(of: entry) != nil || session.completeness(of: entry) != .incomplete
    }

    private func prompt(isFirst: Bool) -> String {
        isFirst ? terminal.style.paint("cohort>", as: .prompt) + " " : terminal.style.paint("......>", as: .quiet) + " "
    }

    private func answer(_ entry: String) {
        let width = Terminal.width
        if let name = Self.leaving(entry), session.isUndefined(name) {
            Console.write("Ctrl-D leaves\n")
            return
        }
        let reply = Self.helpTopic(of: entry).map { session.help($0, width: width) }
        switch reply ?? session.evaluate(entry, width: width) {
        case .done(let results):
            for result in results { Console.write(result + "\n") }
        case .failed(let error):
            show(error)
        case .interrupted:
            reader.dropTypeAhead()
            waiting = []
            Console.writeError(terminal.errorStyle.paint("interrupted", as: .error) + "\n")
        }
        for note in session.takeNotes() { Console.writeError(terminal.errorStyle.paint(note, as: .quiet) + "\n") }
    }

    private func show(_ error: ScriptError) {
        let style = terminal.errorStyle
        var lines = [style.paint(error.message, as: .error)]
        if let excerpt = error.excerpt { lines.append(excerpt.text(width: Terminal.width)) }
        // One frame is the entry itself: it says nothing that the message does not.
        if error.traceback.count > 1 { lines += error.traceback.map { style.paint("  " + $0, as: .quiet) } }
        Console.writeError(lines.joined(separator: "\n") + "\n")
    }

    /// The word other programs are left by, if the entry is nothing else.
    private static func leaving(_ entry: String) -> String? {
        let words = entry.split(whereSeparator: \.isWhitespace)
        guard words.count == 1, let word = words.first else { return nil }
        let name = word.hasSuffix("()") ? word.dropLast(2) : word
        return name == "exit" || name == "quit" ? String(name) : nil
    }

    /// The name after a question mark: `?cluster.kmeans`.
    static func helpTopic(of entry: String) -> String? {
        let trimmed = entry.drop(while: \.isWhitespace)
        guard trimmed.first == "?" else { return nil }
        let name = trimmed.dropFirst().drop(while: \.isWhitespace)
        guard let end = name.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(name[...end])
    }
}
