import Foundation
import Testing

@testable import Tensors

/// What PyTorch and numpy give: scripts/goldens/tensor_operations.py.
@Suite struct OperationGoldenTests {
    private struct Golden: Decodable {
        let cases: [Case]
    }

    private struct Case: Decodable {
        let op: String
        let inputs: [GoldenTests.Packed]
        let outputs: [GoldenTests.Packed]
        let dim: Int?
        let counts: [Int]?
        let subscripts: String?
    }

    @Test func operationsAgree() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: folder.appending(path: "Vectors/tensor_operations.json"))
        let cases = try JSONDecoder().decode(Golden.self, from: data).cases
        #expect(cases.count > 120)
        for entry in cases {
            let inputs = try entry.inputs.map { try $0.tensor() }
            // Also from memory that is not in order.
            let turned = try inputs.map { try $0.rank < 2 ? $0 : $0.transpose(0, 1).clone().transpose(0, 1) }
            for operands in [inputs, turned] {
                let results = try evaluate(entry, operands)
                try #require(results.count == entry.outputs.count)
                for (result, golden) in zip(results, entry.outputs) {
                    #expect(result.shape == golden.shape, "\(entry.op) \(entry.inputs)")
                    #expect(result.dtype.rawValue == golden.dtype, "\(entry.op)")
                    for (ours, theirs) in zip(try result.values(as: Double.self), golden.values.map(\.value)) {
                        let isSame = ours == theirs || ours.isNaN && theirs.isNaN
                        #expect(
                            isSame || (ours - theirs).magnitude <= 1e-12 * max(1, theirs.magnitude),
                            "\(entry.op) \(entry.inputs): \(ours), \(theirs)")
                    }
                }
            }
        }
    }

    private func evaluate(_ entry: Case, _ inputs: [Tensor]) throws -> [Tensor] {
        let x = inputs[0]
        let dim = entry.dim ?? 0
        let counts = entry.counts ?? []
        if let function = SmoothFunction(rawValue: entry.op) { return [try x.apply(function)] }
        if let function = RoundingFunction(rawValue: entry.op) { return [try x.apply(function)] }
        if let test = NumberTest(rawValue: entry.op) { return [try x.test(test)] }
        switch entry.op {
        case "maximum": return [try Tensor.extreme(.max, of: .tensor(x), .tensor(inputs[1]))]
        case "minimum": return [try Tensor.extreme(.min, of: .tensor(x), .tensor(inputs[1]))]
        case "gather": return [try x.gather(dim, inputs[1])]
        case "scatter": return [try x.scatter(dim, inputs[1], .tensor(inputs[2]))]
        case "scatter_add": return [try x.scatterAdd(dim, inputs[1], .tensor(inputs[2]))]
        case "index_add": return [try x.indexAdd(dim, inputs[1].values(as: Int64.self).map { Int($0) }, inputs[2])]
        case "flip": return [try x.flipped([dim])]
        case "roll": return [try x.rolled(counts[0], dim: dim)]
        case "cumprod": return [try x.cumulativeProduct(dim: dim)]
        case "prod": return [try x.product(dim: dim)]
        case "logsumexp": return [try x.logSumExp(dim: dim)]
        case "permute": return [try x.permuted(counts)]
        case "tile": return [try x.tiled(counts)]
        case "pad":
            let widths = stride(from: 0, to: counts.count, by: 2).map { (before: counts[$0], after: counts[$0 + 1]) }
            return [try x.padded(widths, value: .integer(7))]
        case "triu": return [try x.triangle(upper: true, diagonal: counts[0])]
        case "tril": return [try x.triangle(upper: false, diagonal: counts[0])]
        case "diag": return [try x.diagonal(counts[0])]
        case "unique":
            let (values, positions, counts) = try x.unique()
            return [values, positions, counts]
        case "bincount": return [try x.bincount(weights: inputs.count > 1 ? inputs[1] : nil)]
        case "one_hot": return [try x.oneHot(classes: counts[0], dtype: .float64)]
        case "nonzero": return [try x.nonzero()]
        case "outer": return [try x.outer(inputs[1])]
        case "einsum": return [try Tensor.einsum(try #require(entry.subscripts), inputs)]
        default: throw CocoaError(.featureUnsupported)
        }
    }
}
