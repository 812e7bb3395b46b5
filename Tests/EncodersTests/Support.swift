import Foundation
import Support
import Tensors
import Testing

@testable import Encoders

/// Files under Tests/Vectors.
func vectorPath(_ name: String, file: String = #filePath) -> String {
    URL(filePath: file).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Vectors/\(name)").path
}

/// One text with the ids and the vector that transformers gives, see scripts/goldens/encoder.py.
struct GoldenCase: Decodable, Sendable {
    var text: String?
    var `repeat`: String?
    var characters: Int?
    var ids: [Int32]
    var vector: [Float]
    var pooled: [String: [Float]]?

    /// The text's bytes; a very long one is stored as what it repeats.
    var bytes: [UInt8] {
        if let text { return Array(text.utf8) }
        let unit = Array((self.repeat ?? "").unicodeScalars)
        var scalars = String.UnicodeScalarView()
        for index in 0..<(characters ?? 0) { scalars.append(unit[index % unit.count]) }
        return Array(String(scalars).utf8)
    }
}

/// The cases of one model.
struct GoldenModel: Decodable, Sendable {
    var folder: String?
    var prompt: String?
    var cases: [GoldenCase]
}

func golden<T: Decodable>(_ name: String, as type: T.Type) throws -> T {
    try JSONDecoder().decode(type, from: Data(contentsOf: URL(filePath: vectorPath(name))))
}

/// The small models that are part of the repository.
func tinyModels() throws -> [GoldenModel] { try golden("tiny-bert/expected.json", as: [GoldenModel].self) }

func tinyFolder(_ name: String) -> String { vectorPath("tiny-bert/\(name)") }

/// Cosine in double precision; 0 if either is not finite.
func cosine(_ a: [Float], _ b: [Float]) -> Double {
    guard a.count == b.count else { return 0 }
    var ab = 0.0, aa = 0.0, bb = 0.0
    for (x, y) in zip(a, b) {
        ab += Double(x) * Double(y)
        aa += Double(x) * Double(x)
        bb += Double(y) * Double(y)
    }
    let value = ab / (aa * bb).squareRoot()
    return value.isFinite ? value : 0
}

/// The largest difference; infinite where lengths differ or a value is not a number.
func difference(_ a: [Float], _ b: [Float]) -> Float {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).reduce(0) { ($1.0 - $1.1).isNaN ? .infinity : max($0, abs($1.0 - $1.1)) }
}

/// The rows of a matrix.
func rows(_ tensor: Tensor) throws -> [[Float]] {
    let values = try tensor.values(as: Float.self), width = tensor.shape[1]
    return (0..<tensor.shape[0]).map { Array(values[$0 * width..<($0 + 1) * width]) }
}

/// Copies a small model to a folder of its own, lets `change` spoil it, and hands it to `body`.
func withCopy<R>(of name: String, change: (URL) throws -> Void, _ body: (String) throws -> R) throws -> R {
    let place = FileManager.default.temporaryDirectory.appending(path: "cohort-\(UUID().uuidString)")
    try FileManager.default.copyItem(at: URL(filePath: tinyFolder(name)), to: place)
    defer { try? FileManager.default.removeItem(at: place) }
    try change(place)
    return try body(place.path)
}
