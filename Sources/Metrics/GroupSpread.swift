import Support
import Tensors

/// Groups of rows seen from their centers: how tight they are against how far apart.
public struct GroupSpread: Sendable {
    private let rows: [[Double]]
    private let codes: [Int]
    private let counts: [Int]
    private let centers: [[Double]]

    /// The rows of `x` ([rows, columns]) in the groups that `labels` name; from 2 groups to one fewer than the rows.
    public init(_ x: Tensor, labels: [Int], work: Work = Work()) throws(Failure) {
        let width = x.shape.count == 2 ? x.shape[1] : 1
        let values = try x.values(as: Double.self)
        guard labels.count == x.shape.first ?? 0 else {
            throw .argument(
                "labels", expected: "\(x.shape.first ?? 0) labels, one for each row", got: "\(labels.count)")
        }
        guard values.allSatisfy(\.isFinite) else { throw .argument("x", expected: "finite numbers", got: "nan or inf") }
        let grouped = try LabelCodes(labels, work: work)
        guard grouped.counts.count > 1, grouped.counts.count < labels.count else {
            throw .argument(
                "labels", expected: "from 2 groups to one fewer than the rows",
                got: "\(grouped.counts.count) groups of \(labels.count) rows")
        }
        var clock = PollClock(work.cancellation)
        var rows: [[Double]] = []
        rows.reserveCapacity(labels.count)
        for row in labels.indices {
            try clock.check()
            rows.append(Array(values[(row * width)..<((row + 1) * width)]))
        }
        self.rows = rows
        codes = grouped.codes
        counts = grouped.counts
        var centers = [[Double]](repeating: [Double](repeating: 0, count: width), count: counts.count)
        for (row, code) in zip(rows, codes) {
            try clock.check()
            for j in 0..<width { centers[code][j] += row[j] / Double(grouped.counts[code]) }
        }
        self.centers = centers
    }

    private func squared(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }

    /// The Davies–Bouldin index (1979): the mean over groups of the worst (spread + spread) / distance with another; smaller is better.
    public func daviesBouldin(work: Work = Work()) throws(Failure) -> Double {
        var clock = PollClock(work.cancellation)
        var spread = [Double](repeating: 0, count: counts.count)
        for (row, code) in zip(rows, codes) {
            try clock.check()
            spread[code] += squared(row, centers[code]).squareRoot() / Double(counts[code])
        }
        var sum = 0.0
        for i in counts.indices {
            var worst = 0.0
            for j in counts.indices where j != i {
                try clock.check()
                let distance = squared(centers[i], centers[j]).squareRoot()
                let both = spread[i] + spread[j]
                worst = max(worst, distance > 0 ? both / distance : both > 0 ? .infinity : 0)
            }
            sum += worst
        }
        return sum / Double(counts.count)
    }

    /// The Calinski–Harabasz index (1974): variance between groups over variance within, each by its degrees of freedom; larger is better, infinite
    /// if the rows of each group are equal.
    public func calinskiHarabasz(work: Work = Work()) throws(Failure) -> Double {
        var clock = PollClock(work.cancellation)
        let n = Double(rows.count)
        let k = Double(counts.count)
        let width = centers[0].count
        var mean = [Double](repeating: 0, count: width)
        for row in rows {
            try clock.check()
            for j in 0..<width { mean[j] += row[j] / n }
        }
        let between = counts.indices.reduce(0) { $0 + Double(counts[$1]) * squared(centers[$1], mean) }
        var within = 0.0
        for (row, code) in zip(rows, codes) {
            try clock.check()
            within += squared(row, centers[code])
        }
        return within > 0 ? between / within * (n - k) / (k - 1) : .infinity
    }
}
