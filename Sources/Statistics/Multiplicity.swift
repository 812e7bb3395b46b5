import Glibc
import Support

/// Corrections for several tests at once.
public enum Multiplicity {
    /// The correction.
    public enum Method: String, CaseIterable, Sendable {
        case none
        case bonferroni, sidak, holm
        case holmSidak = "holm-sidak"
        case hochberg, hommel
        /// Benjamini and Hochberg 1995.
        case bh
        /// Benjamini and Yekutieli 2001.
        case by
        /// Benjamini, Krieger and Yekutieli 2006: BH in two stages.
        case twoStageBKY = "tsbky"
        /// Two stages of BH.
        case twoStageBH = "tsbh"
    }

    /// The adjusted p-values in the order given, each at most 1: the test is rejected at α exactly when its adjusted p is at most α. The
    /// two-stage methods are for one `alpha`.
    public static func adjusted(_ p: [Double], _ method: Method, alpha: Double = 0.05) throws(Failure) -> [Double] {
        for (i, value) in p.enumerated() where !(value >= 0 && value <= 1) {
            throw .argument("p", expected: "p-values from 0 to 1", got: "\(numberText(value)) at position \(i + 1)")
        }
        try Check.level(alpha, "alpha")
        let count = p.count
        guard count > 0 else { return [] }
        let m = Double(count)
        var order = Array(p.indices)
        try order.sort(work: Work()) { p[$0] < p[$1] || p[$0] == p[$1] && $0 < $1 }
        let sorted = order.map { p[$0] }
        func sidak(_ p: Double, _ tests: Double) -> Double { -expm1(tests * log1p(-p)) }
        func down(_ values: [Double]) -> [Double] {
            var top = 0.0
            return values.map {
                top = max(top, $0); return top
            }
        }
        func up(_ values: [Double]) -> [Double] {
            var bottom = Double.infinity
            return Array(
                values.reversed().map {
                    bottom = min(bottom, $0); return bottom
                }.reversed())
        }
        func stepUp(_ sorted: [Double], _ factor: Double) -> [Double] {
            up(sorted.enumerated().map { $1 * m * factor / Double($0 + 1) })
        }
        let result: [Double]
        switch method {
        case .none: result = sorted
        case .bonferroni: result = sorted.map { $0 * m }
        case .sidak: result = sorted.map { sidak($0, m) }
        case .holm: result = down(sorted.enumerated().map { $1 * (m - Double($0)) })
        case .holmSidak: result = down(sorted.enumerated().map { sidak($1, m - Double($0)) })
        case .hochberg: result = up(sorted.enumerated().map { $1 * (m - Double($0)) })
        case .hommel: result = try hommel(sorted)
        case .bh: result = stepUp(sorted, 1)
        case .by: result = stepUp(sorted, (1...count).reduce(0) { $0 + 1 / Double($1) })
        case .twoStageBKY, .twoStageBH:
            let factor = method == .twoStageBKY ? 1 + alpha : 1
            let first = stepUp(sorted, 1).map { min(1, $0) }
            let rejected = first.filter { $0 <= alpha / factor }.count
            if rejected == 0 || rejected == count {
                result = first.map { $0 * factor }
            } else {
                result = first.map { $0 * factor * (m - Double(rejected)) / m }
            }
        }
        var adjusted = [Double](repeating: 1, count: count)
        for (place, index) in order.enumerated() { adjusted[index] = min(1, result[place]) }
        return adjusted
    }

    /// Hommel's procedure (1988) by Wright's algorithm (1992).
    private static func hommel(_ sorted: [Double]) throws(Failure) -> [Double] {
        let n = sorted.count
        var adjusted = sorted
        guard n > 1 else { return adjusted }
        for m in stride(from: n, through: 2, by: -1) {
            try Cancellation.checkPresent()
            let smallest = (1...m).reduce(Double.infinity) { min($0, Double(m) * sorted[n - m + $1 - 1] / Double($1)) }
            for i in (n - m)..<n { adjusted[i] = max(adjusted[i], smallest) }
            for i in 0..<(n - m) { adjusted[i] = max(adjusted[i], min(smallest, Double(m) * sorted[i])) }
        }
        return adjusted
    }

    /// Combines independent p-values into one.
    public static func combined(_ p: [Double], weights: [Double]? = nil) throws(Failure) -> TestResult {
        guard !p.isEmpty else { throw .argument("p", expected: "at least one p-value", got: "none") }
        for (i, value) in p.enumerated() where !(value >= 0 && value <= 1) {
            throw .argument("p", expected: "p-values from 0 to 1", got: "\(numberText(value)) at position \(i + 1)")
        }
        let weights = weights ?? p.map { _ in 1 }
        guard weights.count == p.count, weights.allSatisfy({ $0 >= 0 && $0.isFinite }),
            weights.contains(where: { $0 > 0 })
        else {
            throw .argument(
                "weights", expected: "one weight of at least 0 for each p-value, one above 0",
                got: "\(weights.count) weights")
        }
        let chi = -2 * p.reduce(0) { $0 + log($1) }
        let fisher = chi == .infinity ? 0 : ChiSquared(df: Double(2 * p.count)).survival(chi)
        let sum = zip(p, weights).reduce(0) { $0 + $1.1 * Normal.upperQuantile($1.0) }
        let z = sum / weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return TestResult(
            statistic: chi, p: fisher, df: Double(2 * p.count),
            details: [("fisher", fisher), ("stouffer", z.isNaN ? nil : Normal.survival(z)), ("z", z)])
    }
}
