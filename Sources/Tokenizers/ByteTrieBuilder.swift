import Glibc
import Support

/// Places the nodes of a `ByteTrie`, from the root down over the sorted keys.
struct ByteTrieBuilder {
    private struct Key {
        // The first eight bytes as one number decide most comparisons.
        var prefix: UInt64
        var start: Int
        var count: Int
        var value: Int32
        var position: Int
    }

    private struct Task {
        var low: Int
        var high: Int
        var depth: Int
        var node: Int
    }

    // 256 places of one block of units: a bit each for "free" and for "not yet anybody's base".
    private struct Block {
        var free = Bits256.full
        var bases = Bits256.full
    }

    private var blob: [UInt8] = []
    private var keys: [Key] = []
    private var units: [ByteTrie.Unit] = []
    private var blocks: [Block] = []
    private var open: [Int] = []

    // Older blocks are nearly full; trying them all would make the build quadratic.
    private static let openLimit = 12

    init(_ keys: [[UInt8]], values: [Int32]) {
        blob.reserveCapacity(keys.reduce(8) { $0 + $1.count })
        self.keys.reserveCapacity(keys.count)
        for (position, key) in keys.enumerated() {
            var prefix: UInt64 = 0
            for index in 0..<8 { prefix = prefix << 8 | (index < key.count ? UInt64(key[index]) : 0) }
            self.keys.append(
                Key(prefix: prefix, start: blob.count, count: key.count, value: values[position], position: position))
            blob.append(contentsOf: key)
        }
    }

    mutating func build() throws(Failure) -> [ByteTrie.Unit] {
        sortKeys()
        // Block 0 holds the root and nothing else: childless nodes have base 0 and find no child there.
        units = [ByteTrie.Unit](repeating: .empty, count: 256)
        blocks = [Block()]
        units.reserveCapacity(blob.count / 2 + 512)
        var tasks = [Task(low: 0, high: keys.count, depth: 0, node: 0)]
        var labels: [UInt8] = []
        var bounds: [Int] = []
        while let task = tasks.popLast() {
            labels.removeAll(keepingCapacity: true)
            bounds.removeAll(keepingCapacity: true)
            var index = task.low
            while index < task.high, keys[index].count == task.depth {
                units[task.node].value = keys[index].value
                index += 1
            }
            while index < task.high {
                let label = blob[keys[index].start + task.depth]
                if labels.last != label {
                    labels.append(label)
                    bounds.append(index)
                }
                index += 1
            }
            guard !labels.isEmpty else { continue }
            bounds.append(task.high)
            let base = try place(labels)
            units[task.node].packed = UInt32(base) << 9 | units[task.node].packed & 0x1ff
            for (child, label) in labels.enumerated() {
                let node = base ^ Int(label)
                units[node].packed = UInt32(label)
                tasks.append(Task(low: bounds[child], high: bounds[child + 1], depth: task.depth + 1, node: node))
            }
        }
        return units
    }

    private mutating func sortKeys() {
        blob.withUnsafeBufferPointer { blob in
            keys.sort { left, right in
                if left.prefix != right.prefix { return left.prefix < right.prefix }
                let common = min(left.count, right.count)
                if common > 0, let start = blob.baseAddress {
                    let order = memcmp(start + left.start, start + right.start, common)
                    if order != 0 { return order < 0 }
                }
                // Equal keys in the order they came, so that the last one's value stays.
                return left.count != right.count ? left.count < right.count : left.position < right.position
            }
        }
    }

    /// A base that none uses yet and whose places for all `labels` are free; takes them.
    private mutating func place(_ labels: [UInt8]) throws(Failure) -> Int {
        for (order, block) in open.enumerated() {
            guard let offset = candidate(blocks[block], labels) else { continue }
            take(block, offset, labels)
            if blocks[block].free.isEmpty { open.remove(at: order) }
            return block << 8 | offset
        }
        let block = blocks.count
        guard block < 1 << 15 else { throw .operation("the vocabulary is too large: more than 8 million nodes") }
        blocks.append(Block())
        units.append(contentsOf: repeatElement(.empty, count: 256))
        open.append(block)
        if open.count > Self.openLimit { open.removeFirst() }
        guard let offset = candidate(blocks[block], labels) else {
            throw .operation("the vocabulary cannot be arranged")
        }
        take(block, offset, labels)
        return block << 8 | offset
    }

    private func candidate(_ block: Block, _ labels: [UInt8]) -> Int? {
        var result = block.bases
        for label in labels {
            result.formIntersection(block.free.permuted(by: label))
            if result.isEmpty { return nil }
        }
        return result.first
    }

    private mutating func take(_ block: Int, _ offset: Int, _ labels: [UInt8]) {
        blocks[block].bases.remove(offset)
        for label in labels { blocks[block].free.remove(offset ^ Int(label)) }
    }
}

/// A set of numbers below 256.
private struct Bits256 {
    private var words: SIMD4<UInt64>

    static let full = Bits256(words: SIMD4(repeating: .max))

    var isEmpty: Bool { words == SIMD4(repeating: 0) }

    var first: Int? {
        for word in 0..<4 where words[word] != 0 { return word << 6 | words[word].trailingZeroBitCount }
        return nil
    }

    mutating func remove(_ number: Int) { words[number >> 6] &= ~(1 << UInt64(number & 63)) }

    mutating func formIntersection(_ other: Bits256) { words &= other.words }

    /// The set of all `number ^ label`.
    func permuted(by label: UInt8) -> Bits256 {
        var result = words
        if label & 0x01 != 0 { result = Self.swapped(result, 1, 0x5555_5555_5555_5555) }
        if label & 0x02 != 0 { result = Self.swapped(result, 2, 0x3333_3333_3333_3333) }
        if label & 0x04 != 0 { result = Self.swapped(result, 4, 0x0f0f_0f0f_0f0f_0f0f) }
        if label & 0x08 != 0 { result = Self.swapped(result, 8, 0x00ff_00ff_00ff_00ff) }
        if label & 0x10 != 0 { result = Self.swapped(result, 16, 0x0000_ffff_0000_ffff) }
        if label & 0x20 != 0 { result = Self.swapped(result, 32, 0x0000_0000_ffff_ffff) }
        if label & 0x40 != 0 { result = SIMD4(result[1], result[0], result[3], result[2]) }
        if label & 0x80 != 0 { result = SIMD4(result[2], result[3], result[0], result[1]) }
        return Bits256(words: result)
    }

    private static func swapped(_ words: SIMD4<UInt64>, _ distance: UInt64, _ mask: UInt64) -> SIMD4<UInt64> {
        (words & mask) &<< SIMD4(repeating: distance) | (words &>> SIMD4(repeating: distance)) & SIMD4(repeating: mask)
    }
}
