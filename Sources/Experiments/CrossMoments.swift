import Support

/// Means and cross products of several variables over the units of one cell: all that means, ratios, CUPED and regression need. Variable 0 is
/// the metric; a ratio's denominator is variable 1; covariates come last.
public struct CrossMoments: Sendable, Equatable {
    /// Units.
    public private(set) var count = 0
    /// Mean of each variable.
    public private(set) var means: [Double]
    /// Sums of products of deviations from the means, row by row.
    private var products: [Double]

    /// No units of `variables` variables.
    public init(variables: Int) {
        means = [Double](repeating: 0, count: variables)
        products = [Double](repeating: 0, count: variables * variables)
    }

    fileprivate init(count: Int, means: [Double], products: [Double]) {
        self.count = count
        self.means = means
        self.products = products
    }

    /// Units, as a number to divide by.
    public var n: Double { Double(count) }

    /// The sample covariance (divisor n − 1) of two variables; 0 for fewer than two units.
    public func covariance(_ i: Int, _ j: Int) -> Double {
        guard count > 1 else { return 0 }
        let value = products[i * means.count + j] / (n - 1)
        // Equal values differ from their rounded mean in the last bit; that is no variance.
        if i == j, value.squareRoot() <= abs(means[i]) * 4e-16 * n.squareRoot() { return 0 }
        return value
    }

    /// The sum of products of deviations.
    public func product(_ i: Int, _ j: Int) -> Double { products[i * means.count + j] }

    /// The sum of a variable.
    public func sum(_ i: Int) -> Double { means[i] * n }

    /// The units of both cells (Chan, Golub and LeVeque 1983).
    public func merged(with other: CrossMoments) -> CrossMoments {
        if count == 0 { return other }
        if other.count == 0 { return self }
        let total = n + other.n
        let weight = n * other.n / total
        let size = means.count
        let steps = zip(other.means, means).map { $0 - $1 }
        var result = self
        result.count += other.count
        for i in 0..<size {
            result.means[i] += steps[i] * other.n / total
            for j in 0..<size {
                result.products[i * size + j] += other.products[i * size + j] + weight * steps[i] * steps[j]
            }
        }
        return result
    }
}

extension CrossMoments {
    /// One pass over the units, block by block on several threads; the blocks and the order they are added in never depend on the threads.
    ///
    /// - Parameters:
    ///   - variables: one array for each, all of one length. A unit with NaN in any of them is left out.
    ///   - cells: the cell of each unit; negative where it is in none.
    /// - Returns: the moments of each cell, and how many of its units were left out.
    static func accumulate(
        _ variables: [[Double]], cells: [Int32], count cellCount: Int, work: Work
    ) throws(Failure) -> (moments: [CrossMoments], missing: [Int]) {
        let size = variables.count
        let rows = cells.count
        // Few cells let blocks be short; many would spend their time on adding blocks up.
        let length = max(1 << 16, cellCount * 16)
        let blocks = (rows + length - 1) / length
        let shifts = variables.map(shift)
        let partial = Locked<[([CrossMoments], [Int])?]>(Array(repeating: nil, count: blocks))
        try work.forEach(blocks) { (block, _) throws(Failure) in
            let range = block * length..<min(rows, (block + 1) * length)
            let sums = blockSums(variables, shifts, cells, range, cellCount)
            partial.withLock { $0[block] = sums }
        }
        var moments = [CrossMoments](repeating: CrossMoments(variables: size), count: cellCount)
        var missing = [Int](repeating: 0, count: cellCount)
        for case let (block, left)? in partial.withLock({ $0 }) {
            for cell in 0..<cellCount {
                moments[cell] = moments[cell].merged(with: block[cell])
                missing[cell] += left[cell]
            }
        }
        return (moments.map { $0.cleared(shifts) }, missing)
    }

    /// A value near the mean, from which deviations keep their digits. It is a multiple of a power of two not far below the standard deviation, so
    /// that sums of deviations of zeros, and of other values of few digits, are exact: an arm of zeros has the mean 0, not 1e-17.
    private static func shift(_ values: [Double]) -> Double {
        let first = values.prefix(4096).filter(\.isFinite)
        guard let any = first.first else { return 0 }
        // A part of each value: their sum might overflow.
        let mean = first.reduce(0) { $0 + $1 / Double(first.count) }
        let deviation = (first.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / Double(first.count) }).squareRoot()
        guard deviation > abs(mean) * 1e-15, deviation.isFinite else { return any }
        let step = Double(sign: .plus, exponent: deviation.exponent - 2, significand: 1)
        return step > 0 ? (mean / step).rounded() * step : mean
    }

    /// The same with means of 0 where nothing but rounding keeps them from it.
    private func cleared(_ shifts: [Double]) -> CrossMoments {
        var result = self
        for (i, mean) in means.enumerated() where mean != 0 && count > 0 {
            let scale = (product(i, i) / n).squareRoot() + abs(shifts[i])
            if abs(mean) <= 4e-16 * n.squareRoot() * scale { result.means[i] = 0 }
        }
        return result
    }

    private static func blockSums(
        _ variables: [[Double]], _ shifts: [Double], _ cells: [Int32], _ range: Range<Int>, _ cellCount: Int
    ) -> ([CrossMoments], [Int]) {
        let size = variables.count
        // For each cell: the count, the sums, the upper half of the products.
        let stride = 1 + size + size * (size + 1) / 2
        var sums = [Double](repeating: 0, count: cellCount * stride)
        var missing = [Int](repeating: 0, count: cellCount)
        var deviations = [Double](repeating: 0, count: size)
        sums.withUnsafeMutableBufferPointer { sums in
            deviations.withUnsafeMutableBufferPointer { d in
                cells.withUnsafeBufferPointer { cells in
                    withPointers(variables) { values in
                        for row in range {
                            let cell = Int(cells[row])
                            if cell < 0 { continue }
                            var isWhole = true
                            for i in 0..<size {
                                d[i] = values[i][row] - shifts[i]
                                if d[i].isNaN { isWhole = false }
                            }
                            guard isWhole else {
                                missing[cell] += 1
                                continue
                            }
                            var place = cell * stride
                            sums[place] += 1
                            place += 1
                            for i in 0..<size { sums[place + i] += d[i] }
                            place += size
                            for i in 0..<size {
                                for j in i..<size {
                                    sums[place] += d[i] * d[j]
                                    place += 1
                                }
                            }
                        }
                    }
                }
            }
        }
        let moments = (0..<cellCount).map { cell -> CrossMoments in
            let start = cell * stride
            let n = sums[start]
            guard n > 0 else { return CrossMoments(variables: size) }
            let offsets = (0..<size).map { sums[start + 1 + $0] / n }
            var products = [Double](repeating: 0, count: size * size)
            var place = start + 1 + size
            for i in 0..<size {
                for j in i..<size {
                    var centered = sums[place] - n * offsets[i] * offsets[j]
                    // What rounding leaves of equal values is no variance.
                    if i == j, centered <= n * .ulpOfOne * sums[place] { centered = 0 }
                    products[i * size + j] = centered
                    products[j * size + i] = centered
                    place += 1
                }
            }
            return CrossMoments(count: Int(n), means: (0..<size).map { shifts[$0] + offsets[$0] }, products: products)
        }
        return (moments, missing)
    }

    private static func withPointers(_ variables: [[Double]], _ body: ([UnsafeBufferPointer<Double>]) -> Void) {
        func descend(_ index: Int, _ found: [UnsafeBufferPointer<Double>]) {
            guard index < variables.count else { return body(found) }
            variables[index].withUnsafeBufferPointer { descend(index + 1, found + [$0]) }
        }
        descend(0, [])
    }
}
