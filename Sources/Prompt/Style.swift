/// Colours of the prompt, or none.
public struct Style: Sendable {
    /// Whether escape sequences are written at all.
    public let isColored: Bool

    /// Plain text unless `isColored`.
    public init(isColored: Bool) { self.isColored = isColored }

    /// What a piece of text is, rather than how it looks.
    public enum Role: String, Sendable {
        /// The prompt.
        case prompt = "1;36"
        /// The first line of an error.
        case error = "1;31"
        /// What is less important: continuation prompts, tracebacks, hints.
        case quiet = "2"
    }

    /// `text` in the colour of its role.
    public func paint(_ text: String, as role: Role) -> String {
        isColored ? "\u{1B}[\(role.rawValue)m\(text)\u{1B}[0m" : text
    }
}
