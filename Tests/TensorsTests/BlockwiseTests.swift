import Support
import Testing

@testable import Tensors

/// What is walked block by block: the results of tensors longer than a block are those of plain loops, and a cancellation is seen.
@Suite struct BlockwiseTests {
    private let count = 2 * Work.blockLength + 77

    /// Whole numbers that repeat nowhere near a block's length.
    private func numbers(_ count: Int, below limit: Int) -> [Int64] {
        var generator = SeededGenerator(seed: 5)
        return (0..<count).map { _ in Int64(generator.below(limit)) }
    }

    @Test func rowsLongerThanABlock() throws {
        let values = numbers(2 * count, below: 100)
        for shape in [[2, count], [count, 2], [2 * count]] {
            let tensor = try Tensor(values, shape: shape)
            for dim in shape.indices {
                let inner = shape[(dim + 1)...].reduce(1, *)
                let length = shape[dim]
                let expected = values.indices.reduce(into: [Int64]()) { sums, i in
                    sums.append(values[i] + (i / inner % length == 0 ? 0 : sums[i - inner]))
                }
                #expect(try tensor.cumulativeSum(dim: dim).values(as: Int64.self) == expected)
                #expect(
                    try tensor.to(.float64).cumulativeSum(dim: dim).values(as: Double.self) == expected.map(Double.init)
                )
                let signs = try Tensor(values.map { $0 % 2 == 0 ? 1 : -1 }, shape: shape)
                let products = values.indices.reduce(into: [Int64]()) { products, i in
                    products.append(
                        (values[i] % 2 == 0 ? 1 : -1) * (i / inner % length == 0 ? 1 : products[i - inner]))
                }
                #expect(try signs.cumulativeProduct(dim: dim).values(as: Int64.self) == products)
                #expect(
                    try signs.to(.float64).cumulativeProduct(dim: dim).values(as: Double.self)
                        == products.map(Double.init))
            }
        }
    }

    @Test func gatheringAndScattering() throws {
        for shape in [[3, count], [count, 3]] {
            let values = numbers(3 * count, below: 1000)
            let tensor = try Tensor(values, shape: shape)
            for dim in 0..<2 {
                let size = shape[dim]
                let places = numbers(3 * count, below: size)
                let index = try Tensor(places, shape: shape)
                func place(_ i: Int) -> Int {
                    let (row, column) = (i / shape[1], i % shape[1])
                    return dim == 0 ? Int(places[i]) * shape[1] + column : row * shape[1] + Int(places[i])
                }
                #expect(
                    try tensor.gather(dim, index).values(as: Int64.self) == values.indices.map { values[place($0)] })
                var (last, sums) = (values, values)
                for i in values.indices {
                    last[place(i)] = Int64(i)
                    sums[place(i)] += Int64(i)
                }
                let source = try Tensor.arange(.integer(0), .integer(Int64(3 * count - 1)), step: .integer(1))
                    .reshape(shape)
                #expect(try tensor.scatter(dim, index, .tensor(source)).values(as: Int64.self) == last)
                #expect(try tensor.scatterAdd(dim, index, .tensor(source)).values(as: Int64.self) == sums)
            }
        }
    }

    @Test func positionsAndCounts() throws {
        let values = numbers(count, below: 50)
        let tensor = try Tensor(values, shape: [count])
        let mask = try Tensor.compare(.eq, .tensor(tensor), .scalar(.integer(7)))
        let marked = values.indices.filter { values[$0] == 7 }
        #expect(try mask.nonzero().values(as: Int64.self) == marked.map { Int64($0) })
        #expect(try tensor.masked(mask).values(as: Int64.self) == marked.map { _ in 7 })
        #expect(try tensor.flipped([0]).values(as: Int64.self) == values.reversed())
        #expect(try tensor.rolled(-5, dim: 0).values(as: Int64.self) == Array(values[5...] + values[..<5]))
        let counts = (0..<50).map { code in Int64(values.count { $0 == Int64(code) }) }
        #expect(try tensor.bincount().values(as: Int64.self) == counts)
        #expect(
            try tensor.bincount(weights: tensor).values(as: Double.self)
                == counts.enumerated().map { Double($0.offset) * Double($0.element) })
        let unique = try tensor.unique()
        #expect(try unique.counts.values(as: Int64.self) == counts)
        #expect(try unique.positions.values(as: Int64.self) == values)
        let hot = try tensor.oneHot(dtype: .bool)
        #expect(try hot.sum(dim: 0).values(as: Int64.self) == counts)
        #expect(try tensor.map(Int64.self) { $0 * 2 } == values.map { $0 * 2 })
        let order = try Tensor.permutation(count, seed: 3)
        #expect(try order.sorted(dim: 0).values.values(as: Int64.self) == (0..<count).map { Int64($0) })
        #expect(throws: Failure.self) { try tensor.rows([Int](repeating: 0, count: count) + [count]) }
    }

    /// Right sides of many lines or many columns are packed in several blocks.
    @Test(arguments: [(3, 20_003, 5), (2, 20_000, 33), (3, 7, 60_011), (1, 1, 300_001)], [DType.float32, .float64])
    func products(_ sizes: (rows: Int, inner: Int, columns: Int), _ dtype: DType) throws {
        let (m, k, n) = sizes
        let left = numbers(m * k, below: 7)
        let right = numbers(k * n, below: 7)
        let x = try Tensor(left, shape: [m, k]).to(dtype)
        let plain = try Tensor(right, shape: [k, n]).to(dtype)
        let turned = try plain.transposed().contiguous().transposed()
        // Whole numbers this small are added exactly in either dtype.
        for y in [plain, turned] {
            for work in [Work(threads: 1), Work(threads: 3)] {
                let product = try x.matmul(y, work: work).values(as: Double.self)
                for column in stride(from: 0, to: n, by: max(1, n / 97)) {
                    for row in 0..<m {
                        let sum = (0..<k).reduce(0) { $0 + left[row * k + $1] * right[$1 * n + column] }
                        #expect(product[row * n + column] == Double(sum))
                    }
                }
            }
        }
    }

    @Test func memory() throws {
        // Longer than the blocks in which bytes are copied and cleared.
        let size = 3 << 20
        let zeros = try Tensor.zeros([size], dtype: .float64)
        #expect(try zeros.extreme(.max).double == 0 && zeros.extreme(.min).double == 0)
        let line = try Tensor.arange(.integer(1), .integer(Int64(size)), step: .integer(1))
        let copy = try line.clone()
        #expect(try Tensor.compare(.eq, .tensor(line), .tensor(copy)).holds(any: false).item() == .truth(true))
        #expect(try copy.sum() == .integer(Int64(size) * Int64(size + 1) / 2))
        let tail = try line.slice(0, 5..<size).clone()
        #expect(try tail.element(0) == .integer(6) && tail.element(size - 6) == .integer(Int64(size)))
    }

    @Test func aCancellationIsSeen() throws {
        let tensor = try Tensor(numbers(count, below: 2), shape: [count])
        let mask = try tensor.to(.bool)
        let present = Cancellation()
        let before = Cancellation.replacePresent(with: present)
        defer { Cancellation.replacePresent(with: before) }
        present.cancel()
        let walks: [(String, () throws -> Void)] = [
            ("values", { _ = try tensor.values(as: Int64.self) }),
            ("map", { _ = try tensor.map(Int64.self) { Int($0) } }),
            ("clone", { _ = try tensor.clone() }),
            ("zeros", { _ = try Tensor.zeros([1 << 22], dtype: .float64) }),
            ("arange", { _ = try Tensor.arange(.integer(1), .integer(9), step: .integer(1)) }),
            ("linspace", { _ = try Tensor.linspace(0, 1, count: 9) }),
            ("permutation", { _ = try Tensor.permutation(9, seed: 1) }),
            ("masked", { _ = try tensor.masked(mask) }),
            ("nonzero", { _ = try tensor.nonzero() }),
            ("flipped", { _ = try tensor.flipped([0]) }),
            ("rolled", { _ = try tensor.rolled(1, dim: 0) }),
            ("cumulativeSum", { _ = try tensor.cumulativeSum(dim: 0) }),
            ("product", { _ = try tensor.product() }),
            ("gather", { _ = try tensor.gather(0, tensor) }),
            ("scatter", { _ = try tensor.scatter(0, tensor, .tensor(tensor)) }),
            ("bincount", { _ = try tensor.bincount() }),
            ("oneHot", { _ = try tensor.oneHot() }),
            ("unique", { _ = try tensor.unique() }),
            ("triangle", { _ = try tensor.reshape([1, count]).triangle(upper: true) }),
        ]
        for (name, walk) in walks {
            #expect(throws: Failure.cancelled, "\(name)") { try walk() }
        }
        Cancellation.replacePresent(with: before)
        #expect(try tensor.count == tensor.clone().count)
    }

    @Test func aWriteThatIsStoppedLeavesOldOrNewElements() throws {
        let tensor = try Tensor.zeros([count], dtype: .float64)
        let work = Work(threads: 1, cancellation: Cancellation())
        work.cancellation.cancel()
        #expect(throws: Failure.cancelled) { try tensor.assign(.scalar(.real(1)), work: work) }
        #expect(try tensor.values(as: Double.self).allSatisfy { $0 == 0 || $0 == 1 })
    }
}
