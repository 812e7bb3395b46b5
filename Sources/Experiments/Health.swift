import Statistics
import Support
import Tables

/// The checks that come before any effect is believed.
struct Health {
    let analysis: Analysis
    let sizes: [Int]
    private var data: ExperimentData { analysis.data }
    private var plan: ExperimentPlan { analysis.data.plan }
    private typealias Status = HealthCheck.Status

    init(_ analysis: Analysis) {
        self.analysis = analysis
        sizes = analysis.data.armSizes
    }

    func checks(_ metrics: [MetricResult], _ timeline: [Timeline]) throws(Failure) -> [HealthCheck] {
        var checks = [try split(), emptyArms()]
        checks += try segmentSplits()
        checks += [mixed(), duplicates(), unassigned()]
        checks += missing(metrics) + outliers(metrics)
        checks += afterwards() + (try bias())
        if let runtime = runtime() { checks += runtime }
        checks += novelty(timeline)
        return checks
    }

    /// The overall split, and units in arms that were to get none.
    private func split() throws(Failure) -> HealthCheck {
        let test = try SampleRatio.test(observed: sizes.map { Double($0) }, weights: data.weights)
        let strays = zip(sizes, data.weights).reduce(0) { $0 + ($1.1 == 0 ? $1.0 : 0) }
        let shares = zip(data.arms, sizes).map { "\(Words.name($0)) \(Digits.grouped(String($1)))" }.joined(
            separator: ", ")
        if strays > 0 {
            return HealthCheck(
                name: "srm", status: .failed, value: test.p, unit: "p",
                finding: "\(Words.count(strays, "unit is", "units are")) in an arm that was to get none (\(shares))",
                details: [("strays", Double(strays))])
        }
        guard let p = test.p else {
            return HealthCheck(
                name: "srm", status: .unchecked, value: nil, unit: "p",
                finding: "the split cannot be tested: \(test.reason ?? "no units")")
        }
        let status: Status = p < analysis.options.ratioAlpha ? .failed : p < 0.01 ? .warning : .ok
        let finding =
            status == .ok
            ? "units arrived as planned (\(shares))"
            : "sample ratio mismatch: \(shares) against \(data.weights.map { Words.percent($0) }.joined(separator: " / ")) planned, p \(Words.p(p))"
        return HealthCheck(
            name: "srm", status: status, value: p, unit: "p", finding: finding,
            details: [("chi_square", test.statistic ?? 0), ("df", test.df ?? 0)])
    }

    private func emptyArms() -> HealthCheck {
        let empty = zip(data.arms, zip(sizes, data.weights)).first { $0.1.0 == 0 && $0.1.1 > 0 }
        return HealthCheck(
            name: "empty_arm", status: empty == nil ? .ok : .failed, value: Double(sizes.min() ?? 0), unit: "count",
            finding: empty.map { "arm '\($0.0)' has no units" } ?? "every arm has units")
    }

    /// The split within each value of each segment, Bonferroni within a segment.
    private func segmentSplits() throws(Failure) -> [HealthCheck] {
        var checks: [HealthCheck] = []
        for (name, categories) in data.segments {
            let count = data.arms.count
            var counts = [Double](repeating: 0, count: categories.labels.count * count)
            for (unit, arm) in data.armOf.enumerated() where arm >= 0 && categories.codes[unit] >= 0 {
                counts[Int(categories.codes[unit]) * count + Int(arm)] += 1
            }
            var worst: (label: String, p: Double)?
            var tested = 0
            for (value, label) in categories.labels.enumerated() {
                let test = try SampleRatio.test(
                    observed: Array(counts[value * count..<(value + 1) * count]), weights: data.weights)
                guard let p = test.p else { continue }
                tested += 1
                if worst.map({ p < $0.p }) ?? true { worst = (label, p) }
            }
            guard let worst else { continue }
            let p = min(1, worst.p * Double(tested))
            let status: Status = p < analysis.options.ratioAlpha ? .warning : .ok
            checks.append(
                HealthCheck(
                    name: "srm_\(name)", status: status, value: p, unit: "p",
                    finding: status == .ok
                        ? "the split is as planned in each of \(tested) values of '\(name)'"
                        : "sample ratio mismatch where \(name) is '\(worst.label)', p \(Words.p(p)) after correction"))
        }
        return checks
    }

    private func mixed() -> HealthCheck {
        let counts = data.counts
        guard counts.hasUnits else {
            return HealthCheck(
                name: "mixed_assignment", status: .unchecked, value: nil, unit: "count",
                finding: "no unit column, so each row counts as a unit of its own")
        }
        let units = Double(max(1, sizes.reduce(0, +) + counts.inTwoArms))
        let share = Double(counts.inTwoArms) / units
        let place = counts.firstMixed.map { ", the first seen in row \($0 + 1)" } ?? ""
        return HealthCheck(
            name: "mixed_assignment", status: counts.inTwoArms == 0 ? .ok : share > 0.01 ? .failed : .warning,
            value: Double(counts.inTwoArms), unit: "count",
            finding: counts.inTwoArms == 0
                ? "no unit is in two arms"
                : "\(counts.inTwoArms) unit\(counts.inTwoArms == 1 ? "" : "s") (\(Words.percent(share))) \(counts.inTwoArms == 1 ? "is" : "are") in more than one arm and left out\(place)",
            details: [("share", share)])
    }

    private func duplicates() -> HealthCheck {
        let counts = data.counts
        guard counts.hasUnits, !plan.isEvents else {
            return HealthCheck(
                name: "duplicates", status: .unchecked, value: nil, unit: "count",
                finding: plan.isEvents ? "rows are events, so units may have several" : "no unit column")
        }
        let place = counts.firstDuplicate.map { ", the first in row \($0 + 1)" } ?? ""
        return HealthCheck(
            name: "duplicates", status: counts.duplicates == 0 ? .ok : .warning, value: Double(counts.duplicates),
            unit: "count",
            finding: counts.duplicates == 0
                ? "no unit has two rows"
                : "\(Words.count(counts.duplicates, "row repeats a unit and is", "rows repeat a unit and are")) left out\(place); if rows are events, say rows = \"events\""
        )
    }

    private func unassigned() -> HealthCheck {
        let counts = data.counts
        let lost = counts.withoutVariant + counts.withoutUnit
        return HealthCheck(
            name: "unassigned", status: lost == 0 ? .ok : Double(lost) > 0.01 * Double(data.rowCount) ? .warning : .ok,
            value: Double(lost), unit: "count",
            finding: lost == 0
                ? "every row has an arm\(counts.hasUnits ? " and a unit" : "")"
                : withoutArmOrUnit(counts),
            details: [
                ("without_arm", Double(counts.withoutVariant)), ("without_unit", Double(counts.withoutUnit)),
                ("other_arms", Double(counts.otherArms)),
            ])
    }

    private func withoutArmOrUnit(_ counts: ExperimentData.Counts) -> String {
        var parts: [String] = []
        for (count, row, column, what) in [
            (counts.withoutVariant, counts.firstWithoutVariant, Optional(plan.variant), "arm"),
            (counts.withoutUnit, counts.firstWithoutUnit, plan.unit, "unit"),
        ] where count > 0 {
            let place = Words.first(row, column, isOnly: count == 1)
            parts.append("\(Words.count(count, "row has", "rows have")) no \(what)\(place)")
        }
        return parts.joined(separator: ", ") + "; left out"
    }

    /// Covariates that are a metric under another name.
    private func afterwards() -> [HealthCheck] {
        var checks: [HealthCheck] = []
        for covariate in data.covariates {
            let metric = zip(plan.metrics, data.values).first { metric, values in
                metric.column == covariate.name || metric.denominator == covariate.name
                    || covariate.missing == 0 && values.numerator == covariate.values
            }?.0
            guard let metric, let first = covariate.values.first, covariate.values.contains(where: { $0 != first })
            else { continue }
            checks.append(
                HealthCheck(
                    name: "covariate_\(covariate.name)", status: .warning, value: nil, unit: "count",
                    finding:
                        "covariate '\(covariate.name)' is what metric '\(metric.name)' measures: it cannot have been known before, and takes the effect away"
                ))
        }
        return checks
    }

    /// Missing values, and whether the arms miss them alike.
    private func missing(_ metrics: [MetricResult]) -> [HealthCheck] {
        metrics.enumerated().map { (index, result) in
            let missing = result.arms.map { Double($0.missing) }
            let total = missing.reduce(0, +)
            let all = result.arms.reduce(0.0) { $0 + Double($1.n + $1.missing) }
            let name = "missing_\(result.metric.name)"
            guard total > 0, all > 0 else {
                return HealthCheck(
                    name: name, status: .ok, value: 0, unit: "share",
                    finding: "'\(result.metric.name)' has a value for every unit")
            }
            let table = try? ContingencyTable(result.arms.map { [Double($0.missing), Double($0.n)] })
            let p = table?.independence().p
            let isUneven = result.immature == 0 && (p ?? 1) < 0.001
            let share = total / all
            var finding =
                "'\(result.metric.name)' is missing for \(Words.count(Int(total), "unit", "units")) (\(Words.percent(share))), left out of it"
            let gaps = data.values[index].gaps
            if let first = gaps.first { finding += ", the first in row \(first.row + 1) of column '\(first.column)'" }
            if gaps.notANumber > 0 {
                finding += "; NaN, which counts as missing, in \(Words.count(gaps.notANumber, "row", "rows"))"
            }
            if result.immature > 0 { finding += ", \(result.immature) of them because their window has not passed" }
            if isUneven, let p { finding += "; unevenly by arm, p \(Words.p(p))" }
            return HealthCheck(
                name: name, status: isUneven || share > 0.05 && result.immature == 0 ? .warning : .ok, value: share,
                unit: "share",
                finding: finding, details: p.map { [("p", $0)] } ?? [])
        }
    }

    /// How much of the total the top hundredth of the values above 0 holds.
    private func outliers(_ metrics: [MetricResult]) -> [HealthCheck] {
        var checks: [HealthCheck] = []
        for (index, result) in metrics.enumerated() where !result.metric.isBinary {
            if case .quantile = result.metric.kind { continue }
            var values: [Double] = []
            for (unit, value) in data.values[index].numerator.enumerated() where data.armOf[unit] >= 0 && value > 0 {
                values.append(value)
            }
            let total = values.reduce(0, +)
            let top = max(1, values.count / 100)
            guard total > 0, values.count > top, values.count >= 100 else { continue }
            let edge = Order.nth(&values, values.count - top)
            // Values that tie with the edge count as far as there is room for them.
            let above = values.reduce(into: (sum: 0.0, count: 0)) { state, value in
                if value > edge { state = (state.sum + value, state.count + 1) }
            }
            let share = (above.sum + edge * Double(top - above.count)) / total
            let isHigh = share > 0.3 && !result.metric.isWinsorized
            checks.append(
                HealthCheck(
                    name: "outliers_\(result.metric.name)", status: isHigh ? .warning : .ok, value: share,
                    unit: "share",
                    finding: "the top 1% of values above 0 hold \(Words.percent(share)) of '\(result.metric.name)'"
                        + (isHigh ? "; winsorise it" : ""),
                    details: [("threshold", edge)]))
        }
        return checks
    }

    /// Whether the arms were alike before the experiment began.
    private func bias() throws(Failure) -> [HealthCheck] {
        var worst: (name: String, p: Double)?
        let count = Double(data.covariates.count * (data.arms.count - 1))
        guard count > 0 else {
            return [
                HealthCheck(
                    name: "pre_period_bias", status: .unchecked, value: nil, unit: "p",
                    finding: "no covariate from before the experiment")
            ]
        }
        for covariate in data.covariates {
            let (moments, _) = try CrossMoments.accumulate(
                [covariate.values], cells: data.armOf, count: data.arms.count, work: analysis.work)
            for arm in 1..<data.arms.count {
                let (here, control) = (moments[arm], moments[0])
                if Self.areApart(here, control) {
                    return [
                        HealthCheck(
                            name: "pre_period_bias", status: .warning, value: nil, unit: "p",
                            finding:
                                "'\(covariate.name)' tells the arms apart: it is one value in '\(data.arms[arm])' and "
                                + "another in '\(data.arms[0])'")
                    ]
                }
                guard let p = try TTest.twoSample(moment(here), moment(control)).p else { continue }
                if worst.map({ p < $0.p }) ?? true { worst = (covariate.name, p) }
            }
        }
        guard let worst else {
            return [
                HealthCheck(
                    name: "pre_period_bias", status: .unchecked, value: nil, unit: "p",
                    finding: "the covariates have no variance")
            ]
        }
        let p = min(1, worst.p * count)
        let missing = data.covariates.filter { $0.missing > 0 }.map { "'\($0.name)' \($0.missing)" }.joined(
            separator: ", ")
        return [
            HealthCheck(
                name: "pre_period_bias", status: p < 0.001 ? .warning : .ok, value: p, unit: "p",
                finding: (p < 0.001
                    ? "the arms differed in '\(worst.name)' before the experiment, p \(Words.p(p)) after correction"
                    : "the arms were alike before the experiment (\(data.covariates.count) covariate\(data.covariates.count == 1 ? "" : "s"))")
                    + (missing.isEmpty ? "" : "; missing values filled with the mean: \(missing)"))
        ]
    }

    /// Whether a covariate is one value in one arm and another in the other, for several units each: no test has a variance to go by.
    private static func areApart(_ a: CrossMoments, _ b: CrossMoments) -> Bool {
        a.count > 1 && b.count > 1 && a.covariance(0, 0) == 0 && b.covariance(0, 0) == 0 && a.means[0] != b.means[0]
            && abs(a.means[0] - b.means[0]) > 1e-12 * max(abs(a.means[0]), abs(b.means[0]))
    }

    private func moment(_ m: CrossMoments) -> Moments {
        Moments(n: m.n, mean: m.means[0], variance: m.covariance(0, 0))
    }

    /// Days covered, and whether every weekday is.
    private func runtime() -> [HealthCheck]? {
        guard let days = data.days, let period = analysis.period else { return nil }
        var weekdays = [Int](repeating: 0, count: 7)
        for (unit, day) in days.enumerated() where day != .min && data.armOf[unit] >= 0 {
            // 1970-01-01 was a Thursday; Monday is 0.
            weekdays[((Int(day) + 3) % 7 + 7) % 7] += 1
        }
        let span = Int(period.last - period.first) + 1
        let covered = weekdays.filter { $0 > 0 }.count
        var checks = [
            HealthCheck(
                name: "weekdays", status: covered == 7 ? .ok : .warning, value: Double(covered), unit: "days",
                finding: covered == 7
                    ? "every day of the week is covered" : "only \(covered) of 7 days of the week are covered",
                details: [("days", Double(span))])
        ]
        if data.counts.withoutDate > 0 {
            checks.append(
                HealthCheck(
                    name: "missing_date", status: .ok, value: Double(data.counts.withoutDate), unit: "count",
                    finding: "\(Words.count(data.counts.withoutDate, "unit has", "units have")) no date"
                        + Words.first(data.counts.firstWithoutDate, plan.date, isOnly: data.counts.withoutDate == 1)
                        + " and \(data.counts.withoutDate == 1 ? "is" : "are") missing from the results by day"))
        }
        return checks
    }

    private func novelty(_ timeline: [Timeline]) -> [HealthCheck] {
        let known = timeline.compactMap { line in line.noveltyP.map { (line, $0) } }
        guard let worst = known.min(by: { $0.1 < $1.1 }) else { return [] }
        let p = min(1, worst.1 * Double(known.count))
        return [
            HealthCheck(
                name: "novelty", status: p < 0.01 ? .warning : .ok, value: p, unit: "p",
                finding: p < 0.01
                    ? "the effect on '\(worst.0.metric)' of '\(worst.0.arm)' \((worst.0.slope ?? 0) > 0 ? "rises" : "falls") with the days, p \(Words.p(p)) after correction"
                    : "effects do not drift with the days")
        ]
    }
}
