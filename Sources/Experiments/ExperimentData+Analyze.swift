import Statistics
import Support
import Tables

extension ExperimentData {
    /// Analyses the experiment: health first, then effects, corrections, segments, days, other ways to ask, and the decision.
    public func analyzed(_ options: AnalysisOptions, work: Work) throws(Failure) -> ExperimentResult {
        try options.check()
        let analysis = try Analysis(self, options, work)
        let sizes = armSizes
        let span = analysis.period
        let days = span.map { Int($0.last - $0.first) + 1 }
        let perDay = days.map { Double(sizes.reduce(0, +)) / Double($0) }
        var metrics: [MetricResult] = []
        var comparisons: [[Comparison]] = []
        for index in plan.metrics.indices {
            let (result, made) = try analysis.result(index, perDay: perDay)
            metrics.append(result)
            comparisons.append(made)
        }
        try analysis.correct(&metrics, comparisons)
        let timeline = try analysis.timeline()
        let health = try Health(analysis).checks(metrics, timeline)
        let units = sizes.reduce(0, +)
        let planReached =
            units >= options.minimumUnits ?? 0 && (days ?? .max) >= options.minimumDays ?? 0
        var looks: [LookResult] = []
        var isLastLook = false
        if case .planned(let boundary) = analysis.looking {
            looks = boundary.looks
            isLastLook = boundary.isLast
        }
        let decision = Judge.decide(
            rules: options.rules, arms: arms, metrics: metrics, health: health, alpha: options.alpha,
            planReached: planReached, isLastLook: isLastLook, mde: options.mde)
        return ExperimentResult(
            plan: plan, options: options, arms: arms, sizes: sizes, weights: weights, rowCount: rowCount,
            unitCount: unitCount,
            dataHash: hash, period: span.map { (Column.dateText($0.first), Column.dateText($0.last), days ?? 0) },
            decision: decision, looks: looks, health: health, metrics: metrics, segments: try analysis.segments(),
            timeline: timeline,
            sensitivity: try analysis.sensitivity(), distribution: try analysis.distribution())
    }
}
