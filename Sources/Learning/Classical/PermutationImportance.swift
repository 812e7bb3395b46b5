import Glibc
import Support
import Tensors

/// How much a model needs each column: by how much its score falls when the column's values change places among the rows, which takes what the
/// column tells away and leaves everything else as it was (Breiman 2001; Fisher, Rudin and Dominici 2019).
public struct PermutationImportance: Sendable {
    /// How good predictions are; more is better.
    public enum Score: String, CaseIterable, Sendable {
        /// Share of the rows given their class.
        case accuracy
        /// Mean ln of the probability given to the class that came, kept 2⁻⁵² from 0.
        case logLikelihood = "log_likelihood"
        /// 1 − squared errors / squared distances from the mean, over all outputs.
        case r2
        /// Minus the mean squared error.
        case negativeSquaredError = "neg_mse"

        /// The score of a model's predictions for rows.
        public func value(
            of model: any TabularModel, _ features: Features, _ target: Target, work: Work = Work()
        ) throws(Failure) -> Double {
            try Scorer(model, target, self, rows: features.x.shape.first ?? 0).score(model, features, work: work)
        }
    }

    /// A column.
    public struct Column: Sendable {
        /// What it is called.
        public let name: String
        /// Fall of the score in each repeat.
        public let falls: [Double]
        /// Mean fall.
        public let mean: Double
        /// Standard deviation of the falls (ddof 1); 0 for one repeat.
        public let deviation: Double
        /// The middle 95 % of the falls.
        public let interval: (low: Double, high: Double)
    }

    /// The score on the rows as they are.
    public let score: Double
    /// By column.
    public let columns: [Column]

    /// The columns, the most important first; of equally important ones the earlier.
    public var ranked: [Column] {
        columns.indices.sorted { a, b in
            columns[a].mean != columns[b].mean ? columns[a].mean > columns[b].mean : a < b
        }.map { columns[$0] }
    }

    /// Shuffles each column `repeats` times. The result depends on the seed, not on the threads.
    public init(
        _ model: any TabularModel, _ features: Features, _ target: Target, score: Score? = nil, repeats: Int = 10,
        seed: UInt64 = 0, work: Work = Work()
    ) throws(Failure) {
        let scorer = try Scorer(model, target, score, rows: features.x.shape.first ?? 0)
        let x = try features.x.to(features.x.dtype == .float32 ? .float32 : .float64).contiguous()
        let features = Features(x, names: features.names)
        let base = try scorer.score(model, features, work: work)
        var columns: [Column] = []
        defer { work.progress?.finish("permutation importance") }
        for column in 0..<model.schema.columns {
            var falls: [Double] = []
            for repetition in 0..<repeats {
                try work.cancellation.check()
                work.progress?.report(
                    "permutation importance", done: column * repeats + repetition,
                    total: model.schema.columns * repeats,
                    unit: "predictions")
                var generator = SeededGenerator(seed: seed, stream: UInt64(column * repeats + repetition))
                let order = Array(0..<x.shape[0]).shuffled(using: &generator)
                let shuffled = Features(try Self.shuffled(x, column, order), names: features.names)
                falls.append(base - (try scorer.score(model, shuffled, work: work)))
            }
            columns.append(Column(name: model.schema.name(of: column), falls: falls))
        }
        self.score = base
        self.columns = columns
    }

    /// A copy with the values of one column in another order.
    private static func shuffled(_ x: Tensor, _ column: Int, _ order: [Int]) throws(Failure) -> Tensor {
        let copy = try x.clone()
        let width = x.shape[1]
        func move<T>(_ type: T.Type) {
            let from = x.storage.start.assumingMemoryBound(to: T.self) + x.offset
            let to = copy.storage.start.assumingMemoryBound(to: T.self) + copy.offset
            for (row, source) in order.enumerated() { to[row * width + column] = from[source * width + column] }
        }
        if x.dtype == .float32 { move(Float.self) } else { move(Double.self) }
        return copy
    }
}

extension PermutationImportance.Column {
    init(name: String, falls: [Double]) {
        let count = Double(falls.count)
        let mean = falls.reduce(0, +) / count
        let squares = falls.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let sorted = falls.sorted()
        func quantile(_ share: Double) -> Double {
            let place = share * (count - 1)
            let below = Int(place)
            let above = min(below + 1, sorted.count - 1)
            return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
        }
        self.init(
            name: name, falls: falls, mean: mean, deviation: falls.count > 1 ? (squares / (count - 1)).squareRoot() : 0,
            interval: (quantile(0.025), quantile(0.975)))
    }
}

/// Scores predictions against what came.
private struct Scorer {
    private let kind: PermutationImportance.Score
    private let codes: [Int]
    private let numbers: [Double]

    init(_ model: any TabularModel, _ target: Target, _ score: PermutationImportance.Score?, rows: Int) throws(Failure)
    {
        let classes = model.schema.classes
        kind = score ?? (classes.isEmpty ? .r2 : .accuracy)
        guard target.rows == rows else {
            throw .argument("y", expected: "one for each of the \(rows) rows of x", got: "\(target.rows)")
        }
        let isOfClasses = kind == .accuracy || kind == .logLikelihood
        guard isOfClasses != classes.isEmpty else {
            throw .argument(
                "metric",
                expected: classes.isEmpty
                    ? "'r2' or 'neg_mse' for numbers" : "'accuracy' or 'log_likelihood' for classes",
                got: "'\(kind.rawValue)'")
        }
        guard isOfClasses else {
            let rows = try target.numberRows()
            guard rows.outputs == model.schema.outputs else {
                throw .argument("y", expected: "\(model.schema.outputs) numbers for each row", got: "\(rows.outputs)")
            }
            numbers = rows.values
            codes = []
            return
        }
        guard case .labels(let labels) = target else { throw .argument("y", expected: "labels", got: "numbers") }
        var places: [ClassLabel: Int] = [:]
        for (place, label) in classes.enumerated() { places[label] = place }
        var codes: [Int] = []
        for (row, label) in labels.enumerated() {
            guard let code = places[label] else {
                throw .argument(
                    "y", expected: "classes the model was fitted on",
                    got: "\(label.words(quoted: true)) in row \(row + 1)")
            }
            codes.append(code)
        }
        self.codes = codes
        numbers = []
    }

    func score(_ model: any TabularModel, _ features: Features, work: Work) throws(Failure) -> Double {
        if kind == .accuracy {
            let predicted = try model.predictedCodes(features, work: work)
            return Double(zip(predicted, codes).count { $0 == $1 }) / Double(codes.count)
        }
        let outputs = try model.outputs(features, work: work).values(as: Double.self)
        if kind == .logLikelihood {
            let width = model.schema.outputs
            return codes.indices.reduce(0) { $0 + log(max(outputs[$1 * width + codes[$1]], Double.ulpOfOne)) }
                / Double(codes.count)
        }
        let errors = zip(outputs, numbers).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        if kind == .negativeSquaredError { return -errors / Double(numbers.count) }
        let width = model.schema.outputs
        let rows = Double(numbers.count / width)
        var spread = 0.0
        for output in 0..<width {
            let values = stride(from: output, to: numbers.count, by: width).map { numbers[$0] }
            let mean = values.reduce(0, +) / rows
            spread += values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        }
        return spread > 0 ? 1 - errors / spread : (errors == 0 ? 1 : 0)
    }
}
