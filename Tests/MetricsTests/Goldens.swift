import Foundation
import Tensors

/// What scripts/goldens/metrics.py wrote.
struct Goldens: Decodable {
    struct Labelled: Decodable {
        let truth: [Int]
        let prediction: [Int]
        let adjusted_rand: Double
        let normalized_mutual_information: Double
        let purity: Double
    }
    struct Points: Decodable {
        let shape: [Int]
        let data: [Double]
        let labels: [Int]
        let euclidean: Double
        let cosine: Double
        let inertia: Double
        func tensor() throws -> Tensor { try Tensor(data, shape: shape) }
    }
    let labelled: [Labelled]
    let points: [Points]

    static func read() throws -> Goldens {
        let vectors = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: vectors.appendingPathComponent("Vectors/metrics.json"))
        return try JSONDecoder().decode(Goldens.self, from: data)
    }
}
