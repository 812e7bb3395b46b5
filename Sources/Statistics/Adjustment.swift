import Glibc
import Support

/// Variance reduction with what was known before the experiment. Effects are a minus b.
public enum Adjustment {
    /// Over what the slope θ = cov(pre, post) / var(pre) is taken.
    public enum Theta: String, CaseIterable, Sendable {
        /// Both arms as one sample.
        case total
        /// Within each arm, the covariances and variances pooled.
        case within
    }

    /// CUPED (Deng, Xu, Kohavi and Walker 2013): Welch's test of post − θ·pre. Several covariates are taken out together by least squares
    /// under the same convention.
    ///
    /// - Parameters:
    ///   - a, b: the metric of each unit.
    ///   - preA, preB: one list for each covariate, a value for each unit.
    public static func cuped(
        _ a: [Double], _ b: [Double], preA: [[Double]], preB: [[Double]], theta: Theta = .total,
        alternative: Alternative = .twoSided, level: Double = 0.95
    ) throws(Failure) -> (adjusted: TestResult, unadjusted: TestResult, theta: [Double]) {
        try Check.sample(a, "a")
        try Check.sample(b, "b")
        guard preA.count == preB.count, !preA.isEmpty else {
            throw .argument("pre_b", expected: "as many covariates as 'pre_a', \(preA.count)", got: "\(preB.count)")
        }
        for (columns, y, name, own) in [(preA, a, "pre_a", "a"), (preB, b, "pre_b", "b")] {
            for column in columns { try Check.paired(y, column, own, name, atLeast: 1) }
        }
        func centered(_ x: [Double], _ mean: Double) -> [Double] { x.map { $0 - mean } }
        let unadjusted = try TTest.twoSample(Moments(a), Moments(b), alternative: alternative, level: level)
        var columns: [[Double]] = []
        var used: [Int] = []
        for j in preA.indices {
            let column: [Double]
            switch theta {
            case .total:
                let both = Moments(preA[j] + preB[j])
                column = both.isConstant ? [] : centered(preA[j] + preB[j], both.mean)
            case .within:
                let (first, second) = (Moments(preA[j]), Moments(preB[j]))
                column =
                    first.isConstant && second.isConstant
                    ? [] : centered(preA[j], first.mean) + centered(preB[j], second.mean)
            }
            if !column.isEmpty {
                columns.append(column)
                used.append(j)
            }
        }
        let y =
            theta == .total
            ? centered(a + b, Moments(a + b).mean) : centered(a, Moments(a).mean) + centered(b, Moments(b).mean)
        var slopes = [Double](repeating: 0, count: preA.count)
        if !columns.isEmpty {
            guard let fit = LeastSquares(columns: columns, y: y) else {
                var result = unadjusted
                result.reason = "the covariates depend on each other"
                return (result, unadjusted, slopes)
            }
            for (place, j) in used.enumerated() { slopes[j] = fit.coefficients[place] }
        }
        func adjusted(_ y: [Double], _ pre: [[Double]]) -> [Double] {
            y.indices.map { i in y[i] - pre.indices.reduce(0) { $0 + slopes[$1] * pre[$1][i] } }
        }
        var result = try TTest.twoSample(
            Moments(adjusted(a, preA)), Moments(adjusted(b, preB)), alternative: alternative, level: level)
        if let error = result.standardError, let before = unadjusted.standardError {
            result.details.append(("variance_reduction", 1 - error * error / (before * before)))
        }
        if columns.isEmpty { result.reason = result.reason ?? "the covariate has no variance, so nothing was adjusted" }
        return (result, unadjusted, slopes)
    }

    /// Lin's regression adjustment (2013): least squares on the arm, the centered covariates and their products, with HC2 standard errors and
    /// the normal distribution.
    ///
    /// - Parameters:
    ///   - treated: 1 for units of the treatment, 0 for those of the control.
    ///   - covariates: one list for each covariate.
    public static func lin(
        y: [Double], treated: [Double], covariates: [[Double]], alternative: Alternative = .twoSided,
        level: Double = 0.95
    ) throws(Failure) -> TestResult {
        try Check.level(level)
        try Check.paired(y, treated, "y", "treated", atLeast: 1)
        if let place = treated.firstIndex(where: { $0 != 0 && $0 != 1 }) {
            throw .argument(
                "treated", expected: "0 or 1 for each unit",
                got: "\(numberText(treated[place])) at position \(place + 1)")
        }
        for column in covariates { try Check.paired(y, column, "y", "x", atLeast: 1) }
        let count = treated.reduce(0, +)
        guard count > 0, count < Double(y.count) else { return TestResult(reason: "one arm has no units") }
        var columns = [y.map { _ in 1.0 }, treated]
        for column in covariates {
            let moments = Moments(column)
            guard !moments.isConstant else { continue }
            let centered = column.map { ($0 - moments.mean) / moments.sd }
            columns.append(centered)
            columns.append(zip(centered, treated).map { $0 * $1 })
        }
        guard let fit = LeastSquares(columns: columns, y: y) else {
            return TestResult(
                reason: "the covariates depend on each other or on the arm, or are more than the units allow")
        }
        let variance = fit.hc2(1)
        guard variance > 0 else { return TestResult(effect: fit.coefficients[1], reason: "no variance is left") }
        return normal(fit.coefficients[1], variance, alternative, level)
    }

    /// The difference of two arms with standard errors that hold when units of one cluster are alike (CR1), t with clusters − 1 degrees of
    /// freedom.
    public static func clusterRobust(
        y: [Double], treated: [Double], clusters: [Int], alternative: Alternative = .twoSided, level: Double = 0.95
    ) throws(Failure) -> TestResult {
        try Check.level(level)
        try Check.paired(y, treated, "y", "treated", atLeast: 1)
        guard clusters.count == y.count else {
            throw .argument("clusters", expected: "\(y.count) labels, one for each of 'y'", got: "\(clusters.count)")
        }
        if let place = treated.firstIndex(where: { $0 != 0 && $0 != 1 }) {
            throw .argument(
                "treated", expected: "0 or 1 for each unit",
                got: "\(numberText(treated[place])) at position \(place + 1)")
        }
        guard let fit = LeastSquares(columns: [y.map { _ in 1.0 }, treated], y: y) else {
            return TestResult(reason: "one arm has no units")
        }
        let count = (clusters.max() ?? 0) + 1
        guard count > 1, y.count > 2 else {
            return TestResult(effect: fit.coefficients[1], reason: "fewer than 2 clusters or 3 units")
        }
        let variance = fit.clustered(1, clusters: clusters)
        guard variance > 0 else {
            return TestResult(effect: fit.coefficients[1], reason: "no variance between clusters")
        }
        return TTest.result(
            effect: fit.coefficients[1], variance: variance, df: Double(count - 1), alternative: alternative,
            level: level, null: 0)
    }

    static func normal(_ effect: Double, _ variance: Double, _ alternative: Alternative, _ level: Double) -> TestResult
    {
        let error = variance.squareRoot()
        return TestResult(
            statistic: effect / error, p: alternative.p(effect / error, StandardNormal()), effect: effect,
            standardError: error,
            interval: alternative.interval(effect, alternative.critical(level, StandardNormal()) * error))
    }
}
