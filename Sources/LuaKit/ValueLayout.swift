/// How values are laid out as text.
public struct ValueLayout {
    /// Columns there are.
    public var width: Int
    /// Whether everything is shown: all entries of all tables and strings at their full length, in lines as long as it takes.
    public var isWhole = false
    /// Whether escape sequences for colours are understood.
    public var isColored = false
    /// The text of an object that stands on its own in such a layout, if there is a better one than `tostring` gives.
    public var objectText: (LuaObject, ValueLayout) -> String? = { _, _ in nil }
    /// An object in a few words, for where it stands within a table.
    public var objectSummary: (LuaObject) -> String? = { _ in nil }

    /// A layout for `width` columns, in plain text.
    public init(width: Int) { self.width = width }
}
