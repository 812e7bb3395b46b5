import Glibc
import Support

/// First centres by greedy k-means++ (Arthur and Vassilvitskii 2007): each next centre is drawn with probability proportional to
/// the squared distance from the nearest one so far; of 2 + ln k such draws the one that lowers the sum of distances most is kept.
struct Seeding {
    /// Rows beyond which the centres are drawn from a random sample: a larger one costs time and changes the result little.
    static let sampleRows = 32_768

    let matrix: RowMatrix
    let k: Int
    private var nearest: Scratch<Float>
    private var blockSums: [Double]

    /// The `k` first centres, k x columns in row-major order.
    static func centers(
        _ matrix: RowMatrix, k: Int, generator: inout SeededGenerator, work: Work
    ) throws(Failure) -> Scratch<Float> {
        var seeding = Seeding(matrix: matrix, k: k)
        return try seeding.run(&generator, work: work)
    }

    private init(matrix: RowMatrix, k: Int) {
        self.matrix = matrix
        self.k = k
        nearest = Scratch(count: matrix.rows, repeating: .greatestFiniteMagnitude)
        blockSums = [Double](repeating: 0, count: matrix.blocks)
    }

    private mutating func run(_ generator: inout SeededGenerator, work: Work) throws(Failure) -> Scratch<Float> {
        let columns = matrix.columns
        let centers = Scratch<Float>(count: k * columns, repeating: 0)
        let trials = 2 + Int(log(Double(k)))
        var candidates = [generator.below(matrix.rows)]
        for center in 0..<k {
            let best = try keepBest(candidates, work: work)
            (centers.start + center * columns).update(from: matrix.row(best), count: columns)
            if center + 1 < k { candidates = draw(trials, &generator) }
        }
        return centers
    }

    /// Rows drawn with probability proportional to `nearest`; any row once every distance is zero.
    private func draw(_ count: Int, _ generator: inout SeededGenerator) -> [Int] {
        let total = blockSums.reduce(0, +)
        return (0..<count).map { _ in
            guard total > 0 else { return generator.below(matrix.rows) }
            var rest = generator.uniform() * total
            var last = 0
            for (index, sum) in blockSums.enumerated() where sum > 0 {
                if rest < sum {
                    for row in matrix.block(index) where nearest[row] > 0 {
                        last = row
                        rest -= Double(nearest[row])
                        if rest < 0 { break }
                    }
                    return last
                }
                rest -= sum
                // Rounding can leave a rest beyond the last block: its last row at a distance is taken then.
                if let row = matrix.block(index).last(where: { nearest[$0] > 0 }) { last = row }
            }
            return last
        }
    }

    /// Takes the candidate row that lowers the sum of distances most and updates the distances.
    private mutating func keepBest(_ candidates: [Int], work: Work) throws(Failure) -> Int {
        let columns = matrix.columns
        let count = candidates.count
        let rows = Scratch<Float>(count: count * columns, repeating: 0)
        for (index, row) in candidates.enumerated() {
            (rows.start + index * columns).update(from: matrix.row(row), count: columns)
        }
        let packed = PackedCenters(rows.start, count: count, columns: columns)
        let distances = Scratch<Float>(count: matrix.rows * count, repeating: 0)
        let sums = Scratch<Double>(count: matrix.blocks * count, repeating: 0)
        let matrix = matrix
        let nearest = nearest
        try work.forEach(matrix.blocks) { (block, _) throws(Failure) in
            let range = matrix.block(block)
            let scores = distances.start + range.lowerBound * count
            packed.score(matrix, range, into: scores)
            for row in range {
                let norm = matrix.squaredNorms[row]
                let known = nearest[row]
                for candidate in 0..<count {
                    let position = (row - range.lowerBound) * count + candidate
                    let distance = min(
                        known, Seeding.distance(scores[position], norm, packed.squaredNorm(candidate)))
                    scores[position] = distance
                    sums.start[block * count + candidate] += Double(distance)
                }
            }
        }
        var best = 0
        var lowest = Double.infinity
        for candidate in 0..<count {
            var sum = 0.0
            for block in 0..<matrix.blocks { sum += sums[block * count + candidate] }
            if sum < lowest {
                lowest = sum
                best = candidate
            }
        }
        for row in 0..<matrix.rows { nearest[row] = distances[row * count + best] }
        for block in 0..<matrix.blocks { blockSums[block] = sums[block * count + best] }
        return candidates[best]
    }

    /// ‖x − c‖² from a score. What is within rounding of zero is zero, so that a copy of a centre is not drawn again.
    @inline(__always)
    private static func distance(_ score: Float, _ rowNorm: Float, _ centerNorm: Float) -> Float {
        let distance = score + rowNorm
        return distance > 1e-6 * (rowNorm + centerNorm) ? distance : 0
    }
}

extension RowMatrix {
    /// A copy of the given rows, in the order given.
    func gathered(_ picked: [Int]) -> RowMatrix {
        let sample = RowMatrix(rows: picked.count, columns: columns)
        for (index, row) in picked.enumerated() {
            sample.row(index).update(from: self.row(row), count: columns)
            sample.squaredNorms[index] = squaredNorms[row]
        }
        return sample
    }

    /// This matrix, or `count` of its rows drawn without replacement, in their order.
    func sampled(_ count: Int, generator: inout SeededGenerator) -> RowMatrix {
        rows > count ? gathered(generator.sample(count, of: rows)) : self
    }
}
