import CKernels
import Support
import Tensors
import Testing

@testable import Learning

/// The float32 steps of Transformers against differences: inputs in float64 so that a small move is one.
@Suite struct TransformerStepTests {
    private func random(_ shape: [Int], _ seed: UInt64) throws -> Tensor {
        try Tensor.randn(shape, seed: seed, dtype: .float64)
    }

    private func check(
        _ name: String, _ inputs: [Tensor], _ compute: (Recorder, [Tensor]) throws(Failure) -> Tensor
    ) throws {
        try checkGradients(name, inputs, step: 1e-2, tolerance: 3e-3) { (recorder, inputs) throws(Failure) in
            var narrow: [Tensor] = []
            for input in inputs { narrow.append(try recorder.convert(input, to: .float32)) }
            return try compute(recorder, narrow)
        }
    }

    @Test func stepsHaveTheRightGradients() throws {
        // Texts of 3, 0, 1 and 2 tokens.
        let starts = [0, 3, 3, 4, 6]
        try check("attention", [random([6, 4], 1), random([6, 4], 2), random([6, 4], 3)]) { (r, x) throws(Failure) in
            try r.attention(x[0], x[1], x[2], starts: starts, heads: 2)
        }
        try check("sums", [random([6, 3], 4)]) { (r, x) throws(Failure) in
            try r.sums(x[0], starts: starts, weights: [0.5, 1, 2, 1, -1, 3])
        }
        try check("maxima", [random([6, 3], 5)]) { (r, x) throws(Failure) in try r.maxima(x[0], starts: starts) }
        for activation in [CK_GELU, CK_GELU_TANH, CK_TANH] {
            try check("activation", [random([5, 7], 6)]) { (r, x) throws(Failure) in try r.activation(activation, x[0])
            }
        }
        let parameters = [try random([5], 7), try random([5], 8)]
        try check("norm", [random([3, 5], 9), random([3, 5], 10)] + parameters) { (r, x) throws(Failure) in
            try r.layerNorm(x[0], adding: x[1], x[2], x[3], eps: 0.1)
        }
        // A tensor that is added to itself gets both gradients.
        try check("norm of a double", [random([3, 5], 11)] + parameters) { (r, x) throws(Failure) in
            try r.layerNorm(x[0], adding: x[0], x[1], x[2], eps: 0.1)
        }
    }

    @Test func rowsOfSeveralBlocksGiveTheSameOnAnyNumberOfThreads() throws {
        let x = try Tensor.randn([200, 33], seed: 12)
        let runs = try [1, 2, 3].map { threads in
            let recorder = Recorder(Work(threads: threads))
            let (leaf, scale, move) = (
                try x.requiringGradient(), try Tensor.randn([33], seed: 13).requiringGradient(),
                try Tensor.randn([33], seed: 14).requiringGradient()
            )
            let y = try recorder.layerNorm(leaf, adding: nil, scale, move, eps: 1e-5)
            try recorder.activation(CK_GELU, y).backward(x, work: recorder.work)
            return try [leaf, scale, move].map { try $0.gradNode?.gradient?.values(as: Float.self) ?? [] }
        }
        #expect(runs[0].allSatisfy { !$0.isEmpty } && runs[1] == runs[0] && runs[2] == runs[0])
    }
}
