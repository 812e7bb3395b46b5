import Glibc
import Support

/// How well two labellings of the same items agree. Only which items share a label matters, never the labels' names.
public enum Agreement {
    /// Adjusted Rand index (Hubert and Arabie 1985): 1 for equal groupings, 0 on average for unrelated ones, at least −0.5.
    ///
    /// - Parameters:
    ///   - truth: the label of each item.
    ///   - prediction: its label in the other labelling, of the same length.
    public static func adjustedRand(
        _ truth: [Int], _ prediction: [Int], work: Work = Work()
    ) throws(Failure) -> Double {
        let table = try Contingency(truth, prediction, work)
        func squares(_ counts: some Sequence<Int>) -> Double { counts.reduce(0.0) { $0 + Double($1) * Double($1) } }
        let total = Double(table.total)
        let both = squares(table.cells.lazy.map(\.count))
        // Ordered pairs of different items: together in both, in one only, in none.
        let together = both - total
        let inPrediction = squares(table.columnSums) - both
        let inTruth = squares(table.rowSums) - both
        let apart = total * total - both - inPrediction - inTruth
        if inPrediction == 0, inTruth == 0 { return 1 }
        return 2 * (together * apart - inTruth * inPrediction)
            / ((together + inTruth) * (inTruth + apart) + (together + inPrediction) * (inPrediction + apart))
    }

    /// Normalised mutual information: the mutual information over the arithmetic mean of the two entropies, from 0 to 1.
    public static func normalizedMutualInformation(
        _ truth: [Int], _ prediction: [Int], work: Work = Work()
    ) throws(Failure) -> Double {
        let table = try Contingency(truth, prediction, work)
        if table.rowSums.count == 1, table.columnSums.count == 1 { return 1 }
        let total = Double(table.total)
        var information = 0.0
        for cell in table.cells {
            let count = Double(cell.count)
            let expected = Double(table.rowSums[cell.row]) * Double(table.columnSums[cell.column])
            information += count / total * (log(count) + log(total) - log(expected))
        }
        // Rounding leaves a trace where the labellings are independent.
        if information <= Double.ulpOfOne { return 0 }
        return information / ((entropy(table.rowSums, total) + entropy(table.columnSums, total)) / 2)
    }

    /// Purity: the share of items that carry the most frequent true label of their predicted group, above 0 to 1. It rises with
    /// the number of groups, so compare groupings of like sizes only.
    public static func purity(
        _ truth: [Int], _ prediction: [Int], work: Work = Work()
    ) throws(Failure) -> Double {
        let table = try Contingency(truth, prediction, work)
        var most = [Int](repeating: 0, count: table.columnSums.count)
        for cell in table.cells { most[cell.column] = max(most[cell.column], cell.count) }
        return Double(most.reduce(0, +)) / Double(table.total)
    }

    private static func entropy(_ counts: [Int], _ total: Double) -> Double {
        var sum = 0.0
        for count in counts { sum -= Double(count) / total * (log(Double(count)) - log(total)) }
        return sum
    }
}
