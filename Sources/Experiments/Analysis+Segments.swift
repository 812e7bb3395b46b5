import Statistics
import Support
import Tables

extension Analysis {
    static let mostValues = 30

    /// Effects within the values of each segment, for primary metrics; corrected within each segment, metric and arm.
    func segments() throws(Failure) -> [SegmentResult] {
        var results: [SegmentResult] = []
        for (name, categories) in data.segments {
            let values = categories.labels.count
            guard values > 0 else { continue }
            var cells = [Int32](repeating: -1, count: data.unitCount)
            for unit in cells.indices where data.armOf[unit] >= 0 && categories.codes[unit] >= 0 {
                cells[unit] = categories.codes[unit] * Int32(armCount) + data.armOf[unit]
            }
            for index in data.plan.metrics.indices where data.plan.metrics[index].role == .primary {
                results += try segment(name, categories, measure(index), cells: cells)
            }
        }
        return results
    }

    /// The effects of one metric within the values of a segment, an entry for each arm.
    private func segment(
        _ name: String, _ categories: Categories, _ measure: Measure, cells: [Int32]
    ) throws(Failure) -> [SegmentResult] {
        let count = categories.labels.count * armCount
        let quantile = measure.metric.quantile
        let (moments, _) = try CrossMoments.accumulate(
            measure.variables(quantile == nil ? covariates : []), cells: cells, count: count, work: work)
        let quantiles = quantile.map { QuantileFigure.figures(measure, q: $0, cells: cells, count: count) }
        var results: [SegmentResult] = []
        for arm in 1..<armCount {
            results.append(try segment(name, categories, measure, moments, quantiles, arm))
        }
        return results
    }

    private func segment(
        _ name: String, _ categories: Categories, _ measure: Measure, _ moments: [CrossMoments],
        _ quantiles: [ArmFigure]?, _ arm: Int
    ) throws(Failure) -> SegmentResult {
        let metric = measure.metric
        var found: [(label: String, control: Int, arm: Int, comparison: Comparison)] = []
        for value in categories.labels.indices {
            let cells = (0..<armCount).map { moments[value * armCount + $0] }
            guard cells[0].count + cells[arm].count > 0 else { continue }
            let pair = [cells[0], cells[arm]]
            let figures =
                quantiles.map { [$0[value * armCount], $0[value * armCount + arm]] }
                ?? Adjustment.figures(
                    pair, isRatio: measure.isRatio, covariates: covariates.count, method: options.adjustment
                ).figures
            let isEmpty = measure.isRatio && pair.contains { $0.count > 0 && $0.means[1] == 0 }
            let basis =
                isEmpty
                ? Comparison(
                    arm: figures[1], control: figures[0],
                    basis: .undefined(status: "zero_exposure", reason: "an arm has no exposure here"),
                    relative: options.relative)
                : comparison(
                    figures[1], figures[0],
                    successes: isScore(metric, !covariates.isEmpty)
                        ? (pair[1].sum(0).rounded(), pair[0].sum(0).rounded()) : nil,
                    names: (data.arms[arm], data.arms[0]))
            found.append((categories.labels[value], pair[0].count, pair[1].count, basis))
        }
        // The largest first are kept; they are shown in the order of their names.
        let kept = found.sorted {
            $0.control + $0.arm > $1.control + $1.arm
                || ($0.control + $0.arm == $1.control + $1.arm && Near.byBytes($0.label, $1.label))
        }
        .prefix(Analysis.mostValues).sorted { Near.byBytes($0.label, $1.label) }
        var effects = kept.map { effect($0.comparison, arm: data.arms[arm], metric: metric, sd: nil, perDay: nil) }
        try Looks.correct(&effects, kept.map(\.comparison), method: options.correction, alpha: options.alpha)
        return SegmentResult(
            segment: name, metric: metric.name, arm: data.arms[arm],
            rows: zip(kept, effects).map { .init(value: $0.label, sizes: ($0.control, $0.arm), effect: $1) },
            interactionP: Analysis.interaction(found.map(\.comparison)), hidden: found.count - kept.count)
    }

    /// The p-value of equal effects everywhere, by Cochran's Q.
    static func interaction(_ comparisons: [Comparison]) -> Double? {
        let known = comparisons.filter { comparison in
            if case .undefined = comparison.basis { return false }
            return comparison.standardError > 0
        }
        guard known.count > 1 else { return nil }
        let weights = known.map { 1 / ($0.standardError * $0.standardError) }
        let mean = zip(known, weights).reduce(0) { $0 + $1.0.effect * $1.1 } / weights.reduce(0, +)
        let q = zip(known, weights).reduce(0) { $0 + $1.1 * ($1.0.effect - mean) * ($1.0.effect - mean) }
        return ChiSquared(df: Double(known.count - 1)).survival(q)
    }
}
