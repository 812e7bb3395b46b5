/// The tokens of one text before truncation, special tokens and padding.
struct RawTokens {
    var ids: [Int32] = []
    /// Where each token lies in the bytes handed in.
    var spans: [Encoding.Span] = []

    mutating func append(_ id: Int32, _ span: Encoding.Span) {
        ids.append(id)
        spans.append(span)
    }

    mutating func removeAll() {
        ids.removeAll(keepingCapacity: true)
        spans.removeAll(keepingCapacity: true)
    }
}

/// Takes what a model finds in one piece, token by token.
protocol TokenSink {
    /// How many tokens there are.
    var count: Int { get }
    /// Adds a token that ends at `end` of the piece.
    mutating func append(_ id: Int32, end: Int)
    /// Drops all tokens but the first `count`.
    mutating func keep(_ count: Int)
    /// Turns the order of the tokens from `first` on around.
    mutating func reverse(from first: Int)
}

extension [Int32]: TokenSink {
    @inline(__always) mutating func append(_ id: Int32, end: Int) { append(id) }

    mutating func keep(_ count: Int) { removeLast(self.count - count) }

    @inline(__always) mutating func reverse(from first: Int) {
        var low = first
        var high = count - 1
        while low < high {
            swapAt(low, high)
            low += 1
            high -= 1
        }
    }
}

/// What a model finds in one piece: ids, and where each token ends in the piece (each begins where the one before ends).
struct PieceTokens: TokenSink {
    var ids: [Int32] = []
    var ends: [Int] = []

    mutating func append(_ id: Int32, end: Int) {
        ids.append(id)
        ends.append(end)
    }

    var count: Int { ids.count }

    mutating func keep(_ count: Int) {
        ids.keep(count)
        ends.removeLast(ends.count - count)
    }

    mutating func reverse(from first: Int) {
        ids.reverse(from: first)
        ends[first...].reverse()
    }

    mutating func removeAll() {
        ids.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }
}
