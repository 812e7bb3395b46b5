import Support
import Tensors

/// Rows of numbers that a model is fitted on or predicts for.
public struct Features: Sendable {
    /// The numbers, [rows, columns].
    public let x: Tensor
    /// The columns' names, where they have some.
    public let names: [String]?

    /// Rows with or without names of their columns.
    public init(_ x: Tensor, names: [String]? = nil) {
        self.x = x
        self.names = names
    }
}

/// What a model is to predict for each row.
public enum Target: Sendable {
    /// A class.
    case labels([ClassLabel])
    /// One number ([rows]) or several ([rows, outputs]).
    case numbers(Tensor)

    /// Number of rows.
    public var rows: Int {
        switch self {
        case .labels(let labels): labels.count
        case .numbers(let tensor): tensor.shape.first ?? 1
        }
    }

    /// The rows at the given positions, from 0.
    public func selecting(_ rows: [Int]) throws(Failure) -> Target {
        switch self {
        case .labels(let labels): .labels(rows.map { labels[$0] })
        case .numbers(let tensor): .numbers(try tensor.rows(rows))
        }
    }
}

/// What a model expects of rows and hands back for them.
public struct TabularSchema: Sendable, Equatable {
    /// What is predicted.
    public enum Kind: Sendable, Equatable {
        /// One of these classes, in order.
        case classes([ClassLabel])
        /// A number of its own, or that many of them side by side.
        case number
        case numbers(Int)
    }

    /// Columns of the rows.
    public let columns: Int
    /// Their names, where they had some.
    public let names: [String]?
    /// What is predicted.
    public let kind: Kind

    init(_ features: Features, _ kind: Kind) {
        columns = features.x.shape.count == 2 ? features.x.shape[1] : 0
        names = features.names
        self.kind = kind
    }

    init(columns: Int, names: [String]?, kind: Kind) {
        self.columns = columns
        self.names = names
        self.kind = kind
    }

    /// The classes; none for numbers.
    public var classes: [ClassLabel] {
        if case .classes(let classes) = kind { classes } else { [] }
    }

    /// Columns of what `TabularModel.outputs` gives.
    var outputs: Int {
        switch kind {
        case .classes(let classes): classes.count
        case .number: 1
        case .numbers(let count): count
        }
    }

    /// What column `index` (from 0) is called: by its name, or x1, x2, …
    public func name(of index: Int) -> String { names.map { $0[index] } ?? "x\(index + 1)" }

    /// The rows, checked to be what the model was fitted on.
    func matrix(_ features: Features, allowsNaN: Bool = false, work: Work) throws(Failure) -> FeatureMatrix {
        if features.x.rank == 2, features.x.shape[1] != columns {
            let hint =
                features.x.shape[0] == columns && features.x.shape[1] == 1
                ? "one row is written {{...}}, a list in a list" : nil
            throw .argument(
                "x", expected: "rows of \(columns) columns, as the model was fitted on",
                got: "\(features.x.shape[1]) columns (shape \(features.x.shape))", hint: hint)
        }
        return try FeatureMatrix(features, allowsNaN: allowsNaN, work: work)
    }
}

/// A model fitted on rows of numbers.
public protocol TabularModel: Sendable {
    /// What it expects and hands back.
    var schema: TabularSchema { get }

    /// For each row the probability of every class, or the numbers predicted: float64 [rows, outputs].
    func outputs(_ features: Features, work: Work) throws(Failure) -> Tensor

    /// What a file of the model holds beside its schema.
    func contents() throws(Failure) -> TabularContents
}

/// A way to fit models on rows of numbers, with its options.
public protocol TabularEstimator: Sendable {
    /// Whether classes are predicted, rather than numbers.
    var predictsClasses: Bool { get }

    /// Fits a model. `weights` says how much each row counts, all the same without it.
    func fit(_ features: Features, _ target: Target, weights: [Double]?, work: Work) throws(Failure)
        -> any TabularModel
}

extension TabularModel {
    /// The most probable class of each row, from 0; of equally probable ones the first.
    public func predictedCodes(_ features: Features, work: Work = Work()) throws(Failure) -> [Int] {
        let shares = try outputs(features, work: work)
        let width = schema.outputs
        return try shares.withElements(as: Double.self) { (values) throws(Failure) in
            (0..<shares.shape[0]).map { row in
                var best = 0
                for column in 1..<max(width, 1) where values[row * width + column] > values[row * width + best] {
                    best = column
                }
                return best
            }
        }
    }

    /// The numbers predicted: [rows] where the model was fitted on one number for each row, else [rows, outputs].
    public func predictedNumbers(_ features: Features, work: Work = Work()) throws(Failure) -> Tensor {
        let values = try outputs(features, work: work)
        return schema.kind == .number ? try values.reshape([values.shape[0]]) : values
    }
}

extension TabularEstimator {
    /// Throws unless there is a target, and a weight if any, for every row.
    func check(_ features: Features, _ target: Target, weights: [Double]?) throws(Failure) {
        guard features.x.rank == 2 else {
            throw .argument("x", expected: "rows of numbers [n, d]", got: "shape \(features.x.shape)")
        }
        let rows = features.x.shape[0]
        guard target.rows == rows else {
            throw .argument("y", expected: "one for each of the \(rows) rows of x", got: "\(target.rows)")
        }
        guard let weights else { return }
        guard weights.count == rows else {
            throw .argument("weights", expected: "one for each of the \(rows) rows of x", got: "\(weights.count)")
        }
        if let place = weights.firstIndex(where: { !($0 >= 0) || !$0.isFinite }) {
            throw .argument("weights", expected: "numbers from 0 up", got: "\(weights[place]) in row \(place + 1)")
        }
        guard weights.contains(where: { $0 > 0 }) else {
            throw .argument("weights", expected: "a weight above 0", got: "zeros only")
        }
    }
}

extension Target {
    /// The classes of the rows; a failure for numbers.
    func classCodes() throws(Failure) -> ClassCodes {
        guard case .labels(let labels) = self else {
            throw .argument("y", expected: "labels (integers, strings or booleans)", got: "numbers")
        }
        return try ClassCodes(labels)
    }

    /// The numbers as rows [rows, outputs] in float64, all finite, and whether each row had one of its own.
    func numberRows() throws(Failure) -> (values: [Double], outputs: Int, kind: TabularSchema.Kind) {
        guard case .numbers(let tensor) = self else {
            throw .argument("y", expected: "numbers", got: "labels", hint: "classes are for classifiers")
        }
        guard tensor.rank == 1 || tensor.rank == 2, tensor.count > 0 else {
            throw .argument("y", expected: "numbers [n] or [n, outputs]", got: "shape \(tensor.shape)")
        }
        let values = try tensor.values(as: Double.self)
        let outputs = tensor.rank == 1 ? 1 : tensor.shape[1]
        if let place = values.firstIndex(where: { !$0.isFinite }) {
            let column = tensor.rank == 1 ? "" : ", column \(place % outputs + 1)"
            throw .argument(
                "y", expected: "finite numbers",
                got: "\(values[place].isNaN ? "nan" : "\(values[place])") in row \(place / outputs + 1)\(column)",
                hint: "leave such rows out")
        }
        return (values, outputs, tensor.rank == 1 ? .number : .numbers(outputs))
    }
}
