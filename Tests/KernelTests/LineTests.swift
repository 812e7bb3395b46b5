import CKernels
import Support
import Testing

extension KernelTests {
    /// The functions that factorisations are made of.
    @Suite(.serialized) struct Lines {
        // Around the vectors of every level and four of them.
        static let lengths = [0, 1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 200]

        private func numbers(_ count: Int, _ generator: inout SeededGenerator) -> [Double] {
            (0..<count).map { _ in generator.uniform() * 2 - 1 }
        }

        @Test func `Dot products, scaled sums and rotations equal plain ones at every level`() {
            var generator = SeededGenerator(seed: 3)
            for length in Self.lengths {
                let (x, y) = (numbers(length, &generator), numbers(length, &generator))
                atEveryLevel { level in
                    let dot = exactly(x) { x in exactly(y) { ck_dot_f64(length, x, $0) } }
                    #expect(abs(dot - zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }) < 1e-13, "\(level), \(length)")
                    let sums = exactly(x) { from in
                        exactly(y) { to in
                            ck_add_scaled_f64(length, 1.5, from, to)
                            return (0..<length).map { to[$0] }
                        }
                    }
                    #expect(
                        zip(sums, zip(x, y)).allSatisfy { abs($0 - (1.5 * $1.0 + $1.1)) < 1e-15 }, "\(level), \(length)"
                    )
                    exactly(x) { first in
                        exactly(y) { second in
                            ck_rotate_f64(length, 0.6, 0.8, first, second)
                            for i in 0..<length {
                                #expect(abs(first[i] - (0.6 * x[i] - 0.8 * y[i])) < 1e-15, "\(level), \(length)")
                                #expect(abs(second[i] - (0.8 * x[i] + 0.6 * y[i])) < 1e-15, "\(level), \(length)")
                            }
                        }
                    }
                }
            }
        }

        @Test func `A product is added to what is there at every level`() {
            var generator = SeededGenerator(seed: 4)
            for (m, n, k) in Products.shapes {
                let (a, b, c) = (numbers(m * k, &generator), numbers(n * k, &generator), numbers(m * n, &generator))
                atEveryLevel { level in
                    var packed = [Double](repeating: .nan, count: ck_packed_count_f64(n, k))
                    ck_pack_f64(n, k, b, n, 0, &packed)
                    var sum = c
                    ck_gemm_add_f64(m, n, k, a, k, packed, &sum, n)
                    var plain = [Double](repeating: .nan, count: m * n)
                    ck_gemm_f64(m, n, k, a, k, packed, nil, &plain, n)
                    let worst = sum.indices.reduce(0.0) { worse($0, abs(sum[$1] - (plain[$1] + c[$1]))) }
                    #expect(worst < 1e-11, "\(level), m \(m), n \(n), k \(k)")
                }
            }
        }
    }
}
