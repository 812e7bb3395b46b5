import Support
import Tensors

/// Rows to learn from: what a model sees and what is right.
public struct TrainingData: Sendable {
    /// What the model is called with, each with one row an example.
    public let inputs: [Tensor]
    /// What is right, one row an example.
    public let truth: Tensor

    /// Rows to learn from. All must have as many rows.
    public init(inputs: [Tensor], truth: Tensor) throws(Failure) {
        guard let rows = truth.shape.first, !inputs.isEmpty else {
            throw .argument("data", expected: "inputs and truth with rows", got: "truth of shape \(truth.shape)")
        }
        for input in inputs where input.shape.first != rows {
            throw .argument(
                "data", expected: "as many rows in inputs and truth",
                got: "inputs of shape \(input.shape) and truth of shape \(truth.shape)")
        }
        guard rows > 0 else { throw .argument("data", expected: "at least one row", got: "shape \(truth.shape)") }
        self.inputs = inputs.map(\.detached)
        self.truth = truth.detached
    }

    /// How many examples.
    public var count: Int { truth.shape.first ?? 0 }

    /// The examples at these positions.
    public func rows(_ positions: [Int], work: Work = Work()) throws(Failure) -> TrainingData {
        var picked: [Tensor] = []
        for input in inputs { picked.append(try input.rows(positions, work: work)) }
        return try TrainingData(inputs: picked, truth: truth.rows(positions, work: work))
    }

    /// The examples of a range, without a copy.
    func part(_ range: Range<Int>) throws(Failure) -> TrainingData {
        var picked: [Tensor] = []
        for input in inputs { picked.append(try input.slice(0, range)) }
        return try TrainingData(inputs: picked, truth: truth.slice(0, range))
    }
}
