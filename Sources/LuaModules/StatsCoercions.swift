import LuaKit
import Statistics
import Support
import Tensors

extension ParameterType {
    /// A sample: numbers in one row.
    static let sample = ParameterType.custom(
        "sample", expected: "list, column or tensor [n] of numbers", got: { $0.unreadableElement }
    ) { (argument) throws(Failure) -> [Double]? in try argument.sample() }

    /// Several samples.
    static let samples = ParameterType.custom(
        "samples", expected: "list of lists, columns or tensors of numbers"
    ) { (argument) throws(Failure) -> [[Double]]? in try argument.samples() }

    /// One covariate, or several: a list of numbers or a list of such lists.
    static let covariates = ParameterType.custom(
        "covariates", expected: "list of numbers for each unit, or a list of such lists, one for each covariate"
    ) { (argument) throws(Failure) -> [[Double]]? in
        if argument.kind == .table {
            var isNested = false
            try argument.forEach { (position, element) in if position == 1 { isNested = element.number == nil } }
            if isNested { return try argument.samples() }
        }
        return try argument.sample().map { [$0] }
    }

    /// Successes of trials: `{x = 12, n = 100}`.
    static let proportion = ParameterType.custom(
        "proportion", expected: "table {x = successes, n = trials}"
    ) { (argument) throws(Failure) -> Proportion? in
        guard let record = try argument.record(), let x = record["x"], let n = record["n"] else { return nil }
        return try Proportion(x: x, n: n, name: "x")
    }

    /// Events in an exposure: `{count = 12, exposure = 100}`.
    static let rate = ParameterType.custom(
        "rate", expected: "table {count = events, exposure = time or units}"
    ) { (argument) throws(Failure) -> (count: Double, exposure: Double)? in
        guard let record = try argument.record(), let count = record["count"], let exposure = record["exposure"] else {
            return nil
        }
        return (count, exposure)
    }

    /// A sample, or what is known of it: `{mean = 5, sd = 2, n = 100}`.
    static let moments = ParameterType.custom(
        "moments", expected: "list, column or tensor of numbers, or table {mean, sd, n}",
        got: { $0.unreadableElement }
    ) { (argument) throws(Failure) -> Moments? in
        if let record = try argument.record(), let mean = record["mean"], let sd = record["sd"], let n = record["n"] {
            guard n >= 1, n == n.rounded(), n < 1e18 else {
                throw .argument("n", expected: "whole number n of at least 1", got: numberText(n))
            }
            guard sd >= 0, sd.isFinite else { throw .argument("sd", expected: "sd of at least 0", got: numberText(sd)) }
            guard mean.isFinite else { throw .argument("mean", expected: "finite mean", got: numberText(mean)) }
            return Moments(n: n, mean: mean, variance: sd * sd)
        }
        guard let sample = try argument.sample() else { return nil }
        if let place = sample.firstIndex(where: { !$0.isFinite }) {
            throw .argument(
                "x", expected: "finite numbers", got: "\(numberText(sample[place])) at position \(place + 1)")
        }
        return Moments(sample)
    }

    /// The sums of one arm, see `stats.compare_t`.
    static let armSummary = ParameterType.custom(
        "arm sums",
        expected:
            "table of sums: {n, sum} for a share, {n, sum, sum_squares} for a mean, {n, numerator, denominator, sum_products} for a ratio, "
            + "{n, post, pre, sum_products} with a covariate, or {n, value, lower, upper, level} for a quantile"
    ) { (argument) throws(Failure) -> ArmSummary? in try argument.armSummary() }
}

extension Argument {
    /// Numbers in one row; nil for anything else.
    fileprivate func sample() throws(Failure) -> [Double]? {
        guard let tensor = try tensor(), tensor.rank == 1 else { return nil }
        return try tensor.values(as: Double.self)
    }

    /// Several rows of numbers; nil for anything else.
    fileprivate func samples() throws(Failure) -> [[Double]]? {
        if let tensor = object(Tensor.self), tensor.rank == 2 {
            let all = try tensor.values(as: Double.self)
            let width = tensor.shape[1]
            return (0..<tensor.shape[0]).map { Array(all[($0 * width)..<(($0 + 1) * width)]) }
        }
        guard kind == .table else { return nil }
        var result: [[Double]] = []
        var isFine = true
        try forEach { (_, element) throws(Failure) in
            guard isFine, let sample = try element.sample() else {
                isFine = false
                return
            }
            result.append(sample)
        }
        return isFine ? result : nil
    }

    /// The numbers among a table's named fields; nil if it is no table.
    fileprivate func record() throws(Failure) -> [String: Double]? {
        guard kind == .table, case .table(let table) = try value() else { return nil }
        return table.numbers
    }

    fileprivate func armSummary() throws(Failure) -> ArmSummary? {
        guard kind == .table, case .table(let table) = try value() else { return nil }
        let top = table.numbers
        guard let n = top["n"] else { return nil }
        func sums(_ name: String) -> ArmSummary.Sums? {
            guard let inner = table[name]?.table?.numbers, let sum = inner["sum"], let squares = inner["sum_squares"]
            else { return nil }
            return ArmSummary.Sums(sum: sum, sumSquares: squares)
        }
        if let x = sums("numerator"), let y = sums("denominator"), let products = top["sum_products"] {
            return .ratio(n: n, numerator: x, denominator: y, sumProducts: products)
        }
        if let post = sums("post"), let pre = sums("pre"), let products = top["sum_products"] {
            return .cuped(n: n, post: post, pre: pre, sumProducts: products)
        }
        if let value = top["value"], let lower = top["lower"], let upper = top["upper"] {
            return .quantile(n: n, value: value, lower: lower, upper: upper, level: top["level"] ?? 0.95)
        }
        guard let sum = top["sum"] else { return nil }
        return top["sum_squares"].map { .mean(n: n, sum: sum, sumSquares: $0) } ?? .proportion(n: n, sum: sum)
    }
}

extension LuaTable {
    fileprivate var numbers: [String: Double] {
        var result: [String: Double] = [:]
        for (name, value) in named { if let number = value.double { result[name] = number } }
        return result
    }
}
