import Charts
import Support

extension Chart: Displayable {
    /// The chart drawn with the characters of a terminal, on at most 100 columns: wider ones are harder to read.
    public func text(in frame: Frame) -> String {
        text(width: min(frame.width, 100), isColored: frame.isColored)
    }

    /// The kind and the title.
    public var summary: String { title.isEmpty ? "plot.Chart (\(kind))" : "plot.Chart (\(kind), \(title))" }
}
