import Statistics
import Support

/// How far predictions rise and fall with the truth.
public enum Association {
    /// Pearson's correlation, from -1 to 1.
    public static func pearson(_ truth: [Double], _ prediction: [Double]) throws(Failure) -> Double {
        try check(truth, prediction)
        return try defined(Correlation.pearson(truth, prediction).effect, truth)
    }

    /// Spearman's correlation: Pearson's of the ranks, ties at their mean rank.
    public static func spearman(_ truth: [Double], _ prediction: [Double]) throws(Failure) -> Double {
        try check(truth, prediction)
        return try defined(Correlation.spearman(truth, prediction).effect, truth)
    }

    private static func check(_ truth: [Double], _ prediction: [Double]) throws(Failure) {
        try Check.finite(truth, "truth")
        try Check.finite(prediction, "prediction")
        try Check.sameLength(truth.count, prediction.count, "prediction")
        guard truth.count >= 2 else { throw .argument("truth", expected: "at least 2 numbers", got: "\(truth.count)") }
    }

    private static func defined(_ effect: Double?, _ truth: [Double]) throws(Failure) -> Double {
        if let effect, effect.isFinite { return effect }
        let isTruth = truth.allSatisfy { $0 == truth.first }
        throw .argument(
            isTruth ? "truth" : "prediction", expected: "numbers that vary",
            got: "one value only, for which it is not defined")
    }
}
