import Glibc
import Statistics
import Support

/// A/A simulation: the user's own units are dealt into two arms at random, over and over, where nothing differs.
public struct Validation: Sendable {
    /// One metric under A/A.
    public struct Row: Sendable {
        /// The metric.
        public let metric: String
        /// Experiments that had a result.
        public let runs: Int
        /// The share with p below alpha: alpha, if all is well.
        public let falsePositives: Double
        /// The interval of that share (Wilson, 95 %).
        public let interval: Interval
        /// The p-value of "p-values are uniform" (Kolmogorov and Smirnov).
        public let uniformP: Double?
        /// Whether the interval holds alpha, or the test is on the safe side of it; not where no run had a result.
        public let isValid: Bool
    }

    /// Deals the units of `data` into two equal arms `runs` times and tests every metric each time.
    public static func run(
        _ data: ExperimentData, options: AnalysisOptions, runs: Int, seed: UInt64, work: Work
    ) throws(Failure) -> [Row] {
        try options.check()
        let units = data.armOf.indices.filter { data.armOf[$0] >= 0 }
        guard units.count >= 4 else {
            throw .argument("data", expected: "at least 4 units", got: "\(units.count)")
        }
        let inner = Work(threads: 1, cancellation: work.cancellation)
        let blank = data.twoArms()
        let measures = Locked<[[Double?]]>(Array(repeating: [], count: runs))
        let metrics = data.plan.metrics.count
        try work.forEach(runs) { (run, _) throws(Failure) in
            var generator = SeededGenerator(seed: seed, stream: UInt64(run))
            var copy = blank
            var armOf = [Int32](repeating: -1, count: blank.armOf.count)
            for unit in units { armOf[unit] = generator.next() & 1 == 0 ? 0 : 1 }
            copy.armOf = armOf
            let analysis = try Analysis(copy, options, inner)
            var found: [Double?] = []
            for index in 0..<metrics {
                found.append(try analysis.result(index, perDay: nil, believes: false).result.effects.first?.p)
            }
            measures.withLock { $0[run] = found }
        }
        let all = measures.withLock { $0 }
        return try data.plan.metrics.enumerated().map { (index, metric) throws(Failure) in
            let p = all.compactMap { $0[index] }
            let hits = Double(p.filter { $0 < options.alpha }.count)
            let share = p.isEmpty ? 0 : hits / Double(p.count)
            let interval =
                p.isEmpty
                ? Interval(0, 1)
                : (try Proportions.interval(Proportion(x: hits, n: Double(p.count), name: "runs"), kind: .wilson))
                    .interval ?? Interval(0, 1)
            let ks = p.count > 4 ? KolmogorovSmirnov.survival(KolmogorovSmirnov.uniformDistance(p), n: p.count) : nil
            return Row(
                metric: metric.name, runs: p.count, falsePositives: share, interval: interval, uniformP: ks,
                isValid: !p.isEmpty && interval.lower <= options.alpha)
        }
    }
}

extension ExperimentData {
    /// The same units and metrics with two nameless arms.
    fileprivate func twoArms() -> ExperimentData {
        ExperimentData(
            plan: plan, arms: ["A", "A'"], weights: [0.5, 0.5], rowCount: rowCount, armOf: armOf, values: values,
            days: nil,
            segments: [], covariates: covariates, counts: counts, hash: hash)
    }
}
