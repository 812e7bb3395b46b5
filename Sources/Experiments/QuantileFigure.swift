import Glibc
import Statistics
import Support

/// Quantiles of arms, with units as clusters where they have several values.
enum QuantileFigure {
    /// A value with its unit; the unit is negative where each value is one of its own.
    typealias Entry = (value: Double, unit: Int32)

    /// No values.
    private static let none = ArmFigure(n: 0, value: 0, variance: 0, df: .infinity)

    /// One day of an arm: the values that came in, and all values up to its end.
    struct Day: Sendable {
        let today: ArmFigure
        let soFar: ArmFigure
    }

    /// The quantile `q` of each cell (type 7) with a variance from the spread of order statistics: the share of values below the quantile has a
    /// variance between units, and the values at that share ± 1.96 standard errors give the quantile's (Deng, Knoblich and Lu 2018).
    static func figures(_ measure: Measure, q: Double, cells: [Int32], count: Int) -> [ArmFigure] {
        entries(measure, cells, count).map { figure($0.sorted { $0.value < $1.value }, q) }
    }

    /// The values of each cell.
    private static func entries(_ measure: Measure, _ cells: [Int32], _ count: Int) -> [[Entry]] {
        var entries = [[Entry]](repeating: [], count: count)
        if let rows = measure.rows {
            for (row, value) in rows.values.enumerated() where !value.isNaN && rows.units[row] >= 0 {
                let cell = cells[Int(rows.units[row])]
                if cell >= 0 { entries[Int(cell)].append((value, rows.units[row])) }
            }
        } else {
            for (unit, value) in measure.numerator.enumerated() where !value.isNaN && cells[unit] >= 0 {
                entries[Int(cells[unit])].append((value, -1))
            }
        }
        return entries
    }

    /// The quantile by arm and day, each day's values merged into those before. `cells` count the arms of the first day, then of the second.
    static func days(
        _ measure: Measure, q: Double, cells: [Int32], days: Int, arms: Int, work: Work
    ) throws(Failure) -> [[Day]] {
        let entries = entries(measure, cells, days * arms)
        var result: [[Day]] = []
        for arm in 0..<arms {
            var soFar: [Entry] = []
            var found: [Day] = []
            for day in 0..<days {
                try work.cancellation.check()
                let today = entries[day * arms + arm].sorted { $0.value < $1.value }
                guard !today.isEmpty else {
                    found.append(Day(today: none, soFar: found.last?.soFar ?? none))
                    continue
                }
                soFar = merged(soFar, today)
                found.append(Day(today: figure(today, q), soFar: figure(soFar, q)))
            }
            result.append(found)
        }
        return result
    }

    private static func merged(_ a: [Entry], _ b: [Entry]) -> [Entry] {
        var result: [Entry] = []
        result.reserveCapacity(a.count + b.count)
        var (i, j) = (0, 0)
        while i < a.count, j < b.count {
            if b[j].value < a[i].value {
                result.append(b[j])
                j += 1
            } else {
                result.append(a[i])
                i += 1
            }
        }
        result += a[i...]
        result += b[j...]
        return result
    }

    /// The quantile of sorted values that are units of their own.
    static func figure(_ sorted: [Double], _ q: Double) -> ArmFigure { figure(sorted.map { ($0, -1) }, q) }

    /// The quantile of sorted entries.
    static func figure(_ sorted: [Entry], _ q: Double) -> ArmFigure {
        guard let first = sorted.first else { return none }
        let value = at(sorted, q)
        var error = (q * (1 - q) / Double(sorted.count)).squareRoot()
        var n = Double(sorted.count)
        if first.unit >= 0 {
            // Values at or below the quantile over values, by unit: a ratio, whose variance the delta method gives.
            var sums: [Int32: (below: Double, all: Double)] = [:]
            for entry in sorted {
                let old = sums[entry.unit] ?? (0, 0)
                sums[entry.unit] = (old.below + (entry.value <= value ? 1 : 0), old.all + 1)
            }
            let ordered = sums.sorted { $0.key < $1.key }.map(\.value)
            n = Double(ordered.count)
            let all = ordered.reduce(0) { $0 + $1.all }
            let share = ordered.reduce(0) { $0 + $1.below } / all
            let squares = ordered.reduce(0) { $0 + ($1.below - share * $1.all) * ($1.below - share * $1.all) }
            if n > 1 { error = (squares * n / (n - 1)).squareRoot() / all }
        }
        guard n > 1 else { return ArmFigure(n: n, value: value, variance: 0, df: .infinity) }
        let z = 1.959963984540054
        // Past the ends there are no order statistics to take the spread from: nothing is known of the variance.
        guard q + z * error <= 1, q - z * error >= 0 else {
            return ArmFigure(n: n, value: value, variance: .infinity, df: .infinity)
        }
        let spread = at(sorted, q + z * error) - at(sorted, q - z * error)
        return ArmFigure(n: n, value: value, variance: spread * spread / (4 * z * z), df: .infinity)
    }

    /// The quantile of type 7 of sorted entries.
    private static func at(_ sorted: [Entry], _ q: Double) -> Double {
        let place = q * Double(sorted.count - 1)
        let low = Int(place)
        guard low + 1 < sorted.count else { return sorted[sorted.count - 1].value }
        return sorted[low].value + (place - Double(low)) * (sorted[low + 1].value - sorted[low].value)
    }
}
