import Charts
import Support

extension Chart: Displayable {
    /// The chart drawn with the characters of a terminal, on at most 100 columns: wider ones are harder to read.
    public func text(in frame: Frame) -> String {
        let draw: @Sendable () throws(Failure) -> String = {
            self.text(width: min(frame.width, 100), isColored: frame.isColored, isWhole: frame.isWhole)
        }
        // Drawing knows of no cancellation: where it may take long, it goes on beside whoever waits for it.
        if valueCount >= 100_000 { return (try? Work().unattended(draw)) ?? summary }
        return (try? draw()) ?? summary
    }

    /// The kind and the title.
    public var summary: String { title.isEmpty ? "plot.Chart (\(kind))" : "plot.Chart (\(kind), \(title))" }
}
