/// Putting names and text into a query, where they cannot be bound as parameters.
public enum SQL {
    /// `name` as a quoted identifier.
    public static func quoted(_ name: String) -> String { wrapped(name, in: UInt8(ascii: "\"")) }

    /// `text` as a string literal.
    public static func literal(_ text: String) -> String { wrapped(text, in: UInt8(ascii: "'")) }

    // Byte by byte: Swift's Character view would join a quote with a combining mark after it and miss it.
    private static func wrapped(_ text: String, in quote: UInt8) -> String {
        var bytes = [quote]
        for byte in text.utf8 {
            if byte == quote { bytes.append(quote) }
            bytes.append(byte)
        }
        bytes.append(quote)
        return String(decoding: bytes, as: UTF8.self)
    }
}
