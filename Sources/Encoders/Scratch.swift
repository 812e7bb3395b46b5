import Support

/// Memory that one worker computes in, kept and grown from chunk to chunk.
final class Scratch: @unchecked Sendable {
    // Sendable by hand: one worker uses it at a time.
    private var start: UnsafeMutablePointer<Float>
    private var capacity: Int

    init() {
        capacity = 0
        start = UnsafeMutablePointer.allocate(capacity: 1)
    }

    deinit {
        start.deallocate()
        NativeMemory.record(-capacity * MemoryLayout<Float>.stride)
    }

    /// Room for one region of each size, 64-byte aligned. What was in the scratch before is lost.
    func regions(_ sizes: [Int]) -> [UnsafeMutablePointer<Float>] {
        let padded = sizes.map { ($0 + 15) / 16 * 16 }
        let total = padded.reduce(0, +)
        if total > capacity {
            start.deallocate()
            NativeMemory.record((total - capacity) * MemoryLayout<Float>.stride)
            start = UnsafeMutableRawPointer.allocate(byteCount: total * MemoryLayout<Float>.stride, alignment: 64)
                .bindMemory(to: Float.self, capacity: total)
            capacity = total
        }
        var next = start
        return padded.map { size in
            defer { next += size }
            return next
        }
    }
}
