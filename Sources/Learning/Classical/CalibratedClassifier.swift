import Glibc
import Support
import Tensors

/// A classifier whose probabilities hold: of the rows given 0.3, three in ten are of the class.
///
/// Every row is predicted by a model that has not seen it (cross-validation in stratified folds); on what these models say one map for each class
/// is fitted, of two classes for the second. The model that predicts is fitted on all rows.
public struct CalibratedClassifier: TabularEstimator {
    /// The map from what the model says to probabilities.
    public enum Method: String, CaseIterable, Sendable {
        /// Platt's, on the log-odds: two numbers, for few rows.
        case sigmoid
        /// A rising step function, on the probabilities: for a thousand rows and more.
        case isotonic
    }

    /// How the model is fitted.
    public var base: any TabularEstimator
    /// The map.
    public var method = Method.sigmoid
    /// Folds, at least two.
    public var folds = 5
    /// Seed of the folds.
    public var seed: UInt64 = 0

    /// Calibrates `base`.
    public init(_ base: any TabularEstimator) { self.base = base }

    /// Classes.
    public var predictsClasses: Bool { true }

    /// Fits a model.
    public func fit(_ features: Features, _ target: Target, weights: [Double]? = nil, work: Work = Work())
        throws(Failure) -> any TabularModel
    {
        guard base.predictsClasses else {
            throw .argument("model", expected: "a model that predicts classes", got: "one that predicts numbers")
        }
        try check(features, target, weights: weights)
        let codes = try target.classCodes()
        let rows = codes.codes.count
        let parts = try divided(codes)
        let columns = codes.classes.count
        var shares = [Double](repeating: 0, count: rows * columns)
        for test in parts {
            let held = Set(test)
            let train = (0..<rows).filter { !held.contains($0) }
            let model = try base.fit(
                Features(try features.x.rows(train), names: features.names), try target.selecting(train),
                weights: weights.map { all in train.map { all[$0] } }, work: work)
            let said = try model.outputs(Features(try features.x.rows(test), names: features.names), work: work)
                .values(as: Double.self)
            for (place, row) in test.enumerated() {
                for column in 0..<columns { shares[row * columns + column] = said[place * columns + column] }
            }
        }
        let maps = (columns == 2 ? [1] : Array(0..<columns)).map { column -> Calibrator in
            let scores = (0..<rows).map { method.score(shares[$0 * columns + column]) }
            let truth = codes.codes.map { $0 == column }
            return method == .sigmoid
                ? .sigmoid(scores, truth, weights: weights) : .isotonic(scores, truth, weights: weights)
        }
        return CalibratedModel(
            base: try base.fit(features, target, weights: weights, work: work), method: method, maps: maps)
    }

    /// The rows of each fold, every class dealt out in a drawn order.
    private func divided(_ codes: ClassCodes) throws(Failure) -> [[Int]] {
        var members = [[Int]](repeating: [], count: codes.classes.count)
        for (row, code) in codes.codes.enumerated() { members[code].append(row) }
        for (code, rows) in members.enumerated() where rows.count < folds {
            throw .argument(
                "y",
                expected:
                    "at least \(folds) rows of class \(codes.classes[code].words(quoted: true)), one for each fold",
                got: "\(rows.count)", hint: "calibrate with fewer folds")
        }
        return try Splits.folds(codes.codes.count, folds, keeping: .shares(of: codes.codes), seed: seed).map(\.test)
    }
}

extension CalibratedClassifier.Method {
    /// What the map is fitted on: log-odds, kept 10⁻⁶ from certainty, or the probability itself.
    func score(_ share: Double) -> Double {
        guard self == .sigmoid else { return share }
        let kept = min(max(share, 1e-6), 1 - 1e-6)
        return log(kept / (1 - kept))
    }
}

/// A fitted classifier and the maps that make its probabilities hold.
public struct CalibratedModel: TabularModel {
    /// The classifier.
    public let base: any TabularModel
    /// The kind of map.
    public let method: CalibratedClassifier.Method
    /// For each class, or for the second of two.
    public let maps: [Calibrator]

    /// What it expects and hands back.
    public var schema: TabularSchema { base.schema }

    /// The probability of every class, float64 [rows, classes]: each by its map, then divided by their sum.
    public func outputs(_ features: Features, work: Work = Work()) throws(Failure) -> Tensor {
        let said = try base.outputs(features, work: work)
        let columns = schema.outputs
        let shares = try said.values(as: Double.self)
        return try Tensor.build(said.shape, of: Double.self) { target in
            for row in 0..<said.shape[0] {
                if columns == 2 {
                    let share = maps[0].probability(method.score(shares[row * 2 + 1]))
                    target[row * 2] = 1 - share
                    target[row * 2 + 1] = share
                    continue
                }
                var sum = 0.0
                for column in 0..<columns {
                    let share = maps[column].probability(method.score(shares[row * columns + column]))
                    target[row * columns + column] = share
                    sum += share
                }
                // No map says anything for any class: all alike.
                for column in 0..<columns {
                    target[row * columns + column] =
                        sum > 0 ? target[row * columns + column] / sum : 1 / Double(columns)
                }
            }
        }
    }
}

extension CalibratedModel {
    /// What files of such models say they are.
    public static let fileKind = "calibrated"
    private static let part = "base."

    /// What a file of the model holds beside its schema.
    public func contents() throws(Failure) -> TabularContents {
        var (tensors, notes) = try base.contents().nested(Self.part)
        notes.append((key: "method", value: method.rawValue))
        for (index, map) in maps.enumerated() {
            switch map {
            case .sigmoid(let a, let b): tensors.append((name: "map.\(index)", tensor: try Tensor([a, b], shape: [2])))
            case .isotonic(let x, let y):
                tensors.append((name: "map.\(index)", tensor: try Tensor(x + y, shape: [2, x.count])))
            }
        }
        return TabularContents(kind: Self.fileKind, tensors: tensors, notes: notes)
    }

    /// Reads a model that `save` wrote.
    public init(_ file: TabularFile, work: Work = Work()) throws(Failure) {
        guard let method = CalibratedClassifier.Method(rawValue: try file.note("method")) else {
            throw file.broken("a calibration of no known method")
        }
        let base = try file.nested(Self.part).model(work: work)
        let classes = file.schema.classes.count
        guard classes > 1 else { throw file.broken("a calibration without classes") }
        var maps: [Calibrator] = []
        for index in 0..<(classes == 2 ? 1 : classes) {
            let tensor = try file.tensor("map.\(index)")
            let values = try tensor.values(as: Double.self)
            let points = values.count / 2
            switch method {
            case .sigmoid:
                guard tensor.shape == [2], values.allSatisfy(\.isFinite) else {
                    throw file.broken("a map that is none")
                }
                maps.append(.sigmoid(a: values[0], b: values[1]))
            case .isotonic:
                guard tensor.shape == [2, points], points > 0, values.allSatisfy(\.isFinite),
                    zip(values[..<points], values[1..<points]).allSatisfy({ $0 < $1 })
                else { throw file.broken("a map that is none") }
                maps.append(.isotonic(x: Array(values[..<points]), y: Array(values[points...])))
            }
        }
        self.init(base: base, method: method, maps: maps)
    }
}
