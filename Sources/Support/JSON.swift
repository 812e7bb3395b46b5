/// A JSON value (RFC 8259), byte-exact: strings and keys are bytes, objects keep their order, integers stay integers.
public enum JSON: Equatable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number written without fraction and exponent that fits 64 bits.
    case int(Int64)
    /// Any other number.
    case double(Double)
    /// A string's bytes, escapes resolved.
    case string(ByteString)
    /// A list of values.
    case array([JSON])
    /// Members in the order they were written.
    indirect case object(JSONObject)

    /// Values nested deeper than this are refused, so that no input can exhaust the stack.
    public static let depthLimit = 256
}

extension JSON {
    /// Parses one JSON value that fills `bytes`; blanks around it and a UTF-8 byte-order mark before it are skipped.
    ///
    /// Bytes inside strings are taken as they are, UTF-8 or not. An escaped surrogate without its partner becomes U+FFFD. Of members with
    /// the same key the last value counts, at the place of the first. Integers beyond 64 bits become doubles.
    ///
    /// - Parameters:
    ///   - source: what an error message calls the text, usually the file's path.
    ///   - uniqueKeys: whether members with the same key are refused, for formats where they would be a lie.
    ///   - cancellation: stops the reading.
    /// - Throws: a `format` failure with line and column.
    public static func parse(
        _ bytes: UnsafeRawBufferPointer, source: String = "JSON text", uniqueKeys: Bool = false,
        cancellation: Cancellation? = nil
    ) throws(Failure) -> JSON {
        let builder = JSONBuilder(uniqueKeys: uniqueKeys)
        return try scan(bytes, source: source, cancellation: cancellation, into: builder).result
    }

    /// Reads a JSON text like `parse` and hands its parts to `sink`, which is handed back. No value of the whole is made. A cancellation is
    /// noticed within some hundredths of a second.
    public static func scan<Sink: JSONSink>(
        _ bytes: UnsafeRawBufferPointer, source: String = "JSON text", cancellation: Cancellation?, into sink: Sink
    ) throws(Failure) -> Sink {
        let text = bytes.bindMemory(to: UInt8.self)
        var scanner = JSONScanner(text, source: source, cancellation: cancellation, into: sink)
        try scanner.document()
        return scanner.sink
    }

    /// Parses one JSON value that fills `bytes`.
    public static func parse(
        _ bytes: [UInt8], source: String = "JSON text", cancellation: Cancellation? = nil
    ) throws(Failure) -> JSON {
        try bytes.withUnsafeBufferPointer { (buffer) throws(Failure) in
            try parse(UnsafeRawBufferPointer(buffer), source: source, cancellation: cancellation)
        }
    }

    /// Parses one JSON value that fills `text`.
    public static func parse(_ text: String, source: String = "JSON text") throws(Failure) -> JSON {
        try parse(Array(text.utf8), source: source)
    }

    /// Parses the file at `path`.
    public static func read(_ path: String) throws(Failure) -> JSON {
        let file = try MappedFile(path)
        return try withExtendedLifetime(file) { () throws(Failure) in try parse(file.bytes, source: path) }
    }
}
