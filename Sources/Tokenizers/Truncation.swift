import Support

/// Which windows of a token list are kept when it is cut: the first is the result, the others are overflow.
struct TokenWindows: Equatable {
    var windows: [Range<Int>]

    /// The whole list.
    init(whole count: Int) { windows = [0..<count] }

    /// Windows of at most `length` of `count` tokens, each sharing `stride` tokens with the next.
    ///
    /// - Throws: an argument failure where `stride` leaves no step forward.
    init(_ count: Int, length: Int, stride: Int, side: EncodingOptions.Side) throws(Failure) {
        guard length < count else {
            windows = [0..<count]
            return
        }
        guard length > 0 else {
            windows = [0..<0, 0..<count]
            return
        }
        guard stride < length else {
            throw .argument(
                "stride", expected: "integer below \(length) (the tokens of the text that fit into a window)",
                got: "\(stride)")
        }
        windows = []
        switch side {
        case .right:
            var start = 0
            while true {
                let end = min(start + length, count)
                windows.append(start..<end)
                if end == count { break }
                start += length - stride
            }
        case .left:
            var end = count
            while true {
                let start = max(0, end - length)
                windows.append(start..<end)
                if start == 0 { break }
                end -= length - stride
            }
        }
    }
}

extension EncodingOptions.Truncation {
    /// The windows of one text, or of a pair, that leave room for `special` further tokens.
    ///
    /// - Throws: an argument failure where the lengths asked for cannot be had.
    func windows(first: Int, second: Int?, special: Int) throws(Failure) -> (first: TokenWindows, second: TokenWindows?)
    {
        guard maximumLength >= special else {
            throw .argument(
                "max_length", expected: "integer of at least \(special) (the special tokens)", got: "\(maximumLength)")
        }
        guard stride >= 0 else { throw .argument("stride", expected: "integer of at least 0", got: "\(stride)") }
        let room = maximumLength - special
        let excess = first + (second ?? 0) - room
        func cut(_ count: Int, to length: Int) throws(Failure) -> TokenWindows {
            try TokenWindows(count, length: length, stride: stride, side: side)
        }
        guard excess > 0 else { return (TokenWindows(whole: first), second.map { TokenWindows(whole: $0) }) }
        guard room > 0 else {
            return (try cut(first, to: 0), try second.map { (count) throws(Failure) in try cut(count, to: 0) })
        }
        switch strategy {
        case .longestFirst:
            guard let second else { return (try cut(first, to: room), nil) }
            let short = min(first, second)
            // The shorter text stays whole while it fills at most half of the room.
            var keptShort = short
            var keptLong = short > room ? short : max(short, room - short)
            if keptShort + keptLong > room {
                keptShort = room / 2
                keptLong = keptShort + room % 2
            }
            let (keptFirst, keptSecond) = first > second ? (keptLong, keptShort) : (keptShort, keptLong)
            return (try cut(first, to: keptFirst), try cut(second, to: keptSecond))
        case .onlyFirst:
            guard first > excess else { throw tooShort(first, "first", excess) }
            return (try cut(first, to: first - excess), second.map { TokenWindows(whole: $0) })
        case .onlySecond:
            guard let second else {
                throw .argument(
                    "truncation", expected: "\"longest_first\" or \"only_first\" (there is no pair)",
                    got: "\"only_second\"")
            }
            guard second > excess else { throw tooShort(second, "second", excess) }
            return (TokenWindows(whole: first), try cut(second, to: second - excess))
        }
    }

    private func tooShort(_ count: Int, _ name: String, _ excess: Int) -> Failure {
        .argument(
            "truncation",
            expected: "\"longest_first\" (the \(name) text has \(count) tokens and \(excess) are too many)",
            got: "\"\(strategy.rawValue)\"")
    }
}
