import Support

/// A word as two numbers: up to 15 bytes, and how many in the topmost.
struct WordKey: Equatable {
    /// Longer words have no key.
    static let lengthLimit = 15

    let low: UInt64
    let high: UInt64

    /// The key of `count` bytes (from 1 to 15) at `start`, behind which `room` bytes may be read.
    @inline(__always)
    init(_ start: UnsafePointer<UInt8>, count: Int, room: Int) {
        // Lengths come in no order: nothing branches on them.
        let lowCount = min(count, 8)
        let highCount = count &- lowCount
        var low: UInt64 = 0
        var high: UInt64 = 0
        if room >= 16 {
            let raw = UnsafeRawPointer(start)
            low = raw.loadUnaligned(as: UInt64.self) & .max &>> UInt64(truncatingIfNeeded: 64 &- lowCount &* 8)
            high =
                raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
                & (1 &<< UInt64(truncatingIfNeeded: highCount &* 8) &- 1)
        } else {
            for index in 0..<lowCount { low |= UInt64(start[index]) << UInt64(index * 8) }
            for index in 0..<highCount { high |= UInt64(start[8 + index]) << UInt64(index * 8) }
        }
        self.low = low
        self.high = high | UInt64(truncatingIfNeeded: count) << 56
    }
}

/// The tokens of short words that one thread met before. A word may lie in one of two places, by its hash; the later of the two goes when a new
/// one comes. Nothing is ever searched for, and memory is bounded. Whole keys are compared, so that what was met before changes how long
/// a text takes and never its tokens.
///
/// Running text repeats itself: of the words of English reviews and tweets, nine in ten are found here where punctuation stands apart
/// and eight in ten where it belongs to the word; half as many places find a twentieth less.
struct WordCache {
    /// Words of more tokens are not kept, so that two words with their tokens fill one line of the processor's cache.
    private static let idLimit = 4
    private static let setBits: UInt64 = 14

    /// A word's key, with the number of its tokens above the number of its bytes, and the tokens two by two.
    private struct Place: BitwiseCopyable {
        var low: UInt64
        var high: UInt64
        var ids: (UInt64, UInt64)

        static let empty = Place(low: 0, high: 0, ids: (0, 0))
        /// All but the number of tokens.
        static let keyMask: UInt64 = 0x0fff_ffff_ffff_ffff

        /// Whether it is that of another word.
        @inline(__always)
        func isOther(than key: WordKey) -> Bool { (low ^ key.low) | (high & Self.keyMask ^ key.high) != 0 }
    }

    private let places = Scratch<Place>(count: 2 << Int(setBits), repeating: .empty)

    @inline(__always)
    private func set(_ key: WordKey) -> UnsafeMutablePointer<Place> {
        let mixed = (key.low ^ key.high &* 0x9e37_79b9_7f4a_7c15) &* 0xd6e8_feb8_6659_fd93
        return places.start + Int(truncatingIfNeeded: mixed >> (64 - Self.setBits)) &* 2
    }

    /// Appends the tokens of `key`'s word and says whether it knew them.
    @inline(__always)
    func append(_ key: WordKey, to ids: inout [Int32]) -> Bool {
        let set = set(key)
        // In which of the two cannot be foretold, and is not branched on.
        let found = set[set[0].isOther(than: key) ? 1 : 0]
        if found.isOther(than: key) { return false }
        ids.append(Int32(truncatingIfNeeded: found.ids.0))
        let count = found.high >> 60
        if count > 1 {
            ids.append(Int32(truncatingIfNeeded: found.ids.0 >> 32))
            if count > 2 { ids.append(Int32(truncatingIfNeeded: found.ids.1)) }
            if count > 3 { ids.append(Int32(truncatingIfNeeded: found.ids.1 >> 32)) }
        }
        return true
    }

    /// Keeps `ids`, at least one, as the tokens of `key`'s word, unless they are too many.
    func keep(_ key: WordKey, _ ids: ArraySlice<Int32>) {
        guard (1...Self.idLimit).contains(ids.count) else { return }
        func id(_ number: Int) -> UInt64 {
            number < ids.count ? UInt64(UInt32(bitPattern: ids[ids.startIndex + number])) : 0
        }
        let set = set(key)
        set[1] = set[0]
        set[0] = Place(
            low: key.low, high: key.high | UInt64(ids.count) << 60,
            ids: (id(0) | id(1) << 32, id(2) | id(3) << 32))
    }
}
