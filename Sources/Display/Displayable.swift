/// A value that a person looks at: at the prompt, in a notebook, in a report.
public protocol Displayable {
    /// The value as aligned text, without a final newline. No line is wider than the frame, from 20 columns on, unless the frame asks
    /// for the whole value; otherwise long values are cut in the middle and say so.
    func text(in frame: Frame) -> String

    /// The value in a few words, where it stands among others.
    var summary: String { get }
}

extension Displayable {
    /// The value as plain text in lines of at most `width` columns.
    public func text(width: Int) -> String { text(in: Frame(width: width)) }
}
