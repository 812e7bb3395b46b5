/// The tokens of several texts one after the other. Nothing is padded, so no time goes into tokens that do not exist.
struct PackedTokens: Sendable {
    /// Token ids, text after text.
    private(set) var ids: [Int32] = []
    /// Where each text begins in `ids`, and last the end.
    private(set) var starts: [Int] = [0]

    /// Number of texts.
    var count: Int { starts.count - 1 }

    /// Tokens of the longest text.
    var longest: Int { lengths.max() ?? 0 }

    /// Tokens of each text.
    var lengths: [Int] { (0..<count).map { starts[$0 + 1] - starts[$0] } }

    /// Appends a text.
    mutating func append(_ text: [Int32]) {
        ids += text
        starts.append(ids.count)
    }
}
