import Support
import Tensors

/// Rows in float64, at length one where angles are compared.
struct PointMatrix: Sendable {
    let sourceRows: Int
    let count: Int
    let columns: Int
    let unit: Bool
    let values: Scratch<Double>

    init(_ x: Tensor, rows: [Int], unit: Bool, work: Work) throws(Failure) {
        sourceRows = x.shape[0]
        count = rows.count
        columns = x.shape[1]
        self.unit = unit
        values = Scratch(count: rows.count * columns, repeating: 0)
        if x.dtype == .float32 {
            try x.withElements(as: Float.self) { (source) throws(Failure) in try fill(source, rows, work) }
        } else {
            try x.withElements(as: Double.self) { (source) throws(Failure) in try fill(source, rows, work) }
        }
        try work.cancellation.check()
    }

    private func fill<T: BinaryFloatingPoint>(
        _ source: UnsafeBufferPointer<T>, _ rows: [Int], _ work: Work
    ) throws(Failure) {
        var clock = PollClock(work.cancellation)
        for (index, row) in rows.enumerated() {
            try clock.check()
            let target = values.start + index * columns
            var square = 0.0
            for column in 0..<columns {
                let value = Double(source[row * columns + column])
                guard value.isFinite else {
                    throw .argument(
                        "x", expected: "finite numbers",
                        got: "\(value.isNaN ? "nan" : "\(value)") in row \(row + 1), column \(column + 1)",
                        hint: "leave such rows out or fill them first")
                }
                target[column] = value
                square += value * value
            }
            // A row of zeros has no direction; it keeps distance one from every other, as its cosine is taken as zero.
            guard unit, square > 0 else { continue }
            let length = square.squareRoot()
            for column in 0..<columns { target[column] /= length }
        }
    }

    /// Adds the distance of `row` from every other row to the sum of that row's group.
    func addDistances(of row: Int, to sums: UnsafeMutablePointer<Double>, groups: UnsafeBufferPointer<Int>) {
        let left = values.start + row * columns
        for other in 0..<count where other != row {
            let right = values.start + other * columns
            sums[groups[other]] += unit ? max(0, 1 - product(left, right)) : distance(left, right)
        }
    }

    @inline(__always)
    private func distance(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>) -> Double {
        var sums = SIMD8<Double>.zero
        var index = 0
        while index + 8 <= columns {
            let step = load(a + index) - load(b + index)
            sums += step * step
            index += 8
        }
        var sum = sums.sum()
        while index < columns {
            sum += (a[index] - b[index]) * (a[index] - b[index])
            index += 1
        }
        return sum.squareRoot()
    }

    @inline(__always)
    private func product(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>) -> Double {
        var sums = SIMD8<Double>.zero
        var index = 0
        while index + 8 <= columns {
            sums += load(a + index) * load(b + index)
            index += 8
        }
        var sum = sums.sum()
        while index < columns {
            sum += a[index] * b[index]
            index += 1
        }
        return sum
    }

    @inline(__always)
    private func load(_ pointer: UnsafePointer<Double>) -> SIMD8<Double> {
        UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Double>.self)
    }
}
