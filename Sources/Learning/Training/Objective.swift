import Support
import Tensors

/// What a model is trained for: a loss, and whatever else is looked at.
public struct Objective: Sendable {
    /// The mean loss of predictions against the truth, recorded.
    public typealias Loss = (_ prediction: Tensor, _ truth: Tensor, _ recorder: Recorder) throws(Failure) -> Tensor
    /// A number about predictions.
    public typealias Metric = (_ prediction: Tensor, _ truth: Tensor, _ work: Work) throws(Failure) -> Double

    /// What the truth is, for checks before training.
    public enum Kind: String, CaseIterable, Sendable {
        case mse
        case crossEntropy = "cross_entropy"
        case binary = "bce_with_logits"
        /// A loss of the script's own: nothing is known of the truth.
        case other
    }

    /// The kind of truth.
    public let kind: Kind
    // Not Sendable by themselves: a loss may be a script's function. Training stays on its thread.
    nonisolated(unsafe) let loss: Loss
    nonisolated(unsafe) let metrics: [(name: String, metric: Metric)]

    /// One of the losses known here.
    public init(_ kind: Kind, metrics: [(name: String, metric: Metric)] = []) {
        let loss: Loss =
            switch kind {
            case .mse, .other:
                { (prediction, truth, recorder) throws(Failure) in
                    try recorder.meanSquaredError(prediction, truth)
                }
            case .crossEntropy:
                { (prediction, truth, recorder) throws(Failure) in
                    try recorder.crossEntropy(prediction, labels: truth)
                }
            case .binary:
                { (prediction, truth, recorder) throws(Failure) in
                    try recorder.binaryCrossEntropy(prediction, truth)
                }
            }
        (self.kind, self.loss, self.metrics) = (kind, loss, metrics)
    }

    /// A loss of one's own.
    public init(metrics: [(name: String, metric: Metric)] = [], loss: @escaping Loss) {
        (kind, self.loss, self.metrics) = (.other, loss, metrics)
    }

    /// The share of rows whose greatest score, or whose logit's sign, says what is right.
    public static func accuracy(_ prediction: Tensor, _ truth: Tensor, _ work: Work) throws(Failure) -> Double {
        let isSingle = prediction.rank < 2 || prediction.shape[prediction.rank - 1] == 1
        let said: Tensor
        if isSingle {
            said = try Tensor.compare(.gt, .tensor(prediction), .scalar(.integer(0)), work: work)
        } else {
            let best = try prediction.extremes(.max, dim: prediction.rank - 1, work: work).positions
            said = try Tensor.combine(.add, .tensor(best), .scalar(.integer(1)), work: work)
        }
        let (a, b) = (try said.values(as: Double.self), try truth.values(as: Double.self))
        guard a.count == b.count, !a.isEmpty else {
            throw .argument(
                "metrics", expected: "accuracy of one class a row",
                got: "predictions of shape \(prediction.shape) and truth of shape \(truth.shape)")
        }
        return Double(zip(a, b).reduce(0) { $0 + ($1.0 == $1.1 ? 1 : 0) }) / Double(a.count)
    }

    /// The mean distance from the truth.
    public static func meanAbsoluteError(
        _ prediction: Tensor, _ truth: Tensor, _ work: Work
    ) throws(Failure) -> Double {
        let (a, b) = (try prediction.values(as: Double.self), try truth.values(as: Double.self))
        return zip(a, b).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(max(1, a.count))
    }

    /// The root of the mean squared distance from the truth.
    public static func rootMeanSquaredError(
        _ prediction: Tensor, _ truth: Tensor, _ work: Work
    ) throws(Failure) -> Double {
        let (a, b) = (try prediction.values(as: Double.self), try truth.values(as: Double.self))
        return (zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(max(1, a.count))).squareRoot()
    }

    /// Refuses truth that cannot be learnt from: classes out of range, one class only, numbers that are none.
    func check(_ data: TrainingData, _ model: Layer, _ name: String, _ work: Work) throws(Failure) {
        switch kind {
        case .crossEntropy:
            let output = try data.part(0..<1).predictions(model, work)
            let classes = output.shape.last ?? 0
            let labels = try data.truth.values(as: Double.self)
            for (row, label) in labels.enumerated()
            where label != label.rounded() || label < 1 || label > Double(classes) {
                throw .argument(
                    name, expected: "classes from 1 to \(classes), as many as the model gives scores",
                    got:
                        "\(label == label.rounded() && abs(label) < 1e15 ? String(Int(label)) : "\(label)") in row \(row + 1)",
                    hint: label == 0 ? "classes count from 1" : nil)
            }
            try refuseOne(labels, name)
        case .binary:
            let labels = try data.truth.values(as: Double.self)
            for (row, label) in labels.enumerated() where !(label >= 0 && label <= 1) {
                throw .argument(name, expected: "truth from 0 (no) to 1 (yes)", got: "\(label) in row \(row + 1)")
            }
            if data.truth.count == data.count { try refuseOne(labels, name) }
        case .mse, .other: return
        }
    }

    private func refuseOne(_ labels: [Double], _ name: String) throws(Failure) {
        guard let first = labels.first, name == "data", labels.allSatisfy({ $0 == first }) else { return }
        throw .argument(
            name, expected: "rows of at least two classes",
            got: "one class only, \(Int(first)), in all \(labels.count) rows")
    }
}

extension TrainingData {
    /// What `model` says, without recording.
    func predictions(_ model: Layer, _ work: Work) throws(Failure) -> Tensor {
        var quiet = work
        quiet.recordsGradients = false
        let wasTraining = model.isTraining
        model.setTraining(false)
        defer { model.setTraining(wasTraining) }
        return try model.forward(inputs, Recorder(quiet)).detached
    }
}

extension Layer {
    /// What the model says to `inputs`, dropout off, nothing recorded, `batch` rows at a time.
    public func predict(_ inputs: [Tensor], batch: Int, work: Work = Work()) throws(Failure) -> Tensor {
        guard let rows = inputs.first?.shape.first else {
            throw .argument("x", expected: "a tensor with rows", got: "a single value")
        }
        if let other = inputs.first(where: { $0.shape.first != rows }) {
            throw .argument(
                "x", expected: "\(rows) rows in every tensor, as in the first", got: "shape \(other.shape)")
        }
        guard rows > batch else {
            return try TrainingData.unchecked(inputs).predictions(self, work)
        }
        var parts: [Tensor] = []
        for from in stride(from: 0, to: rows, by: batch) {
            try work.cancellation.check()
            var slices: [Tensor] = []
            for input in inputs { slices.append(try input.slice(0, from..<min(rows, from + batch))) }
            parts.append(try TrainingData.unchecked(slices).predictions(self, work))
        }
        return try Tensor.concat(parts, dim: 0, work: work)
    }
}

extension TrainingData {
    /// Inputs whose truth is not asked for.
    fileprivate static func unchecked(_ inputs: [Tensor]) -> TrainingData {
        TrainingData(inputs.map(\.detached), inputs[0].detached)
    }

    private init(_ inputs: [Tensor], _ truth: Tensor) { (self.inputs, self.truth) = (inputs, truth) }
}
