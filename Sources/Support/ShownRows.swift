/// Which rows of something long are shown: all of a short one, otherwise the first five and the last five.
public struct ShownRows: Sendable {
    /// Their positions, from 0.
    public let indices: [Int]
    /// Whether some are left out.
    public let isCut: Bool

    /// Those of `count` rows; all of them if nothing may be left out.
    public init(count: Int, isWhole: Bool = false) {
        isCut = count > 20 && !isWhole
        indices = isCut ? Array(0..<5) + Array(count - 5..<count) : Array(0..<count)
    }

    /// How many rows come before the gap, if there is one.
    public var gapAfter: Int? { isCut ? 5 : nil }
}
