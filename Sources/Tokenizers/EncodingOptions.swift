/// What an encoding is made of besides the text's own tokens.
public struct EncodingOptions: Equatable, Sendable {
    /// Whether the model's special tokens are put around the text.
    public var addSpecialTokens = true
    /// How long texts are cut; nil leaves them whole.
    public var truncation: Truncation?
    /// How short texts are filled; nil leaves them short.
    public var padding: Padding?
    /// Whether to compute where tokens lie in the text, which an encoder does not need.
    public var offsets = true
    /// Whether what truncation cuts off is kept as overflow, which an encoder does not need: without it the end of a long text is not looked
    /// at.
    public var overflow = true

    /// Options: special tokens and offsets, no truncation, no padding, unless said otherwise.
    public init(
        addSpecialTokens: Bool = true, truncation: Truncation? = nil, padding: Padding? = nil, offsets: Bool = true,
        overflow: Bool = true
    ) {
        self.addSpecialTokens = addSpecialTokens
        self.truncation = truncation
        self.padding = padding
        self.offsets = offsets
        self.overflow = overflow
    }

    /// The end at which tokens are removed or filled in.
    public enum Side: String, Sendable, CaseIterable {
        /// At the beginning.
        case left
        /// At the end.
        case right
    }

    /// How an encoding that is too long is cut.
    public struct Truncation: Equatable, Sendable {
        /// Which of two texts is cut.
        public enum Strategy: String, Sendable, CaseIterable {
            /// The longer one until both are equally long, then both.
            case longestFirst = "longest_first"
            /// The first.
            case onlyFirst = "only_first"
            /// The second.
            case onlySecond = "only_second"
        }

        /// The most tokens, special ones included.
        public var maximumLength: Int
        /// Which of two texts is cut.
        public var strategy: Strategy
        /// The end that is cut.
        public var side: Side
        /// How many tokens one window of the overflow shares with the next.
        public var stride: Int

        /// Truncation to `maximumLength` tokens.
        public init(_ maximumLength: Int, strategy: Strategy = .longestFirst, side: Side = .right, stride: Int = 0) {
            self.maximumLength = maximumLength
            self.strategy = strategy
            self.side = side
            self.stride = stride
        }
    }

    /// How an encoding that is too short is filled.
    public struct Padding: Equatable, Sendable {
        /// How long encodings become.
        public enum Length: Equatable, Sendable {
            /// As long as the longest of the batch.
            case longest
            /// This many tokens; longer encodings stay as they are.
            case fixed(Int)
        }

        /// How long encodings become.
        public var length: Length
        /// The end that is filled.
        public var side: Side
        /// If not nil, lengths are rounded up to a multiple of it.
        public var multiple: Int?

        /// Padding to `length`.
        public init(_ length: Length = .longest, side: Side = .right, multiple: Int? = nil) {
            self.length = length
            self.side = side
            self.multiple = multiple
        }
    }
}
