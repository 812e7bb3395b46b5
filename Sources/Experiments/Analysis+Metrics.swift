import Statistics
import Support

extension Analysis {
    /// A metric in every arm, with the comparisons that corrections go back to.
    ///
    /// - Parameter believes: whether posteriors of counts are worked out, which takes longer than all the rest.
    func result(
        _ index: Int, perDay: Double?, believes: Bool = true
    ) throws(Failure) -> (result: MetricResult, comparisons: [Comparison]) {
        let measure = measure(index)
        let metric = measure.metric
        let isQuantile = metric.quantile
        let used = isQuantile == nil ? covariates : []
        let (moments, missing) = try CrossMoments.accumulate(
            measure.variables(used), cells: data.armOf, count: armCount, work: work)
        let zeros = zeroCounts(measure)
        let plain = moments.map { Adjustment.figure($0, isRatio: measure.isRatio) }
        var figures: [ArmFigure]
        var reduction: Double?
        if let q = isQuantile {
            figures = QuantileFigure.figures(measure, q: q, cells: data.armOf, count: armCount)
        } else {
            (figures, reduction) = Adjustment.figures(
                moments, isRatio: measure.isRatio, covariates: used.count, method: options.adjustment)
        }
        let arms = moments.indices.map { arm -> ArmResult in
            let m = moments[arm]
            let hasFigure = m.count > 0 && !(measure.isRatio && m.means[1] == 0)
            let value = isQuantile == nil ? plain[arm].value : figures[arm].value
            // Sums of counts are whole; their means are not.
            let isCount = metric.isBinary || metric.kind.name == "count"
            return ArmResult(
                arm: data.arms[arm], n: m.count, missing: missing[arm], sum: isCount ? m.sum(0).rounded() : m.sum(0),
                denominator: measure.isRatio ? m.sum(1) : nil, value: hasFigure ? value : nil,
                sd: m.count > 1 && hasFigure ? (plain[arm].variance * m.n).squareRoot() : nil,
                adjusted: hasFigure ? figures[arm].value : nil, zeroShare: m.count > 0 ? Double(zeros[arm]) / m.n : 0,
                means: m.count > 0 ? m.means : [],
                covariances: m.count > 1
                    ? m.means.indices.map { i in m.means.indices.map { m.covariance(i, $0) } } : [])
        }
        let comparisons = figures.indices.dropFirst().map { arm -> Comparison in
            if measure.isRatio,
                let empty = [0, arm].first(where: { moments[$0].count > 0 && moments[$0].means[1] == 0 })
            {
                return Comparison(
                    arm: figures[arm], control: figures[0],
                    basis: .undefined(
                        status: "zero_exposure",
                        reason: "the sum of '\(metric.denominator ?? "")' is 0 in '\(data.arms[empty])'"),
                    relative: options.relative)
            }
            let isScore = isScore(metric, !used.isEmpty)
            return comparison(
                figures[arm], figures[0],
                successes: isScore ? (moments[arm].sum(0).rounded(), moments[0].sum(0).rounded()) : nil,
                names: (data.arms[arm], data.arms[0]))
        }
        let effects = comparisons.enumerated().map { place, comparison in
            let arm = place + 1
            let sd = pooledDeviation(arms[0], arms[arm])
            let counts =
                believes && used.isEmpty ? BeliefData(measure, moments[arm], moments[0], figures[arm], figures[0]) : nil
            return effect(
                comparison, arm: data.arms[arm], metric: metric, sd: sd, perDay: perDay, counts: counts)
        }
        let result = MetricResult(
            metric: metric, arms: arms, effects: effects, varianceReduction: reduction, floor: measure.floor,
            cap: measure.cap, immature: measure.immature)
        return (result, comparisons)
    }

    private func pooledDeviation(_ a: ArmResult, _ b: ArmResult) -> Double? {
        guard let first = a.sd, let second = b.sd, a.n + b.n > 2 else { return nil }
        let squares = Double(a.n - 1) * first * first + Double(b.n - 1) * second * second
        return (squares / Double(a.n + b.n - 2)).squareRoot()
    }

    private func zeroCounts(_ measure: Measure) -> [Int] {
        var counts = [Int](repeating: 0, count: armCount)
        for (unit, arm) in data.armOf.enumerated() where arm >= 0 && measure.numerator[unit] == 0 {
            counts[Int(arm)] += 1
        }
        return counts
    }

    /// Corrects primary metrics as one family and secondary ones as another; guardrails, each of which must hold, need no correction.
    func correct(_ metrics: inout [MetricResult], _ comparisons: [[Comparison]]) throws(Failure) {
        for role in Metric.Role.allCases {
            let places = metrics.indices.filter { metrics[$0].metric.role == role }
            var effects = places.flatMap { metrics[$0].effects }
            let flat = places.flatMap { comparisons[$0] }
            let method = role == .guardrail ? Multiplicity.Method.none : options.correction
            try Looks.correct(&effects, flat, method: method, alpha: options.alpha)
            var next = 0
            for place in places {
                let count = metrics[place].effects.count
                metrics[place].effects = Array(effects[next..<next + count])
                next += count
                guard role == .guardrail else { continue }
                for index in metrics[place].effects.indices {
                    metrics[place].effects[index].guardrail = Analysis.guardrail(
                        metrics[place].effects[index], sign: metrics[place].metric.sign)
                }
            }
        }
    }
}
