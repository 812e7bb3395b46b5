/// A word of Lua source: what it is and which bytes it takes.
public struct LuaToken: Equatable, Sendable {
    /// What a word is.
    public enum Kind: Equatable, Sendable {
        case name, keyword, number, string, symbol
    }

    /// What it is.
    public let kind: Kind
    /// Where it is, in bytes of the source.
    public let range: Range<Int>
    /// Where that is which stands between the quotes or brackets of a string; of others, all of it.
    public let content: Range<Int>
    /// As written; empty for strings.
    public let text: String

    func isSymbol(_ text: String) -> Bool { kind == .symbol && self.text == text }
    func isKeyword(_ text: String) -> Bool { kind == .keyword && self.text == text }
}
