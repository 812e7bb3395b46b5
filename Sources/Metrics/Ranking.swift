import Glibc
import Support

/// How good an order of items is, from the relevance of each item and the score that ordered it.
public struct Ranking: Sendable {
    /// Relevance in the order of falling scores, equal scores as they came.
    public let ranked: [Double]
    /// The sizes of runs of equal scores, in that order.
    private let runs: [Int]

    /// Orders items.
    public init(relevance: [Double], scores: [Double], work: Work = Work()) throws(Failure) {
        guard relevance.count == scores.count else {
            throw .argument(
                "prediction", expected: "\(relevance.count) scores, as many as in 'truth'", got: "\(scores.count)")
        }
        guard !relevance.isEmpty else { throw .argument("truth", expected: "at least one item", got: "none") }
        if let place = relevance.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
            throw .argument(
                "truth", expected: "relevance of at least 0", got: "\(relevance[place]) at position \(place + 1)")
        }
        if let place = scores.firstIndex(where: \.isNaN) {
            throw .argument("prediction", expected: "scores", got: "nan at position \(place + 1)")
        }
        var order = Array(scores.indices)
        try order.sort(work: work) { scores[$0] > scores[$1] || scores[$0] == scores[$1] && $0 < $1 }
        ranked = order.map { relevance[$0] }
        var runs: [Int] = []
        for (place, item) in order.enumerated() {
            if place > 0, scores[item] == scores[order[place - 1]] { runs[runs.count - 1] += 1 } else { runs.append(1) }
        }
        self.runs = runs
    }

    /// What a relevance is worth.
    public enum Gain: String, CaseIterable, Sendable {
        /// Itself (Järvelin and Kekäläinen 2002).
        case linear
        /// 2^relevance − 1 (Burges and others 2005).
        case exponential
    }

    /// What items of equal score are counted for.
    public enum Ties: String, CaseIterable, Sendable {
        /// The mean over their orders (McSherry and Najork 2008), so that the order given does not matter.
        case average
        /// Themselves, in the order given.
        case order
    }

    /// Normalised discounted cumulative gain of the first `k`, discount 1 / log2(1 + rank); 0 if nothing is relevant.
    public func ndcg(k: Int? = nil, gain: Gain = .linear, ties: Ties = .average) -> Double {
        let cut = k ?? ranked.count
        // Beyond 1,023 the gain is no number; a common factor does not change the share.
        let top = ranked.max() ?? 0
        let shift = top > 500 ? top : 0
        func worth(_ relevance: Double) -> Double {
            gain == .linear ? relevance : exp2(relevance - shift) - exp2(-shift)
        }
        func discount(_ place: Int) -> Double { place < cut ? 1 / log2(Double(place) + 2) : 0 }
        var (reached, start) = (0.0, 0)
        for size in ties == .average ? runs : [Int](repeating: 1, count: ranked.count) {
            let mean = ranked[start..<start + size].reduce(0) { $0 + worth($1) } / Double(size)
            reached += mean * (start..<start + size).reduce(0) { $0 + discount($1) }
            start += size
        }
        let best = ranked.sorted(by: >).enumerated().reduce(0) { $0 + worth($1.element) * discount($1.offset) }
        return best > 0 ? reached / best : 0
    }

    private var relevant: Int { ranked.count { $0 > 0 } }

    /// Mean of the precision at each relevant item among the first `k`, over the smaller of k and all relevant items.
    public func averagePrecision(k: Int? = nil) -> Double {
        let cut = k ?? ranked.count
        var (hits, sum) = (0.0, 0.0)
        for (place, value) in ranked.prefix(cut).enumerated() where value > 0 {
            hits += 1
            sum += hits / Double(place + 1)
        }
        return relevant > 0 ? sum / Double(min(relevant, cut)) : 0
    }

    /// One over the rank of the first relevant item; 0 without one among the first `k`.
    public func reciprocalRank(k: Int? = nil) -> Double {
        ranked.prefix(k ?? ranked.count).firstIndex { $0 > 0 }.map { 1 / Double($0 + 1) } ?? 0
    }

    /// 1 if a relevant item is among the first `k`, otherwise 0.
    public func hit(k: Int? = nil) -> Double { ranked.prefix(k ?? ranked.count).contains { $0 > 0 } ? 1 : 0 }

    /// The share of the first `k` places that hold relevant items.
    public func precision(k: Int? = nil) -> Double {
        let cut = k ?? ranked.count
        return Double(ranked.prefix(cut).count { $0 > 0 }) / Double(cut)
    }

    /// The share of the relevant items among the first `k`; 0 if nothing is relevant.
    public func recall(k: Int? = nil) -> Double {
        relevant > 0 ? Double(ranked.prefix(k ?? ranked.count).count { $0 > 0 }) / Double(relevant) : 0
    }
}
