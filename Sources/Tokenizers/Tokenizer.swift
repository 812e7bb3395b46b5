import Support

/// What turns text into the token ids of one model, read from a `tokenizer.json`. Its parts are chosen by what that file says, never by
/// the name of a model class.
public final class Tokenizer: Sendable {
    /// How many entries the vocabulary has, added tokens included.
    public let vocabularySize: Int
    /// The id that fills short encodings: that of the padding token where the file names one, otherwise 0.
    public let paddingId: Int32
    /// The length the file itself says texts should be cut to, if any. `encode` cuts only when its options say so.
    public let storedMaximumLength: Int?

    /// Reads `tokenizer.json` in `folder`.
    public convenience init(folder: String) throws(Failure) { try self.init(file: folder + "/tokenizer.json") }

    /// Reads a `tokenizer.json`.
    public convenience init(file: String) throws(Failure) { try self.init(json: JSON.read(file), source: file) }

    /// Builds the tokenizer that `json`, the content of a `tokenizer.json`, describes. `source` is its name in errors.
    public init(json: JSON, source: String = "tokenizer.json") throws(Failure) {
        vocabularySize = 0
        paddingId = 0
        storedMaximumLength = nil
        throw .format(source, "is being built")
    }

    /// Encodes a text, or a text and its `pair`. What is not UTF-8 is read as U+FFFD.
    public func encode(_ text: [UInt8], pair: [UInt8]? = nil, options: EncodingOptions = EncodingOptions())
        throws(Failure) -> Encoding
    {
        Encoding()
    }

    /// Encodes many texts (with `pairs`, if given, of the same number) on the threads of `work`. Padding to the longest looks at all.
    public func encodeBatch(
        _ texts: [[UInt8]], pairs: [[UInt8]]? = nil, options: EncodingOptions = EncodingOptions(), work: Work = Work()
    ) throws(Failure) -> [Encoding] { [] }

    /// How many tokens `text` has, special ones included if asked for.
    public func count(_ text: [UInt8], addSpecialTokens: Bool = true) throws(Failure) -> Int { 0 }

    /// The text of `ids` in UTF-8. Ids outside the vocabulary are left out.
    public func decode(_ ids: [Int32], skipSpecialTokens: Bool = true) -> [UInt8] { [] }

    /// The vocabulary's entry for `id`.
    public func token(_ id: Int32) -> ByteString? { nil }

    /// The id of a vocabulary entry.
    public func id(of token: ByteString) -> Int32? { nil }
}
