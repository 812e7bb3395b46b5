import Support

/// A set of byte strings with a number each, walked byte by byte: a double array (Aoe 1989) addressed by exclusive or, so that one memory
/// access answers for one byte.
final class ByteTrie: Sendable {
    /// One node: where its children are, which byte leads to it, and the number of the string that ends in it.
    struct Unit: BitwiseCopyable {
        // Children of base b stand at b ^ byte. The byte that leads here is kept in 9 bits, 0x1ff in empty places; no two nodes share a
        // base, so that the byte alone tells a child from a stranger.
        var packed: UInt32
        var value: Int32

        static let empty = Unit(packed: 0x1ff, value: -1)
    }

    /// The node of the empty string.
    static let root: UInt32 = 0

    private let storage: Scratch<Unit>
    /// The nodes, for loops.
    var units: UnsafePointer<Unit> { UnsafePointer(storage.start) }

    /// A trie of `keys`, each with its position's item of `values` (at least 0). Of equal keys the last counts.
    init(_ keys: [[UInt8]], values: [Int32]) throws(Failure) {
        var builder = ByteTrieBuilder(keys, values: values)
        let units = try builder.build()
        storage = Scratch(count: units.count, repeating: .empty)
        units.withUnsafeBufferPointer { source in
            if let start = source.baseAddress { storage.start.update(from: start, count: source.count) }
        }
    }

    /// The node that `byte` leads to from `node`, or nil.
    @inline(__always)
    static func step(_ units: UnsafePointer<Unit>, _ node: UInt32, _ byte: UInt8) -> UInt32? {
        let next = (units[Int(node)].packed >> 9) ^ UInt32(byte)
        return units[Int(next)].packed & 0x1ff == UInt32(byte) ? next : nil
    }

    /// The node that `key` leads to.
    func node(_ key: some Sequence<UInt8>) -> UInt32? {
        var node = Self.root
        for byte in key {
            guard let next = Self.step(units, node, byte) else { return nil }
            node = next
        }
        return node
    }

    /// The number of `key`.
    func value(_ key: some Sequence<UInt8>) -> Int32? {
        guard let node = node(key), units[Int(node)].value >= 0 else { return nil }
        return units[Int(node)].value
    }
}
