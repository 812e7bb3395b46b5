import CKernels
import Glibc
import Support
import Testing

extension KernelTests {
    /// The way back through row functions, against derivatives in double precision.
    @Suite(.serialized) struct BackwardRows {
        // Around the vectors of every level.
        static let widths = [1, 3, 4, 7, 8, 9, 15, 16, 17, 30, 33, 64]

        private static func value(_ activation: ck_activation, _ x: Double) -> Double {
            switch activation {
            case CK_GELU: x * (1 + erf(x * 0.5.squareRoot())) / 2
            case CK_GELU_TANH: x / 2 * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
            case CK_RELU: max(x, 0)
            case CK_TANH: tanh(x)
            default: x
            }
        }

        @Test func `Slopes of activations equal differences at every level`() {
            var generator = SeededGenerator(seed: 21)
            for width in Self.widths {
                let x = randomFloats(width, &generator).map { $0 * 4 }, g = randomFloats(width, &generator)
                for activation in [CK_IDENTITY, CK_GELU, CK_GELU_TANH, CK_RELU, CK_TANH] {
                    atEveryLevel { level in
                        let out = exactly(x) { x in
                            exactly(g) { g in
                                ck_activation_back_f32(activation, width, x, g, g)
                                return (0..<width).map { g[$0] }
                            }
                        }
                        for i in 0..<width where abs(x[i]) > 1e-3 {
                            let at = Double(x[i]), h = 1e-5
                            let slope =
                                (Self.value(activation, at + h) - Self.value(activation, at - h)) / (2 * h)
                            #expect(
                                abs(Double(out[i]) - Double(g[i]) * slope) < 2e-6,
                                "\(level), \(activation), x \(x[i]), width \(width)")
                        }
                    }
                }
            }
        }

        /// The sum over g times the normalised row, in double precision: what the gradients are derivatives of.
        private func objective(_ x: [Double], _ g: [Float], _ gamma: [Double], _ beta: [Double]) -> Double {
            let n = gamma.count
            var total = 0.0
            for row in 0..<x.count / n {
                let line = x[row * n..<(row + 1) * n]
                let mean = line.reduce(0, +) / Double(n)
                let variance = line.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(n)
                for (i, value) in line.enumerated() {
                    total +=
                        Double(g[row * n + i])
                        * ((value - mean) / (variance + Double(Float(1e-3))).squareRoot() * gamma[i] + beta[i])
                }
            }
            return total
        }

        @Test func `Gradients of normalised rows equal differences at every level`() {
            var generator = SeededGenerator(seed: 22)
            for width in Self.widths {
                let rows = 3
                let x = randomFloats(rows * width, &generator), g = randomFloats(rows * width, &generator)
                let gamma = randomFloats(width, &generator), beta = randomFloats(width, &generator)
                atEveryLevel { level in
                    // Gradients are added to what is there.
                    let held = [Float](repeating: 0.5, count: width)
                    let (out, sums) = exactly(x) { x in
                        exactly(g) { g in
                            exactly(gamma) { gamma in
                                exactly(held) { first in
                                    exactly(held) { second in
                                        ck_layernorm_back_f32(rows, width, x, g, gamma, 1e-3, g, first, second)
                                        return (
                                            (0..<rows * width).map { Double(g[$0]) },
                                            (0..<2 * width).map {
                                                Double($0 < width ? first[$0] : second[$0 - width]) - 0.5
                                            }
                                        )
                                    }
                                }
                            }
                        }
                    }
                    let wide = x.map(Double.init), scales = gamma.map(Double.init), moves = beta.map(Double.init)
                    let h = 1e-5
                    func slope(_ change: (Double) -> Double) -> Double { (change(h) - change(-h)) / (2 * h) }
                    var worst = 0.0
                    for i in wide.indices {
                        let expected = slope { d in
                            var moved = wide
                            moved[i] += d
                            return objective(moved, g, scales, moves)
                        }
                        worst = worse(worst, abs(out[i] - expected) / max(1, abs(expected)))
                    }
                    for i in 0..<width {
                        let byScale = slope { d in
                            var moved = scales
                            moved[i] += d
                            return objective(wide, g, moved, moves)
                        }
                        let byMove = slope { d in
                            var moved = moves
                            moved[i] += d
                            return objective(wide, g, scales, moved)
                        }
                        worst = worse(worst, max(abs(sums[i] - byScale), abs(sums[width + i] - byMove)))
                    }
                    #expect(worst < 2e-5, "\(level), width \(width)")
                }
            }
        }
    }

    /// The way back through attention, against plain loops in double precision.
    @Suite(.serialized) struct BackwardAttention {
        /// Gradients by q, k and v, one after the other.
        private func plain(
            _ length: Int, _ heads: Int, _ size: Int, _ scale: Double, _ q: [Float], _ k: [Float], _ v: [Float],
            _ g: [Float]
        ) -> [Double] {
            let width = heads * size
            var gradients = [Double](repeating: 0, count: 3 * length * width)
            for h in 0..<heads {
                func at(_ m: [Float], _ row: Int, _ j: Int) -> Double { Double(m[row * width + h * size + j]) }
                for i in 0..<length {
                    var scores = (0..<length).map { t in
                        scale * (0..<size).reduce(0.0) { $0 + at(q, i, $1) * at(k, t, $1) }
                    }
                    let top = scores.max() ?? 0
                    scores = scores.map { exp($0 - top) }
                    let total = scores.reduce(0, +)
                    let p = scores.map { $0 / total }
                    let d = (0..<length).map { t in (0..<size).reduce(0.0) { $0 + at(g, i, $1) * at(v, t, $1) } }
                    let along = zip(p, d).reduce(0) { $0 + $1.0 * $1.1 }
                    for t in 0..<length {
                        let slope = p[t] * (d[t] - along) * scale
                        for j in 0..<size {
                            gradients[i * width + h * size + j] += slope * at(k, t, j)
                            gradients[(length + t) * width + h * size + j] += slope * at(q, i, j)
                            gradients[(2 * length + t) * width + h * size + j] += p[t] * at(g, i, j)
                        }
                    }
                }
            }
            return gradients
        }

        @Test func `Gradients of attention equal plain sums at every level`() {
            var generator = SeededGenerator(seed: 23)
            for (length, heads, size) in [(1, 1, 1), (2, 3, 10), (7, 2, 5), (16, 1, 32), (17, 3, 8), (50, 2, 32)] {
                let count = length * heads * size
                let q = randomFloats(count, &generator).map { $0 * 3 }, k = randomFloats(count, &generator)
                let v = randomFloats(count, &generator), g = randomFloats(count, &generator)
                let scale = 1 / Float(size).squareRoot()
                let expected = plain(length, heads, size, Double(scale), q, k, v, g)
                atEveryLevel { level in
                    var out = [Float](repeating: .nan, count: 3 * count)
                    let scratch = [Float](repeating: .nan, count: ck_attention_back_scratch_f32(length, size))
                    out.withUnsafeMutableBufferPointer { out in
                        guard let dq = out.baseAddress else { return }
                        exactly(scratch) { scratch in
                            ck_attention_back_f32(
                                length, heads, size, scale, q, k, v, heads * size, g, heads * size, dq, dq + count,
                                dq + 2 * count, scratch)
                        }
                    }
                    let worst = zip(out, expected).reduce(0.0) { worse($0, abs(Double($1.0) - $1.1)) }
                    #expect(worst < 2e-5, "\(level), length \(length), heads \(heads), size \(size)")
                }
            }
        }
    }
}
