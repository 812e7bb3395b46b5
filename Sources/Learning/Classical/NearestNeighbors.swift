import Support
import Tensors

/// Predicts by the nearest rows it has seen: the share of each class among them, or the mean of their numbers.
public struct NearestNeighbors: TabularEstimator {
    /// How far apart two rows are.
    public enum Metric: String, CaseIterable, Sendable {
        /// The length of their difference.
        case euclidean
        /// One minus the cosine of the angle between them; a row of zeros is at distance one from every other.
        case cosine
    }

    /// How much each neighbour counts.
    public enum Weights: String, CaseIterable, Sendable {
        /// All the same.
        case uniform
        /// One over its distance; where some are at distance zero, those alone.
        case distance
    }

    /// Neighbours looked at.
    public var k = 5
    /// How far apart two rows are.
    public var metric = Metric.euclidean
    /// How much each neighbour counts.
    public var weights = Weights.uniform
    /// Whether classes are predicted.
    public var predictsClasses = true

    /// The usual options.
    public init() {}

    /// Keeps the rows.
    public func fit(_ features: Features, _ target: Target, weights rowWeights: [Double]? = nil, work: Work = Work())
        throws(Failure) -> any TabularModel
    {
        guard rowWeights == nil else {
            throw .argument(
                "weights", expected: "none, since the neighbours' weights follow from their distances", got: "a list")
        }
        return try model(features, target, work: work)
    }

    /// Keeps the rows.
    public func model(_ features: Features, _ target: Target, work: Work = Work()) throws(Failure) -> NeighborModel {
        try check(features, target, weights: nil)
        let matrix = try FeatureMatrix(features, work: work)
        guard k >= 1, k <= matrix.rows else {
            throw .argument("k", expected: "integer from 1 to \(matrix.rows) (the number of rows)", got: "\(k)")
        }
        let values: [Double]
        let kind: TabularSchema.Kind
        if predictsClasses {
            let codes = try target.classCodes()
            values = codes.codes.map(Double.init)
            kind = .classes(codes.classes)
        } else {
            let rows = try target.numberRows()
            values = rows.values
            kind = rows.kind
        }
        return try NeighborModel(
            schema: TabularSchema(features, kind), k: k, metric: metric, weights: weights,
            // A copy: the script may write to its tensor later.
            rows: try matrix.tensor.clone(work: work), values: values, work: work)
    }
}

/// Rows and what was known of each.
public struct NeighborModel: TabularModel {
    /// What it expects and hands back.
    public let schema: TabularSchema
    /// Neighbours looked at.
    public let k: Int
    /// How far apart two rows are.
    public let metric: NearestNeighbors.Metric
    /// How much each neighbour counts.
    public let weights: NearestNeighbors.Weights
    private let rows: Tensor
    /// The class of each row, from 0, or its numbers, row-major.
    private let values: [Double]
    private let search: NeighborSearch

    init(
        schema: TabularSchema, k: Int, metric: NearestNeighbors.Metric, weights: NearestNeighbors.Weights,
        rows: Tensor, values: [Double], work: Work
    ) throws(Failure) {
        self.schema = schema
        self.k = k
        self.metric = metric
        self.weights = weights
        self.rows = rows
        self.values = values
        search = try NeighborSearch(try FeatureMatrix(Features(rows), work: work), metric, work: work)
    }

    /// Rows it was fitted on.
    public var rowCount: Int { rows.shape[0] }

    /// The nearest rows of each row, counted from 1, the nearest first (of equally near ones the earlier), and their distances: each
    /// [rows, count].
    public func neighbors(_ features: Features, count: Int, work: Work = Work()) throws(Failure) -> (
        positions: Tensor, distances: Tensor
    ) {
        guard count >= 1, count <= rowCount else {
            throw .argument("k", expected: "integer from 1 to \(rowCount) (the rows fitted on)", got: "\(count)")
        }
        let matrix = try schema.matrix(features, work: work)
        let positions = Scratch<Int64>(count: matrix.rows * count, repeating: 0)
        let distances = Scratch<Double>(count: matrix.rows * count, repeating: 0)
        try search.forEachRow(matrix, count: count, work: work) { row, nearest in
            for (place, neighbor) in nearest.enumerated() {
                positions[row * count + place] = Int64(neighbor.position) + 1
                distances[row * count + place] = neighbor.distance
            }
        }
        return (
            try Tensor.build([matrix.rows, count], of: Int64.self) { target in
                for index in target.indices { target[index] = positions[index] }
            },
            try Tensor.build([matrix.rows, count], of: Double.self) { target in
                for index in target.indices { target[index] = distances[index] }
            }
        )
    }

    /// The share of every class among the neighbours, or the mean of their numbers: float64 [rows, outputs].
    public func outputs(_ features: Features, work: Work = Work()) throws(Failure) -> Tensor {
        let matrix = try schema.matrix(features, work: work)
        let outputs = schema.outputs
        let predictsClasses = !schema.classes.isEmpty
        return try Tensor.build([matrix.rows, outputs], of: Double.self) { (target) throws(Failure) in
            nonisolated(unsafe) let target = target
            try search.forEachRow(matrix, count: k, work: work) { row, nearest in
                let hits = weights == .distance && nearest.contains { $0.distance == 0 }
                var total = 0.0
                for neighbor in nearest {
                    let weight =
                        weights == .uniform ? 1 : hits ? (neighbor.distance == 0 ? 1 : 0) : 1 / neighbor.distance
                    total += weight
                    if predictsClasses {
                        target[row * outputs + Int(values[neighbor.position])] += weight
                    } else {
                        for output in 0..<outputs {
                            target[row * outputs + output] += weight * values[neighbor.position * outputs + output]
                        }
                    }
                }
                for output in 0..<outputs { target[row * outputs + output] /= total }
            }
        }
    }
}

extension NeighborModel {
    /// What files of such models say they are.
    public static let fileKind = "knn"

    /// What a file of the model holds: all its rows.
    public func contents() throws(Failure) -> TabularContents {
        let width = schema.classes.isEmpty ? schema.outputs : 1
        return TabularContents(
            kind: Self.fileKind,
            tensors: [
                (name: "rows", tensor: rows), (name: "values", tensor: try Tensor(values, shape: [rowCount, width])),
            ],
            notes: [
                (key: "k", value: "\(k)"), (key: "metric", value: metric.rawValue),
                (key: "weights", value: weights.rawValue),
            ])
    }

    /// Reads a model that `save` wrote.
    public init(_ file: TabularFile, work: Work = Work()) throws(Failure) {
        let rows = try file.tensor("rows")
        guard let metric = NearestNeighbors.Metric(rawValue: try file.note("metric")),
            let weights = NearestNeighbors.Weights(rawValue: try file.note("weights")), rows.rank == 2,
            rows.dtype.isFloatingPoint, rows.shape[0] > 0, rows.shape[1] == file.schema.columns
        else { throw file.broken("parts of a knn model that do not fit together") }
        let classes = file.schema.classes.count
        let values = try file.numbers("values", shape: [rows.shape[0], classes > 0 ? 1 : file.schema.outputs])
        let k = try file.integer("k", from: 1)
        guard k <= rows.shape[0], classes == 0 || values.allSatisfy({ $0 >= 0 && $0 < Double(classes) }) else {
            throw file.broken("parts of a knn model that do not fit together")
        }
        try self.init(
            schema: file.schema, k: k, metric: metric, weights: weights, rows: rows, values: values, work: work)
    }
}
