import Glibc
import Session

extension Prompt: SessionHost {
    /// Runs the start-up file once more.
    public func begin() { startUp() }

    /// Runs a command line with the terminal, which readline has given back. While it runs, Ctrl-C and Ctrl-\ are for it alone.
    public func runShell(_ command: String) -> Int32 {
        Console.flush()
        let status = system(command)
        if status == -1 { return 127 }
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }

    /// Shows text in the user's pager if it is longer than the screen.
    public func page(_ text: String) { Pager.show(text, on: terminal) }

    /// Makes an entry that was written elsewhere the latest to recall.
    public func remember(_ entry: String) {
        reader.remember(entry)
        guard let history, !history.append(entry), !toldOfHistory else { return }
        toldOfHistory = true
        let note = "what is typed is not kept for later sessions: \(history.path) cannot be written"
        Console.writeError(terminal.errorStyle.paint(note, as: .quiet) + "\n")
    }
}
