import Support

/// Seeded random tensors. Every block of elements has its own sequence of the seed, so that the numbers are the same for any number
/// of threads.
extension Tensor {
    private static var randomBlock: Int { 1 << 14 }

    /// Uniform numbers from 0 up to, not including, 1.
    public static func rand(
        _ shape: [Int], seed: UInt64, dtype: DType = .float32, work: Work = Work()
    ) throws(Failure) -> Tensor {
        // float32 takes 24 bits: a rounded double could become 1.
        dtype == .float32
            ? try random(shape, seed, Float.self, work) { Float($0.next() >> 40) * 0x1p-24 }
            : try random(shape, seed, Double.self, work) { $0.uniform() }.to(dtype, work: work)
    }

    /// Draws from the standard normal distribution.
    public static func randn(
        _ shape: [Int], seed: UInt64, dtype: DType = .float32, work: Work = Work()
    ) throws(Failure) -> Tensor {
        try random(shape, seed, Double.self, work) { $0.normal() }.to(dtype, work: work)
    }

    /// Whole numbers from `low` to `high`, both included.
    public static func randint(
        _ low: Int64, _ high: Int64, _ shape: [Int], seed: UInt64, dtype: DType = .int64, work: Work = Work()
    ) throws(Failure) -> Tensor {
        guard low <= high else { throw .argument("high", expected: "integer from \(low) (low) up", got: "\(high)") }
        let (span, overflow) = high.subtractingReportingOverflow(low)
        guard !overflow, span < Int64.max else {
            throw .argument("high", expected: "fewer than 2^63 numbers between low and high", got: "\(high)")
        }
        return try random(shape, seed, Int64.self, work) { low + Int64($0.below(Int(span) + 1)) }.to(dtype, work: work)
    }

    static func random<T: TensorElement>(
        _ shape: [Int], _ seed: UInt64, _ type: T.Type, _ work: Work, _ draw: @Sendable (inout SeededGenerator) -> T
    ) throws(Failure) -> Tensor {
        let result = try uninitialized(shape, dtype: T.dtype)
        let count = result.count
        try work.forEach((count + randomBlock - 1) / randomBlock) { block, _ in
            var generator = SeededGenerator(seed: seed, stream: UInt64(block))
            let target = result.pointer(T.self)
            for i in block * randomBlock..<min(count, (block + 1) * randomBlock) { target[i] = draw(&generator) }
        }
        return result
    }
}
