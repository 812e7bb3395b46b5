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

    /// Control and an arm at one time; nil where one of them has no variance to speak of.
    private typealias Pair = (control: ArmFigure, arm: ArmFigure)

    /// What one day brought, and what is there at its end.
    private struct DayState {
        let sizes: (control: Int, arm: Int)
        let sizesSoFar: (control: Double, arm: Double)
        let today: Pair?
        let soFar: Pair?
    }

    /// Cumulative effects of primary metrics by day, with the interval of one look and the one of every look.
    func timeline() throws(Failure) -> [Timeline] {
        guard let days = data.days, let period, Int(period.last) - Int(period.first) < Analysis.mostDays else {
            return []
        }
        let count = Int(period.last - period.first) + 1
        var cells = [Int32](repeating: -1, count: data.unitCount)
        var arrivals = [Double](repeating: 0, count: count)
        for unit in cells.indices where data.armOf[unit] >= 0 && days[unit] != .min {
            let day = days[unit] - period.first
            cells[unit] = day * Int32(armCount) + data.armOf[unit]
            arrivals[Int(day)] += 1
        }
        let boundaries = boundaries(arrivals)
        var results: [Timeline] = []
        for (index, metric) in data.plan.metrics.enumerated() where metric.role == .primary {
            let measure = measure(index)
            let used = metric.quantile == nil ? covariates : []
            let (moments, _) = try CrossMoments.accumulate(
                measure.variables(used), cells: cells, count: count * armCount, work: work)
            var quantiles: [[QuantileFigure.Day]] = []
            if let q = metric.quantile {
                // Every day goes through all values so far.
                guard count * data.unitCount < 2_000_000_000 else { continue }
                quantiles = try QuantileFigure.days(
                    measure, q: q, cells: cells, days: count, arms: armCount, work: work)
            }
            for arm in 1..<armCount {
                let states =
                    metric.quantile == nil
                    ? states(measure, moments, arm, count)
                    : states(quantiles[0], quantiles[arm], moments, arm, count)
                results.append(timeline(measure, states, arm, period.first, boundaries))
            }
        }
        return results
    }

    /// The days on which planned looks fell due, with their boundaries; the last day has the present look's.
    private func boundaries(_ arrivals: [Double]) -> [Int: Double] {
        guard case .planned(let present) = looking else { return [:] }
        var (result, soFar, next) = ([Int: Double](), 0.0, 0)
        for (day, units) in arrivals.enumerated() {
            soFar += units
            while next < present.look - 1, soFar >= present.looks[next].units {
                result[day] = present.looks[next].boundary
                next += 1
            }
        }
        result[arrivals.count - 1] = present.looks[present.look - 1].boundary
        return result
    }

    /// How many standard errors the interval that holds at every look reaches.
    private func critical(_ day: Int, _ state: DayState, _ pair: Pair, _ boundaries: [Int: Double]) -> Double? {
        let design: SequentialDesign
        switch looking {
        case .early: return nil
        case .planned:
            return boundaries[day].map {
                Reference.student(Self.degrees(pair.control, pair.arm), asFarOutAs: $0)
            }
        case .once: design = SequentialDesign()
        case .anyTime(let declared): design = declared
        }
        let (n, m) = state.sizesSoFar
        guard min(n, m) >= design.burnIn else { return nil }
        let variance = pair.control.variance + pair.arm.variance
        return anyTime(design, control: pair.control, units: n + m, variance: variance)?.critical(options.alpha)
    }

    private func states(_ measure: Measure, _ moments: [CrossMoments], _ arm: Int, _ count: Int) -> [DayState] {
        let isRatio = measure.isRatio
        func pair(_ cells: [CrossMoments]) -> Pair? {
            guard cells.allSatisfy({ $0.count > 1 && !(isRatio && $0.means[1] == 0) }) else { return nil }
            let figures = Adjustment.figures(
                cells, isRatio: isRatio, covariates: covariates.count, method: options.adjustment
            ).figures
            return (figures[0], figures[1])
        }
        let size = (isRatio ? 2 : 1) + covariates.count
        var soFar = [CrossMoments(variables: size), CrossMoments(variables: size)]
        return (0..<count).map { day in
            let today = [moments[day * armCount], moments[day * armCount + arm]]
            soFar = [soFar[0].merged(with: today[0]), soFar[1].merged(with: today[1])]
            return DayState(
                sizes: (today[0].count, today[1].count), sizesSoFar: (soFar[0].n, soFar[1].n), today: pair(today),
                soFar: pair(soFar))
        }
    }

    private func states(
        _ control: [QuantileFigure.Day], _ other: [QuantileFigure.Day], _ moments: [CrossMoments], _ arm: Int,
        _ count: Int
    ) -> [DayState] {
        func pair(_ control: ArmFigure, _ arm: ArmFigure) -> Pair? {
            control.n > 1 && arm.n > 1 && (control.variance + arm.variance).isFinite ? (control, arm) : nil
        }
        return (0..<count).map { day in
            DayState(
                sizes: (moments[day * armCount].count, moments[day * armCount + arm].count),
                sizesSoFar: (control[day].soFar.n, other[day].soFar.n),
                today: pair(control[day].today, other[day].today), soFar: pair(control[day].soFar, other[day].soFar))
        }
    }

    private func timeline(
        _ measure: Measure, _ states: [DayState], _ arm: Int, _ first: Int32, _ boundaries: [Int: Double]
    ) -> Timeline {
        var days: [Timeline.Day] = []
        var daily: [(day: Double, effect: Double, weight: Double)] = []
        for (day, state) in states.enumerated() where state.sizes.control + state.sizes.arm > 0 {
            func effect(_ pair: Pair) -> Double { pair.arm.value - pair.control.value }
            func variance(_ pair: Pair) -> Double { pair.arm.variance + pair.control.variance }
            if let own = state.today, variance(own) > 0 { daily.append((Double(day), effect(own), 1 / variance(own))) }
            func interval(_ critical: Double?) -> Interval? {
                guard let all = state.soFar, variance(all) > 0, let critical else { return nil }
                let margin = critical * variance(all).squareRoot()
                return Interval(effect(all) - margin, effect(all) + margin)
            }
            let hasVariance = state.soFar.map { variance($0) > 0 } ?? false
            days.append(
                .init(
                    date: Column.dateText(first + Int32(day)), sizes: state.sizes, effect: state.soFar.map(effect),
                    interval: interval(Reference.normal.critical(options.alpha)),
                    alwaysValid: hasVariance
                        ? interval(state.soFar.flatMap { critical(day, state, $0, boundaries) }) : nil,
                    daily: state.today.map(effect)))
        }
        let novelty = Analysis.slope(daily)
        return Timeline(
            metric: measure.metric.name, arm: data.arms[arm], days: days, noveltyP: novelty?.p, slope: novelty?.slope)
    }

    /// The slope of the daily effects over the days, weighted by their precision.
    private static func slope(_ daily: [(day: Double, effect: Double, weight: Double)]) -> (slope: Double, p: Double)? {
        guard daily.count >= 5 else { return nil }
        let weight = daily.reduce(0) { $0 + $1.weight }
        let mean = daily.reduce(0) { $0 + $1.weight * $1.day } / weight
        let spread = daily.reduce(0) { $0 + $1.weight * ($1.day - mean) * ($1.day - mean) }
        guard spread > 0 else { return nil }
        let slope = daily.reduce(0) { $0 + $1.weight * ($1.day - mean) * $1.effect } / spread
        return (slope, Reference.normal.p(slope * spread.squareRoot()))
    }
}
