import Support
import Tensors

extension ExperimentData {
    /// Adds what vectors of the units, such as encoded texts from before the experiment, foretell of each primary metric, as covariates.
    ///
    /// The vectors are reduced to their principal components, and a ridge regression on those foretells the metric. It is cross-fitted: a unit's
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
        guard unitCount >= 2 * folds else {
            throw .argument("covariates", expected: "at least \(2 * folds) units for texts", got: "\(unitCount)")
        }
        let kept = min(components, units.shape[0], units.shape[1])
        let scores = try units.principalComponents(kept, work: work).scores.values(as: Double.self)
        let ridge = CrossFittedRidge(scores, size: kept, foldOf: folded(folds), folds: folds)
        var shares: [(metric: String, share: Double)] = []
        for (index, metric) in plan.metrics.enumerated() where metric.role == .primary {
            try work.cancellation.check()
            // A ratio by its numerator's share.
            let prediction = try ridge.predictions(values[index].numerator, armOf: armOf, arms: arms.count)
            shares.append((metric.name, explained(index, by: prediction)))
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

    /// The share of the variance within arms that `prediction` takes away.
    private func explained(_ index: Int, by prediction: [Double]) -> Double {
        let outcome = values[index].numerator
        var sums = [(sum: Double, count: Double)](repeating: (0, 0), count: arms.count)
        for (unit, arm) in armOf.enumerated() where arm >= 0 && !outcome[unit].isNaN {
            sums[Int(arm)].sum += outcome[unit]
            sums[Int(arm)].count += 1
        }
        var (before, after) = (0.0, 0.0)
        for (unit, arm) in armOf.enumerated() where arm >= 0 && !outcome[unit].isNaN {
            let own = outcome[unit] - sums[Int(arm)].sum / sums[Int(arm)].count
            before += own * own
            after += (own - prediction[unit]) * (own - prediction[unit])
        }
        return before > 0 ? 1 - after / before : 0
    }
}
