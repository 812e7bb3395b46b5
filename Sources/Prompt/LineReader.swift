/// What came of asking the user for a line.
public enum LineInput: Equatable, Sendable {
    /// A line, without its line break. It may hold line breaks within, pasted or recalled.
    case line(String)
    /// Ctrl-C: whatever was typed is thrown away.
    case interrupted
    /// Ctrl-D, or the input ended.
    case end
}

/// Asks the user for lines. GNU readline is one form of it; another editor stands in by conforming to this.
public protocol LineReader: AnyObject {
    /// Shows `prompt` and waits for a line. `entry` is what was typed of the same entry before it.
    func readLine(prompt: String, after entry: String) -> LineInput
    /// Makes `entry` the latest that the user can recall, whole even if it has several lines.
    func remember(_ entry: String)
    /// Forgets what the user typed ahead while an entry ran that was then interrupted.
    func dropTypeAhead()
}

extension LineReader {
    /// Shows `prompt` and waits for the first line of an entry.
    public func readLine(prompt: String) -> LineInput { readLine(prompt: prompt, after: "") }
}
