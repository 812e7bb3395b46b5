import Glibc
import Support
import Tensors

extension ExperimentData {
    /// Adds what vectors of the units, such as encoded texts from before the experiment, foretell of each primary metric, as covariates.
    ///
    /// The vectors are reduced to their main components, and a ridge regression on those foretells the metric. It is cross-fitted: a unit's
    /// prediction comes from units of other folds, so that nothing of its own outcome leaks into its covariate. Means of arms are taken out
    /// first, so that the effect itself is not foretold.
    /// - Parameters:
    ///   - name: what the covariates are called, followed by the metric's name.
    ///   - rows: one vector a row of the table, [rows, d].
    ///   - components: how many components are kept.
    /// - Returns: for each primary metric the share of its variance that the predictions explain.
    public mutating func addPredictions(
        named name: String, from rows: Tensor, components: Int = 32, folds: Int = 5, work: Work
    ) throws(Failure) -> [(metric: String, share: Double)] {
        guard rows.rank == 2, rows.shape[0] == rowCount else {
            throw .argument(
                "covariates", expected: "one vector for each of the \(rowCount) rows", got: "shape \(rows.shape)")
        }
        let units = firstRows.isEmpty ? rows : try rows.rows(firstRows, work: work)
        let scores = try PrincipalScores.scores(units, components: components, work: work)
        let kept = scores.first?.count ?? 0
        let foldOf = folded(folds)
        var shares: [(metric: String, share: Double)] = []
        for (index, metric) in plan.metrics.enumerated() where metric.role == .primary {
            try work.cancellation.check()
            let outcome = residuals(index)
            let prediction = Ridge.crossFitted(outcome, scores, kept, foldOf, folds)
            var (before, after) = (0.0, 0.0)
            for unit in outcome.indices where !outcome[unit].isNaN {
                before += outcome[unit] * outcome[unit]
                let rest = outcome[unit] - prediction[unit]
                after += rest * rest
            }
            shares.append((metric.name, before > 0 ? 1 - after / before : 0))
            covariates.append(Covariate(name: "\(name) → \(metric.name)", values: prediction, missing: 0))
        }
        hash = (Array(hash.utf8) + Array(name.utf8)).withUnsafeBytes { SHA256.hexadecimal($0) }
        return shares
    }

    /// The fold of each unit, from its place alone.
    private func folded(_ folds: Int) -> [Int] {
        var generator = SeededGenerator(seed: 0x7e87, stream: 1)
        return (0..<unitCount).map { _ in generator.below(folds) }
    }

    /// The metric less its arm's mean; a ratio by its numerator's share.
    private func residuals(_ index: Int) -> [Double] {
        let values = self.values[index]
        var sums = [(sum: Double, count: Double)](repeating: (0, 0), count: arms.count)
        for (unit, arm) in armOf.enumerated() where arm >= 0 && !values.numerator[unit].isNaN {
            sums[Int(arm)].sum += values.numerator[unit]
            sums[Int(arm)].count += 1
        }
        return armOf.enumerated().map { unit, arm in
            guard arm >= 0, !values.numerator[unit].isNaN else { return .nan }
            return values.numerator[unit] - sums[Int(arm)].sum / sums[Int(arm)].count
        }
    }
}

/// Main components of many vectors.
enum PrincipalScores {
    /// The centred rows along their main directions, which orthogonal iteration on the covariance finds (Golub and Van Loan, section 8.2).
    static func scores(_ x: Tensor, components: Int, work: Work) throws(Failure) -> [[Double]] {
        let (n, d) = (x.shape[0], x.shape[1])
        let kept = min(components, d, max(1, n - 1))
        let mean = try x.mean(dim: 0)
        let centered = try Tensor.combine(.subtract, .tensor(x), .tensor(mean), work: work)
        let covariance = try centered.transpose(0, 1).contiguous().matmul(centered, work: work).values(as: Double.self)
        // A few more directions than wanted make the wanted ones settle sooner.
        let width = min(d, kept + 8)
        var generator = SeededGenerator(seed: 0x9ca, stream: 0)
        var basis = (0..<width).map { _ in (0..<d).map { _ in generator.normal() } }
        for _ in 0..<24 {
            try work.cancellation.check()
            basis = basis.map { vector in
                (0..<d).map { row in
                    var sum = 0.0
                    for column in 0..<d { sum += covariance[row * d + column] * vector[column] }
                    return sum
                }
            }
            orthonormalize(&basis)
        }
        let directions = Array(basis.prefix(kept))
        return try centered.withElements(as: Float.self) { (values) throws(Failure) -> [[Double]] in
            var scores = [[Double]](repeating: [Double](repeating: 0, count: kept), count: n)
            for row in 0..<n {
                if row & 0xfff == 0 { try work.cancellation.check() }
                for (component, direction) in directions.enumerated() {
                    var sum = 0.0
                    for column in 0..<d { sum += Double(values[row * d + column]) * direction[column] }
                    scores[row][component] = sum
                }
            }
            return scores
        }
    }

    /// Gram and Schmidt, twice, as once leaves rounding behind.
    private static func orthonormalize(_ basis: inout [[Double]]) {
        for i in basis.indices {
            for _ in 0..<2 {
                for j in 0..<i {
                    let overlap = zip(basis[i], basis[j]).reduce(0) { $0 + $1.0 * $1.1 }
                    for k in basis[i].indices { basis[i][k] -= overlap * basis[j][k] }
                }
            }
            let length = basis[i].reduce(0) { $0 + $1 * $1 }.squareRoot()
            for k in basis[i].indices { basis[i][k] = length > 1e-300 ? basis[i][k] / length : 0 }
        }
    }
}

/// Ridge regression, cross-fitted.
enum Ridge {
    /// Predictions of `y` (NaN where it is missing) from `x`, each unit's from the other folds. The penalty is the one, of a few, whose
    /// predictions are best over all folds.
    static func crossFitted(_ y: [Double], _ x: [[Double]], _ size: Int, _ foldOf: [Int], _ folds: Int) -> [Double] {
        var gram = [[[Double]]](
            repeating: [[Double]](repeating: [Double](repeating: 0, count: size), count: size), count: folds)
        var cross = [[Double]](repeating: [Double](repeating: 0, count: size), count: folds)
        for unit in y.indices where !y[unit].isNaN {
            let fold = foldOf[unit]
            let row = x[unit]
            for i in 0..<size {
                cross[fold][i] += row[i] * y[unit]
                for j in 0...i { gram[fold][i][j] += row[i] * row[j] }
            }
        }
        for fold in 0..<folds { for i in 0..<size { for j in 0..<i { gram[fold][j][i] = gram[fold][i][j] } } }
        let trace = (0..<size).reduce(0.0) { sum, i in sum + gram.reduce(0) { $0 + $1[i][i] } } / Double(max(1, size))
        var best: (error: Double, prediction: [Double])?
        for strength in [1e-3, 1e-2, 1e-1, 1.0, 10] {
            let weights = (0..<folds).map { held -> [Double] in
                var a = [[Double]](repeating: [Double](repeating: 0, count: size), count: size)
                var b = [Double](repeating: 0, count: size)
                for fold in 0..<folds where fold != held {
                    for i in 0..<size {
                        b[i] += cross[fold][i]
                        for j in 0..<size { a[i][j] += gram[fold][i][j] }
                    }
                }
                for i in 0..<size { a[i][i] += strength * trace }
                return Adjustment.solve(a, b) ?? [Double](repeating: 0, count: size)
            }
            var error = 0.0
            let prediction = x.indices.map { unit -> Double in
                let w = weights[foldOf[unit]]
                var sum = 0.0
                for i in 0..<size { sum += x[unit][i] * w[i] }
                if !y[unit].isNaN { error += (y[unit] - sum) * (y[unit] - sum) }
                return sum
            }
            if best.map({ error < $0.error }) ?? true { best = (error, prediction) }
        }
        return best?.prediction ?? y.map { _ in 0 }
    }
}
