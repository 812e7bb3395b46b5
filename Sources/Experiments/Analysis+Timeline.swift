import Statistics
import Support
import Tables

extension Analysis {
    /// The days of the experiment; nil without dates.
    var period: (first: Int32, last: Int32)? {
        guard let days = data.days else { return nil }
        var (first, last) = (Int32.max, Int32.min)
        for (unit, day) in days.enumerated() where day != .min && data.armOf[unit] >= 0 {
            first = min(first, day)
            last = max(last, day)
        }
        return first <= last ? (first, last) : nil
    }

    static let mostDays = 3_660

    /// Cumulative effects of primary metrics by day, with the interval of one look and the one of every look.
    func timeline() throws(Failure) -> [Timeline] {
        guard let days = data.days, let period, Int(period.last) - Int(period.first) < Analysis.mostDays else {
            return []
        }
        let count = Int(period.last - period.first) + 1
        var cells = [Int32](repeating: -1, count: data.unitCount)
        for unit in cells.indices where data.armOf[unit] >= 0 && days[unit] != .min {
            cells[unit] = (days[unit] - period.first) * Int32(armCount) + data.armOf[unit]
        }
        var results: [Timeline] = []
        for (index, metric) in data.plan.metrics.enumerated() where metric.role == .primary {
            if case .quantile = metric.kind { continue }
            let measure = measure(index)
            let (moments, _) = try CrossMoments.accumulate(
                measure.variables(covariates), cells: cells, count: count * armCount, work: work)
            for arm in 1..<armCount { results.append(timeline(measure, moments, arm, count, period.first)) }
        }
        return results
    }

    private func timeline(
        _ measure: Measure, _ moments: [CrossMoments], _ arm: Int, _ count: Int, _ first: Int32
    ) -> Timeline {
        let isRatio = measure.isRatio
        func pair(_ day: Int) -> [CrossMoments] { [moments[day * armCount], moments[day * armCount + arm]] }
        func difference(_ cells: [CrossMoments]) -> (effect: Double, variance: Double)? {
            guard cells.allSatisfy({ $0.count > 1 && !(isRatio && $0.means[1] == 0) }) else { return nil }
            let figures = Adjustment.figures(
                cells, isRatio: isRatio, covariates: covariates.count, method: options.adjustment
            ).figures
            return (figures[1].value - figures[0].value, figures[0].variance + figures[1].variance)
        }
        let size = (isRatio ? 2 : 1) + covariates.count
        var soFar = [CrossMoments(variables: size), CrossMoments(variables: size)]
        let total = (0..<count).reduce(0.0) { $0 + pair($1)[0].n + pair($1)[1].n }
        let rho = Reference.rho(tuning: max(1, options.sequential?.tuning ?? total), alpha: options.alpha)
        var days: [Timeline.Day] = []
        var daily: [(day: Double, effect: Double, weight: Double)] = []
        for day in 0..<count {
            let today = pair(day)
            if today[0].count + today[1].count == 0 { continue }
            soFar = [soFar[0].merged(with: today[0]), soFar[1].merged(with: today[1])]
            let all = difference(soFar)
            let own = difference(today)
            if let own, own.variance > 0 { daily.append((Double(day), own.effect, 1 / own.variance)) }
            func interval(_ reference: Reference) -> Interval? {
                guard let all, all.variance > 0 else { return nil }
                let margin = reference.critical(options.alpha) * all.variance.squareRoot()
                return Interval(all.effect - margin, all.effect + margin)
            }
            let hasBurnt = soFar.allSatisfy {
                $0.n >= options.sequential?.burnIn ?? AnalysisOptions.Sequential().burnIn
            }
            days.append(
                .init(
                    date: Column.dateText(first + Int32(day)), sizes: (today[0].count, today[1].count),
                    effect: all?.effect,
                    interval: interval(.normal),
                    alwaysValid: hasBurnt ? interval(.alwaysValid(n: soFar[0].n + soFar[1].n, rho: rho)) : nil,
                    daily: own?.effect))
        }
        // The slope of the daily effects over the days, weighted by their precision.
        var novelty: (slope: Double, p: Double)?
        if daily.count >= 5 {
            let weight = daily.reduce(0) { $0 + $1.weight }
            let mean = daily.reduce(0) { $0 + $1.weight * $1.day } / weight
            let spread = daily.reduce(0) { $0 + $1.weight * ($1.day - mean) * ($1.day - mean) }
            if spread > 0 {
                let slope = daily.reduce(0) { $0 + $1.weight * ($1.day - mean) * $1.effect } / spread
                novelty = (slope, Reference.normal.p(slope * spread.squareRoot()))
            }
        }
        return Timeline(
            metric: measure.metric.name, arm: data.arms[arm], days: days, noveltyP: novelty?.p, slope: novelty?.slope)
    }
}
