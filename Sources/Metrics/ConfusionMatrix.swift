import Support

/// How often items of each true class were given each class.
public struct ConfusionMatrix: Sendable {
    private let truth: [Int]
    private let prediction: [Int]
    private let weights: [Double]
    // By class: items that were given it rightly, all that were given it, all that have it.
    private var hit: [Double]
    private var given: [Double]
    private var actual: [Double]

    /// Counts items whose classes are numbered from 0 below `classes`, or adds up their weights.
    public init(_ truth: [Int], _ prediction: [Int], classes: Int, weights: [Double]? = nil) throws(Failure) {
        guard truth.count == prediction.count else {
            throw .argument(
                "prediction", expected: "\(truth.count) labels, as many as in 'truth'", got: "\(prediction.count)")
        }
        guard !truth.isEmpty else { throw .argument("truth", expected: "at least one label", got: "none") }
        self.weights = try Check.weights(weights, count: truth.count)
        (self.truth, self.prediction) = (truth, prediction)
        hit = [Double](repeating: 0, count: classes)
        (given, actual) = (hit, hit)
        for (i, (right, chosen)) in zip(truth, prediction).enumerated() {
            actual[right] += self.weights[i]
            given[chosen] += self.weights[i]
            if right == chosen { hit[right] += self.weights[i] }
        }
    }

    /// What a measure of one class looks at: items of the class that were given it, all that were given it, all that have it.
    public struct Tally: Sendable {
        let hits: Double
        let given: Double
        let actual: Double

        private func share(_ part: Double, _ whole: Double) -> Double { whole == 0 ? 0 : part / whole }

        /// Of the items given the class, the share that have it; 0 if none was given it.
        public var precision: Double { share(hits, given) }
        /// Of the items of the class, the share given it; 0 if there are none.
        public var recall: Double { share(hits, actual) }
        /// The harmonic mean of precision and recall; 0 if the class occurs neither as truth nor as prediction.
        public var f1: Double { share(2 * hits, given + actual) }
    }

    private var total: Double { actual.reduce(0, +) }

    /// The tally of a class.
    public func tally(_ c: Int) -> Tally { Tally(hits: hit[c], given: given[c], actual: actual[c]) }

    /// Share of the items given their class.
    public var accuracy: Double { hit.reduce(0, +) / total }

    /// How a measure of one class becomes one of all.
    public enum Average: String, CaseIterable, Sendable {
        /// The positive class alone.
        case binary
        /// Mean over the classes.
        case macro
        /// Over all items together: of all classes, the accuracy.
        case micro
        /// Mean over the classes, weighted by their items.
        case weighted
    }

    /// `measure` of class `positive`, or averaged over `classes`, which stand for those that occur if nil.
    public func averaged(
        _ average: Average, positive: Int, classes: [Int]? = nil, _ measure: (Tally) -> Double
    ) -> Double {
        let tallies = (classes ?? actual.indices.filter { actual[$0] + given[$0] > 0 }).map(tally)
        switch average {
        case .binary: return measure(tally(positive))
        case .micro:
            return measure(
                Tally(
                    hits: tallies.reduce(0) { $0 + $1.hits }, given: tallies.reduce(0) { $0 + $1.given },
                    actual: tallies.reduce(0) { $0 + $1.actual }))
        case .macro: return tallies.isEmpty ? 0 : tallies.reduce(0) { $0 + measure($1) } / Double(tallies.count)
        case .weighted:
            let weight = tallies.reduce(0) { $0 + $1.actual }
            return weight == 0 ? 0 : tallies.reduce(0) { $0 + $1.actual * measure($1) } / weight
        }
    }

    /// What the cells are divided by.
    public enum Normalization: String, CaseIterable, Sendable {
        /// The items of each true class.
        case truth
        /// The items given each class.
        case prediction
        /// All items.
        case all
    }

    /// The most classes that `cells` tells apart: a matrix of more is read by nobody and does not fit in memory.
    public static let mostClasses = 4000

    /// Items, or the sum of their weights, by true class, then by predicted class; of some classes alone, in the order given. As shares, it is
    /// 0 where there is nothing to divide by.
    public func cells(
        of classes: [Int], normalized normalization: Normalization? = nil, work: Work = Work()
    ) throws(Failure) -> [[Double]] {
        guard classes.count <= Self.mostClasses else {
            throw .argument(
                "labels", expected: "at most \(Self.mostClasses) classes", got: "\(classes.count)",
                hint: "list those of interest")
        }
        try NativeMemory.require(classes.count * classes.count * 2 * MemoryLayout<Double>.stride)
        var places = [Int?](repeating: nil, count: actual.count)
        for (place, code) in classes.enumerated() {
            guard places[code] == nil else {
                throw .argument("labels", expected: "different classes", got: "one twice, at position \(place + 1)")
            }
            places[code] = place
        }
        var cells = [[Double]](repeating: [Double](repeating: 0, count: classes.count), count: classes.count)
        try work.inBlocks(truth.count) { range in
            for i in range {
                guard let row = places[truth[i]], let column = places[prediction[i]] else { continue }
                cells[row][column] += weights[i]
            }
        }
        guard let normalization else { return cells }
        let rows = cells.map { $0.reduce(0, +) }
        let columns = classes.indices.map { column in cells.reduce(0) { $0 + $1[column] } }
        let total = rows.reduce(0, +)
        for row in cells.indices {
            try work.cancellation.check()
            for column in cells.indices {
                let whole =
                    switch normalization {
                    case .truth: rows[row]
                    case .prediction: columns[column]
                    case .all: total
                    }
                cells[row][column] = whole == 0 ? 0 : cells[row][column] / whole
            }
        }
        return cells
    }

    /// Mean recall of the classes that occur as truth.
    public var balancedAccuracy: Double {
        let present = actual.indices.filter { actual[$0] > 0 }
        return present.reduce(0) { $0 + tally($1).recall } / Double(present.count)
    }

    /// Matthews' correlation coefficient (Gorodkin 2004 for several classes); 0 if either side has one class only.
    public var matthews: Double {
        let n = total
        var (product, truths, predictions) = (0.0, 0.0, 0.0)
        for (t, p) in zip(actual, given) {
            product += t * p
            truths += t * t
            predictions += p * p
        }
        let bottom = ((n * n - truths) * (n * n - predictions)).squareRoot()
        return bottom == 0 ? 0 : (hit.reduce(0, +) * n - product) / bottom
    }

    /// Cohen's κ: agreement beyond chance; nil if chance alone agrees always.
    public var kappa: Double? {
        let n = total
        let chance = zip(actual, given).reduce(0) { $0 + $1.0 * $1.1 } / (n * n)
        return chance == 1 ? nil : (accuracy - chance) / (1 - chance)
    }
}
