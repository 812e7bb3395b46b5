import CKernels
import Support
import Tensors

/// Ridge regression: minimises, for each output,
///
///     sum over rows of weight · (y − x·coefficients − intercept)²  +  alpha · sum of squared coefficients
///
/// in closed form. Of several minima, which there can be without a penalty, the one with the shortest coefficients.
public struct Ridge: TabularEstimator {
    /// Strength of the penalty, from 0 up.
    public var alpha = 1.0
    /// Whether there is an intercept, which is not penalised.
    public var intercept = true

    /// The usual options.
    public init() {}

    /// Numbers.
    public var predictsClasses: Bool { false }

    /// Fits a model.
    public func fit(_ features: Features, _ target: Target, weights: [Double]? = nil, work: Work = Work())
        throws(Failure) -> any TabularModel
    {
        try model(features, target, weights: weights, work: work)
    }

    /// Fits a model.
    public func model(_ features: Features, _ target: Target, weights: [Double]? = nil, work: Work = Work())
        throws(Failure) -> RidgeModel
    {
        try check(features, target, weights: weights)
        let (y, outputs, kind) = try target.numberRows()
        let matrix = try FeatureMatrix(features, work: work)
        let total = weights?.reduce(0, +) ?? Double(matrix.rows)
        let mean =
            intercept
            ? try matrix.moments(weights: weights, aroundMean: true, work: work).mean
            : [Double](repeating: 0, count: matrix.columns)
        var yMean = [Double](repeating: 0, count: outputs)
        if intercept {
            for index in y.indices { yMean[index % outputs] += (weights?[index / outputs] ?? 1) * y[index] }
            yMean = yMean.map { $0 / total }
        }
        let system = RidgeSystem(matrix: matrix, y: y, outputs: outputs, mean: mean, yMean: yMean, weights: weights)
        let coefficients: [Double]
        do throws(Failure) {
            coefficients =
                alpha == 0
                ? try system.solvedBySingularValues(0, work: work)
                : matrix.columns > matrix.rows
                    ? try system.solvedByRows(alpha, work: work) : try system.solvedByColumns(alpha, work: work)
        } catch {
            // The equations are singular to rounding where a tiny penalty meets columns that depend on each other.
            guard case .argument = error.kind else { throw error }
            coefficients = try system.solvedBySingularValues(alpha, work: work)
        }
        guard coefficients.allSatisfy(\.isFinite) else {
            throw .argument(
                "x", expected: "values whose squares can be summed", got: "larger ones",
                hint: "divide the columns by a power of ten")
        }
        let intercepts = (0..<outputs).map { output in
            (0..<matrix.columns).reduce(yMean[output]) { $0 - coefficients[output * matrix.columns + $1] * mean[$1] }
        }
        return RidgeModel(
            schema: TabularSchema(features, kind), alpha: alpha, coefficients: coefficients, intercepts: intercepts)
    }
}

/// Centred rows, weighted by the roots of their weights, and the equations they make. Coefficients come out by output.
private struct RidgeSystem: Sendable {
    let matrix: FeatureMatrix
    let y: [Double]
    let outputs: Int
    let mean: [Double]
    let yMean: [Double]
    let weights: [Double]?

    private func write(_ range: Range<Int>, to target: UnsafeMutablePointer<Double>) {
        matrix.widen(range, into: target, offset: mean)
        guard let weights else { return }
        for (place, row) in range.enumerated() {
            let root = weights[row].squareRoot()
            for column in 0..<matrix.columns { target[place * matrix.columns + column] *= root }
        }
    }

    private func goal(_ row: Int, _ output: Int) -> Double {
        (weights?[row].squareRoot() ?? 1) * (y[row * outputs + output] - yMean[output])
    }

    private func goals() throws(Failure) -> Tensor {
        try Tensor.build([matrix.rows, outputs], of: Double.self) { target in
            for row in 0..<matrix.rows {
                for output in 0..<outputs { target[row * outputs + output] = goal(row, output) }
            }
        }
    }

    private func rows(work: Work) throws(Failure) -> Tensor {
        try Tensor.build([matrix.rows, matrix.columns], of: Double.self) { (target) throws(Failure) in
            guard let start = target.baseAddress else { return }
            nonisolated(unsafe) let first = start
            try work.forEach(matrix.blocks) { block, _ in
                let range = matrix.block(block)
                write(range, to: first + range.lowerBound * matrix.columns)
            }
        }
    }

    private func byOutput(_ solution: Tensor, work: Work) throws(Failure) -> [Double] {
        let values = try solution.values(as: Double.self)
        return (0..<outputs * matrix.columns).map { values[$0 % matrix.columns * outputs + $0 / matrix.columns] }
    }

    /// V · s / (s² + alpha) · Uᵀ y by the singular values s of the rows, those that rounding makes up left out.
    func solvedBySingularValues(_ alpha: Double, work: Work) throws(Failure) -> [Double] {
        let parts = try rows(work: work).svd(work: work)
        let s = try parts.s.values(as: Double.self)
        let least = Double(max(matrix.rows, matrix.columns)) * Double.ulpOfOne * (s.first ?? 0)
        let shares = try parts.u.transpose(0, 1).matmul(try goals(), work: work).values(as: Double.self)
        let scaled = try Tensor.build([s.count, outputs], of: Double.self) { target in
            for index in target.indices {
                let value = s[index / outputs]
                target[index] = value > least ? shares[index] * (value / (value * value + alpha)) : 0
            }
        }
        return try byOutput(try parts.v.matmul(scaled, work: work), work: work)
    }

    /// (X Xᵀ + alpha) a = y, coefficients = Xᵀ a: the smaller system where there are more columns than rows.
    func solvedByRows(_ alpha: Double, work: Work) throws(Failure) -> [Double] {
        let x = try rows(work: work)
        let count = matrix.rows
        let products = try x.matmul(try x.transpose(0, 1), work: work).values(as: Double.self)
        let system = try Tensor.build([count, count], of: Double.self) { target in
            for index in target.indices {
                target[index] = products[index] + (index / count == index % count ? alpha : 0)
            }
        }
        let factors = try system.solve(try goals(), work: work)
        return try byOutput(try x.transpose(0, 1).matmul(factors, work: work), work: work)
    }

    /// (Xᵀ X + alpha) coefficients = Xᵀ y, each column divided by the root of its diagonal, so that columns of different sizes do no harm.
    func solvedByColumns(_ alpha: Double, work: Work) throws(Failure) -> [Double] {
        let columns = matrix.columns
        let (products, right) = try normalEquations(work: work)
        let scale = (0..<columns).map { 1 / (products[$0 * columns + $0] + alpha).squareRoot() }
        let system = try Tensor.build([columns, columns], of: Double.self) { target in
            for row in 0..<columns {
                for column in 0..<columns {
                    let value = products[row * columns + column] + (row == column ? alpha : 0)
                    target[row * columns + column] = value * scale[row] * scale[column]
                }
            }
        }
        let goals = try Tensor.build([columns, outputs], of: Double.self) { target in
            for index in target.indices { target[index] = right[index] * scale[index / outputs] }
        }
        let solution = try system.solve(goals, work: work).values(as: Double.self)
        return (0..<outputs * columns).map {
            solution[$0 % columns * outputs + $0 / columns] * scale[$0 % columns]
        }
    }

    /// Xᵀ X and Xᵀ y, summed in a fixed order.
    private func normalEquations(work: Work) throws(Failure) -> (products: Scratch<Double>, right: Scratch<Double>) {
        let columns = matrix.columns
        let rows = FeatureMatrix.blockRows
        // The sums of a chunk are a matrix of their own: few chunks where it is large.
        let chunks = max(1, min(16, matrix.blocks, (1 << 25) / (columns * columns)))
        let products = Scratch<Double>(count: chunks * columns * columns, repeating: 0)
        let right = Scratch<Double>(count: chunks * columns * outputs, repeating: 0)
        let lines = (0..<min(work.threads, chunks)).map { _ in Scratch<Double>(count: rows * columns, repeating: 0) }
        let turned = lines.map { _ in Scratch<Double>(count: rows * columns, repeating: 0) }
        let packed = lines.map { _ in Scratch<Double>(count: ck_packed_count_f64(columns, rows), repeating: 0) }
        let result = lines.map { _ in Scratch<Double>(count: columns * columns, repeating: 0) }
        try work.forEach(chunks) { (chunk, worker) throws(Failure) in
            let line = lines[worker].start
            for block in matrix.blocks * chunk / chunks..<matrix.blocks * (chunk + 1) / chunks {
                try work.cancellation.check()
                let range = matrix.block(block)
                write(range, to: line)
                for place in 0..<range.count {
                    for column in 0..<columns {
                        turned[worker].start[column * rows + place] = line[place * columns + column]
                    }
                    for output in 0..<outputs {
                        let value = goal(range.lowerBound + place, output)
                        let target = right.start + chunk * columns * outputs + output
                        for column in 0..<columns { target[column * outputs] += line[place * columns + column] * value }
                    }
                }
                ck_pack_f64(columns, range.count, line, columns, 0, packed[worker].start)
                ck_gemm_f64(
                    columns, columns, range.count, turned[worker].start, rows, packed[worker].start, nil,
                    result[worker].start, columns)
                let target = products.start + chunk * columns * columns
                for index in 0..<columns * columns { target[index] += result[worker].start[index] }
            }
        }
        for chunk in 1..<max(chunks, 1) {
            for index in 0..<columns * columns { products[index] += products[chunk * columns * columns + index] }
            for index in 0..<columns * outputs { right[index] += right[chunk * columns * outputs + index] }
        }
        return (products, right)
    }
}

/// A fitted ridge regression.
public struct RidgeModel: TabularModel {
    /// What it expects and hands back.
    public let schema: TabularSchema
    /// Strength of the penalty.
    public let alpha: Double
    /// By output, then by column.
    public let coefficients: [Double]
    /// By output; zeros if there were none.
    public let intercepts: [Double]

    /// The coefficients, float64 [columns] for one number of each row, else [outputs, columns].
    public func coefficientTensor() throws(Failure) -> Tensor {
        try Tensor(
            coefficients, shape: schema.kind == .number ? [schema.columns] : [intercepts.count, schema.columns])
    }

    /// The numbers predicted, float64 [rows, outputs].
    public func outputs(_ features: Features, work: Work = Work()) throws(Failure) -> Tensor {
        let matrix = try schema.matrix(features, work: work)
        let scores = LinearScores(coefficients, intercepts, columns: schema.columns)
        let outputs = intercepts.count
        return try Tensor.build([matrix.rows, outputs], of: Double.self) { (target) throws(Failure) in
            nonisolated(unsafe) let target = target
            try scores.forEachBlock(matrix, work: work) { range, lines in
                for index in 0..<range.count * outputs { target[range.lowerBound * outputs + index] = lines[index] }
            }
        }
    }
}

extension RidgeModel {
    /// What files of such models say they are.
    public static let fileKind = "ridge"

    /// What a file of the model holds.
    public func contents() throws(Failure) -> TabularContents {
        return TabularContents(
            kind: Self.fileKind,
            tensors: [
                (name: "coefficients", tensor: try Tensor(coefficients, shape: [intercepts.count, schema.columns])),
                (name: "intercepts", tensor: try Tensor(intercepts, shape: [intercepts.count])),
            ], notes: [(key: "alpha", value: "\(alpha)")])
    }

    /// Reads a model that `save` wrote.
    public init(_ file: TabularFile) throws(Failure) {
        guard file.schema.classes.isEmpty else { throw file.broken("a ridge regression with classes") }
        let outputs = file.schema.outputs
        self.init(
            schema: file.schema, alpha: try file.number("alpha"),
            coefficients: try file.numbers("coefficients", shape: [outputs, file.schema.columns]),
            intercepts: try file.numbers("intercepts", shape: [outputs]))
    }
}
