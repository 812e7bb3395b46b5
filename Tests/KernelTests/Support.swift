import CKernels
import Support
import Testing

/// Every instruction set this processor can run, with a name for messages.
let levels: [(ck_level, String)] = [
    (CK_PLAIN, "plain"), (CK_NEON, "NEON"), (CK_AVX2, "AVX2"), (CK_AVX512, "AVX-512"),
    (CK_AVX512_VNNI, "AVX-512 with VNNI"), (CK_AVX512_BF16, "AVX-512 with BF16"),
].filter { ck_supports($0.0) != 0 }

/// Runs `body` at every level, then returns to the best.
func atEveryLevel(_ body: (_ name: String) -> Void) {
    let best = ck_current_level()
    defer { _ = ck_force(best) }
    for (level, name) in levels {
        #expect(ck_force(level) == 1)
        body(name)
    }
}

/// Numbers in -1 ..< 1.
func randomFloats(_ count: Int, _ generator: inout SeededGenerator) -> [Float] {
    (0..<count).map { _ in Float(generator.uniform() * 2 - 1) }
}

/// Memory of exactly `count` elements, so that the address sanitizer sees any access outside.
func exactly<T, R>(_ values: [T], _ body: (UnsafeMutablePointer<T>) -> R) -> R {
    let memory = UnsafeMutablePointer<T>.allocate(capacity: max(values.count, 1))
    memory.initialize(from: values, count: values.count)
    defer { memory.deallocate() }
    return body(memory)
}

/// The larger of two errors, where one that is not a number counts as infinite: `max` would drop it.
func worse(_ a: Double, _ b: Double) -> Double { a.isNaN || b.isNaN ? .infinity : max(a, b) }

/// To bfloat16, nearest, ties to even.
func rounded(_ value: Float) -> Float {
    let bits = value.bitPattern
    return Float(bitPattern: (bits &+ 0x7fff &+ (bits >> 16 & 1)) & 0xffff_0000)
}
