import Support
import Tensors

/// The spread of rows around the means of their groups.
public enum Inertia {
    /// Sum over the rows of `x` ([rows, columns]) of the squared distance from the mean of the rows with the same label, in float64.
    ///
    /// - Throws: an argument failure for `labels` of another length, and for NaN or infinite values.
    public static func score(_ x: Tensor, labels: [Int], work: Work = Work()) throws(Failure) -> Double {
        guard x.rank == 2, x.shape[0] >= 1, x.shape[1] >= 1 else {
            throw .argument(
                "x", expected: "a tensor of two dimensions with at least 1 row", got: "a tensor of shape \(x.shape)")
        }
        guard labels.count == x.shape[0] else {
            throw .argument("labels", expected: "\(x.shape[0]) labels, as many as rows in 'x'", got: "\(labels.count)")
        }
        let points = try PointMatrix(x, rows: Array(0..<x.shape[0]), unit: false, work: work)
        let groups = try LabelCodes(labels, work: work)
        var clock = PollClock(work.cancellation)
        let columns = points.columns
        var means = [Double](repeating: 0, count: groups.counts.count * columns)
        for row in 0..<points.count {
            try clock.check()
            let base = groups.codes[row] * columns
            for column in 0..<columns { means[base + column] += points.values[row * columns + column] }
        }
        for index in means.indices { means[index] /= Double(groups.counts[index / columns]) }
        var total = 0.0
        for row in 0..<points.count {
            try clock.check()
            let base = groups.codes[row] * columns
            for column in 0..<columns {
                let step = points.values[row * columns + column] - means[base + column]
                total += step * step
            }
        }
        try work.cancellation.check()
        return total
    }
}
