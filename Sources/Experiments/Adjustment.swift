import Support

/// The figure of one arm with the variance of that figure.
public struct ArmFigure: Sendable, Equatable {
    /// Units behind it.
    public var n: Double
    /// The figure: a mean, share, ratio or quantile, adjusted if covariates were used.
    public var value: Double
    /// Its sampling variance.
    public var variance: Double
    /// Degrees of freedom of that variance; infinite for figures that are normal only for many units.
    public var df: Double
}

/// Variance reduction by covariates, from moments alone.
enum Adjustment {
    /// The figures of the arms in `moments`, and the share of variance that the covariates took away.
    ///
    /// A ratio is taken as the mean of its linearised values (num − R·den) / mean(den), so that everything that works for means works for it.
    static func figures(
        _ moments: [CrossMoments], isRatio: Bool, covariates: Int, method: AnalysisOptions.Adjustment
    ) -> (figures: [ArmFigure], reduction: Double?) {
        let base = isRatio ? 2 : 1
        let plain = moments.map { figure($0, isRatio: isRatio) }
        guard covariates > 0, method != .none else { return (plain, nil) }
        let total = moments.reduce(CrossMoments(variables: base + covariates)) { $0.merged(with: $1) }
        guard total.count > covariates + 2 else { return (plain, nil) }

        // Covariances of the (linearised) metric with each covariate.
        func slope(_ arm: CrossMoments, _ source: (Int, Int) -> Double) -> [Double] {
            (0..<covariates).map { k in
                guard isRatio else { return source(0, base + k) }
                let denominator = arm.means[1]
                guard denominator != 0 else { return 0 }
                return (source(0, base + k) - arm.means[0] / denominator * source(1, base + k)) / denominator
            }
        }
        func matrix(_ source: (Int, Int) -> Double) -> [[Double]] {
            (0..<covariates).map { i in (0..<covariates).map { source(base + i, base + $0) } }
        }
        let shared: [Double]?
        switch method {
        case .cuped:
            // Theta from all arms together, about the mean of all (the "total" convention).
            shared = solve(matrix(total.product), slope(total, total.product))
        case .cupedWithin:
            func within(_ i: Int, _ j: Int) -> Double { moments.reduce(0) { $0 + $1.product(i, j) } }
            shared = solve(matrix(within), slope(total, within))
        default: shared = nil
        }
        var figures: [ArmFigure] = []
        for (index, arm) in moments.enumerated() {
            var figure = plain[index]
            let isLin = method == .lin
            let used = isLin ? Double(covariates) : 0
            let theta = isLin ? solve(matrix(arm.product), slope(arm, arm.product)) : shared
            guard let theta, arm.n > used + 2 else {
                figures.append(figure)
                continue
            }
            let with = slope(arm, arm.covariance)
            var variance = figure.variance * arm.n
            for i in 0..<covariates {
                figure.value -= theta[i] * (arm.means[base + i] - total.means[base + i])
                variance -= 2 * theta[i] * with[i]
                for j in 0..<covariates { variance += theta[i] * theta[j] * arm.covariance(base + i, base + j) }
            }
            // Lin's slopes cost each arm a degree of freedom each.
            let cost = isLin ? (arm.n - 1) / (arm.n - 1 - used) : 1
            figure.variance = max(0, variance * cost) / arm.n
            figure.df = isRatio ? .infinity : arm.n - 1 - used
            figures.append(figure)
        }
        let before = zip(plain, moments).reduce(0) { $0 + $1.0.variance * $1.1.n * ($1.1.n - 1) }
        let after = zip(figures, moments).reduce(0) { $0 + $1.0.variance * $1.1.n * ($1.1.n - 1) }
        return (figures, before > 0 ? 1 - after / before : nil)
    }

    static func figure(_ moments: CrossMoments, isRatio: Bool) -> ArmFigure {
        let n = moments.n
        guard isRatio else {
            return ArmFigure(
                n: n, value: moments.means[0], variance: n > 0 ? moments.covariance(0, 0) / n : 0, df: n - 1)
        }
        let denominator = moments.means[1]
        guard denominator != 0, n > 0 else { return ArmFigure(n: n, value: 0, variance: 0, df: .infinity) }
        let ratio = moments.means[0] / denominator
        let spread =
            moments.covariance(0, 0) - 2 * ratio * moments.covariance(0, 1) + ratio * ratio * moments.covariance(1, 1)
        return ArmFigure(
            n: n, value: ratio, variance: max(0, spread) / (denominator * denominator) / n, df: .infinity)
    }

    /// The x with A x = b for a symmetric positive A, by Cholesky's method. A covariate that the ones before it determine gets 0.
    static func solve(_ a: [[Double]], _ b: [Double]) -> [Double]? {
        let n = b.count
        var lower = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
        var isFree = [Bool](repeating: true, count: n)
        for i in 0..<n {
            var pivot = a[i][i]
            for k in 0..<i { pivot -= lower[i][k] * lower[i][k] }
            guard pivot > 1e-12 * a[i][i], pivot > 0 else {
                isFree[i] = false
                for k in 0..<i { lower[i][k] = 0 }
                lower[i][i] = 1
                continue
            }
            lower[i][i] = pivot.squareRoot()
            for j in (i + 1)..<max(n, i + 1) {
                var value = a[j][i]
                for k in 0..<i { value -= lower[j][k] * lower[i][k] }
                lower[j][i] = value / lower[i][i]
            }
        }
        guard isFree.contains(true) else { return nil }
        var y = b
        for i in 0..<n {
            guard isFree[i] else {
                y[i] = 0
                continue
            }
            for k in 0..<i { y[i] -= lower[i][k] * y[k] }
            y[i] /= lower[i][i]
        }
        var x = y
        for i in stride(from: n - 1, through: 0, by: -1) {
            guard isFree[i] else {
                x[i] = 0
                continue
            }
            for k in (i + 1)..<max(n, i + 1) where isFree[k] { x[i] -= lower[k][i] * x[k] }
            x[i] /= lower[i][i]
        }
        return x.allSatisfy(\.isFinite) ? x : nil
    }
}
