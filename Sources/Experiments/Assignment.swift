import Support

/// Which arm a unit belongs to, from its name alone: the same on every machine and every day.
public enum Assignment {
    /// The place of a unit in [0, 1): the first 64 bits of SHA-256 of salt, NUL, unit, as a big-endian number over 2^64.
    public static func point(unit: [UInt8], salt: [UInt8]) -> UInt64 {
        SHA256.digest(salt + [0] + unit).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The arm that the unit's place falls to, from 0: arms take shares of [0, 1) in their order, each its weight over their sum.
    public static func arm(unit: [UInt8], salt: [UInt8], weights: [Double]) throws(Failure) -> Int {
        for (index, weight) in weights.enumerated() where !(weight >= 0 && weight.isFinite) {
            throw .argument("weights", expected: "weights of at least 0", got: "\(weight) at position \(index + 1)")
        }
        let sum = weights.reduce(0, +)
        guard sum > 0 else { throw .argument("weights", expected: "a weight above 0", got: "none") }
        guard sum.isFinite else {
            throw .argument("weights", expected: "weights whose sum is a number", got: "infinity")
        }
        // 53 bits are all that a double in [0, 1) can tell apart.
        let place = Double(point(unit: unit, salt: salt) >> 11) * 0x1p-53 * sum
        var end = 0.0
        for (index, weight) in weights.enumerated() {
            end += weight
            if place < end, weight > 0 { return index }
        }
        return weights.lastIndex { $0 > 0 } ?? 0
    }
}
