/// Putting names and text into a query, where they cannot be bound as parameters.
public enum SQL {
    /// `name` as a quoted identifier.
    public static func quoted(_ name: String) -> String { wrapped(name, in: UInt8(ascii: "\"")) }

    /// `text` as a string literal.
    public static func literal(_ text: String) -> String { wrapped(text, in: UInt8(ascii: "'")) }

    /// The most parentheses that are open at once, outside of strings, quoted names and comments.
    static func depth(_ sql: some Collection<UInt8>) -> Int {
        var (open, most) = (0, 0)
        var rest = sql[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "("):
                open += 1
                most = max(most, open)
            case UInt8(ascii: ")"): open = max(0, open - 1)
            case UInt8(ascii: "'"), UInt8(ascii: "\""): skip(&rest, past: [byte])
            case UInt8(ascii: "-") where rest.first == byte: skip(&rest, past: [UInt8(ascii: "\n")])
            case UInt8(ascii: "/") where rest.first == UInt8(ascii: "*"): skip(&rest, past: Array("*/".utf8))
            case UInt8(ascii: "$"):
                // $tag$ begins a string that ends with the same; $1 is a parameter.
                let tag = rest.prefix { $0 == UInt8(ascii: "_") || UInt8(ascii: "A")...UInt8(ascii: "z") ~= $0 }
                guard rest.dropFirst(tag.count).first == byte else { break }
                rest = rest.dropFirst(tag.count + 1)
                skip(&rest, past: [byte] + tag + [byte])
            default: break
            }
        }
        return most
    }

    /// Takes away what comes up to and with `end`, or all.
    private static func skip<Bytes: Collection<UInt8>>(_ rest: inout Bytes, past end: [UInt8])
    where Bytes.SubSequence == Bytes {
        while !rest.isEmpty {
            if rest.starts(with: end) {
                rest = rest.dropFirst(end.count)
                return
            }
            rest = rest.dropFirst()
        }
    }

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
