import CKernels
import Foundation
import Support
import Testing

extension KernelTests {
    @Suite(.serialized) struct Rows {
        @Test func `Activations keep their stated errors`() {
            let inputs: [Float] =
                (-120_000...120_000).map { Float($0) / 10_000 } + [-1e30, 1e30, -0.0, 1e-30, -100, 100]
            let exact: [(ck_activation, Double, (Double) -> Double)] = [
                (CK_GELU, 4e-7, { 0.5 * $0 * erfc(-$0 / 2.0.squareRoot()) }),
                (
                    CK_GELU_TANH, 4e-7,
                    { 0.5 * $0 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0))) }
                ),
                (CK_RELU, 0, { max($0, 0) }),
                (CK_TANH, 3e-7, { tanh($0) }),
                (CK_IDENTITY, 0, { $0 }),
            ]
            atEveryLevel { level in
                for (activation, allowed, function) in exact {
                    var values = inputs
                    ck_activate_f32(activation, values.count, &values)
                    var worst = 0.0
                    for (input, output) in zip(inputs, values) {
                        let scale = activation == CK_TANH ? 1 : max(1, abs(Double(input)))
                        worst = worse(worst, abs(Double(output) - function(Double(input))) / scale)
                    }
                    #expect(worst <= allowed, "\(level), activation \(activation.rawValue)")
                }
            }
        }

        @Test func `The exponential keeps its stated error`() {
            let inputs: [Float] = stride(from: Float(-87), through: 88, by: 0.0007).map { $0 }
            atEveryLevel { level in
                var values = inputs
                ck_exp_f32(values.count, &values)
                let worst = zip(inputs, values).map { abs(Double($1) / exp(Double($0)) - 1) }.reduce(0, worse)
                #expect(worst < 2e-7, "\(level)")
                var ends: [Float] = [-1e30, -.infinity, -104, 88.8, 1e30, .infinity, .nan]
                ck_exp_f32(ends.count, &ends)
                #expect(ends[0] == 0 && ends[1] == 0 && ends[2] == 0)
                #expect(ends[3] == .infinity && ends[4] == .infinity && ends[5] == .infinity && ends[6].isNaN)
            }
        }

        @Test(arguments: [0, 1, 3, 4, 7, 8, 15, 16, 17, 31, 33, 64, 100])
        func `Row functions equal double precision at any length`(n: Int) {
            var generator = SeededGenerator(seed: UInt64(n))
            let rows = 3, stride = n + 1
            let x = randomFloats(rows * stride, &generator).map { $0 * 20 + 5 }
            let residual = randomFloats(rows * stride, &generator)
            let gamma = randomFloats(n, &generator), beta = randomFloats(n, &generator)
            atEveryLevel { level in
                var soft = x
                ck_softmax_rows_f32(rows, n, 0.7, &soft, stride)
                var normed = [Float](repeating: 77, count: x.count), alone = normed
                exactly(gamma) { gamma in
                    exactly(beta) { beta in
                        ck_add_layernorm_f32(rows, n, x, stride, residual, stride, gamma, beta, 1e-5, &normed, stride)
                        ck_add_layernorm_f32(rows, n, x, stride, nil, 0, gamma, beta, 1e-5, &alone, stride)
                    }
                }
                for row in 0..<rows {
                    let range = row * stride..<row * stride + n
                    let v = x[range].map(Double.init), r = residual[range].map(Double.init)
                    let top = v.max() ?? 0
                    let total = v.reduce(0) { $0 + exp(0.7 * ($1 - top)) }
                    for (j, p) in range.enumerated() {
                        #expect(abs(Double(soft[p]) - exp(0.7 * (v[j] - top)) / total) < 1e-6, "\(level)")
                    }
                    for (values, result) in [(zip(v, r).map { $0 + $1 }, normed), (v, alone)] {
                        let mean = values.reduce(0, +) / Double(max(n, 1))
                        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(n, 1))
                        for (j, p) in range.enumerated() {
                            let expected =
                                (values[j] - mean) / (variance + 1e-5).squareRoot() * Double(gamma[j]) + Double(beta[j])
                            #expect(abs(Double(result[p]) - expected) < 1e-4, "\(level)")
                        }
                    }
                    #expect(soft[range.upperBound] == x[range.upperBound] && normed[range.upperBound] == 77)
                }
                let dot = exactly(gamma) { g in exactly(beta) { Double(ck_dot_f32(n, g, $0)) } }
                #expect(abs(dot - zip(gamma, beta).reduce(0) { $0 + Double($1.0) * Double($1.1) }) < 1e-5, "\(level)")
            }
        }

        @Test func `Layer normalisation works in place`() {
            var generator = SeededGenerator(seed: 9)
            let n = 37
            let x = randomFloats(n, &generator), residual = randomFloats(n, &generator)
            let ones = [Float](repeating: 1, count: n), zeros = [Float](repeating: 0, count: n)
            atEveryLevel { level in
                var apart = zeros, place = x, other = residual
                ck_add_layernorm_f32(1, n, x, n, residual, n, ones, zeros, 1e-12, &apart, n)
                place.withUnsafeMutableBufferPointer { p in
                    ck_add_layernorm_f32(1, n, p.baseAddress, n, residual, n, ones, zeros, 1e-12, p.baseAddress, n)
                }
                other.withUnsafeMutableBufferPointer { p in
                    ck_add_layernorm_f32(1, n, x, n, p.baseAddress, n, ones, zeros, 1e-12, p.baseAddress, n)
                }
                #expect(place == apart && other == apart, "\(level)")
            }
        }

        @Test(arguments: [1, 2, 15, 16, 17, 50, 100])
        func `Attention equals its formula`(length: Int) {
            var generator = SeededGenerator(seed: UInt64(length))
            for (heads, size) in [(2, 8), (1, 20), (1, 3), (3, 32)] {
                let width = heads * size, ld = 3 * width
                let qkv = randomFloats(length * ld, &generator).map { $0 * 2 }
                for isRounded in [false, true] {
                    let exact = attention(qkv, length: length, heads: heads, size: size, isRounded: isRounded)
                    let near = attention(
                        qkv.map { rounded($0) }, length: length, heads: heads, size: size, isRounded: true)
                    let room =
                        isRounded ? ck_attention_scratch_bf16(length, size) : ck_attention_scratch_f32(length, size)
                    let run = isRounded ? ck_attention_bf16 : ck_attention_f32
                    atEveryLevel { level in
                        var out = [Float](repeating: .nan, count: length * width)
                        exactly([Float](repeating: .nan, count: room)) { scratch in
                            exactly(qkv) { q in
                                run(length, heads, size, 0.3, q, q + width, q + 2 * width, ld, &out, width, scratch)
                            }
                        }
                        let inPairs = isRounded && ck_current_level() == CK_AVX512_BF16
                        let worst = zip(out, inPairs ? near : exact).reduce(0.0) { worst, pair in
                            worse(worst, (abs(Double(pair.0) - pair.1.value) - pair.1.unit))
                        }
                        #expect(worst < 5e-6, "\(level), \(heads) heads of \(size), rounded: \(isRounded)")
                    }
                }
            }
        }

        /// In double precision. `unit` is what rounding the weights of the values to bfloat16, each by 2^-8 of itself and a little more, may change.
        private func attention(
            _ qkv: [Float], length: Int, heads: Int, size: Int, isRounded: Bool
        ) -> [(value: Double, unit: Double)] {
            let width = heads * size
            var results: [(value: Double, unit: Double)] = []
            for i in 0..<length {
                for h in 0..<heads {
                    func at(_ row: Int, _ part: Int, _ d: Int) -> Double {
                        Double(qkv[(3 * row + part) * width + h * size + d])
                    }
                    let powers = (0..<length).map { j in
                        exp(0.3 * (0..<size).reduce(0.0) { $0 + at(i, 0, $1) * at(j, 1, $1) })
                    }
                    let total = powers.reduce(0, +)
                    for d in 0..<size {
                        let terms = (0..<length).map { powers[$0] / total * at($0, 2, d) }
                        let size = terms.reduce(0) { $0 + abs($1) }
                        results.append((terms.reduce(0, +), isRounded ? 1.1 * size / 256 : 0))
                    }
                }
            }
            return results
        }

        @Test(arguments: [(0, 5), (1, 1), (1, 9), (4, 4), (5, 3), (8, 17), (19, 6), (64, 33)])
        func `A transpose has every element in its place`(_ rows: Int, _ columns: Int) {
            // Rows lie further apart than they are long, on both sides.
            let (ldf, ldt) = (columns + 3, rows + 2)
            let from = (0..<rows * ldf).map { Float($0) }
            var to = [Float](repeating: -1, count: columns * ldt)
            ck_transpose_f32(rows, columns, from, ldf, &to, ldt)
            for j in 0..<columns {
                for i in 0..<ldt { #expect(to[j * ldt + i] == (i < rows ? from[i * ldf + j] : -1)) }
            }
        }

        @Test(arguments: [1, 7, 16, 33])
        func `A step of Adam is that of double precision at every level`(_ n: Int) {
            var step = ck_adam(shrink: 0.99, decay: 0.1, beta1: 0.9, beta2: 0.999, size: 0.5, root: 0.3, eps: 1e-3)
            let wave = { (phase: Float) in (0..<n + 1).map { sin(Float($0) * 1.7 + phase) } }
            let (start, gradient) = (wave(0), wave(1))
            atEveryLevel { level in
                var (p, m, s) = (start, wave(2), wave(3).map(abs))
                let (before, squares) = (m, s)
                ck_adam_f32(n, &step, &p, gradient, &m, &s)
                for i in 0..<n {
                    let held = Double(start[i]) * 0.99
                    let slope = Double(gradient[i]) + 0.1 * held
                    let mean = 0.9 * Double(before[i]) + 0.1 * slope
                    let square = 0.999 * Double(squares[i]) + 0.001 * slope * slope
                    let moved = held - 0.5 * mean / (square.squareRoot() / 0.3 + 1e-3)
                    #expect(abs(Double(p[i]) - moved) < 1e-5, "\(level), element \(i)")
                    #expect(abs(Double(m[i]) - mean) < 1e-6 && abs(Double(s[i]) - square) < 1e-6)
                }
                #expect(p[n] == start[n] && m[n] == before[n] && s[n] == squares[n])
            }
        }

        @Test func `An unknown level is refused`() {
            let before = ck_current_level()
            #expect(ck_force(ck_level(rawValue: 9)) == 0)
            #expect(ck_current_level() == before)
        }
    }
}
