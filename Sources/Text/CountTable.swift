/// Counts of 64-bit keys, numbered from 0 in the order of their first appearance.
struct CountTable {
    private(set) var counts: [Int32] = []
    private var keys: [UInt64] = []
    private var slots: [Int32] = [Int32](repeating: -1, count: 1 << 10)
    private var shift: UInt64 = 54

    /// Counts one more of `key`; returns its number.
    mutating func add(_ key: UInt64) -> Int {
        var slot = slot(key)
        if slots[slot] >= 0 {
            counts[Int(slots[slot])] &+= 1
            return Int(slots[slot])
        }
        if 2 * keys.count >= slots.count {
            grow()
            slot = self.slot(key)
        }
        slots[slot] = Int32(keys.count)
        keys.append(key)
        counts.append(1)
        return keys.count - 1
    }

    @inline(__always)
    private func slot(_ key: UInt64) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: ((key ^ key >> 29) &* 0x9e37_79b9_7f4a_7c15) >> shift)
        while slots[slot] >= 0, keys[Int(slots[slot])] != key { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        shift -= 1
        slots = [Int32](repeating: -1, count: 2 * slots.count)
        for (number, key) in keys.enumerated() { slots[slot(key)] = Int32(number) }
    }
}
