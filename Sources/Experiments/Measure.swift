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
