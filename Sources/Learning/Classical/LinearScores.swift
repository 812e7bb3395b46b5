import CKernels
import Glibc
import Support

/// A linear map of rows, block by block: x·coefficientsᵀ + intercepts in float64.
struct LinearScores: Sendable {
    let outputs: Int
    let columns: Int
    private let packed: Scratch<Double>
    private let bias: Scratch<Double>

    /// `coefficients` holds a row for each of the `intercepts`.
    init(_ coefficients: [Double], _ intercepts: [Double], columns: Int) {
        outputs = intercepts.count
        self.columns = columns
        packed = Scratch(count: ck_packed_count_f64(outputs, columns), repeating: 0)
        bias = Scratch(count: outputs, repeating: 0)
        bias.start.update(from: intercepts, count: outputs)
        ck_pack_f64(outputs, columns, coefficients, columns, 1, packed.start)
    }

    /// Writes the scores of `count` rows, `columns` apart, to `target`, `outputs` apart.
    func write(_ rows: UnsafePointer<Double>, count: Int, to target: UnsafeMutablePointer<Double>) {
        ck_gemm_f64(count, outputs, columns, rows, columns, packed.start, bias.start, target, outputs)
    }

    /// Calls `body` with each block of rows and its scores, row-major, on several threads.
    func forEachBlock(
        _ matrix: FeatureMatrix, work: Work, _ body: @Sendable (Range<Int>, UnsafeMutablePointer<Double>) -> Void
    ) throws(Failure) {
        let workers = min(work.threads, matrix.blocks)
        let lines = (0..<workers).map { _ in
            Scratch<Double>(count: FeatureMatrix.blockRows * columns, repeating: 0)
        }
        let scores = (0..<workers).map { _ in
            Scratch<Double>(count: FeatureMatrix.blockRows * outputs, repeating: 0)
        }
        try work.forEach(matrix.blocks) { index, worker in
            let range = matrix.block(index)
            matrix.widen(range, into: lines[worker].start)
            write(lines[worker].start, count: range.count, to: scores[worker].start)
            body(range, scores[worker].start)
        }
    }
}

/// 1 / (1 + e⁻ᶻ), exact at both ends.
@inline(__always)
func logistic(_ z: Double) -> Double {
    if z >= 0 { return 1 / (1 + exp(-z)) }
    let e = exp(z)
    return e / (1 + e)
}

/// ln(1 + eᶻ) without overflow.
@inline(__always)
func softplus(_ z: Double) -> Double { max(z, 0) + log1p(exp(-abs(z))) }

/// Scores become shares that sum to one; returns the logarithm of the sum of their exponentials.
@discardableResult
func softmax(_ scores: UnsafeMutableBufferPointer<Double>) -> Double {
    var highest = -Double.infinity
    for score in scores { highest = max(highest, score) }
    // Every class impossible, as where a multinomial model without smoothing sees what none had: all alike.
    guard highest > -Double.infinity else {
        scores.update(repeating: 1 / Double(max(scores.count, 1)))
        return highest
    }
    var sum = 0.0
    for index in scores.indices {
        scores[index] = exp(scores[index] - highest)
        sum += scores[index]
    }
    for index in scores.indices { scores[index] /= sum }
    return highest + log(sum)
}
