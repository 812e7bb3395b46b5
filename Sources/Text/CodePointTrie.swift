import Support

/// A tree of words by code point. Nodes are numbered from 0, the root; a child is found by hashing its parent's number and its code
/// point, which is exact: no two children share a key.
struct CodePointTrie: Sendable {
    /// The number of the node that stands for no characters at all.
    static let root: UInt32 = 0

    private var keys: Scratch<UInt64>
    private var children: Scratch<UInt32>
    private var shift: UInt64
    private(set) var nodeCount = 1

    /// An empty tree with room for about `nodes` nodes before it has to grow.
    init(nodes: Int = 1_000) {
        var bits: UInt64 = 8
        while 1 << bits < 2 * nodes { bits += 1 }
        shift = 64 - bits
        keys = Scratch(count: 1 << Int(bits), repeating: 0)
        children = Scratch(count: 1 << Int(bits), repeating: 0)
    }

    /// The node reached from `node` by `point`, or nil.
    @inline(__always)
    func child(_ node: UInt32, _ point: UInt32) -> UInt32? {
        let slot = slot(CodePointTrie.key(node, point))
        return keys.start[slot] == 0 ? nil : children.start[slot]
    }

    /// The node reached from `node` by `point`, made if need be.
    mutating func insert(_ node: UInt32, _ point: UInt32) -> UInt32 {
        let key = CodePointTrie.key(node, point)
        var slot = slot(key)
        if keys.start[slot] != 0 { return children.start[slot] }
        if 2 * nodeCount >= keys.count {
            grow()
            slot = self.slot(key)
        }
        keys.start[slot] = key
        children.start[slot] = UInt32(nodeCount)
        nodeCount += 1
        return UInt32(nodeCount - 1)
    }

    // A code point has 21 bits; one more marks the slot as taken.
    @inline(__always)
    private static func key(_ node: UInt32, _ point: UInt32) -> UInt64 {
        UInt64(node) << 22 | UInt64(point) << 1 | 1
    }

    @inline(__always)
    private func slot(_ key: UInt64) -> Int {
        let mask = keys.count - 1
        var slot = Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> shift)
        while keys.start[slot] != 0, keys.start[slot] != key { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        let (oldKeys, oldChildren) = (keys, children)
        shift -= 1
        keys = Scratch(count: 2 * oldKeys.count, repeating: 0)
        children = Scratch(count: 2 * oldKeys.count, repeating: 0)
        for index in 0..<oldKeys.count where oldKeys[index] != 0 {
            let slot = slot(oldKeys[index])
            keys[slot] = oldKeys[index]
            children[slot] = oldChildren[index]
        }
    }
}
