import Support
import Tables

extension ColumnReader {
    /// The values of `metric` by unit, checked.
    func values(_ metric: Metric, _ units: UnitRows, _ days: [Int32]?, _ work: Work) throws(Failure)
        -> ExperimentData.Values
    {
        if case .retention(let from, let to) = metric.kind { return try retention(metric, from, to, units, days) }
        let numbers = try metricColumn(metric.column, metric)
        switch metric.kind {
        case .proportion(of: nil):
            try refuse(numbers, metric.column, metric, "0 or 1 (or booleans)") { $0 != 0 && $0 != 1 }
            return .init(numerator: units.greatest(numbers))
        case .proportion(of: let trials?):
            let exposures = try metricColumn(trials, metric)
            try refuse(numbers, metric.column, metric, "counts of at least 0") { $0 < 0 || $0 != $0.rounded() }
            try refuse(exposures, trials, metric, "counts of at least 0") { $0 < 0 || $0 != $0.rounded() }
            try refuseAbove(numbers, exposures, metric, trials, hint: nil)
            return .init(numerator: units.sums(numbers), denominator: units.sums(exposures))
        case .mean: return .init(numerator: units.sums(numbers))
        case .ratio(let denominator, let mayExceedOne):
            let others = try metricColumn(denominator, metric)
            try refuse(others, denominator, metric, "numbers of at least 0") { $0 < 0 }
            let areCounts = isWhole(metric.column) && isWhole(denominator)
            if areCounts, !mayExceedOne {
                try refuse(numbers, metric.column, metric, "counts of at least 0") { $0 < 0 }
                try refuseAbove(
                    numbers, others, metric, denominator, hint: "if such rows are right, say {above_one = true}")
            }
            return .init(numerator: units.sums(numbers), denominator: units.sums(others))
        case .count(let exposure):
            try refuse(numbers, metric.column, metric, "counts of at least 0") { $0 < 0 || $0 != $0.rounded() }
            guard let exposure else { return .init(numerator: units.sums(numbers)) }
            let exposures = try metricColumn(exposure, metric)
            try refuse(exposures, exposure, metric, "exposures of at least 0") { $0 < 0 }
            return .init(numerator: units.sums(numbers), denominator: units.sums(exposures))
        case .quantile:
            guard !units.isIdentity else { return .init(numerator: numbers) }
            return .init(numerator: units.sums(numbers), rowValues: (numbers, units.unitOfRow))
        case .retention: return .init(numerator: [])
        }
    }

    private func metricColumn(_ name: String, _ metric: Metric) throws(Failure) -> [Double] {
        guard let column = table.columnIfPresent(name) else {
            throw .argument(
                "metrics", expected: "columns of the table", got: "'\(name)' in metric '\(metric.name)'",
                hint: table.hint(for: name))
        }
        do throws(Failure) {
            let numbers = try column.numbers(named: name)
            // Squares and their sums must stay finite.
            try refuse(numbers, name, metric, "finite numbers of less than 1e140") { abs($0) > 1e140 }
            let greatest = numbers.indices.max { key(numbers[$0]) < key(numbers[$1]) }
            if let row = greatest, key(numbers[row]) > 0, key(numbers[row]) < 1e-140 {
                throw .argument(
                    "metrics",
                    expected: "numbers not all nearer to 0 than 1e-140 in column '\(name)' of metric '\(metric.name)'",
                    got: "\(plain(numbers[row])) in row \(row + 1) as the greatest", hint: "measure in a smaller unit")
            }
            return numbers
        } catch {
            guard case .argument(let parameter) = error.kind, parameter == name else { throw error }
            throw .argument(
                "metrics", expected: "numbers in column '\(name)' of metric '\(metric.name)'",
                got: "column of type \(column.type.name)\(column.firstText)",
                hint: "turn it into numbers with data:sql, or choose another column")
        }
    }

    /// The size of a number, below all others where it is missing.
    private func key(_ value: Double) -> Double { value.isNaN ? -1 : abs(value) }

    /// Rows without a number, and how many of them say so in numbers: NaN, which counts as missing.
    func gaps(_ names: [String]) -> ExperimentData.Gaps {
        var gaps = ExperimentData.Gaps()
        for name in names {
            guard let column = table.columnIfPresent(name), let numbers = try? column.numbers(named: name) else {
                continue
            }
            for (row, value) in numbers.enumerated() where value.isNaN {
                if !column.isNull(row) { gaps.notANumber += 1 }
                if gaps.first.map({ row < $0.row }) ?? true { gaps.first = (row, name) }
            }
        }
        return gaps
    }

    private func isWhole(_ name: String) -> Bool {
        if case .integer? = table.columnIfPresent(name)?.type { return true }
        return false
    }

    private func refuse(
        _ values: [Double], _ column: String, _ metric: Metric, _ expected: String, _ isBad: (Double) -> Bool
    ) throws(Failure) {
        guard let row = values.firstIndex(where: { !$0.isNaN && isBad($0) }) else { return }
        throw .argument(
            "metrics", expected: "\(expected) in column '\(column)' of metric '\(metric.name)'",
            got: "\(plain(values[row])) in row \(row + 1)")
    }

    private func refuseAbove(
        _ values: [Double], _ limits: [Double], _ metric: Metric, _ limit: String, hint: String?
    ) throws(Failure) {
        for row in values.indices where values[row] > limits[row] {
            throw .argument(
                "metrics", expected: "at most as many '\(metric.column)' as '\(limit)'",
                got: "\(plain(values[row])) of \(plain(limits[row])) in row \(row + 1) of column '\(metric.column)'",
                hint: hint)
        }
    }

    private func plain(_ value: Double) -> String { Int(exactly: value).map { String($0) } ?? "\(value)" }

    /// 1 for units that came back in the window, 0 for others, NaN where the window has not passed yet.
    private func retention(
        _ metric: Metric, _ from: Int, _ to: Int, _ units: UnitRows, _ firstDays: [Int32]?
    ) throws(Failure) -> ExperimentData.Values {
        guard from >= 0, to >= from else {
            throw .argument(
                "metrics", expected: "a window of days that begins at 0 or later and does not end before",
                got: "\(from) to \(to)")
        }
        guard let column = table.columnIfPresent(metric.column) else {
            throw .argument(
                "metrics", expected: "columns of the table", got: "'\(metric.column)' in metric '\(metric.name)'",
                hint: table.hint(for: metric.column))
        }
        let isDays = column.type.isNumber
        var gaps: [Double]
        var lastDay = firstDays?.max() ?? .min
        if isDays {
            gaps = try metricColumn(metric.column, metric)
            try refuse(gaps, metric.column, metric, "days of at least 0") { $0 < 0 }
        } else {
            guard let firstDays else {
                throw .argument(
                    "date", expected: "the column of the day a unit came in, for retention by dates", got: "nothing")
            }
            let days = try column.days(named: metric.column, parameter: "metrics")
            lastDay = max(lastDay, days.max() ?? .min)
            gaps = days.enumerated().map { row, day in
                let unit = units.isIdentity ? row : Int(units.unitOfRow[row])
                guard day != .min, unit >= 0, firstDays[unit] != .min else { return .nan }
                return Double(day) - Double(firstDays[unit])
            }
            if units.isIdentity {
                try refuse(gaps, metric.column, metric, "dates not before the unit's first day") { $0 < 0 }
            }
        }
        let hits = gaps.map { $0 >= Double(from) && $0 <= Double(to) ? 1.0 : 0.0 }
        var result = ExperimentData.Values(numerator: units.greatest(hits))
        if let firstDays {
            for unit in result.numerator.indices
            where firstDays[unit] == .min || Int(firstDays[unit]) + to > Int(lastDay) {
                result.numerator[unit] = .nan
                result.immature += 1
            }
        }
        return result
    }
}

extension Column {
    /// The first value that is no number, with its row; nothing if there is none.
    var firstText: String {
        let row =
            (0..<count).first { !isNull($0) && Double(text($0)) == nil } ?? (0..<count).first { !isNull($0) }
        return row.map { ", '\(text($0))' in row \($0 + 1)" } ?? ""
    }
}
