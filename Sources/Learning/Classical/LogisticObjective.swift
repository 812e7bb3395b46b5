import CKernels
import Support

/// What logistic regression minimises, over coefficients in units of their own curvature.
///
/// Columns of very different sizes, or far from zero, would make the valley narrow and L-BFGS slow. So rows are centred (the intercept takes
/// it up) and every coefficient is divided by t = 1 / √(Σ weight · x² / 4 + l2), after which the curvature is at most about one in every
/// direction of a coordinate. The minimum is the same.
final class LogisticObjective: Sendable {
    private let matrix: FeatureMatrix
    private let codes: [Int]
    private let weights: [Double]
    private let classes: Int
    private let hasIntercept: Bool
    /// Rows of coefficients: one for two classes.
    private let outputs: Int
    private let columns: Int
    /// What is taken off each column.
    private let offset: [Double]
    /// t of each column, and of the intercept.
    private let scale: [Double]
    private let interceptScale: Double
    /// l2 · t² of each column, times its variance where columns are standardised.
    private let penalty: [Double]
    private let chunks: Int
    private let workspaces: [Workspace]

    /// Memory of one thread.
    private final class Workspace: Sendable {
        let lines: Scratch<Double>
        let packed: Scratch<Double>
        let scores: Scratch<Double>
        let residuals: Scratch<Double>
        let products: Scratch<Double>

        init(columns: Int, outputs: Int) {
            let rows = FeatureMatrix.blockRows
            lines = Scratch(count: rows * columns, repeating: 0)
            packed = Scratch(count: ck_packed_count_f64(columns, rows), repeating: 0)
            scores = Scratch(count: rows * outputs, repeating: 0)
            residuals = Scratch(count: rows * outputs, repeating: 0)
            products = Scratch(count: columns * outputs, repeating: 0)
        }
    }

    var parameterCount: Int { outputs * (columns + (hasIntercept ? 1 : 0)) }

    init(
        _ options: LogisticRegression, _ matrix: FeatureMatrix, _ target: ClassCodes, _ weights: [Double], work: Work
    ) throws(Failure) {
        self.matrix = matrix
        codes = target.codes
        self.weights = weights
        classes = target.classes.count
        outputs = classes == 2 ? 1 : classes
        columns = matrix.columns
        hasIntercept = options.intercept
        let isCentred = options.intercept || options.standardize
        let total = weights.reduce(0, +)
        // What is standardised is so by all rows alike, as elsewhere; what only speeds the search, by the rows as they count.
        let moments = try matrix.moments(
            weights: options.standardize ? nil : weights, aroundMean: isCentred, work: work)
        if let column = moments.square.firstIndex(where: { !($0 * total).isFinite }) {
            throw .argument(
                "x", expected: "values whose squares can be summed", got: "larger ones in column \(column + 1)",
                hint: "divide the column by a power of ten")
        }
        offset = isCentred ? moments.mean : [Double](repeating: 0, count: columns)
        // A constant column keeps rounding noise as its variance.
        let variance = zip(moments.square, moments.mean).map { square, mean in
            square <= 1e-30 * mean * mean ? 0 : square
        }
        let shares = variance.map { options.l2 * (options.standardize ? ($0 > 0 ? $0 : 1) : 1) }
        scale = zip(variance, shares).map { square, share in
            let curvature = square * total / 4 + share
            return curvature > 0 ? 1 / curvature.squareRoot() : 0
        }
        penalty = zip(shares, scale).map { $0 * $1 * $1 }
        interceptScale = 1 / (total / 4).squareRoot()
        chunks = min(64, matrix.blocks)
        let (columns, outputs) = (columns, outputs)
        workspaces = (0..<min(work.threads, chunks)).map { _ in Workspace(columns: columns, outputs: outputs) }
    }

    /// The value at `point` (coefficients by output, then intercepts), the gradient to `gradient`.
    func evaluate(_ point: [Double], _ gradient: inout [Double], work: Work) throws(Failure) -> Double {
        let map = self.map(point)
        let sums = Scratch<Double>(count: chunks * outputs * columns, repeating: 0)
        let intercepts = Scratch<Double>(count: chunks * outputs, repeating: 0)
        let losses = Scratch<Double>(count: chunks, repeating: 0)
        try work.forEach(chunks) { [self] chunk, worker in
            let space = workspaces[worker]
            for block in blocks(of: chunk) {
                let range = matrix.block(block)
                matrix.widen(range, into: space.lines.start, offset: offset, scale: scale)
                map.write(space.lines.start, count: range.count, to: space.scores.start)
                losses[chunk] += residuals(range, space, intercepts.start + chunk * outputs)
                // residualsᵀ · rows: the block is the right side, so it is packed as it lies.
                ck_pack_f64(columns, range.count, space.lines.start, columns, 0, space.packed.start)
                ck_gemm_f64(
                    outputs, columns, range.count, space.residuals.start, FeatureMatrix.blockRows, space.packed.start,
                    nil,
                    space.products.start, columns)
                let target = sums.start + chunk * outputs * columns
                for index in 0..<outputs * columns { target[index] += space.products.start[index] }
            }
        }
        var value = 0.0
        for index in gradient.indices { gradient[index] = 0 }
        for chunk in 0..<chunks {
            value += losses[chunk]
            for index in 0..<outputs * columns { gradient[index] += sums[chunk * outputs * columns + index] }
            guard hasIntercept else { continue }
            for output in 0..<outputs {
                gradient[outputs * columns + output] += intercepts[chunk * outputs + output] * interceptScale
            }
        }
        for index in 0..<outputs * columns {
            value += penalty[index % columns] * point[index] * point[index] / 2
            gradient[index] += penalty[index % columns] * point[index]
        }
        return value
    }

    /// Whether every row that counts is on the right side.
    func separates(_ point: [Double], work: Work) throws(Failure) -> Bool {
        let map = self.map(point)
        let mistakes = Scratch<Int>(count: chunks, repeating: 0)
        try work.forEach(chunks) { [self] chunk, worker in
            let space = workspaces[worker]
            for block in blocks(of: chunk) {
                let range = matrix.block(block)
                matrix.widen(range, into: space.lines.start, offset: offset, scale: scale)
                map.write(space.lines.start, count: range.count, to: space.scores.start)
                for (place, row) in range.enumerated() where weights[row] > 0 {
                    let line = space.scores.start + place * outputs
                    let own = outputs == 1 ? (codes[row] == 1 ? line[0] : -line[0]) : line[codes[row]]
                    var rival = outputs == 1 ? 0 : -Double.infinity
                    if outputs > 1 { for c in 0..<outputs where c != codes[row] { rival = max(rival, line[c]) } }
                    if own <= rival { mistakes[chunk] += 1 }
                }
            }
        }
        return (0..<chunks).allSatisfy { mistakes[$0] == 0 }
    }

    /// Coefficients and intercepts for the rows as they came.
    func original(_ point: [Double]) -> (coefficients: [Double], intercepts: [Double]) {
        let coefficients = (0..<outputs * columns).map { point[$0] * scale[$0 % columns] }
        var intercepts = (0..<outputs).map { output in
            let own = hasIntercept ? point[outputs * columns + output] * interceptScale : 0
            return (0..<columns).reduce(own) { $0 - coefficients[output * columns + $1] * offset[$1] }
        }
        // Only differences between the intercepts of several classes mean anything.
        if outputs > 1, hasIntercept {
            let mean = intercepts.reduce(0, +) / Double(outputs)
            intercepts = intercepts.map { $0 - mean }
        }
        return (coefficients, intercepts)
    }

    private func blocks(of chunk: Int) -> Range<Int> {
        matrix.blocks * chunk / chunks..<matrix.blocks * (chunk + 1) / chunks
    }

    private func map(_ point: [Double]) -> LinearScores {
        let intercepts = (0..<outputs).map { hasIntercept ? point[outputs * columns + $0] * interceptScale : 0 }
        return LinearScores(Array(point.prefix(outputs * columns)), intercepts, columns: columns)
    }

    /// The loss of a block whose scores are known; its derivatives by the scores to the workspace, transposed, their sums to `sums`.
    private func residuals(
        _ range: Range<Int>, _ space: Workspace, _ sums: UnsafeMutablePointer<Double>
    ) -> Double {
        let stride = FeatureMatrix.blockRows
        var loss = 0.0
        for (place, row) in range.enumerated() {
            let line = space.scores.start + place * outputs
            let weight = weights[row]
            if outputs == 1 {
                let truth = codes[row] == 1
                loss += weight * softplus(truth ? -line[0] : line[0])
                let residual = weight * (truth ? -logistic(-line[0]) : logistic(line[0]))
                space.residuals.start[place] = residual
                sums[0] += residual
                continue
            }
            let own = line[codes[row]]
            loss += weight * (softmax(UnsafeMutableBufferPointer(start: line, count: outputs)) - own)
            for output in 0..<outputs {
                let residual = weight * (line[output] - (output == codes[row] ? 1 : 0))
                space.residuals.start[output * stride + place] = residual
                sums[output] += residual
            }
        }
        return loss
    }
}
