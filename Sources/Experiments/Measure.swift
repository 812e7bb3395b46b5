import Glibc
import Statistics
import Support

/// A metric's values ready to be counted: capped, with the covariates beside them.
struct Measure: Sendable {
    let metric: Metric
    var numerator: [Double]
    let denominator: [Double]?
    let floor: Double?
    let cap: Double?
    let rows: (values: [Double], units: [Int32])?
    let immature: Int

    var isRatio: Bool { denominator != nil }

    /// Caps at the quantiles of all arms together, so that the caps favour none.
    init(
        _ metric: Metric, _ values: ExperimentData.Values, armOf: [Int32], lower: Double?, upper: Double?
    ) {
        self.metric = metric
        denominator = values.denominator
        rows = values.rowValues
        immature = values.immature
        numerator = values.numerator
        var floor: Double?
        var cap: Double?
        if lower != nil || upper != nil, !metric.isBinary {
            var kept: [Double] = []
            kept.reserveCapacity(numerator.count)
            for (unit, value) in numerator.enumerated() where armOf[unit] >= 0 && !value.isNaN { kept.append(value) }
            if !kept.isEmpty {
                floor = lower.map { Order.quantile(&kept, $0) }
                cap = upper.map { Order.quantile(&kept, $0) }
                let (low, high) = (floor ?? -.infinity, cap ?? .infinity)
                // NaN stays NaN: comparisons with it are false.
                for unit in numerator.indices {
                    if numerator[unit] > high { numerator[unit] = high }
                    if numerator[unit] < low { numerator[unit] = low }
                }
            }
        }
        self.floor = floor
        self.cap = cap
    }

    /// The variables that moments are taken of.
    func variables(_ covariates: [[Double]]) -> [[Double]] {
        [numerator] + (denominator.map { [$0] } ?? []) + covariates
    }
}

/// Order statistics without sorting everything.
enum Order {
    /// The quantile of type 7 of `values`, which are put in another order.
    static func quantile(_ values: inout [Double], _ q: Double) -> Double {
        let place = q * Double(values.count - 1)
        let low = Int(place)
        let first = nth(&values, low)
        guard place > Double(low), low + 1 < values.count else { return first }
        var next = Double.infinity
        for value in values[(low + 1)...] where value < next { next = value }
        return first + (place - Double(low)) * (next - first)
    }

    /// The value at `place` in rising order; smaller ones end up before it, others behind (Hoare 1961).
    static func nth(_ values: inout [Double], _ place: Int) -> Double {
        values.withUnsafeMutableBufferPointer { v in
            var low = 0
            var high = v.count - 1
            while low < high {
                let middle = low + (high - low) / 2
                let pivot = max(min(v[low], v[middle]), min(max(v[low], v[middle]), v[high]))
                var i = low
                var j = high
                while i <= j {
                    while v[i] < pivot { i += 1 }
                    while v[j] > pivot { j -= 1 }
                    if i <= j {
                        v.swapAt(i, j)
                        i += 1
                        j -= 1
                    }
                }
                if place <= j { high = j } else if place >= i { low = i } else { break }
            }
            return v[place]
        }
    }
}

/// Quantiles of arms, with units as clusters where they have several values.
enum QuantileFigure {
    /// The quantile `q` of each arm (type 7) with a variance from the spread of order statistics: the share of values below the quantile has a
    /// variance between units, and the values at that share ± 1.96 standard errors give the quantile's (Deng, Knoblich and Lu 2018).
    static func figures(_ measure: Measure, q: Double, armOf: [Int32], arms: Int) -> [ArmFigure] {
        var values = [[Double]](repeating: [], count: arms)
        var units = [[Int32]](repeating: [], count: arms)
        if let rows = measure.rows {
            for (row, value) in rows.values.enumerated() where !value.isNaN && rows.units[row] >= 0 {
                let arm = armOf[Int(rows.units[row])]
                guard arm >= 0 else { continue }
                values[Int(arm)].append(value)
                units[Int(arm)].append(rows.units[row])
            }
        } else {
            for (unit, value) in measure.numerator.enumerated() where !value.isNaN && armOf[unit] >= 0 {
                values[Int(armOf[unit])].append(value)
            }
        }
        return (0..<arms).map { figure(values[$0], units[$0], q) }
    }

    static func figure(_ values: [Double], _ units: [Int32], _ q: Double) -> ArmFigure {
        guard !values.isEmpty else { return ArmFigure(n: 0, value: 0, variance: 0, df: .infinity) }
        let sorted = values.sorted()
        let value = at(sorted, q)
        var error = (q * (1 - q) / Double(values.count)).squareRoot()
        var n = Double(values.count)
        if !units.isEmpty {
            // Values at or below the quantile over values, by unit: a ratio, whose variance the delta method gives.
            var sums: [Int32: (below: Double, all: Double)] = [:]
            for (index, unit) in units.enumerated() {
                let old = sums[unit] ?? (0, 0)
                sums[unit] = (old.below + (values[index] <= value ? 1 : 0), old.all + 1)
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
        let spread = at(sorted, min(1, q + z * error)) - at(sorted, max(0, q - z * error))
        return ArmFigure(n: n, value: value, variance: spread * spread / (4 * z * z), df: .infinity)
    }

    /// The quantile of type 7 of sorted values.
    static func at(_ sorted: [Double], _ q: Double) -> Double {
        let place = q * Double(sorted.count - 1)
        let low = Int(place)
        guard low + 1 < sorted.count else { return sorted[sorted.count - 1] }
        return sorted[low] + (place - Double(low)) * (sorted[low + 1] - sorted[low])
    }
}
