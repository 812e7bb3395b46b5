/// A string as its bytes: two values are equal when their bytes are.
///
/// Swift's `String` compares by canonical equivalence, so that "é" as one scalar and as two are one dictionary key. Vocabularies, JSON keys
/// and file formats tell them apart, and their bytes need not be UTF-8 at all.
public struct ByteString: Hashable, Sendable {
    /// The bytes.
    public var bytes: [UInt8]

    /// A string of these bytes.
    public init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    /// A string of these bytes.
    public init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    /// The UTF-8 bytes of `text`.
    public init(_ text: String) { bytes = Array(text.utf8) }

    /// The bytes read as UTF-8, what is not UTF-8 replaced by U+FFFD.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension ByteString: Comparable {
    /// Byte order, which for UTF-8 is the order of code points.
    public static func < (left: ByteString, right: ByteString) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension ByteString: ExpressibleByStringLiteral, CustomStringConvertible {
    /// The UTF-8 bytes of a literal.
    public init(stringLiteral value: String) { self.init(value) }

    /// The same as `text`.
    public var description: String { text }
}
