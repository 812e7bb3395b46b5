import Support
import Tensors

extension KMeans {
    private static let format = "cohort.kmeans.1"

    /// Writes the model to `path` as a safetensors file: centres, what is taken off each column, sizes, metric and inertia. Labels of
    /// the rows it was fitted on are not kept.
    public func save(_ path: String, work: Work = Work()) throws(Failure) {
        try Safetensors.write(
            path,
            [
                (name: "centers", tensor: centers),
                (name: "offset", tensor: Tensor(offset, shape: [columns])),
                (name: "sizes", tensor: Tensor(sizes.map(Int64.init), shape: [k])),
                (name: "inertia", tensor: Tensor([inertia], shape: [1])),
            ],
            metadata: [
                (key: "format", value: KMeans.format), (key: "metric", value: metric.rawValue),
                (key: "iterations", value: "\(iterations)"),
            ], work: work)
    }

    /// Reads a model that `save` wrote.
    public static func load(_ path: String) throws(Failure) -> KMeans {
        let file = try SafetensorsFile(path)
        func note(_ key: String) -> String? { file.metadata.first { $0.key == key }?.value }
        guard note("format") == format else {
            throw .format(path, "is not a k-means model", hint: "such a file is written by a model's save(path)")
        }
        guard let metric = note("metric").flatMap(ClusterMetric.init),
            let iterations = note("iterations").flatMap(Int.init),
            ["centers", "offset", "sizes", "inertia"].allSatisfy(file.contains)
        else { throw .format(path, "lacks a part of a k-means model") }
        let centers = try file.tensor(named: "centers").to(.float32)
        let offset = try file.tensor(named: "offset")
        let sizes = try file.tensor(named: "sizes")
        let inertia = try file.tensor(named: "inertia")
        guard centers.rank == 2, centers.shape[0] > 0, centers.shape[1] > 0, offset.shape == [centers.shape[1]],
            sizes.shape == [centers.shape[0]], inertia.shape == [1]
        else { throw .format(path, "holds parts of a k-means model that do not fit together") }
        let numbers = try offset.values(as: Double.self)
        guard numbers.allSatisfy(\.isFinite), try centers.values(as: Float.self).allSatisfy(\.isFinite) else {
            throw .format(path, "holds centres that are not finite")
        }
        return KMeans(
            metric: metric, centers: centers, labels: [], inertia: try inertia.values(as: Double.self)[0],
            sizes: try sizes.values(as: Int64.self).map { Int($0) }, iterations: iterations, offset: numbers)
    }
}
