import Support
import Tensors

/// Ridge regression whose prediction of a unit comes from units of other folds only, so that nothing of a unit's own outcome is in it.
struct CrossFittedRidge {
    /// The penalties tried, as shares of the mean variance of the columns.
    private static let penalties = [1e-3, 1e-2, 1e-1, 1.0, 10]

    /// What one arm adds up to within one fold.
    private struct Sums {
        var count = 0.0
        var y = 0.0
        var x: [Double]
    }

    private let x: [Double]
    private let size: Int
    private let foldOf: [Int]
    private let folds: Int

    /// - Parameters:
    ///   - x: one row of `size` numbers a unit.
    ///   - foldOf: the fold of each unit, from 0.
    init(_ x: [Double], size: Int, foldOf: [Int], folds: Int) {
        (self.x, self.size, self.foldOf, self.folds) = (x, size, foldOf, folds)
    }

    /// Predictions of `y` (NaN where it is missing) about the mean of the unit's arm, for units in arms. The penalty is the one whose predictions
    /// are best over all folds. Arms' means are those of the other folds as well.
    func predictions(_ y: [Double], armOf: [Int32], arms: Int) throws(Failure) -> [Double] {
        var sums = [[Sums]](
            repeating: [Sums](repeating: Sums(x: [Double](repeating: 0, count: size)), count: arms), count: folds)
        var gram = [[Double]](repeating: [Double](repeating: 0, count: size * size), count: folds)
        var cross = [[Double]](repeating: [Double](repeating: 0, count: size), count: folds)
        for unit in y.indices where armOf[unit] >= 0 && !y[unit].isNaN {
            let (fold, arm, row) = (foldOf[unit], Int(armOf[unit]), unit * size)
            sums[fold][arm].count += 1
            sums[fold][arm].y += y[unit]
            for i in 0..<size {
                let value = x[row + i]
                sums[fold][arm].x[i] += value
                cross[fold][i] += value * y[unit]
                for j in 0..<size { gram[fold][i * size + j] += value * x[row + j] }
            }
        }
        let trace = (0..<size).reduce(0.0) { sum, i in sum + gram.reduce(0) { $0 + $1[i * size + i] } }
        guard trace > 0 else { return y.map { _ in 0 } }
        // Without the fold left out: the products, each arm's mean, and the products with what is left of y.
        let parts = (0..<folds).map { held -> (gram: [Double], cross: [Double], means: [Double]) in
            var a = [Double](repeating: 0, count: size * size)
            var b = [Double](repeating: 0, count: size)
            for fold in 0..<folds where fold != held {
                for i in a.indices { a[i] += gram[fold][i] }
                for i in b.indices { b[i] += cross[fold][i] }
            }
            let means = (0..<arms).map { arm -> Double in
                let others = (0..<folds).filter { $0 != held }
                let count = others.reduce(0) { $0 + sums[$1][arm].count }
                let mean = count > 0 ? others.reduce(0) { $0 + sums[$1][arm].y } / count : 0
                for i in b.indices { b[i] -= mean * others.reduce(0) { $0 + sums[$1][arm].x[i] } }
                return mean
            }
            return (a, b, means)
        }
        var best: (error: Double, prediction: [Double])?
        for penalty in CrossFittedRidge.penalties {
            var weights: [[Double]] = []
            for part in parts {
                var a = part.gram
                for i in 0..<size { a[i * size + i] += penalty * trace / Double(size) }
                let solved = try Tensor(a, shape: [size, size]).solve(Tensor(part.cross, shape: [size]))
                weights.append(try solved.values(as: Double.self))
            }
            var error = 0.0
            let prediction = y.indices.map { unit -> Double in
                let w = weights[foldOf[unit]]
                var sum = 0.0
                for i in 0..<size { sum += x[unit * size + i] * w[i] }
                if armOf[unit] >= 0, !y[unit].isNaN {
                    let rest = y[unit] - parts[foldOf[unit]].means[Int(armOf[unit])] - sum
                    error += rest * rest
                }
                return sum
            }
            if best.map({ error < $0.error }) ?? true { best = (error, prediction) }
        }
        return best?.prediction ?? y.map { _ in 0 }
    }
}
