import Support

/// The line of source that an error is about, and the place in it.
public struct SourceExcerpt: Equatable, Sendable {
    /// The line, without the blanks it begins with, tabs as blanks and other control characters as escapes.
    public let line: String
    /// The columns of the terminal in front of the place; nil if none is known.
    public let column: Int

    /// An excerpt that points at the byte `offset` of `line`; at the first character that is no blank if there is no offset.
    init(_ line: ArraySlice<UInt8>, offset: Int?) {
        let text = line.drop { $0 == 0x20 || $0 == 0x09 }
        let place = min(max(text.startIndex, line.startIndex + (offset ?? 0)), line.endIndex)
        self.line = Self.shown(text)
        column = DisplayWidth.of(Self.shown(text[..<place]))
    }

    /// Two indented lines of at most `width` columns: the source, cut around the place if it is too long, and a caret under the place.
    public func text(width: Int) -> String {
        let room = max(10, width - 3)
        var characters = Array(line)[...]
        var caret = column
        if DisplayWidth.of(line) > room, caret > room * 2 / 3 {
            // What is cut off in front makes room for a third of it behind the place.
            var dropped = 0
            while let first = characters.first, column - dropped + 1 > room * 2 / 3 {
                dropped += DisplayWidth.of(first)
                characters = characters.dropFirst()
            }
            caret = column - dropped + 1
            characters = ["…"] + characters
        }
        let text = DisplayWidth.cut(String(characters), to: room)
        return "  \(text)\n  \(String(repeating: " ", count: caret))^"
    }

    private static func shown(_ bytes: ArraySlice<UInt8>) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        return DisplayWidth.escaped(text.replacing("\t", with: "    "))
    }
}
