import Learning
import Support
import Tensors
import Testing

@Suite struct DecisionTreeTests {
    private static func fitted(_ item: ClassicalGolden.Tree, work: Work = Work()) throws -> TreeModel {
        var options = DecisionTree()
        options.criterion = try #require(.init(rawValue: item.criterion))
        options.maxDepth = item.depth
        options.minSamplesLeaf = item.leaf
        options.minImpurityDecrease = item.decrease
        if item.balanced { options.classWeights = .balanced }
        let x = Features(try Tensor(item.x, shape: item.shape))
        let y =
            options.predictsClasses
            ? labels(item.y.map { Int($0) }) : .numbers(try Tensor(item.y, shape: [item.y.count]))
        return try options.model(x, y, work: work)
    }

    @Test func agreesWithTheReference() throws {
        for item in try #require(ClassicalGolden.shared).trees {
            let model = try Self.fitted(item)
            #expect(model.nodes.map { $0.feature ?? -1 } == item.features, "\(item.name)")
            #expect(largestError(model.nodes.map(\.threshold), item.thresholds) < 1e-12, "\(item.name)")
            #expect(largestError(model.nodes.map(\.impurity), item.impurities) < 1e-9, "\(item.name)")
            #expect(largestError(model.nodes.flatMap(\.values), item.values) < 1e-9, "\(item.name)")
            #expect(largestError(model.importances, item.importances) < 1e-9, "\(item.name)")
            let x = Features(try Tensor(item.x, shape: item.shape))
            let again = try TreeModel(try reloaded(model))
            #expect(again.nodes == model.nodes)
            #expect(try again.outputs(x).values(as: Double.self) == model.outputs(x).values(as: Double.self))
        }
    }

    @Test func threadsDoNotChangeAnything() throws {
        var generator = SeededGenerator(seed: 5)
        // Whole numbers, so that many splits are equally good; enough for several threads.
        let x = try Tensor((0..<9000 * 8).map { _ in Float(generator.below(9)) }, shape: [9000, 8])
        let y = labels((0..<9000).map { _ in generator.below(3) })
        var options = DecisionTree()
        options.maxDepth = 6
        let one = try options.model(Features(x), y, work: Work(threads: 1))
        let three = try options.model(Features(x), y, work: Work(threads: 3))
        #expect(one.nodes == three.nodes)
        #expect(one.depth == 6)
    }

    @Test func equallyGoodSplitsAreTakenInOrder() throws {
        // Both columns split without a mistake, each at two places.
        let x = Features(try Tensor([0.0, 5, 1, 6, 2, 7, 3, 8], shape: [4, 2]))
        let model = try DecisionTree().model(x, labels([0, 0, 1, 1]))
        #expect(model.nodes.first?.feature == 0)
        #expect(model.nodes.first?.threshold == 1.5)
        // No single split of an exclusive or helps; two do.
        let corners = Features(try Tensor([0.0, 0, 0, 1, 1, 0, 1, 1], shape: [4, 2]))
        let xor = try DecisionTree().model(corners, labels([0, 1, 1, 0]))
        #expect(try xor.predictedCodes(corners) == [0, 1, 1, 0])
    }

    @Test func rowsWithoutWeightDoNotCount() throws {
        let x = Features(try Tensor([0.0, 1, 2, 3, 4], shape: [5, 1]))
        let model = try DecisionTree().model(x, labels([0, 0, 1, 1, 0]), weights: [1, 1, 1, 1, 0])
        #expect(model.nodes.count == 3)
        #expect(model.nodes[0].rows == 4)
    }

    @Test func hugeAndEqualValuesDoNoHarm() throws {
        let far = Double.greatestFiniteMagnitude
        let x = Features(try Tensor([-far, -1, 1, far], shape: [4, 1]))
        #expect(try DecisionTree().model(x, labels([0, 1, 0, 1])).predictedCodes(x) == [0, 1, 0, 1])
        let same = Features(try Tensor([1.0, 1, 1], shape: [3, 1]))
        let stump = try DecisionTree().model(same, labels([0, 1, 1]))
        #expect(stump.nodes.count == 1 && stump.importances == [0])
        // Neighbouring numbers have no middle.
        let near = Features(try Tensor([1.0, 1.0.nextUp], shape: [2, 1]))
        #expect(try DecisionTree().model(near, labels([0, 1])).predictedCodes(near) == [0, 1])
        // A chain as deep as there are rows.
        let count = 2000
        let chain = Features(try Tensor((0..<count).map(Double.init), shape: [count, 1]))
        let deep = try DecisionTree().model(chain, labels((0..<count).map { $0 % 2 }))
        #expect(deep.leafCount == count)
        #expect(deep.rules.count == count)
    }

    @Test func isWrittenAsRulesAndDrawn() throws {
        let x = Features(try Tensor([20.0, 1, 30, 2, 40, 3, 50, 4], shape: [4, 2]), names: ["age", "visits"])
        let names = ["no", "yes"].map { ClassLabel.text(ByteString($0)) }
        let model = try DecisionTree().model(x, .labels([names[0], names[1], names[1], names[0]]))
        #expect(
            model.rules == [
                "if age <= 25: no (1 row, no 100 %)", "if 25 < age <= 45: yes (2 rows, yes 100 %)",
                "if age > 45: no (1 row, no 100 %)",
            ])
        #expect(
            model.drawing() == """
                all: 4 rows, no 50 %, yes 50 %
                ├─ age <= 25: 1 row, no 100 % -> no
                └─ age > 25: 3 rows, no 33 %, yes 67 %
                   ├─ age <= 45: 2 rows, yes 100 % -> yes
                   └─ age > 45: 1 row, no 100 % -> no
                """)
        #expect(model.drawing(maxDepth: 0) == "all: 4 rows, no 50 %, yes 50 % …")
    }
}
