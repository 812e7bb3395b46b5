import CKernels
import Foundation
import Support
import Testing

extension KernelTests {
    /// Products of bfloat16 and of bytes.
    @Suite(.serialized) struct LowProducts {
        @Test func `Products of bfloat16 equal sums over rounded numbers at every level`() {
            var generator = SeededGenerator(seed: 21)
            for (m, n, k) in Products.shapes {
                let (lda, ldc) = (k + 3, n + 2)
                let a = randomFloats(m * lda, &generator), b = randomFloats(n * k, &generator)
                let bias = randomFloats(n, &generator)
                atEveryLevel { level in
                    let c = product(CK_BF16, a, lda: lda, b, bias, m: m, n: n, k: k, ldc: ldc)
                    var worst = 0.0
                    for i in 0..<m {
                        for j in 0..<n {
                            var sum = Double(bias[j]), size = abs(sum)
                            for p in 0..<k {
                                let term = Double(rounded(a[i * lda + p])) * Double(rounded(b[j * k + p]))
                                sum += term
                                size += abs(term)
                            }
                            worst = worse(worst, abs(Double(c[i * ldc + j]) - sum) / max(size, 1))
                        }
                        #expect(c[i * ldc + n] == 77, "column beyond n was written at \(level)")
                    }
                    #expect(worst < 1e-6, "\(level), m \(m), n \(n), k \(k)")
                }
            }
        }

        @Test func `Products of bytes equal exact integer sums at every level`() {
            var generator = SeededGenerator(seed: 22)
            for (m, n, k) in Products.shapes {
                let (lda, ldc) = (k + 3, n + 2)
                // Rows of one sign too, and of zeros.
                let a = randomFloats(m * lda, &generator).enumerated().map { index, value in
                    switch index / lda % 5 {
                    case 1: abs(value) + 2
                    case 2: -abs(value)
                    case 3: Float(0)
                    default: value
                    }
                }
                let b = randomFloats(n * k, &generator), bias = randomFloats(n, &generator)
                let expected = quantizedProduct(a, lda: lda, b, bias, m: m, n: n, k: k)
                var first: [Float]?
                atEveryLevel { level in
                    let c = product(CK_S8, a, lda: lda, b, bias, m: m, n: n, k: k, ldc: ldc)
                    var worst = 0.0
                    for i in 0..<m {
                        for j in 0..<n {
                            let (sum, unit) = expected[i * n + j]
                            // An element half-way between two bytes may fall to either, by how the level rounds.
                            worst = worse(worst, abs(Double(c[i * ldc + j]) - sum) / max(unit, 1e-6))
                        }
                        #expect(c[i * ldc + n] == 77, "column beyond n was written at \(level)")
                    }
                    #expect(worst < 1.01, "\(level), m \(m), n \(n), k \(k): \(worst)")
                    let values = c.filter { $0 != 77 }
                    if let first { #expect(zip(values, first).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($1)) }) }
                    first = first ?? values
                }
            }
        }

        @Test func `Less precision stays near the float product`() {
            var generator = SeededGenerator(seed: 23)
            let (m, n, k) = (40, 96, 384)
            let a = randomFloats(m * k, &generator), b = randomFloats(n * k, &generator)
            for (precision, least) in [(CK_BF16, 0.99999), (CK_S8, 0.9999)] {
                #expect(nearness(precision, a, b, m: m, n: n, k: k) > least)
            }
        }

        /// As in a transformer: three inputs are thirty times as large as the others and have weights near 0. Without mixing 0.98 is left.
        @Test func `A few large values do not take the bytes from the others`() {
            var generator = SeededGenerator(seed: 27)
            let (m, n, k) = (40, 96, 384)
            var a = randomFloats(m * k, &generator), b = randomFloats(n * k, &generator)
            for large in [7, 99, 300] {
                for i in 0..<m { a[i * k + large] *= 30 }
                for j in 0..<n { b[j * k + large] *= 0.03 }
            }
            atEveryLevel { level in
                #expect(nearness(CK_S8, a, b, m: m, n: n, k: k) > 0.999, "\(level)")
            }
        }

        /// The cosine between the product in `precision` and that of floats.
        private func nearness(
            _ precision: ck_precision, _ a: [Float], _ b: [Float], m: Int, n: Int, k: Int
        ) -> Double {
            var packed = [Float](repeating: 0, count: ck_packed_count_f32(n, k))
            ck_pack_f32(n, k, b, k, 1, &packed)
            var exact = [Float](repeating: 0, count: m * n)
            ck_gemm_f32(m, n, k, a, k, packed, nil, &exact, n)
            let c = product(precision, a, lda: k, b, nil, m: m, n: n, k: k, ldc: n)
            let dot = zip(c, exact).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
            let norms = [c, exact].map { $0.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() }
            return dot / (norms[0] * norms[1])
        }

        @Test(arguments: [CK_BF16, CK_S8])
        func `A row's result does not depend on the rows beside it`(precision: ck_precision) {
            var generator = SeededGenerator(seed: 24)
            for (n, k) in [(40, 70), (384, 90), (10, 803), (130, 33)] {
                let m = 61
                let a = randomFloats(m * k, &generator), b = randomFloats(n * k, &generator)
                atEveryLevel { level in
                    let whole = product(precision, a, lda: k, b, nil, m: m, n: n, k: k, ldc: n)
                    var pieces: [Float] = []
                    var row = 0
                    while row < m {
                        let rows = min(1 + generator.below(9), m - row)
                        let some = Array(a[row * k..<(row + rows) * k])
                        pieces += product(precision, some, lda: k, b, nil, m: rows, n: n, k: k, ldc: n)
                        row += rows
                    }
                    #expect(whole.map(\.bitPattern) == pieces.map(\.bitPattern), "\(level), n \(n), k \(k)")
                }
            }
        }

        /// From 8193 on rows become bytes one by one.
        @Test(arguments: [8192, 8193, CK_WIDEST_S8])
        func `Rows of bytes are as wide as sums allow`(k: Int) {
            var generator = SeededGenerator(seed: 28)
            let (m, n) = (5, 2)
            let a = randomFloats(m * k, &generator), b = randomFloats(n * k, &generator)
            atEveryLevel { level in
                #expect(nearness(CK_S8, a, b, m: m, n: n, k: k) > 0.999, "\(level)")
                let whole = product(CK_S8, a, lda: k, b, nil, m: m, n: n, k: k, ldc: n)
                let last = product(CK_S8, Array(a.suffix(k)), lda: k, b, nil, m: 1, n: n, k: k, ldc: n)
                #expect(Array(whole.suffix(n)) == last, "\(level)")
            }
        }

        @Test(arguments: [CK_BF16, CK_S8])
        func `Columns by themselves are those of the whole product`(precision: ck_precision) {
            var generator = SeededGenerator(seed: 26)
            for (m, n, k) in [(1, 40, 70), (23, 389, 90), (7, 130, 803), (3, 33, 0)] {
                let a = randomFloats(m * k, &generator), b = randomFloats(n * k, &generator)
                let bias = randomFloats(n, &generator)
                atEveryLevel { level in
                    let whole = product(
                        precision, a, lda: k, b, bias, m: m, n: n, k: k, ldc: n + 2, activation: CK_GELU)
                    for columns in [CK_PANEL, 3 * CK_PANEL, 4 * CK_PANEL] {
                        let parts = product(
                            precision, a, lda: k, b, bias, m: m, n: n, k: k, ldc: n + 2, activation: CK_GELU,
                            columns: columns)
                        #expect(whole.map(\.bitPattern) == parts.map(\.bitPattern), "\(level), n \(n), by \(columns)")
                    }
                }
            }
        }

        @Test(arguments: [CK_BF16, CK_S8])
        func `An activation is applied once, after the bias`(precision: ck_precision) {
            var generator = SeededGenerator(seed: 25)
            for (m, n, k) in [(7, 20, 5), (13, 64, 900), (3, 4, 0)] {
                let a = randomFloats(m * k, &generator), b = randomFloats(n * k, &generator)
                let bias = randomFloats(n, &generator)
                atEveryLevel { level in
                    for activation in [CK_IDENTITY, CK_GELU, CK_GELU_TANH, CK_RELU, CK_TANH] {
                        var apart = product(precision, a, lda: k, b, bias, m: m, n: n, k: k, ldc: n)
                        ck_activate_f32(activation, apart.count, &apart)
                        let fused = product(
                            precision, a, lda: k, b, bias, m: m, n: n, k: k, ldc: n, activation: activation)
                        let near: Float = activation == CK_GELU ? 1.6e-4 : 0
                        #expect(
                            zip(apart, fused).allSatisfy { abs($0 - $1) <= near },
                            "\(level), activation \(activation.rawValue)")
                    }
                }
            }
        }

        /// One product by 1 hands the activation any value, as the bias of a row of zeros.
        @Test(arguments: [CK_BF16, CK_S8])
        func `GELU is near everywhere`(precision: ck_precision) {
            let x = (-4000...4000).map { Float($0) / 500 } + [-1e30, -1e6, -50, 50, 1e6, 1e30]
            let weights = [Float](repeating: 0, count: x.count)
            atEveryLevel { level in
                let y = product(
                    precision, [0], lda: 1, weights, x, m: 1, n: x.count, k: 1, ldc: x.count, activation: CK_GELU)
                let worst = zip(x, y).reduce(0.0) { worst, pair in
                    let x = Double(pair.0), exact = 0.5 * x * erfc(-x / 2.0.squareRoot())
                    return worse(worst, abs(Double(pair.1) - exact))
                }
                #expect(worst < 1.6e-4, "\(level)")
                #expect(y[4000] == 0)
            }
        }

        @Test func `What is no number stays none in bfloat16`() {
            atEveryLevel { level in
                for odd in [Float.nan, Float(bitPattern: 0x7fff_ffff), .infinity, -.infinity] {
                    let c = product(CK_BF16, [odd, 0], lda: 2, [1, 0], nil, m: 1, n: 1, k: 2, ldc: 1)
                    #expect(odd.isNaN ? c[0].isNaN : c[0] == odd, "\(level), \(odd)")
                }
            }
        }

        /// Rounded to bfloat16, ties to even.
        /// A row as products of bytes mix it: of sixteen parts, first four neighbours, then four that lie four apart, each y = 2 mean - x.
        private func mixed(_ row: some Collection<Float>) -> [Float] {
            var row = Array(row)
            let step = row.count / 16
            func reflect(_ parts: [Int]) {
                for p in 0..<step {
                    let x = parts.map { row[$0 * step + p] }
                    for (part, value) in zip(parts, x) {
                        row[part * step + p] = ((x[0] + x[1]) + (x[2] + x[3])) / 2 - value
                    }
                }
            }
            for i in 0..<4 { reflect((0..<4).map { 4 * i + $0 }) }
            for i in 0..<4 { reflect((0..<4).map { i + 4 * $0 }) }
            return row
        }

        /// The product over quantised operands in double precision, and what one step of one left byte is worth at most, for each element.
        private func quantizedProduct(
            _ a: [Float], lda: Int, _ b: [Float], _ bias: [Float], m: Int, n: Int, k: Int
        ) -> [(sum: Double, unit: Double)] {
            let right = (0..<n).map { j in
                let column = mixed(b[j * k..<(j + 1) * k])
                let largest = column.map(abs).max() ?? 0, factor = largest > 0 ? 127 / largest : 0
                return (
                    scale: Double(largest / 127),
                    bytes: column.map { Double(($0 * factor).rounded(.toNearestOrEven)) }
                )
            }
            return (0..<m).flatMap { i in
                let row = mixed(a[i * lda..<i * lda + k])
                let low = min(row.min() ?? 0, 0), high = max(row.max() ?? 0, 0)
                let scale = (high - low) / 255
                let zero = scale > 0 ? (-low / scale).rounded(.toNearestOrEven) : 0
                let left = row.map { scale > 0 ? Double(($0 / scale + zero).rounded(.toNearestOrEven) - zero) : 0 }
                return (0..<n).map { j in
                    let sum = zip(left, right[j].bytes).reduce(0.0) { $0 + $1.0 * $1.1 }
                    let unit = Double(scale) * right[j].scale * 127
                    return (sum * Double(scale) * right[j].scale + Double(bias[j]), unit)
                }
            }
        }

        private func product(
            _ precision: ck_precision, _ a: [Float], lda: Int, _ b: [Float], _ bias: [Float]?, m: Int, n: Int, k: Int,
            ldc: Int, activation: ck_activation = CK_IDENTITY, columns: Int? = nil
        ) -> [Float] {
            let a = m > 0 ? Array(a.prefix((m - 1) * lda + k)) : []
            let packed = UnsafeMutableRawPointer.allocate(
                byteCount: max(ck_packed_bytes_low(precision, n, k), 1), alignment: 64)
            let left = UnsafeMutableRawPointer.allocate(
                byteCount: max(ck_left_bytes_low(precision, m, k), 1), alignment: 64)
            defer {
                packed.deallocate()
                left.deallocate()
            }
            exactly(b) { ck_pack_low(precision, n, k, $0, k, packed) }
            exactly(a) { ck_left_low(precision, m, k, $0, lda, left) }
            return exactly([Float](repeating: 77, count: m * ldc)) { c in
                for first in stride(from: 0, to: n, by: columns ?? max(n, 1)) {
                    let end = min(first + (columns ?? n), n)
                    if let bias {
                        exactly(bias) {
                            ck_gemm_low(precision, m, n, k, left, packed, first, end, $0, activation, c, ldc)
                        }
                    } else {
                        ck_gemm_low(precision, m, n, k, left, packed, first, end, nil, activation, c, ldc)
                    }
                }
                return Array(UnsafeBufferPointer(start: c, count: m * ldc))
            }
        }
    }
}
