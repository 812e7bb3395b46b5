import Support
import Testing

@testable import Tensors

@Suite struct SortTests {
    /// Positions in order: stable, NaN last.
    private func order(_ values: [Double], descending: Bool) -> [Int64] {
        values.indices.sorted { left, right in
            let (a, b) = (values[left], values[right])
            if a.isNaN || b.isNaN { return !a.isNaN && b.isNaN || a.isNaN && b.isNaN && left < right }
            return a == b ? left < right : descending ? a > b : a < b
        }.map(Int64.init)
    }

    @Test(arguments: [DType.float32, .float64, .int32, .int64], [3, 40, 255, 256, 2000])
    func positionsAreStableAndNaNIsLast(_ dtype: DType, _ count: Int) throws {
        var generator = SeededGenerator(seed: UInt64(count))
        var values = (0..<count).map { _ in Double(generator.below(count) - count / 2) }
        if dtype.isFloatingPoint {
            for _ in 0..<3 { values[generator.below(count)] = .nan }
            values[generator.below(count)] = -.infinity
            values[generator.below(count)] = -0.0
            values[generator.below(count)] = .infinity
        }
        let tensor = try Tensor(values, shape: [count]).to(dtype)
        for descending in [false, true] {
            let expected = order(values, descending: descending)
            let (sorted, positions) = try tensor.sorted(dim: 0, descending: descending)
            #expect(try positions.values(as: Int64.self) == expected)
            let gathered = expected.map { values[Int($0)] }
            for (mine, theirs) in zip(try sorted.values(as: Double.self), gathered) {
                #expect(mine == theirs || mine.isNaN && theirs.isNaN)
            }
            for k in [0, 1, count / 10, count / 2, count] {
                let top = try tensor.top(k, dim: 0, largest: descending)
                #expect(try top.positions.values(as: Int64.self) == Array(expected.prefix(k)), "top \(k) of \(count)")
            }
        }
    }

    @Test func extremeIntegersKeepTheirOrder() throws {
        let tensor = try Tensor([Int64.max, Int64.min, 0, -1, 1], shape: [5])
        #expect(try tensor.sorted(dim: 0).values.values(as: Int64.self) == [Int64.min, -1, 0, 1, Int64.max])
        #expect(
            try tensor.sorted(dim: 0, descending: true).values.values(as: Int64.self) == [
                Int64.max, 1, 0, -1, Int64.min,
            ])
    }
}
