/// What a value is shown in: a screen of some width, or a pager that holds as much as there is.
public struct Frame: Sendable {
    /// Columns there are.
    public var width: Int
    /// Whether everything is shown: every row and column, texts at their full length, lines as long as it takes.
    public var isWhole: Bool
    /// Whether escape sequences for colours are understood.
    public var isColored: Bool

    /// A screen of `width` columns, in plain text unless said otherwise.
    public init(width: Int, isWhole: Bool = false, isColored: Bool = false) {
        self.width = width
        self.isWhole = isWhole
        self.isColored = isColored
    }

    /// What is less important than the rest: types, missing values.
    func quiet(_ text: String) -> String { isColored ? "\u{1B}[2m\(text)\u{1B}[22m" : text }
}
