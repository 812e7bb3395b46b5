import Support

/// How often items of each true class were given each class.
public struct ConfusionMatrix: Sendable {
    /// Counts by true class, then by predicted class.
    public let counts: [[Int]]
    /// Items.
    public let total: Int

    /// Counts items whose classes are numbered from 0 below `classes`.
    public init(_ truth: [Int], _ prediction: [Int], classes: Int) throws(Failure) {
        guard truth.count == prediction.count else {
            throw .argument(
                "prediction", expected: "\(truth.count) labels, as many as in 'truth'", got: "\(prediction.count)")
        }
        guard !truth.isEmpty else { throw .argument("truth", expected: "at least one label", got: "none") }
        var counts = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
        for (right, given) in zip(truth, prediction) { counts[right][given] += 1 }
        self.counts = counts
        total = truth.count
    }

    private var hits: Int { counts.indices.reduce(0) { $0 + counts[$1][$1] } }
    private func actual(_ c: Int) -> Int { counts[c].reduce(0, +) }
    private func given(_ c: Int) -> Int { counts.reduce(0) { $0 + $1[c] } }

    private func share(_ part: Int, _ whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }

    /// Share of the items given their class.
    public var accuracy: Double { share(hits, total) }
    /// Of the items given class `c`, the share that have it; 0 if none was given it.
    public func precision(_ c: Int) -> Double { share(counts[c][c], given(c)) }
    /// Of the items of class `c`, the share given it; 0 if there are none.
    public func recall(_ c: Int) -> Double { share(counts[c][c], actual(c)) }
    /// The harmonic mean of precision and recall; 0 if the class occurs neither as truth nor as prediction.
    public func f1(_ c: Int) -> Double { share(2 * counts[c][c], given(c) + actual(c)) }

    /// How a measure of one class becomes one of all.
    public enum Average: String, CaseIterable, Sendable {
        /// The positive class alone.
        case binary
        /// Mean over the classes.
        case macro
        /// Over all items together: the accuracy.
        case micro
        /// Mean over the classes, weighted by their items.
        case weighted
    }

    /// `measure` of one class, averaged over those that occur.
    public func averaged(_ average: Average, positive: Int, _ measure: (ConfusionMatrix, Int) -> Double) -> Double {
        switch average {
        case .binary: return measure(self, positive)
        case .micro: return accuracy
        case .macro, .weighted:
            var sum = 0.0
            var weights = 0.0
            for c in counts.indices where actual(c) + given(c) > 0 {
                let weight = average == .macro ? 1 : Double(actual(c))
                sum += weight * measure(self, c)
                weights += weight
            }
            return sum / weights
        }
    }

    /// Mean recall of the classes that occur as truth.
    public var balancedAccuracy: Double {
        let present = counts.indices.filter { actual($0) > 0 }
        return present.reduce(0) { $0 + recall($1) } / Double(present.count)
    }

    /// Matthews' correlation coefficient (Gorodkin 2004 for several classes); 0 if either side has one class only.
    public var matthews: Double {
        let n = Double(total)
        var (product, truths, predictions) = (0.0, 0.0, 0.0)
        for c in counts.indices {
            let (t, p) = (Double(actual(c)), Double(given(c)))
            product += t * p
            truths += t * t
            predictions += p * p
        }
        let bottom = ((n * n - truths) * (n * n - predictions)).squareRoot()
        return bottom == 0 ? 0 : (Double(hits) * n - product) / bottom
    }

    /// Cohen's κ: agreement beyond chance; nil if chance alone agrees always.
    public var kappa: Double? {
        let n = Double(total)
        let chance = counts.indices.reduce(0) { $0 + Double(actual($1)) * Double(given($1)) } / (n * n)
        return chance == 1 ? nil : (accuracy - chance) / (1 - chance)
    }
}
