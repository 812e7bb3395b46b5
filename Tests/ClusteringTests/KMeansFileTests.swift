import Clustering
import Foundation
import Support
import Tensors
import Testing

@Suite struct KMeansFileTests {
    private func temporary() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("kmeans-\(UUID().uuidString).safetensors").path
    }

    @Test func aModelReadBackPredictsTheSame() throws {
        let (x, _) = try KMeansTests.clouds(4, each: 30, columns: 5)
        for metric in ClusterMetric.allCases {
            let path = temporary()
            defer { unlink(path) }
            var options = KMeans.Options(k: 6)
            options.metric = metric
            let model = try KMeans.fit(x, options)
            try model.save(path)
            let loaded = try KMeans.load(path)
            #expect(loaded.metric == metric)
            #expect(loaded.sizes == model.sizes)
            #expect(loaded.inertia == model.inertia)
            #expect(loaded.iterations == model.iterations)
            #expect(try loaded.predict(x) == model.labels)
        }
    }

    @Test func otherFilesAreRefused() throws {
        let path = temporary()
        defer { unlink(path) }
        try Safetensors.write(path, [(name: "centers", tensor: Tensor([1.0], shape: [1]))])
        let failure = #expect(throws: Failure.self) { try KMeans.load(path) }
        #expect(failure?.kind == .format(path: path, place: nil))
        #expect(throws: Failure.self) { try KMeans.load("/no/such/file") }
    }

    @Test func partsThatDoNotFitAreRefused() throws {
        let path = temporary()
        defer { unlink(path) }
        func parts(_ sizes: [Int64]) throws -> [(name: String, tensor: Tensor)] {
            [
                ("centers", try Tensor([1.0, 2], shape: [2, 1])), ("offset", try Tensor([0.0], shape: [1])),
                ("sizes", try Tensor(sizes, shape: [sizes.count])), ("inertia", try Tensor([0.5], shape: [1])),
            ]
        }
        let notes = [
            (key: "format", value: "cohort.kmeans.1"), (key: "metric", value: "cosine"),
            (key: "iterations", value: "3"),
        ]
        try Safetensors.write(path, parts([1, 1]), metadata: notes)
        #expect(try KMeans.load(path).k == 2)
        try Safetensors.write(path, parts([1]), metadata: notes)
        #expect(throws: Failure.self) { try KMeans.load(path) }
        try Safetensors.write(path, parts([1, 1]), metadata: [notes[0]])
        #expect(throws: Failure.self) { try KMeans.load(path) }
    }
}
