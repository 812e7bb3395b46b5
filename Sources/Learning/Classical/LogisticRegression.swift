import Support
import Tensors

/// Logistic regression, binary or multinomial, with a squared penalty: minimises
///
///     sum over rows of weight · −ln p(class | row)  +  l2 / 2 · sum of squared coefficients
///
/// over coefficients and intercepts, which are not penalised. scikit-learn's `C` is 1 / l2. Two classes have one vector of coefficients, for
/// the second class; more have one each.
public struct LogisticRegression: TabularEstimator {
    /// Strength of the penalty, from 0 up.
    public var l2 = 1.0
    /// Whether there are intercepts.
    public var intercept = true
    /// Whether the penalty looks at columns that are centred and divided by their standard deviation first.
    public var standardize = false
    /// How much the rows of each class count.
    public var classWeights = ClassWeights.even
    /// Fitting ends when no component of the gradient, each in units of its coefficient's own curvature, is larger.
    public var tolerance = 1e-6
    /// Steps, at most.
    public var maxIterations = 1000

    /// The usual options.
    public init() {}

    /// Classes.
    public var predictsClasses: Bool { true }

    /// Fits a model.
    public func fit(_ features: Features, _ target: Target, weights: [Double]? = nil, work: Work = Work())
        throws(Failure) -> any TabularModel
    {
        try model(features, target, weights: weights, work: work)
    }

    /// Fits a model.
    public func model(_ features: Features, _ target: Target, weights: [Double]? = nil, work: Work = Work())
        throws(Failure) -> LogisticModel
    {
        try check(features, target, weights: weights)
        let codes = try target.classCodes()
        let matrix = try FeatureMatrix(features, work: work)
        let rowWeights = try classWeights.applied(to: codes, rowWeights: weights)
        let objective = try LogisticObjective(self, matrix, codes, rowWeights, work: work)
        defer { work.progress?.finish("logistic regression") }
        let solver = LBFGS(maxIterations: maxIterations, tolerance: tolerance)
        let result = try solver.minimise(
            from: [Double](repeating: 0, count: objective.parameterCount),
            report: {
                work.progress?.report("logistic regression", done: $0, total: maxIterations, unit: "iterations")
            }
        ) { (point, gradient) throws(Failure) in try objective.evaluate(point, &gradient, work: work) }
        if l2 == 0, try objective.separates(result.point, work: work) {
            throw .argument(
                "l2",
                expected:
                    "number above 0, since a plane separates the classes without a mistake and only a penalty keeps coefficients finite",
                got: "0")
        }
        let (coefficients, intercepts) = objective.original(result.point)
        return LogisticModel(
            schema: TabularSchema(features, .classes(codes.classes)), coefficients: coefficients,
            intercepts: intercepts,
            iterations: result.iterations, converged: result.converged, loss: result.value)
    }
}

/// A fitted logistic regression.
public struct LogisticModel: TabularModel {
    /// What it expects and hands back.
    public let schema: TabularSchema
    /// One row of coefficients for the second of two classes, or one for each of more, row-major [rows, columns].
    public let coefficients: [Double]
    /// One for each row of coefficients; zeros if there were none.
    public let intercepts: [Double]
    /// Steps taken.
    public let iterations: Int
    /// Whether the tolerance was reached.
    public let converged: Bool
    /// What was minimised, the penalty included.
    public let loss: Double

    /// The coefficients, float64 [1 or classes, columns].
    public func coefficientTensor() throws(Failure) -> Tensor {
        try Tensor(coefficients, shape: [intercepts.count, schema.columns])
    }

    /// The probability of every class, float64 [rows, classes].
    public func outputs(_ features: Features, work: Work = Work()) throws(Failure) -> Tensor {
        let matrix = try schema.matrix(features, work: work)
        let scores = LinearScores(coefficients, intercepts, columns: schema.columns)
        let classes = schema.outputs
        return try Tensor.build([matrix.rows, classes], of: Double.self) { (target) throws(Failure) in
            nonisolated(unsafe) let target = target
            try scores.forEachBlock(matrix, work: work) { range, lines in
                for (place, row) in range.enumerated() {
                    if classes == 2 {
                        target[row * 2] = logistic(-lines[place])
                        target[row * 2 + 1] = logistic(lines[place])
                    } else {
                        for column in 0..<classes { target[row * classes + column] = lines[place * classes + column] }
                        softmax(UnsafeMutableBufferPointer(rebasing: target[row * classes..<(row + 1) * classes]))
                    }
                }
            }
        }
    }
}
