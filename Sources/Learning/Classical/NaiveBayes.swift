import Glibc
import Support
import Tensors

/// Naive Bayes: the columns of a row are taken for independent given its class.
public struct NaiveBayes: TabularEstimator {
    /// How a column is distributed within a class.
    public enum Kind: String, CaseIterable, Sendable {
        /// Normally, with a mean and variance of its own.
        case gaussian
        /// As counts, such as those of words.
        case multinomial
        /// As yes or no.
        case bernoulli
    }

    /// How a column is distributed within a class.
    public var kind = Kind.gaussian
    /// Added to every count (multinomial, bernoulli).
    public var alpha = 1.0
    /// Share of the largest variance of a column that is added to all (gaussian).
    public var varianceSmoothing = 1e-9
    /// Values above count as yes (bernoulli).
    public var threshold = 0.0

    /// The usual options.
    public init() {}

    /// Classes.
    public var predictsClasses: Bool { true }

    /// Fits a model.
    public func fit(_ features: Features, _ target: Target, weights: [Double]? = nil, work: Work = Work())
        throws(Failure) -> any TabularModel
    {
        try check(features, target, weights: weights)
        let codes = try target.classCodes()
        let matrix = try FeatureMatrix(features, work: work)
        let rowWeights = try ClassWeights.even.applied(to: codes, rowWeights: weights)
        let sums = try ClassSums(matrix, codes, rowWeights, self, work: work)
        if let empty = sums.weights.firstIndex(of: 0) {
            throw .argument(
                "weights", expected: "a weight above 0 in every class",
                got: "zeros for \(codes.classes[empty].words(quoted: true))")
        }
        let total = sums.weights.reduce(0, +)
        let priors = sums.weights.map { log($0 / total) }
        let schema = TabularSchema(features, .classes(codes.classes))
        switch kind {
        case .gaussian:
            let all = try matrix.moments(weights: nil, aroundMean: true, work: work)
            let added = varianceSmoothing * (all.square.max() ?? 0)
            let variances = try sums.variances(work: work).map { $0 + added }
            if let place = variances.firstIndex(where: { !($0 > 0) }) {
                throw .argument(
                    "var_smoothing", expected: "number above 0, since a column is constant in a class",
                    got: "\(varianceSmoothing)", hint: "that is column \(place % matrix.columns + 1)")
            }
            return NaiveBayesModel(
                schema: schema, kind: kind, threshold: threshold, priors: priors, first: sums.means, second: variances)
        case .multinomial, .bernoulli:
            let columns = matrix.columns
            var first = sums.sums
            var second: [Double] = []
            for code in codes.classes.indices {
                let range = code * columns..<(code + 1) * columns
                if kind == .multinomial {
                    let whole = log(first[range].reduce(0, +) + alpha * Double(columns))
                    for index in range { first[index] = log(first[index] + alpha) - whole }
                } else {
                    let whole = sums.weights[code] + 2 * alpha
                    second += range.map { log(max(0, 1 - (first[$0] + alpha) / whole)) }
                    for index in range { first[index] = log((first[index] + alpha) / whole) }
                }
            }
            return NaiveBayesModel(
                schema: schema, kind: kind, threshold: threshold, priors: priors, first: first, second: second)
        }
    }
}

/// A fitted naive Bayes.
public struct NaiveBayesModel: TabularModel {
    /// What it expects and hands back.
    public let schema: TabularSchema
    /// How a column is distributed within a class.
    public let kind: NaiveBayes.Kind
    /// Values above count as yes (bernoulli).
    public let threshold: Double
    /// Logarithm of each class's share.
    public let priors: [Double]
    /// By class and column: means (gaussian), or logarithms of the chance of an item (multinomial) or of yes (bernoulli).
    public let first: [Double]
    /// By class and column: variances (gaussian), or logarithms of the chance of no (bernoulli).
    public let second: [Double]

    /// The probability of every class, float64 [rows, classes].
    public func outputs(_ features: Features, work: Work = Work()) throws(Failure) -> Tensor {
        let matrix = try schema.matrix(features, work: work)
        let (columns, classes) = (schema.columns, schema.outputs)
        if kind == .multinomial { try NaiveBayesModel.refuseNegative(matrix, work: work) }
        // Σ −½ ln 2πσ², the same for every row.
        let constants = (0..<classes).map { code -> Double in
            guard kind == .gaussian else { return priors[code] }
            return second[code * columns..<(code + 1) * columns].reduce(priors[code]) { $0 - log(2 * .pi * $1) / 2 }
        }
        let lines = (0..<min(work.threads, matrix.blocks)).map { _ in
            Scratch<Double>(count: FeatureMatrix.blockRows * columns, repeating: 0)
        }
        return try Tensor.build([matrix.rows, classes], of: Double.self) { (target) throws(Failure) in
            nonisolated(unsafe) let target = target
            try work.forEach(matrix.blocks) { index, worker in
                let range = matrix.block(index)
                matrix.widen(range, into: lines[worker].start)
                for (place, row) in range.enumerated() {
                    let line = lines[worker].start + place * columns
                    for code in 0..<classes { target[row * classes + code] = constants[code] + likelihood(line, code) }
                    softmax(UnsafeMutableBufferPointer(rebasing: target[row * classes..<(row + 1) * classes]))
                }
            }
        }
    }

    /// Logarithm of the likelihood of a row in a class, without what is the same for every row.
    private func likelihood(_ line: UnsafePointer<Double>, _ code: Int) -> Double {
        let columns = schema.columns
        return first.withUnsafeBufferPointer { first in
            second.withUnsafeBufferPointer { second in
                var sum = 0.0
                let base = code * columns
                switch kind {
                case .gaussian:
                    for column in 0..<columns {
                        let distance = line[column] - first[base + column]
                        sum -= distance * distance / second[base + column] / 2
                    }
                case .multinomial:
                    // Nothing seen counts nothing, also where the class cannot have it (0 · −∞).
                    for column in 0..<columns where line[column] != 0 { sum += line[column] * first[base + column] }
                case .bernoulli:
                    for column in 0..<columns {
                        sum += line[column] > threshold ? first[base + column] : second[base + column]
                    }
                }
                return sum
            }
        }
    }

    static func refuseNegative(_ matrix: FeatureMatrix, work: Work) throws(Failure) {
        try work.forEach(matrix.blocks) { (block, _) throws(Failure) in
            for row in matrix.block(block) {
                for column in 0..<matrix.columns where matrix[row, column] < 0 {
                    throw .argument(
                        "x", expected: "counts, from 0 up, for kind = \"multinomial\"",
                        got: "\(matrix[row, column]) in row \(row + 1), column \(column + 1)")
                }
            }
        }
    }
}

/// Sums of the columns by class, in a fixed order.
private struct ClassSums {
    private let matrix: FeatureMatrix
    private let codes: [Int]
    private let rowWeights: [Double]
    /// Weight of each class.
    let weights: [Double]
    /// By class and column.
    let sums: [Double]

    var means: [Double] { sums.indices.map { sums[$0] / weights[$0 / matrix.columns] } }

    init(
        _ matrix: FeatureMatrix, _ target: ClassCodes, _ rowWeights: [Double], _ options: NaiveBayes, work: Work
    ) throws(Failure) {
        if options.kind == .multinomial { try NaiveBayesModel.refuseNegative(matrix, work: work) }
        self.matrix = matrix
        codes = target.codes
        self.rowWeights = rowWeights
        var weights = [Double](repeating: 0, count: target.classes.count)
        for (code, weight) in zip(target.codes, rowWeights) { weights[code] += weight }
        self.weights = weights
        let threshold = options.kind == .bernoulli ? options.threshold : nil
        sums = try ClassSums.summed(matrix, codes, rowWeights, classes: weights.count, work: work) { value, _, _ in
            threshold.map { value > $0 ? 1 : 0 } ?? value
        }
    }

    /// The mean squared distance from the mean, by class and column.
    func variances(work: Work) throws(Failure) -> [Double] {
        let means = means
        let columns = matrix.columns
        let squares = try ClassSums.summed(matrix, codes, rowWeights, classes: weights.count, work: work) {
            value, code, column in
            (value - means[code * columns + column]) * (value - means[code * columns + column])
        }
        return squares.indices.map { squares[$0] / weights[$0 / columns] }
    }

    private static func summed(
        _ matrix: FeatureMatrix, _ codes: [Int], _ rowWeights: [Double], classes: Int, work: Work,
        _ value: @Sendable (Double, Int, Int) -> Double
    ) throws(Failure) -> [Double] {
        let chunks = min(16, matrix.blocks)
        let columns = matrix.columns
        let width = classes * columns
        let partial = Scratch<Double>(count: chunks * width, repeating: 0)
        let lines = (0..<min(work.threads, chunks)).map { _ in
            Scratch<Double>(count: FeatureMatrix.blockRows * columns, repeating: 0)
        }
        try work.forEach(chunks) { chunk, worker in
            for block in matrix.blocks * chunk / chunks..<matrix.blocks * (chunk + 1) / chunks {
                let range = matrix.block(block)
                matrix.widen(range, into: lines[worker].start)
                for (place, row) in range.enumerated() {
                    let line = lines[worker].start + place * columns
                    let target = partial.start + chunk * width + codes[row] * columns
                    for column in 0..<columns {
                        target[column] += rowWeights[row] * value(line[column], codes[row], column)
                    }
                }
            }
        }
        return (0..<width).map { index in (0..<chunks).reduce(0.0) { $0 + partial[$1 * width + index] } }
    }
}

extension NaiveBayesModel {
    /// What files of such models say they are.
    public static let fileKind = "naive_bayes"

    /// What a file of the model holds.
    public func contents() throws(Failure) -> TabularContents {
        let shape = [priors.count, schema.columns]
        var tensors = [
            (name: "priors", tensor: try Tensor(priors, shape: [priors.count])),
            (name: "first", tensor: try Tensor(first, shape: shape)),
        ]
        if !second.isEmpty { tensors.append((name: "second", tensor: try Tensor(second, shape: shape))) }
        return TabularContents(
            kind: Self.fileKind, tensors: tensors,
            notes: [(key: "kind", value: kind.rawValue), (key: "threshold", value: "\(threshold)")])
    }

    /// Reads a model that `save` wrote.
    public init(_ file: TabularFile) throws(Failure) {
        let classes = file.schema.classes.count
        guard let kind = NaiveBayes.Kind(rawValue: try file.note("kind")), classes > 1 else {
            throw file.broken("a naive Bayes model of no known kind")
        }
        let shape = [classes, file.schema.columns]
        // Without smoothing a logarithm may be minus infinity.
        func parts(_ name: String) throws(Failure) -> [Double] {
            let values = try file.tensor(name, shape: shape).values(as: Double.self)
            guard !values.contains(where: \.isNaN), kind != .gaussian || values.allSatisfy(\.isFinite) else {
                throw file.broken("numbers that are none ('\(name)')")
            }
            return values
        }
        let second = kind == .multinomial ? [] : try parts("second")
        guard kind != .gaussian || second.allSatisfy({ $0 > 0 }) else {
            throw file.broken("variances that are not positive")
        }
        self.init(
            schema: file.schema, kind: kind, threshold: try file.number("threshold"),
            priors: try file.numbers("priors", shape: [classes]), first: try parts("first"), second: second)
    }
}
