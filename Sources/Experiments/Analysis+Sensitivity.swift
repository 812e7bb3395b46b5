import Statistics
import Support
import Tables

extension Analysis {
    /// More units than this are not ranked or sorted.
    static let mostSorted = 3_000_000

    /// More units than this are not given weights one by one.
    static let mostWeighted = 200_000

    /// The comparisons of primary metrics made in other ways, each at 1 − alpha and uncorrected.
    func sensitivity() throws(Failure) -> [SensitivityRow] {
        var rows: [SensitivityRow] = []
        for (index, metric) in data.plan.metrics.enumerated() where metric.role == .primary {
            let own = measure(index)
            if let q = metric.quantile {
                rows += try quantiles(own, q)
                continue
            }
            rows += try compared(own, options.adjustment, "as analysed")
            if !data.covariates.isEmpty {
                rows +=
                    options.adjustment == .none
                    ? try compared(own, .cuped, "with CUPED") : try compared(own, .none, "without covariates")
                if options.adjustment != .lin { rows += try compared(own, .lin, "Lin's regression") }
            }
            if !metric.isBinary {
                let bare = Measure(
                    metric, data.values[index], armOf: data.armOf, lower: nil, upper: metric.isWinsorized ? nil : 0.99)
                rows += try compared(
                    bare, options.adjustment, metric.isWinsorized ? "not winsorised" : "winsorised at 99%")
            }
            if let first = data.segments.first { rows += try stratified(own, first) }
            if !metric.isBinary, !own.isRatio { rows += try ranked(own) }
        }
        return rows
    }

    private func compared(
        _ measure: Measure, _ method: AnalysisOptions.Adjustment, _ variation: String
    ) throws(Failure) -> [SensitivityRow] {
        let used = method == .none ? [] : data.covariates.map(\.values)
        let (moments, _) = try CrossMoments.accumulate(
            measure.variables(used), cells: data.armOf, count: armCount, work: work)
        let figures = Adjustment.figures(moments, isRatio: measure.isRatio, covariates: used.count, method: method)
            .figures
        return (1..<armCount).map { arm in
            let isScore = isScore(measure.metric, !used.isEmpty)
            let made = comparison(
                figures[arm], figures[0],
                successes: isScore ? (moments[arm].sum(0).rounded(), moments[0].sum(0).rounded()) : nil,
                names: (data.arms[arm], data.arms[0]))
            return row(measure, arm, variation, made)
        }
    }

    /// A quantile by another estimator, and what does not apply to one.
    private func quantiles(_ measure: Measure, _ q: Double) throws(Failure) -> [SensitivityRow] {
        let figures = QuantileFigure.figures(measure, q: q, cells: data.armOf, count: armCount)
        func made(_ figures: [ArmFigure], _ arm: Int) -> Comparison {
            comparison(figures[arm], figures[0], successes: nil, names: (data.arms[arm], data.arms[0]))
        }
        func refused(_ variation: String, _ reason: String) -> [SensitivityRow] {
            (1..<armCount).map {
                SensitivityRow(
                    metric: measure.metric.name, arm: data.arms[$0], variation: variation, effect: nil, lift: nil,
                    interval: nil, p: nil, reason: reason)
            }
        }
        var rows = (1..<armCount).map { row(measure, $0, "as analysed", made(figures, $0)) }
        if !data.covariates.isEmpty {
            rows += refused("with CUPED", "a quantile is no mean, from which covariates could take something")
        }
        if let segment = data.segments.first {
            rows += refused(
                "post-stratified by \(segment.name)", "the quantiles of strata do not add up to the whole's")
        }
        guard measure.rows == nil, data.unitCount <= Analysis.mostWeighted else { return rows }
        // Every order statistic weighted, with the error from leaving one out (Harrell and Davis 1982).
        let smooth = try valuesByArm(measure).map { (values) throws(Failure) -> ArmFigure in
            guard values.count > 1 else {
                return ArmFigure(n: Double(values.count), value: 0, variance: 0, df: .infinity)
            }
            let estimate = try Quantiles.harrellDavis(values, q)
            let error = estimate.standardError ?? 0
            return ArmFigure(
                n: Double(values.count), value: estimate.effect ?? 0, variance: error * error, df: .infinity)
        }
        rows += (1..<armCount).map { row(measure, $0, "Harrell–Davis estimate", made(smooth, $0)) }
        return rows + (try ranked(measure))
    }

    private func row(_ measure: Measure, _ arm: Int, _ variation: String, _ made: Comparison) -> SensitivityRow {
        var reason: String?
        if case .undefined(_, let why) = made.basis { reason = why }
        return SensitivityRow(
            metric: measure.metric.name, arm: data.arms[arm], variation: variation,
            effect: reason == nil ? made.effect : nil,
            lift: reason == nil ? made.lift : nil, interval: made.interval(options.alpha), p: made.p, reason: reason)
    }

    /// Post-stratified: the effect within each value of a segment, weighted by the share of units there.
    private func stratified(_ measure: Measure, _ segment: (name: String, categories: Categories)) throws(Failure)
        -> [SensitivityRow]
    {
        let strata = segment.categories.labels.count
        var cells = [Int32](repeating: -1, count: data.unitCount)
        for unit in cells.indices where data.armOf[unit] >= 0 && segment.categories.codes[unit] >= 0 {
            cells[unit] = segment.categories.codes[unit] * Int32(armCount) + data.armOf[unit]
        }
        let (moments, _) = try CrossMoments.accumulate(
            measure.variables([]), cells: cells, count: strata * armCount, work: work)
        return (1..<armCount).map { arm -> SensitivityRow in
            let variation = "post-stratified by \(segment.name)"
            func refused(_ reason: String) -> SensitivityRow {
                SensitivityRow(
                    metric: measure.metric.name, arm: data.arms[arm], variation: variation, effect: nil, lift: nil,
                    interval: nil, p: nil, reason: reason)
            }
            // The share of all units in each stratum, with control's and the arm's units there.
            let cells = (0..<strata).compactMap { stratum -> (weight: Double, pair: [CrossMoments])? in
                let all = (0..<armCount).reduce(0.0) { $0 + moments[stratum * armCount + $1].n }
                return all > 0 ? (all, [moments[stratum * armCount], moments[stratum * armCount + arm]]) : nil
            }
            let total = cells.reduce(0) { $0 + $1.weight }
            guard total > 0, cells.allSatisfy({ $0.pair.allSatisfy { $0.count > 1 } }) else {
                return refused("a stratum has fewer than two units in an arm")
            }
            var sides: [ArmFigure] = []
            for side in 0..<2 {
                func mean(_ variable: Int) -> Double {
                    cells.reduce(0) { $0 + $1.weight * $1.pair[side].means[variable] } / total
                }
                let below = measure.isRatio ? mean(1) : 1
                guard below != 0 else { return refused("an arm has no exposure") }
                let value = mean(0) / below
                // Of a ratio what is left of the numerator varies, y − R·x.
                let variance = cells.reduce(0.0) { sum, cell in
                    let m = cell.pair[side]
                    let own =
                        measure.isRatio
                        ? m.covariance(0, 0) - 2 * value * m.covariance(0, 1) + value * value * m.covariance(1, 1)
                        : m.covariance(0, 0)
                    return sum + cell.weight * cell.weight * max(0, own) / m.n
                }
                sides.append(
                    ArmFigure(
                        n: cells.reduce(0) { $0 + $1.pair[side].n }, value: value,
                        variance: variance / (total * total * below * below), df: .infinity))
            }
            return row(
                measure, arm, variation,
                comparison(sides[1], sides[0], successes: nil, names: (data.arms[arm], data.arms[0])))
        }
    }

    /// The Mann–Whitney test: whether values tend to be larger, whatever their size.
    private func ranked(_ measure: Measure) throws(Failure) -> [SensitivityRow] {
        guard data.unitCount <= Analysis.mostSorted else { return [] }
        let values = valuesByArm(measure)
        var rows: [SensitivityRow] = []
        for arm in 1..<armCount where !values[arm].isEmpty && !values[0].isEmpty {
            try work.cancellation.check()
            let test = try RankTest.mannWhitney(values[arm], values[0])
            rows.append(
                SensitivityRow(
                    metric: measure.metric.name, arm: data.arms[arm], variation: "rank test (Mann–Whitney)",
                    effect: nil, lift: nil, interval: nil, p: test.p,
                    reason: test.effect.map { "chance of a higher value: \(Words.percent($0))" } ?? test.reason))
        }
        return rows
    }

    private func valuesByArm(_ measure: Measure) -> [[Double]] {
        var values = [[Double]](repeating: [], count: armCount)
        for (unit, value) in measure.numerator.enumerated() where data.armOf[unit] >= 0 && !value.isNaN {
            values[Int(data.armOf[unit])].append(value)
        }
        return values
    }

    /// Differences of quantiles of metrics that are not shares.
    func distribution() throws(Failure) -> [DistributionResult] {
        guard data.unitCount <= Analysis.mostSorted else { return [] }
        var results: [DistributionResult] = []
        for (index, metric) in data.plan.metrics.enumerated() where !metric.isBinary && metric.role != .guardrail {
            let measure = Measure(metric, data.values[index], armOf: data.armOf, lower: nil, upper: nil)
            guard !measure.isRatio else { continue }
            let sorted = valuesByArm(measure).map { $0.sorted() }
            try work.cancellation.check()
            for arm in 1..<armCount where sorted[arm].count > 1 && sorted[0].count > 1 {
                let rows = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99].map { q -> DistributionResult.Row in
                    let figures = [QuantileFigure.figure(sorted[0], q), QuantileFigure.figure(sorted[arm], q)]
                    let error = (figures[0].variance + figures[1].variance).squareRoot()
                    let margin = Normal.upperQuantile(options.alpha / 2) * error
                    let difference = figures[1].value - figures[0].value
                    return .init(
                        quantile: q, control: figures[0].value, arm: figures[1].value,
                        interval: error > 0 && error.isFinite ? Interval(difference - margin, difference + margin) : nil
                    )
                }
                results.append(.init(metric: metric.name, arm: data.arms[arm], rows: rows))
            }
        }
        return results
    }
}
