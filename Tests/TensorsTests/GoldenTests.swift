import Foundation
import Testing

@testable import Tensors

/// What numpy and PyTorch give: scripts/goldens/tensors.py.
@Suite struct GoldenTests {
    private struct Golden: Decodable {
        let promotion: [[String]]
        let cases: [Case]
    }

    struct Case: Decodable {
        struct Options: Decodable {
            let dim: Int?
            let keepdim: Bool?
            let ddof: Int?
        }

        let op: String
        let inputs: [Packed]
        let output: Packed
        let options: Options
    }

    struct Packed: Decodable {
        let dtype: String
        let shape: [Int]
        let values: [Number]

        func tensor() throws -> Tensor {
            let dtype = try #require(DType(rawValue: dtype))
            return try Tensor(values.map(\.value), shape: shape).to(dtype)
        }
    }

    struct Number: Decodable {
        let value: Double

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Double.self) {
                value = number
            } else {
                value = Double(try container.decode(String.self)) ?? 0
            }
        }
    }

    static func data() throws -> Data {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try Data(contentsOf: folder.appending(path: "Vectors/tensors.json"))
    }

    @Test func promotionIsPyTorchs() throws {
        let golden = try JSONDecoder().decode(Golden.self, from: Self.data())
        #expect(golden.promotion.count == 25)
        for row in golden.promotion {
            let both = DType.promoted(try #require(DType(rawValue: row[0])), try #require(DType(rawValue: row[1])))
            #expect(both.rawValue == row[2], "\(row)")
        }
    }

    @Test func shapesBroadcastAsNumpys() throws {
        let root = try #require(try JSONSerialization.jsonObject(with: Self.data()) as? [String: Any])
        let rows = try #require(root["broadcast"] as? [[Any]])
        for row in rows {
            let (a, b) = (try #require(row[0] as? [Int]), try #require(row[1] as? [Int]))
            #expect((try? Tensor.broadcastShape(a, b)) == row[2] as? [Int], "\(row)")
        }
    }

    @Test func operationsAgree() throws {
        let golden = try JSONDecoder().decode(Golden.self, from: Self.data())
        #expect(golden.cases.count > 500)
        for entry in golden.cases {
            let inputs = try entry.inputs.map { try $0.tensor() }
            let result = try evaluate(entry, inputs)
            #expect(result.shape == entry.output.shape, "\(entry.op) \(entry.inputs)")
            let tolerance = result.dtype == .float32 ? 1e-6 : 1e-12
            for (mine, golden) in zip(try result.values(as: Double.self), entry.output.values) {
                let near =
                    mine == golden.value || mine.isNaN && golden.value.isNaN
                    || abs(mine - golden.value) <= tolerance * max(1, abs(golden.value))
                #expect(near, "\(entry.op) \(entry.inputs) gives \(mine), not \(golden.value)")
            }
            // The reference's float64 stands for full precision; every other dtype must be equal.
            if entry.output.dtype != "float64", entry.output.dtype != "int32" {
                #expect(result.dtype.rawValue == entry.output.dtype, "\(entry.op) \(entry.inputs)")
            }
        }
    }

    private func evaluate(_ entry: Case, _ inputs: [Tensor]) throws -> Tensor {
        let x = inputs[0]
        let keepdim = entry.options.keepdim ?? false
        if let dim = entry.options.dim {
            switch entry.op {
            case "sum": return try x.sum(dim: dim, keepdim: keepdim)
            case "mean": return try x.mean(dim: dim, keepdim: keepdim)
            case "norm": return try x.norm(dim: dim, keepdim: keepdim)
            case "var": return try x.variance(dim: dim, ddof: entry.options.ddof ?? 1, keepdim: keepdim)
            case "std": return try x.standardDeviation(dim: dim, ddof: entry.options.ddof ?? 1, keepdim: keepdim)
            case "min": return try x.extremes(.min, dim: dim, keepdim: keepdim).values
            case "max": return try x.extremes(.max, dim: dim, keepdim: keepdim).values
            case "argmin": return try x.extremes(.min, dim: dim, keepdim: keepdim).positions
            case "argmax": return try x.extremes(.max, dim: dim, keepdim: keepdim).positions
            case "sort": return try x.sorted(dim: dim).values
            case "argsort": return try x.sorted(dim: dim).positions
            case "cumsum": return try x.cumulativeSum(dim: dim)
            case "softmax": return try x.softmax(dim: dim)
            case "normalize": return try x.normalized(dim: dim)
            default: break
            }
        }
        if let function = MathFunction(rawValue: entry.op) { return try x.apply(function) }
        if entry.op == "matmul" { return try x.matmul(inputs[1]) }
        if entry.op == "cosine" { return try x.cosine(inputs[1]) }
        if let operation = ArithmeticOperation(rawValue: entry.op) {
            return try Tensor.combine(operation, .tensor(x), .tensor(inputs[1]))
        }
        let comparison = try #require(Comparison(rawValue: entry.op), "\(entry.op)")
        return try Tensor.compare(comparison, .tensor(x), .tensor(inputs[1]))
    }
}
