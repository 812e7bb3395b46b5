import Support

/// How often what was given a probability came, by bins of the probability.
public struct Calibration: Sendable {
    /// How the bins are cut.
    public enum Strategy: String, CaseIterable, Sendable {
        /// Bins of equal width.
        case uniform
        /// Bins of about equally many items.
        case quantile
    }

    /// A bin that holds items.
    public struct Bin: Sendable {
        /// Its items' mean probability.
        public let predicted: Double
        /// The share of its items that came.
        public let observed: Double
        /// Its items.
        public let count: Int
    }

    /// The most bins that items can be sorted into.
    public static let mostBins = 100_000

    /// The bins that hold items, by rising probability.
    public let bins: [Bin]

    /// Sorts items into bins by their probabilities.
    public init(
        _ truth: [Bool], _ probabilities: [Double], bins count: Int = 10, strategy: Strategy = .uniform
    ) throws(Failure) {
        try BinaryScores.check(truth, probabilities, needsBoth: false, probabilities: true)
        guard 1...Self.mostBins ~= count else {
            throw .argument("bins", expected: "integer from 1 to \(Self.mostBins)", got: "\(count)")
        }
        let edges: [Double]
        switch strategy {
        case .uniform: edges = (1..<count).map { Double($0) / Double(count) }
        case .quantile:
            let sorted = try probabilities.sorted(work: Work())
            edges = (1..<count).map { bin in
                // Linear between order statistics, as numpy's percentile.
                let place = Double(bin) / Double(count) * Double(sorted.count - 1)
                let low = Int(place)
                let next = min(low + 1, sorted.count - 1)
                return sorted[low] + (sorted[next] - sorted[low]) * (place - Double(low))
            }
        }
        var sums = [(probability: Double, hits: Int, count: Int)](repeating: (0, 0, 0), count: count)
        for (hit, p) in zip(truth, probabilities) {
            // A probability on an edge belongs to the bin above it for the inner edges below it: as searchsorted from the left.
            var (low, high) = (0, edges.count)
            while low < high {
                let middle = (low + high) / 2
                if edges[middle] < p { low = middle + 1 } else { high = middle }
            }
            sums[low].probability += p
            sums[low].hits += hit ? 1 : 0
            sums[low].count += 1
        }
        bins = sums.filter { $0.count > 0 }.map {
            Bin(
                predicted: $0.probability / Double($0.count), observed: Double($0.hits) / Double($0.count),
                count: $0.count)
        }
    }

    private var items: Double { Double(bins.reduce(0) { $0 + $1.count }) }

    /// Expected calibration error: the mean distance of the bins' shares from their probabilities, weighted by items.
    public var expectedError: Double {
        bins.reduce(0) { $0 + Double($1.count) * ($1.observed - $1.predicted).magnitude } / items
    }

    /// The greatest distance of a bin's share from its probability.
    public var greatestError: Double { bins.reduce(0) { max($0, ($1.observed - $1.predicted).magnitude) } }
}
