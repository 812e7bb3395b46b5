import Learning
import Support
import Tensors
import Testing

@Suite struct NeighborsTests {
    @Test func agreesWithTheReference() throws {
        let golden = try #require(ClassicalGolden.shared).neighbors
        let x = Features(try Tensor(golden.x, shape: golden.shape))
        let queries = Features(try Tensor(golden.queries, shape: [25, golden.shape[1]]).to(.float32))
        for item in golden.cases {
            var options = NearestNeighbors()
            options.k = item.k
            options.metric = try #require(.init(rawValue: item.metric))
            options.weights = try #require(.init(rawValue: item.weights))
            let model = try options.model(x, labels(golden.y))
            let found = try model.neighbors(queries, count: item.k)
            #expect(try found.positions.values(as: Int64.self) == item.positions.map { Int64($0) + 1 })
            #expect(largestError(try found.distances.values(as: Double.self), item.distances) < 1e-9)
            #expect(largestError(try model.outputs(queries).values(as: Double.self), item.probabilities) < 1e-9)
            options.predictsClasses = false
            let numbers = try options.model(x, .numbers(try Tensor(golden.number, shape: [golden.number.count])))
            #expect(largestError(try numbers.predictedNumbers(queries).values(as: Double.self), item.numbers) < 1e-9)
            let again = try NeighborModel(try reloaded(model))
            #expect(
                try again.outputs(queries).values(as: Double.self) == model.outputs(queries).values(as: Double.self))
        }
    }

    /// Against a search by the definition, on rows far from zero with many repeats, over several blocks.
    @Test func findsExactlyTheNearest() throws {
        var generator = SeededGenerator(seed: 9)
        let (rows, columns) = (700, 3)
        let x = (0..<rows * columns).map { _ in 1e6 + Double(generator.below(6)) }
        let features = Features(try Tensor(x, shape: [rows, columns]))
        let queries = (0..<40 * columns).map { _ in 1e6 + Double(generator.below(12)) / 2 }
        let model = try NearestNeighbors().model(features, labels((0..<rows).map { $0 % 2 }))
        let found = try model.neighbors(
            Features(try Tensor(queries, shape: [40, columns])), count: 9, work: Work(threads: 3))
        let positions = try found.positions.values(as: Int64.self)
        for query in 0..<40 {
            let distances = (0..<rows).map { row in
                (0..<columns).reduce(0.0) { sum, column in
                    let step = x[row * columns + column] - queries[query * columns + column]
                    return sum + step * step
                }
            }
            let order = (0..<rows).sorted { (distances[$0], $0) < (distances[$1], $1) }
            #expect(positions[query * 9..<query * 9 + 9].map { Int($0) - 1 } == Array(order.prefix(9)))
        }
    }

    @Test func equalRowsAndZerosHaveDistances() throws {
        let x = Features(try Tensor([0.0, 0, 1, 0, 2, 0], shape: [3, 2]))
        var options = NearestNeighbors()
        options.k = 2
        options.weights = .distance
        let model = try options.model(x, labels([5, 6, 5]))
        // The row itself is there: it alone counts.
        #expect(try model.outputs(Features(try Tensor([1.0, 0], shape: [1, 2]))).values(as: Double.self) == [0, 1])
        options.metric = .cosine
        let angles = try options.model(x, labels([5, 6, 5]))
        let found = try angles.neighbors(Features(try Tensor([3.0, 0], shape: [1, 2])), count: 3)
        #expect(try found.positions.values(as: Int64.self) == [2, 3, 1])
        #expect(try found.distances.values(as: Double.self) == [0, 0, 1])
    }

    @Test func badInputIsNamed() throws {
        let x = Features(try Tensor([0.0, 1, 2], shape: [3, 1]))
        #expect(
            words { _ = try NearestNeighbors().model(x, labels([0, 1, 0])) }.contains(
                "from 1 to 3 (the number of rows)"))
        var options = NearestNeighbors()
        options.k = 1
        #expect(words { _ = try options.fit(x, labels([0, 1, 0]), weights: [1, 1, 1]) }.contains("'weights'"))
        options.predictsClasses = false
        let y = try Tensor([1.0, .nan, 2], shape: [3])
        #expect(words { _ = try options.model(x, .numbers(y)) }.contains("nan in row 2"))
    }
}
