/// A seeded source of random numbers: xoshiro256** (Blackman and Vigna 2021, "Scrambled linear pseudorandom number generators"),
/// its state filled by SplitMix64. The same seed gives the same numbers on every machine.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    @usableFromInline var state: (UInt64, UInt64, UInt64, UInt64)
    private var spareNormal: Double?

    /// A generator for `seed`. `stream` gives unrelated sequences of one seed: one per restart, resample or block of work, never
    /// one per thread.
    public init(seed: UInt64, stream: UInt64 = 0) {
        var split = seed &+ stream &* 0xd1b5_4a32_d192_ed03
        func next() -> UInt64 {
            split &+= 0x9e37_79b9_7f4a_7c15
            var z = split
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return z ^ (z >> 31)
        }
        state = (next(), next(), next(), next())
    }

    /// The next 64 random bits.
    @inlinable public mutating func next() -> UInt64 {
        let product = state.1 &* 5
        let result = ((product << 7) | (product >> 57)) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = (state.3 << 45) | (state.3 >> 19)
        return result
    }

    /// A number in [0, 1), a multiple of 2^-53.
    @inlinable public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// An integer in 0 ..< bound, without bias (Lemire 2019). `bound` must be positive.
    @inlinable public mutating func below(_ bound: Int) -> Int {
        let range = UInt64(bound)
        var product = next().multipliedFullWidth(by: range)
        if product.low < range {
            let threshold = (0 &- range) % range
            while product.low < threshold { product = next().multipliedFullWidth(by: range) }
        }
        return Int(product.high)
    }

    /// `count` different integers of 0 ..< bound in rising order, each set equally likely (Knuth, volume 2, algorithm S); all of them if
    /// `count` is not below `bound`.
    public mutating func sample(_ count: Int, of bound: Int) -> [Int] {
        var picked: [Int] = []
        picked.reserveCapacity(max(0, min(count, bound)))
        for value in 0..<max(0, bound) where picked.count < count {
            if count >= bound || below(bound - value) < count - picked.count { picked.append(value) }
        }
        return picked
    }

    /// A draw from the standard normal distribution (polar method, Marsaglia and Bray 1964).
    public mutating func normal() -> Double {
        if let spare = spareNormal {
            spareNormal = nil
            return spare
        }
        while true {
            let u = 2 * uniform() - 1
            let v = 2 * uniform() - 1
            let square = u * u + v * v
            guard square > 0, square < 1 else { continue }
            let factor = (-2 * naturalLogarithm(square) / square).squareRoot()
            spareNormal = v * factor
            return u * factor
        }
    }
}
