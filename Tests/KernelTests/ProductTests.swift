import CKernels
import Support
import Testing

/// Tests that force a level share one process-wide choice, hence one after the other.
@Suite(.serialized) struct KernelTests {}

extension KernelTests {
    @Suite(.serialized) struct Products {
        // Sizes around every tile height (1, 2, 6, 8, 12, 16, 48, 192), panel width (16, 64) and inner block (768).
        static let shapes: [(m: Int, n: Int, k: Int)] = [
            (0, 5, 3), (5, 0, 3), (1, 1, 1), (1, 1, 0), (3, 7, 0), (2, 15, 3), (5, 16, 8), (6, 17, 9), (7, 31, 1),
            (13, 33, 20),
            (11, 47, 5), (17, 48, 6), (9, 49, 2), (19, 64, 31), (23, 65, 30), (5, 80, 64), (193, 20, 7), (200, 3, 2),
            (4, 66, 769),
            (2, 5, 1600), (3, 20, 127), (3, 20, 129),
        ]

        @Test func `Float products equal double precision sums at every level`() {
            var generator = SeededGenerator(seed: 1)
            // The last is more than a block of rows and of the inner dimension.
            for (m, n, k) in Self.shapes + [(200, 70, 800)] {
                let lda = k + 3, ldc = n + 2
                let a = randomFloats(m * lda, &generator), b = randomFloats(n * k, &generator),
                    bias = randomFloats(n, &generator)
                atEveryLevel { level in
                    for transposed in [false, true] {
                        let packed = packedMatrix(b, n: n, k: k, transposed: transposed)
                        let c = product(a, lda: lda, packed, bias, m: m, n: n, k: k, ldc: ldc)
                        var worst = 0.0
                        for i in 0..<m {
                            for j in 0..<n {
                                var sum = Double(bias[j]), size = abs(sum)
                                for p in 0..<k {
                                    let term = Double(a[i * lda + p]) * Double(transposed ? b[j * k + p] : b[p * n + j])
                                    sum += term
                                    size += abs(term)
                                }
                                worst = worse(worst, abs(Double(c[i * ldc + j]) - sum) / max(size, 1))
                            }
                            if ldc > n { #expect(c[i * ldc + n] == 77, "column beyond n was written at \(level)") }
                        }
                        #expect(worst < 1e-6, "\(level), m \(m), n \(n), k \(k)")
                    }
                }
            }
        }

        @Test func `Double products equal plain sums at every level`() {
            var generator = SeededGenerator(seed: 2)
            for (m, n, k) in Self.shapes {
                let a = (0..<m * k).map { _ in generator.uniform() - 0.5 },
                    b = (0..<n * k).map { _ in generator.uniform() - 0.5 }
                atEveryLevel { level in
                    for transposed in [Int32(0), 1] {
                        var packed = [Double](repeating: .nan, count: ck_packed_count_f64(n, k))
                        ck_pack_f64(n, k, b, transposed == 0 ? n : k, transposed, &packed)
                        var c = [Double](repeating: .nan, count: m * n)
                        ck_gemm_f64(m, n, k, a, k, packed, nil, &c, n)
                        var worst = 0.0
                        for i in 0..<m {
                            for j in 0..<n {
                                var sum = 0.0
                                for p in 0..<k { sum += a[i * k + p] * (transposed == 0 ? b[p * n + j] : b[j * k + p]) }
                                worst = worse(worst, abs(c[i * n + j] - sum))
                            }
                        }
                        #expect(worst < 1e-12, "\(level), m \(m), n \(n), k \(k)")
                    }
                }
            }
        }

        @Test func `A row's result does not depend on the rows beside it`() {
            var generator = SeededGenerator(seed: 3)
            for (n, k) in [(40, 70), (384, 90), (10, 800), (130, 33)] {
                let m = 61
                let a = randomFloats(m * k, &generator), b = randomFloats(n * k, &generator)
                atEveryLevel { level in
                    let packed = packedMatrix(b, n: n, k: k, transposed: true)
                    let whole = product(a, lda: k, packed, nil, m: m, n: n, k: k, ldc: n)
                    var pieces: [Float] = []
                    var row = 0
                    while row < m {
                        let rows = min(1 + generator.below(9), m - row)
                        pieces += product(
                            Array(a[row * k..<(row + rows) * k]), lda: k, packed, nil, m: rows, n: n, k: k, ldc: n)
                        row += rows
                    }
                    #expect(whole.map(\.bitPattern) == pieces.map(\.bitPattern), "\(level), n \(n), k \(k)")
                }
            }
        }

        @Test func `Columns by themselves are those of the whole product`() {
            var generator = SeededGenerator(seed: 5)
            for (m, n, k) in [(1, 40, 70), (23, 389, 90), (7, 130, 803)] {
                let a = randomFloats(m * k, &generator), b = randomFloats(n * k, &generator)
                let bias = randomFloats(n, &generator)
                atEveryLevel { level in
                    let packed = packedMatrix(b, n: n, k: k, transposed: true)
                    func product(by columns: Int) -> [Float] {
                        var c = [Float](repeating: 77, count: m * n)
                        for first in stride(from: 0, to: n, by: columns) {
                            let panels = Array(packed[ck_packed_count_f32(first, k)...])
                            let some = Array(bias[first...])
                            let count = min(columns, n - first)
                            c.withUnsafeMutableBufferPointer { c in
                                guard let start = c.baseAddress else { return }
                                ck_gemm_activation_f32(m, count, k, a, k, panels, some, CK_GELU, start + first, n)
                            }
                        }
                        return c
                    }
                    let whole = product(by: n)
                    for columns in [CK_PANEL, 3 * CK_PANEL, 4 * CK_PANEL] {
                        let parts = product(by: columns)
                        #expect(whole.map(\.bitPattern) == parts.map(\.bitPattern), "\(level), n \(n), by \(columns)")
                    }
                }
            }
        }

        @Test func `An activation is applied once, after the bias`() {
            var generator = SeededGenerator(seed: 4)
            for (m, n, k) in [(7, 20, 5), (13, 64, 900), (3, 4, 0)] {
                let a = randomFloats(m * k, &generator), b = randomFloats(n * k, &generator),
                    bias = randomFloats(n, &generator)
                atEveryLevel { level in
                    let packed = packedMatrix(b, n: n, k: k, transposed: true)
                    for activation in [CK_IDENTITY, CK_GELU, CK_GELU_TANH, CK_RELU, CK_TANH] {
                        var apart = product(a, lda: k, packed, bias, m: m, n: n, k: k, ldc: n)
                        ck_activate_f32(activation, apart.count, &apart)
                        var fused = [Float](repeating: .nan, count: m * n)
                        ck_gemm_activation_f32(m, n, k, a, k, packed, bias, activation, &fused, n)
                        #expect(apart == fused, "\(level), activation \(activation.rawValue)")
                    }
                }
            }
        }

        private func packedMatrix(_ b: [Float], n: Int, k: Int, transposed: Bool) -> [Float] {
            var packed = [Float](repeating: .nan, count: ck_packed_count_f32(n, k))
            exactly(b) { ck_pack_f32(n, k, $0, transposed ? k : n, transposed ? 1 : 0, &packed) }
            return packed
        }

        private func product(
            _ a: [Float], lda: Int, _ packed: [Float], _ bias: [Float]?, m: Int, n: Int, k: Int, ldc: Int
        ) -> [Float] {
            // The last row ends with its last element, whatever the stride.
            let a = m > 0 ? Array(a.prefix((m - 1) * lda + k)) : []
            return exactly(a) { left in
                exactly(packed) { right in
                    exactly([Float](repeating: 77, count: m * ldc)) { c in
                        if let bias {
                            exactly(bias) { ck_gemm_f32(m, n, k, left, lda, right, $0, c, ldc) }
                        } else {
                            ck_gemm_f32(m, n, k, left, lda, right, nil, c, ldc)
                        }
                        return Array(UnsafeBufferPointer(start: c, count: m * ldc))
                    }
                }
            }
        }
    }
}
