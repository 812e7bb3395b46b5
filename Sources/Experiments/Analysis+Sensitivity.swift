import Statistics
import Support
import Tables

extension Analysis {
    /// More units than this are not ranked or sorted.
    static let mostSorted = 3_000_000

    /// The comparisons of primary metrics made in other ways, each at 1 − alpha and uncorrected.
    func sensitivity() throws(Failure) -> [SensitivityRow] {
        var rows: [SensitivityRow] = []
        for (index, metric) in data.plan.metrics.enumerated() where metric.role == .primary {
            if case .quantile = metric.kind { continue }
            let own = measure(index)
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
            var total = 0.0
            var sides = [ArmFigure](repeating: ArmFigure(n: 0, value: 0, variance: 0, df: .infinity), count: 2)
            var isWhole = !measure.isRatio
            for stratum in 0..<strata {
                let all = (0..<armCount).reduce(0.0) { $0 + moments[stratum * armCount + $1].n }
                guard all > 0 else { continue }
                total += all
                for (side, place) in [0, arm].enumerated() {
                    let cell = moments[stratum * armCount + place]
                    if cell.count < 2 { isWhole = false }
                    guard cell.count > 0 else { continue }
                    sides[side].n += cell.n
                    sides[side].value += all * cell.means[0]
                    sides[side].variance += all * all * cell.covariance(0, 0) / cell.n
                }
            }
            guard isWhole, total > 0 else {
                return SensitivityRow(
                    metric: measure.metric.name, arm: data.arms[arm], variation: variation, effect: nil, lift: nil,
                    interval: nil,
                    p: nil,
                    reason: measure.isRatio ? "not made for ratios" : "a stratum has fewer than two units in an arm")
            }
            for side in 0..<2 {
                sides[side].value /= total
                sides[side].variance /= total * total
            }
            let made = comparison(sides[1], sides[0], successes: nil, names: (data.arms[arm], data.arms[0]))
            return row(measure, arm, variation, made)
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
                    let figures = [QuantileFigure.figure(sorted[0], [], q), QuantileFigure.figure(sorted[arm], [], q)]
                    let error = (figures[0].variance + figures[1].variance).squareRoot()
                    let margin = Normal.upperQuantile(options.alpha / 2) * error
                    let difference = figures[1].value - figures[0].value
                    return .init(
                        quantile: q, control: figures[0].value, arm: figures[1].value,
                        interval: error > 0 ? Interval(difference - margin, difference + margin) : nil)
                }
                results.append(.init(metric: metric.name, arm: data.arms[arm], rows: rows))
            }
        }
        return results
    }
}
