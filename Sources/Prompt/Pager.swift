import Glibc
import Support

/// Shows text that may be longer than the screen, in the user's pager.
public enum Pager {
    /// Shows `text`, with or without a final line break: plainly if it fits the screen or there is no terminal to page on, otherwise in
    /// `$PAGER` or, without one, in `less`. Returns when the pager was left.
    public static func show(_ text: String, on terminal: Terminal = Terminal()) {
        let text = text.hasSuffix("\n") ? text : text + "\n"
        guard terminal.isInteractive, terminal.canRedraw, !fits(text), page(text) else {
            Console.write(text)
            return
        }
    }

    /// Whether the screen holds `text` and a prompt below it.
    private static func fits(_ text: String) -> Bool {
        let size = Terminal.size
        var rows = 0
        for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() {
            rows += 1
            // Bytes are no columns, but never fewer.
            if line.count > size.columns, DisplayWidth.of(Substring(line).description) > size.columns { return false }
            if rows >= size.rows { return false }
        }
        return true
    }

    /// Runs the pager. False if there is none.
    private static func page(_ text: String) -> Bool {
        Console.flush()
        // Colours pass, wide tables are not folded: the arrow keys move sideways.
        let command = getenv("PAGER").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } ?? "less -RS"
        let program = String(command.prefix { $0 != " " })
        guard isInstalled(program) else { return false }
        // Ctrl-C belongs to the pager, and one that is left before the end is no error.
        let before = [SIGINT, SIGPIPE].map { ($0, Self.replaceAction(of: $0, with: ignoring)) }
        defer { for (number, action) in before { _ = Self.replaceAction(of: number, with: action) } }
        guard let pipe = popen(command, "w") else { return false }
        var text = text
        text.withUTF8 { bytes in
            if let start = bytes.baseAddress { _ = fwrite(start, 1, bytes.count, pipe) }
        }
        pclose(pipe)
        return true
    }

    private static var ignoring: sigaction {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = SIG_IGN
        return action
    }

    private static func replaceAction(of number: Int32, with action: sigaction) -> sigaction {
        var (action, before) = (action, sigaction())
        sigaction(number, &action, &before)
        return before
    }

    private static func isInstalled(_ program: String) -> Bool {
        if program.contains("/") { return access(program, X_OK) == 0 }
        let folders = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        return folders.split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
    }
}
