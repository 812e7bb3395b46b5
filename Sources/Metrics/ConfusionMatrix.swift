import Support

/// How often items of each true class were given each class.
public struct ConfusionMatrix: Sendable {
    /// Items, or the sum of their weights, by true class, then by predicted class.
    public let cells: [[Double]]

    /// Counts items whose classes are numbered from 0 below `classes`, or adds up their weights.
    public init(_ truth: [Int], _ prediction: [Int], classes: Int, weights: [Double]? = nil) throws(Failure) {
        guard truth.count == prediction.count else {
            throw .argument(
                "prediction", expected: "\(truth.count) labels, as many as in 'truth'", got: "\(prediction.count)")
        }
        guard !truth.isEmpty else { throw .argument("truth", expected: "at least one label", got: "none") }
        let weights = try Check.weights(weights, count: truth.count)
        var cells = [[Double]](repeating: [Double](repeating: 0, count: classes), count: classes)
        for (i, (right, given)) in zip(truth, prediction).enumerated() { cells[right][given] += weights[i] }
        self.cells = cells
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

    private var total: Double { cells.reduce(0) { $0 + $1.reduce(0, +) } }
    private var hits: Double { cells.indices.reduce(0) { $0 + cells[$1][$1] } }
    private func actual(_ c: Int) -> Double { cells[c].reduce(0, +) }
    private func given(_ c: Int) -> Double { cells.reduce(0) { $0 + $1[c] } }

    /// The tally of a class.
    public func tally(_ c: Int) -> Tally { Tally(hits: cells[c][c], given: given(c), actual: actual(c)) }

    /// Share of the items given their class.
    public var accuracy: Double { hits / total }

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
        let tallies = (classes ?? cells.indices.filter { actual($0) + given($0) > 0 }).map(tally)
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

    private init(cells: [[Double]]) { self.cells = cells }

    /// The cells of some classes alone, in the order given.
    public func chosen(_ classes: [Int]) -> ConfusionMatrix {
        ConfusionMatrix(cells: classes.map { row in classes.map { cells[row][$0] } })
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

    /// The cells as shares; 0 where there is nothing to divide by.
    public func normalized(_ normalization: Normalization) -> [[Double]] {
        cells.indices.map { row in
            cells.indices.map { column in
                let whole =
                    switch normalization {
                    case .truth: actual(row)
                    case .prediction: given(column)
                    case .all: total
                    }
                return whole == 0 ? 0 : cells[row][column] / whole
            }
        }
    }

    /// Mean recall of the classes that occur as truth.
    public var balancedAccuracy: Double {
        let present = cells.indices.filter { actual($0) > 0 }
        return present.reduce(0) { $0 + tally($1).recall } / Double(present.count)
    }

    /// Matthews' correlation coefficient (Gorodkin 2004 for several classes); 0 if either side has one class only.
    public var matthews: Double {
        let n = total
        var (product, truths, predictions) = (0.0, 0.0, 0.0)
        for c in cells.indices {
            let (t, p) = (actual(c), given(c))
            product += t * p
            truths += t * t
            predictions += p * p
        }
        let bottom = ((n * n - truths) * (n * n - predictions)).squareRoot()
        return bottom == 0 ? 0 : (hits * n - product) / bottom
    }

    /// Cohen's κ: agreement beyond chance; nil if chance alone agrees always.
    public var kappa: Double? {
        let n = total
        let chance = cells.indices.reduce(0) { $0 + actual($1) * given($1) } / (n * n)
        return chance == 1 ? nil : (accuracy - chance) / (1 - chance)
    }
}
