import Glibc
import Support

/// How near numbers that were predicted come to those that came, items weighted alike or by `weights`.
public struct RegressionErrors: Sendable {
    private let truth: [Double]
    private let prediction: [Double]
    private let weights: [Double]
    private let total: Double

    /// The errors of predictions. Refuses lists of different lengths, none, and what is not finite.
    public init(truth: [Double], prediction: [Double], weights: [Double]? = nil) throws(Failure) {
        try Check.finite(truth, "truth")
        try Check.finite(prediction, "prediction")
        try Check.sameLength(truth.count, prediction.count, "prediction")
        self.truth = truth
        self.prediction = prediction
        self.weights = try Check.weights(weights, count: truth.count)
        total = self.weights.reduce(0, +)
    }

    private func mean(_ term: (Double, Double) -> Double) -> Double {
        var sum = 0.0
        for i in truth.indices { sum += weights[i] * term(truth[i], prediction[i]) }
        return sum / total
    }

    /// Mean of the squared errors.
    public var meanSquared: Double { mean { ($0 - $1) * ($0 - $1) } }
    /// Root of the mean squared error, in the unit of the truth.
    public var rootMeanSquared: Double { meanSquared.squareRoot() }
    /// Mean of the errors without their sign.
    public var meanAbsolute: Double { mean { ($0 - $1).magnitude } }
    /// Mean of |error| / |truth|, as a share; a truth of 0 counts as 2^-52.
    public var meanAbsolutePercentage: Double {
        mean { ($0 - $1).magnitude / max($0.magnitude, Double.ulpOfOne) }
    }
    /// The median of the errors without their sign; weights play no part.
    public func medianAbsolute() throws(Failure) -> Double {
        let sorted = try zip(truth, prediction).map { ($0 - $1).magnitude }.sorted(work: Work())
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// The share of the truth's variance that the predictions explain: 1 - squared errors over squared distances from the mean, 1 at best,
    /// negative where the mean would have been nearer. Refused for fewer than two items. Where the truth does not vary it is 1 for exact
    /// predictions, otherwise 0.
    public func r2() throws(Failure) -> Double {
        guard truth.count >= 2 else { throw .argument("truth", expected: "at least 2 numbers", got: "\(truth.count)") }
        var middle = 0.0
        for i in truth.indices { middle += weights[i] * truth[i] }
        middle /= total
        let spread = mean { (truth, _) in (truth - middle) * (truth - middle) }
        let errors = meanSquared
        if spread == 0 { return errors == 0 ? 1 : 0 }
        return 1 - errors / spread
    }
}

/// What metrics ask of their numbers.
enum Check {
    static func sameLength(_ truth: Int, _ other: Int, _ name: String) throws(Failure) {
        guard truth == other else {
            throw .argument(name, expected: "\(truth) numbers, as many as in 'truth'", got: "\(other)")
        }
        guard truth > 0 else { throw .argument("truth", expected: "at least one item", got: "none") }
    }

    static func finite(_ values: [Double], _ name: String) throws(Failure) {
        try Cancellation.checkPresent()
        if let place = values.firstIndex(where: { !$0.isFinite }) {
            throw .argument(name, expected: "finite numbers", got: "\(words(values[place])) at position \(place + 1)")
        }
    }

    /// The weights given, or ones.
    static func weights(_ weights: [Double]?, count: Int) throws(Failure) -> [Double] {
        try Cancellation.checkPresent()
        guard let weights else { return [Double](repeating: 1, count: count) }
        guard weights.count == count else {
            throw .argument(
                "sample_weight", expected: "\(count) weights, as many as in 'truth'", got: "\(weights.count)")
        }
        if let place = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
            throw .argument(
                "sample_weight", expected: "finite numbers from 0 up",
                got: "\(words(weights[place])) at position \(place + 1)")
        }
        guard weights.contains(where: { $0 > 0 }) else {
            throw .argument("sample_weight", expected: "at least one weight above 0", got: "zeros")
        }
        guard weights.reduce(0, +).isFinite else {
            throw .argument("sample_weight", expected: "weights whose sum is a number", got: "larger ones")
        }
        return weights
    }

    /// A number in messages: the sign of a nan depends on the processor.
    static func words(_ value: Double) -> String { value.isNaN ? "nan" : "\(value)" }
}
