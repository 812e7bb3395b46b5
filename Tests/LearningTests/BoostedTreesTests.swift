import Foundation
import Learning
import Support
import Tensors
import Testing

@Suite(.enabled(if: LightGBM.isInstalled)) struct BoostedTreesTests {
    /// What LightGBM's Python package makes of a data set, from scripts/goldens/boosted.py.
    struct Golden: Decodable {
        struct Case: Decodable {
            let name: String
            let y: [Double]
            let objective: String
            let iterations: Int
            let patience: Int?
            let categorical: [Int]
            let weighted: Bool
            let columnShare: Double
            let rowShare: Double
            let best: Int
            let losses: [Double]
            let predictions: [Double]
            let gains: [Double]
        }

        let shape: [Int]
        let x: [Double?]
        let weights: [Double]
        let cases: [Case]

        static func read() throws -> Golden {
            let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            let data = try Data(contentsOf: tests.appendingPathComponent("Vectors/boosted.json"))
            return try JSONDecoder().decode(Golden.self, from: data)
        }

        /// Rows of `range`.
        func rows(_ range: Range<Int>) throws -> Features {
            let values = x[range.lowerBound * shape[1]..<range.upperBound * shape[1]].map { $0 ?? .nan }
            return Features(try Tensor(values, shape: [range.count, shape[1]]))
        }

        func target(_ item: Case, _ range: Range<Int>) throws -> Target {
            if item.objective != "regression" { return labels(item.y[range].map { Int($0) }) }
            return .numbers(try Tensor(Array(item.y[range]), shape: [range.count]))
        }
    }

    private static func fitted(_ golden: Golden, _ item: Golden.Case, threads: Int = 2) throws -> BoostedModel {
        var options = BoostedTrees()
        options.predictsClasses = item.objective != "regression"
        options.iterations = item.iterations
        options.patience = item.patience
        options.categorical = item.categorical
        options.leaves = 7
        options.minRowsInLeaf = 5
        options.columnShare = item.columnShare
        options.rowShare = item.rowShare
        options.seed = 5
        options.validation = (try golden.rows(180..<240), try golden.target(item, 180..<240))
        return try options.model(
            try golden.rows(0..<180), try golden.target(item, 0..<180),
            weights: item.weighted ? Array(golden.weights[..<180]) : nil, work: Work(threads: threads))
    }

    @Test func agreesWithTheReference() throws {
        let golden = try Golden.read()
        for item in golden.cases {
            let model = try Self.fitted(golden, item)
            let held = try golden.rows(180..<240)
            var predicted = try model.outputs(held).values(as: Double.self)
            if item.objective == "binary" {
                predicted = stride(from: 1, to: predicted.count, by: 2).map { predicted[$0] }
            }
            #expect(largestError(predicted, item.predictions) < 1e-9, "\(item.name)")
            // The losses may go on past the end of patience there.
            #expect(largestError(model.losses, Array(item.losses.prefix(model.losses.count))) < 1e-9, "\(item.name)")
            if item.patience != nil {
                #expect(model.best == item.best && model.treeCount == item.best, "\(item.name)")
            }
            let total = item.gains.reduce(0, +)
            #expect(largestError(model.importances, item.gains.map { $0 / total }) < 1e-5, "\(item.name)")
            let again = try BoostedModel(try reloaded(model))
            #expect(again.text == model.text && again.losses == model.losses && again.best == model.best)
            #expect(try again.outputs(held).values(as: Double.self) == model.outputs(held).values(as: Double.self))
        }
    }

    @Test func threadsDoNotChangeAnything() throws {
        let golden = try Golden.read()
        for item in golden.cases {
            let one = try Self.fitted(golden, item, threads: 1)
            #expect(try Self.fitted(golden, item, threads: 3).text == one.text, "\(item.name)")
        }
    }

    @Test func badInputIsNamed() throws {
        let x = Features(try Tensor([0.5, 1, 2, 3], shape: [4, 1]))
        var options = BoostedTrees()
        #expect(words { _ = try options.model(x, labels([0, 0, 0, 0])) }.contains("one class (0)"))
        options.categorical = [0]
        #expect(words { _ = try options.model(x, labels([0, 0, 1, 1])) }.contains("0.5 in row 1, column 1"))
        options.categorical = [4]
        #expect(
            words { _ = try options.model(x, labels([0, 0, 1, 1])) }.contains("columns from 1 to 1 expected, got 5"))
        options.categorical = []
        options.patience = 3
        #expect(words { _ = try options.model(x, labels([0, 0, 1, 1])) }.contains("early_stopping"))
        options.validation = (x, labels([0, 1, 1, 7]))
        #expect(words { _ = try options.model(x, labels([0, 0, 1, 1])) }.contains("7 in row 4"))
    }

    @Test func stopsBetweenTrees() throws {
        let work = Work()
        work.cancellation.cancel()
        let x = Features(try Tensor((0..<100).map(Double.init), shape: [100, 1]))
        #expect(throws: Failure.cancelled) {
            try BoostedTrees().model(x, labels((0..<100).map { $0 / 50 }), work: work)
        }
    }
}
