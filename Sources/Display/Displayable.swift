/// A value that a person looks at: at the prompt, in a notebook, in a report.
public protocol Displayable {
    /// The value as aligned text, without a final newline. Lines stay within `width` columns where the value allows it; long
    /// values are cut in the middle and say so.
    func text(width: Int) -> String
}
