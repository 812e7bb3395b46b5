import Clustering
import Foundation
import Metrics
import Support
import Tensors
import Testing

@Suite struct KMeansTests {
    /// A data set with scikit-learn's inertia, from scripts/goldens/kmeans.py.
    struct Golden: Decodable {
        let name: String
        let k: Int
        let shape: [Int]
        let data: [Double]
        let inertia: Double

        static func read() throws -> [Golden] {
            let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            let data = try Data(contentsOf: tests.appendingPathComponent("Vectors/kmeans.json"))
            return try JSONDecoder().decode([Golden].self, from: data)
        }
    }

    /// `groups` clouds of `each` rows around far corners, and the cloud of each row.
    static func clouds(_ groups: Int, each: Int, columns: Int, seed: UInt64 = 1) throws -> (Tensor, [Int]) {
        var generator = SeededGenerator(seed: seed)
        var values: [Float] = []
        var truth: [Int] = []
        for row in 0..<groups * each {
            truth.append(row % groups)
            for column in 0..<columns {
                values.append(Float((column == row % groups ? 20 : 0) + generator.normal()))
            }
        }
        return (try Tensor(values, shape: [groups * each, columns]), truth)
    }

    @Test func inertiaIsThatOfTheReference() throws {
        for golden in try Golden.read() {
            for dtype in [DType.float64, .float32] {
                let x = try Tensor(golden.data, shape: golden.shape).to(dtype)
                let model = try KMeans.fit(x, .init(k: golden.k))
                #expect(model.inertia <= golden.inertia * 1.005, "\(golden.name)")
                let recomputed = try Inertia.score(x, labels: model.labels)
                #expect(abs(model.inertia - recomputed) <= 1e-3 * recomputed, "\(golden.name)")
            }
        }
    }

    @Test func findsSeparateClouds() throws {
        let (x, truth) = try Self.clouds(6, each: 40, columns: 8)
        for metric in ClusterMetric.allCases {
            var options = KMeans.Options(k: 6)
            options.metric = metric
            let model = try KMeans.fit(x, options)
            #expect(try Agreement.adjustedRand(truth, model.labels) == 1)
            #expect(model.sizes == [Int](repeating: 40, count: 6))
            // Equal sizes are numbered by their first row.
            #expect(model.labels == truth)
        }
    }

    @Test func threadsDoNotChangeAnything() throws {
        let (x, _) = try Self.clouds(3, each: 700, columns: 5)
        for metric in ClusterMetric.allCases {
            for minibatch in [nil, 300] {
                var options = KMeans.Options(k: 7)
                options.metric = metric
                options.minibatch = minibatch
                options.restarts = 2
                options.maxIterations = 15
                let one = try KMeans.fit(x, options, work: Work(threads: 1))
                let four = try KMeans.fit(x, options, work: Work(threads: 4))
                #expect(one.labels == four.labels)
                #expect(one.inertia == four.inertia)
                #expect(try one.centers.values(as: Float.self) == four.centers.values(as: Float.self))
            }
        }
    }

    @Test func sizesFallAndCountTheLabels() throws {
        let (x, _) = try Self.clouds(3, each: 100, columns: 4)
        let model = try KMeans.fit(x, .init(k: 8))
        #expect(model.sizes == model.sizes.sorted(by: >))
        #expect(model.sizes == (0..<8).map { label in model.labels.count { $0 == label } })
    }

    @Test func predictLabelsAsTheFitDid() throws {
        let (x, _) = try Self.clouds(4, each: 60, columns: 6)
        for metric in ClusterMetric.allCases {
            var options = KMeans.Options(k: 9)
            options.metric = metric
            let model = try KMeans.fit(x, options)
            #expect(try model.predict(x) == model.labels)
        }
    }

    @Test func minibatchComesNear() throws {
        let (x, truth) = try Self.clouds(5, each: 200, columns: 6)
        var options = KMeans.Options(k: 5)
        options.minibatch = 100
        let model = try KMeans.fit(x, options)
        #expect(try Agreement.adjustedRand(truth, model.labels) == 1)
        #expect(model.inertia <= (try KMeans.fit(x, .init(k: 5))).inertia * 1.01)
    }

    @Test func everyClusterKeepsRowsWhileRowsDiffer() throws {
        // Two tight heaps and as many clusters as rows differ: only repair of empty clusters gets there.
        let values: [Float] = [0, 0, 0, 0, 1, 2, 100, 100.5, 101, 101.5]
        let x = try Tensor(values, shape: [10, 1])
        for seed in 0..<20 {
            var options = KMeans.Options(k: 7)
            options.seed = UInt64(seed)
            options.restarts = 1
            let model = try KMeans.fit(x, options)
            #expect(model.sizes.allSatisfy { $0 > 0 })
            #expect(model.inertia == 0)
        }
    }

    @Test func fewerDifferentRowsThanClusters() throws {
        let x = try Tensor([1, 1, 1, 2, 2, 2] as [Float], shape: [6, 1])
        let model = try KMeans.fit(x, .init(k: 4))
        #expect(model.sizes == [3, 3, 0, 0])
        #expect(model.inertia == 0)
    }

    @Test func oneClusterIsTheMean() throws {
        let x = try Tensor([1.0, 2, 3, 6], shape: [4, 1])
        let model = try KMeans.fit(x, .init(k: 1))
        #expect(try model.centers.values(as: Double.self) == [3])
        #expect(model.inertia == 14)
    }

    @Test func optionsOutOfRangeNameTheirParameter() throws {
        let x = try Tensor([1.0, 2, 3], shape: [3, 1])
        let many = #expect(throws: Failure.self) { try KMeans.fit(x, .init(k: 500)) }
        #expect(many?.description == "bad argument 'k': integer from 1 to 3 (the number of rows) expected, got 500")
        #expect(throws: Failure.self) { try KMeans.fit(x, .init(k: 0)) }
        var options = KMeans.Options(k: 2)
        options.tolerance = .nan
        let tolerance = #expect(throws: Failure.self) { try KMeans.fit(x, options) }
        #expect(tolerance?.kind == .argument(parameter: "tolerance"))
    }

    @Test func valuesThatAreNoNumbersNameTheirRow() throws {
        for (value, text) in [(Double.nan, "nan"), (.infinity, "inf")] {
            let x = try Tensor([1.0, 2, 3, 4, 5, value], shape: [3, 2])
            for metric in ClusterMetric.allCases {
                var options = KMeans.Options(k: 2)
                options.metric = metric
                let failure = #expect(throws: Failure.self) { try KMeans.fit(x, options) }
                #expect(failure?.kind == .argument(parameter: "x"))
                #expect(failure?.got == "\(text) in row 3, column 2")
            }
        }
        let huge = try Tensor([1e30, -1e30, 2], shape: [3, 1])
        #expect(throws: Failure.self) { try KMeans.fit(huge, .init(k: 2)) }
        let zeros = try Tensor([1.0, 2, 0, 0], shape: [2, 2])
        var options = KMeans.Options(k: 1)
        options.metric = .cosine
        let failure = #expect(throws: Failure.self) { try KMeans.fit(zeros, options) }
        #expect(failure?.got == "zeros in row 2")
    }

    @Test func rowsOfAnotherWidthAreNotPredicted() throws {
        let model = try KMeans.fit(Tensor([1.0, 2, 3], shape: [3, 1]), .init(k: 2))
        let failure = #expect(throws: Failure.self) { try model.predict(Tensor([1.0, 2], shape: [1, 2])) }
        #expect(failure?.kind == .argument(parameter: "y"))
    }

    @Test func cancellationStopsTheWork() throws {
        let (x, _) = try Self.clouds(3, each: 100, columns: 4)
        let work = Work(threads: 2)
        work.cancellation.cancel()
        let failure = #expect(throws: Failure.self) { try KMeans.fit(x, .init(k: 3), work: work) }
        #expect(failure?.kind == .cancelled)
    }
}
