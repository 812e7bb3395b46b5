import Session
import Support

/// The prompt: reads entries, has the session evaluate them, shows what comes of it.
///
/// It never evaluates by itself and never ends because of an error or Ctrl-C; Ctrl-D, `exit` and `quit` end it.
public final class Prompt {
    private let session: Session
    let reader: any LineReader
    let terminal: Terminal
    let history: HistoryFile?
    /// What is run where the session begins anew.
    let startUp: () -> Void
    /// Entries that came with one line, from a paste of several.
    private var waiting: [String] = []
    /// Whether it was said that the history cannot be written.
    var toldOfHistory = false

    /// A prompt over `session`. Entries are added to `history`, if there is one, as soon as they are complete.
    /// `startUp` is what has been run in the session before, and will be where it begins anew.
    public init(
        session: Session, reader: any LineReader, terminal: Terminal, history: HistoryFile?,
        startUp: @escaping () -> Void = {}
    ) {
        self.startUp = startUp
        self.session = session
        self.reader = reader
        self.terminal = terminal
        self.history = history
    }

    /// Two lines that say what this is and where help is.
    public static func banner(width: Int) -> String {
        wrapped(
            """
            Cohort \(cohortVersion), an analysis prompt in Lua 5.4
            help() shows what there is, ?name explains a name, .help lists commands, exit or Ctrl-D leaves
            """, width)
    }

    /// Two lines for somebody who has installed no encoder yet.
    public static func firstSteps(width: Int) -> String {
        wrapped(
            """
            No encoder is installed yet: `cohort model import FILE` in a shell installs one, scripts/quickstart fetches two
            Tables, statistics and groups need none: users = data.read "users.csv" is a beginning
            """, width)
    }

    /// Lines of at most `width` columns, broken at spaces.
    private static func wrapped(_ text: String, _ width: Int) -> String {
        text.split(separator: "\n").map { DisplayWidth.wrapped(String($0), to: width) + "\n" }.joined()
    }

    /// Reads and answers until the input ends.
    public func run() {
        session.host = self
        while let entry = readEntry() {
            guard entry.contains(where: { !$0.isWhitespace }) else { continue }
            remember(entry)
            if let name = Self.leaving(entry), session.isUndefined(name) { return }
            answer(entry)
        }
    }

    /// Asks for lines until they make up something that can be run. Nil at the end of the input.
    private func readEntry() -> String? {
        var entry = waiting.isEmpty ? nil : waiting.removeFirst()
        var open = OpenBlocks()
        var judged = 0
        while true {
            if let entry, !waiting.isEmpty || isWhole(entry) { return entry }
            judged = entry?.utf8.count ?? 0
            var isLong = true
            while isLong {
                switch reader.readLine(prompt: prompt(isFirst: entry == nil), after: entry ?? "") {
                case .interrupted:
                    (entry, open, judged) = (nil, OpenBlocks(), 0)
                case .end:
                    // What was begun is evaluated as it stands, so that its error says what is missing.
                    return entry
                case .line(let line):
                    let line = entry == nil ? line : PastedText.withoutContinuationPrompt(line)
                    if entry?.append("\n" + line) == nil { entry = line }
                    open.read(line)
                }
                // A long paste comes line by line. To look at all of it for each line would take for ever, so that is done where
                // nothing is open, and whenever it has doubled: an error in it is told soon enough.
                isLong = open.isOpen && open.count > 4096 && open.count < 2 * judged
            }
            guard let text = entry else { continue }
            waiting = session.entries(in: text)
            entry = waiting.removeFirst()
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
        let width = Terminal.width
        let message = error.message.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let line = String(line)
            return DisplayWidth.of(line) <= width ? line : DisplayWidth.wrapped(line, to: width)
        }
        var lines = [style.paint(message.joined(separator: "\n"), as: .error)]
        if let excerpt = error.excerpt { lines.append(excerpt.text(width: width)) }
        // One frame is the entry itself: it says nothing that the message does not.
        if error.traceback.count > 1 { lines += error.traceback.map { style.paint("  " + $0, as: .quiet) } }
        Console.writeError(lines.joined(separator: "\n") + "\n")
    }

    /// The word other programs are left by, if the entry is nothing else.
    private static func leaving(_ entry: String) -> String? {
        var word = entry.filter { !$0.isWhitespace }[...]
        if word.hasPrefix(".") { word = word.dropFirst() }
        if word.hasSuffix(";") { word = word.dropLast() }
        for call in ["()", "(0)"] where word.hasSuffix(call) { word = word.dropLast(call.count) }
        return word == "exit" || word == "quit" ? String(word) : nil
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
