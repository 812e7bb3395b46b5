import Foundation
import Learning
import Support
import Tensors

/// What scikit-learn makes of small data sets, from scripts/goldens/classical.py.
struct ClassicalGolden: Decodable {
    struct Logistic: Decodable {
        let name: String
        let shape: [Int]
        let x: [Double]
        let y: [Int]
        let l2: Double
        let intercept: Bool
        let standardize: Bool
        let balanced: Bool
        let classWeights: [Double]?
        let weights: [Double]?
        let coefficients: [Double]
        let intercepts: [Double]
        let probabilities: [Double]
    }

    struct Neighbors: Decodable {
        struct Case: Decodable {
            let metric: String
            let weights: String
            let k: Int
            let probabilities: [Double]
            let numbers: [Double]
            let positions: [Int]
            let distances: [Double]
        }

        let shape: [Int]
        let x: [Double]
        let y: [Int]
        let number: [Double]
        let queries: [Double]
        let cases: [Case]
    }

    struct Bayes: Decodable {
        let kind: String
        let shape: [Int]
        let x: [Double]
        let y: [Int]
        let weights: [Double]?
        let probabilities: [Double]
    }

    struct Tree: Decodable {
        let name: String
        let criterion: String
        let shape: [Int]
        let x: [Double]
        let y: [Double]
        let depth: Int?
        let leaf: Int
        let decrease: Double
        let balanced: Bool
        let features: [Int]
        let thresholds: [Double]
        let impurities: [Double]
        let values: [Double]
        let importances: [Double]
    }

    struct Ridge: Decodable {
        let name: String
        let shape: [Int]
        let x: [Double]
        let outputs: Int
        let y: [Double]
        let alpha: Double
        let intercept: Bool
        let weights: [Double]?
        let coefficients: [Double]
        let intercepts: [Double]
    }

    struct Calibration: Decodable {
        let scores: [Double]
        let truth: [Int]
        let weights: [Double]
        let grid: [Double]
        let a: Double
        let b: Double
        let isotonic: [Double]
        let weighted: [Double]
    }

    let logistic: [Logistic]
    let neighbors: Neighbors
    let bayes: [Bayes]
    let trees: [Tree]
    let ridge: [Ridge]
    let calibration: Calibration

    static let shared: ClassicalGolden? = {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        guard let data = try? Data(contentsOf: tests.appendingPathComponent("Vectors/classical.json")) else {
            return nil
        }
        return try? JSONDecoder().decode(ClassicalGolden.self, from: data)
    }()
}

/// Whole numbers as labels.
func labels(_ codes: [Int]) -> Target { .labels(codes.map { .integer($0) }) }

/// The largest distance between two lists of one length, relative where the numbers are above one.
func largestError(_ a: [Double], _ b: [Double]) -> Double {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).reduce(0) { worst, pair in
        let error = abs(pair.0 - pair.1) / max(1, abs(pair.1))
        return error.isNaN ? .infinity : max(worst, error)
    }
}

/// The words of the failure that `body` ends with.
func words(_ body: () throws -> Void) -> String {
    do { try body() } catch { return "\(error)" }
    return "no failure"
}

/// Saves a model and reads it again.
func reloaded(_ model: any TabularModel) throws -> TabularFile {
    let path = NSTemporaryDirectory() + "cohort-\(UUID().uuidString).safetensors"
    defer { unlink(path) }
    try model.save(path, work: Work())
    return try TabularFile(path)
}
