/// The tokens of several texts one after the other. Nothing is padded, so no time goes into tokens that do not exist.
struct PackedTokens: Sendable {
    /// Token ids, text after text.
    private(set) var ids: [Int32] = []
    /// Where each text begins in `ids`, and last the end.
    private(set) var starts: [Int] = [0]

    /// Number of texts.
    var count: Int { starts.count - 1 }

    /// Tokens of the longest text.
    var longest: Int { (0..<count).reduce(0) { max($0, starts[$1 + 1] - starts[$1]) } }

    /// The texts in runs of at most `limit` tokens; a longer text is a run of its own.
    func runs(of limit: Int) -> [Range<Int>] {
        var runs: [Range<Int>] = [], first = 0
        for text in 0..<count where text > first && starts[text + 1] - starts[first] > limit {
            runs.append(first..<text)
            first = text
        }
        return first < count ? runs + [first..<count] : runs
    }

    /// Appends a text.
    mutating func append(_ text: [Int32]) {
        ids += text
        starts.append(ids.count)
    }
}
