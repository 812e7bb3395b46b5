/// Whether source text can be run as it stands.
public enum Completeness: Equatable, Sendable {
    /// It can be run.
    case complete
    /// More lines have to follow: a block, a string or an expression is open.
    case incomplete
    /// No line that follows can make it valid.
    case invalid
}
