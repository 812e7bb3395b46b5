import Glibc
import Support

/// How well scores tell two classes apart.
public enum BinaryScores {
    static func check(_ truth: [Bool], _ scores: [Double], needsBoth: Bool, probabilities: Bool = false)
        throws(Failure)
    {
        guard truth.count == scores.count else {
            throw .argument(
                "prediction", expected: "\(truth.count) scores, as many as in 'truth'", got: "\(scores.count)")
        }
        guard !truth.isEmpty else { throw .argument("truth", expected: "at least one label", got: "none") }
        for (i, score) in scores.enumerated() where !score.isFinite || probabilities && !(0...1).contains(score) {
            throw .argument(
                "prediction", expected: probabilities ? "probabilities from 0 to 1" : "finite scores",
                got: "\(Check.words(score)) at position \(i + 1)")
        }
        guard !needsBoth || truth.contains(true) && truth.contains(false) else {
            throw .argument(
                "truth", expected: "items of both classes", got: "one class only, for which it is not defined")
        }
    }

    /// Area under the ROC curve: the chance that a positive scores above a negative, ties counted half.
    public static func rocAUC(
        _ truth: [Bool], _ scores: [Double], weights: [Double]? = nil, work: Work = Work()
    ) throws(Failure) -> Double {
        try check(truth, scores, needsBoth: true)
        let weights = try Check.weights(weights, count: truth.count)
        var order = Array(scores.indices)
        try order.sort(work: work) { scores[$0] < scores[$1] }
        var (below, wins, positives) = (0.0, 0.0, 0.0)
        var start = 0
        while start < order.count {
            var end = start
            var (up, down) = (0.0, 0.0)
            while end < order.count, scores[order[end]] == scores[order[start]] {
                if truth[order[end]] { up += weights[order[end]] } else { down += weights[order[end]] }
                end += 1
            }
            wins += up * (below + down / 2)
            below += down
            positives += up
            start = end
        }
        guard positives > 0, below > 0 else {
            throw .argument("sample_weight", expected: "weights above 0 in both classes", got: "zeros in one")
        }
        return wins / (positives * below)
    }

    /// Average precision: precision at each score that raises recall, weighted by how much. Without positives it is not defined.
    public static func averagePrecision(
        _ truth: [Bool], _ scores: [Double], weights: [Double]? = nil, work: Work = Work()
    ) throws(Failure) -> Double {
        try check(truth, scores, needsBoth: false)
        let weights = try Check.weights(weights, count: truth.count)
        let positives = truth.indices.reduce(0.0) { $0 + (truth[$1] ? weights[$1] : 0) }
        guard positives > 0 else { throw .argument("truth", expected: "at least one positive item", got: "none") }
        var order = Array(scores.indices)
        try order.sort(work: work) { scores[$0] > scores[$1] }
        var (seen, hits, sum) = (0.0, 0.0, 0.0)
        var start = 0
        while start < order.count {
            var end = start
            let before = hits
            while end < order.count, scores[order[end]] == scores[order[start]] {
                if truth[order[end]] { hits += weights[order[end]] }
                seen += weights[order[end]]
                end += 1
            }
            if seen > 0 { sum += (hits - before) / positives * hits / seen }
            start = end
        }
        return sum
    }

    /// Mean of −ln of the probability given to what came; probabilities are kept 2⁻⁵² from 0 and 1.
    public static func logLoss(
        _ truth: [Bool], _ probabilities: [Double], weights: [Double]? = nil
    ) throws(Failure) -> Double {
        try check(truth, probabilities, needsBoth: false, probabilities: true)
        return try mean(truth, probabilities, weights) { (right, p) in
            let kept = min(max(p, Double.ulpOfOne), 1 - Double.ulpOfOne)
            return -(right ? log(kept) : log1p(-kept))
        }
    }

    /// The log loss of logits z, whose probability is 1 / (1 + exp(-z)): exact however large they are.
    public static func logLoss(
        _ truth: [Bool], logits: [Double], weights: [Double]? = nil
    ) throws(Failure) -> Double {
        try check(truth, logits, needsBoth: false)
        return try mean(truth, logits, weights) { (right, z) in
            let against = right ? -z : z
            return max(against, 0) + log1p(exp(-against.magnitude))
        }
    }

    /// Mean squared distance of the probabilities from what came (Brier 1950).
    public static func brier(
        _ truth: [Bool], _ probabilities: [Double], weights: [Double]? = nil
    ) throws(Failure) -> Double {
        try check(truth, probabilities, needsBoth: false, probabilities: true)
        return try mean(truth, probabilities, weights) { (right, p) in (p - (right ? 1 : 0)) * (p - (right ? 1 : 0)) }
    }

    private static func mean(
        _ truth: [Bool], _ scores: [Double], _ weights: [Double]?, _ term: (Bool, Double) -> Double
    ) throws(Failure) -> Double {
        let weights = try Check.weights(weights, count: truth.count)
        var sum = 0.0
        for i in truth.indices { sum += weights[i] * term(truth[i], scores[i]) }
        return sum / weights.reduce(0, +)
    }
}
