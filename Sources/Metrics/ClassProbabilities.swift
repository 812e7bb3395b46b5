import Glibc
import Support
import Tensors

/// Probabilities of several classes for every item.
public struct ClassProbabilities: Sendable {
    private let rows: [[Double]]

    /// The shares of `scores`, [n, classes]: as they stand, or the softmax of logits. Rows of probabilities must sum to 1, to rounding.
    public init(_ scores: Tensor, fromLogits: Bool = false, work: Work = Work()) throws(Failure) {
        guard scores.rank == 2, scores.shape[1] >= 2 else {
            throw .argument(
                "prediction", expected: "shape [n, classes], 2 classes or more", got: "shape \(scores.shape)")
        }
        let wide = try scores.to(.float64, work: work)
        let shares = fromLogits ? try wide.softmax(dim: 1, work: work) : wide
        let (n, width) = (shares.shape[0], shares.shape[1])
        let values = try shares.values(as: Double.self)
        rows = (0..<n).map { Array(values[$0 * width..<($0 + 1) * width]) }
        for (place, row) in rows.enumerated() {
            if let bad = row.first(where: { !(fromLogits ? $0.isFinite : $0 >= 0 && $0 <= 1) }) {
                throw .argument(
                    "prediction", expected: fromLogits ? "finite numbers" : "probabilities from 0 to 1",
                    got: "\(Check.words(bad)) in row \(place + 1)",
                    hint: fromLogits ? nil : "scores of a network: from_logits = true")
            }
            let sum = row.reduce(0, +)
            guard (sum - 1).magnitude < 1e-3 else {
                throw .argument(
                    "prediction", expected: "rows that sum to 1", got: "\(Check.words(sum)) in row \(place + 1)")
            }
        }
    }

    /// Classes.
    public var classCount: Int { rows.first?.count ?? 0 }

    /// Mean of -ln of the probability given to each item's class; probabilities are kept 2^-52 from 0 and 1 as in scikit-learn.
    public func logLoss(_ truth: [Int], weights: [Double]? = nil) throws(Failure) -> Double {
        try check(truth)
        let weights = try Check.weights(weights, count: truth.count)
        var sum = 0.0
        for (i, row) in rows.enumerated() {
            let p = min(max(row[truth[i]], Double.ulpOfOne), 1 - Double.ulpOfOne)
            sum -= weights[i] * log(p)
        }
        return sum / weights.reduce(0, +)
    }

    /// The mean of the areas under the ROC curves of each class against all others: of the classes alike, or weighted by their items.
    public func rocAUC(_ truth: [Int], weighted: Bool = false) throws(Failure) -> Double {
        try check(truth)
        var (sum, total) = (0.0, 0.0)
        for c in 0..<classCount {
            let marks = truth.map { $0 == c }
            let items = marks.count { $0 }
            guard items > 0 else {
                throw .argument("truth", expected: "items of every class", got: "none of class \(c + 1)")
            }
            let weight = weighted ? Double(items) : 1
            sum += weight * (try BinaryScores.rocAUC(marks, rows.map { $0[c] }))
            total += weight
        }
        return sum / total
    }

    private func check(_ truth: [Int]) throws(Failure) {
        guard truth.count == rows.count else {
            throw .argument(
                "prediction", expected: "\(truth.count) rows, as many as labels in 'truth'", got: "\(rows.count)")
        }
        guard !truth.isEmpty else { throw .argument("truth", expected: "at least one label", got: "none") }
    }
}
