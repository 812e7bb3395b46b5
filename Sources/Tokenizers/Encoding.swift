/// A text, or a pair of texts, as the token ids a model reads, with what goes along with each token. All arrays but `overflow` have one
/// item per token.
public struct Encoding: Equatable, Sendable {
    /// Where a token lies in its text: half-open, counted from 0. Special tokens and padding lie nowhere: 0 to 0.
    public struct Span: Equatable, Sendable {
        /// First position.
        public var start: Int32
        /// One past the last position.
        public var end: Int32

        /// A span from `start` up to, not including, `end`.
        public init(_ start: Int, _ end: Int) {
            self.start = Int32(truncatingIfNeeded: start)
            self.end = Int32(truncatingIfNeeded: end)
        }

        /// The span of what does not come from the text.
        public static let none = Span(0, 0)
    }

    /// Token ids, the model's own numbers from 0.
    public var ids: [Int32] = []
    /// Segment of each token, as the model's template assigns it.
    public var typeIds: [Int32] = []
    /// 1 for tokens, 0 for padding.
    public var attentionMask: [Int32] = []
    /// 1 for tokens that the template or padding added, 0 for tokens of the text.
    public var specialMask: [Int32] = []
    /// Which text a token comes from: 0 the first, 1 the second, -1 neither.
    public var sequences: [Int8] = []
    /// Where each token lies, in bytes of the text handed in. Empty if the options asked for no offsets.
    public var byteOffsets: [Span] = []
    /// Where each token lies, in code points of the text (bytes that are not UTF-8 count as the U+FFFD they are read as). Empty if the
    /// options asked for no offsets.
    public var characterOffsets: [Span] = []
    /// Further windows of a truncated text, each as long as the first or shorter.
    public var overflow: [Encoding] = []

    /// An encoding of no tokens.
    public init() {}

    /// How many tokens there are.
    public var count: Int { ids.count }
}
