import Support
import Tensors

/// Gated recurrent units (Cho et al. 2014) over sequences [n, length, inputs], parameters named, drawn and used as PyTorch's:
/// r = s(x Wr + h Ur), z = s(x Wz + h Uz), c = tanh(x Wc + r (h Uc)), h' = (1 - z) c + z h, biases left out here.
public final class GRU: Layer, @unchecked Sendable {
    private struct Stage {
        let input: (weight: Trainable, bias: Trainable)
        let state: (weight: Trainable, bias: Trainable)
    }

    private let inputs: Int
    private let width: Int
    private let givesLast: Bool
    private let stages: [Stage]

    /// - Parameters:
    ///   - width: size of the state.
    ///   - count: layers, each over the states of the one before.
    ///   - givesLast: whether the output is the last state [n, width] rather than all [n, length, width].
    public init(inputs: Int, width: Int, count: Int, givesLast: Bool, seed: UInt64) throws(Failure) {
        var seeds = SeededGenerator(seed: seed)
        let bound = 1 / Double(max(1, width)).squareRoot()
        (self.inputs, self.width, self.givesLast) = (inputs, width, givesLast)
        var stages: [Stage] = []
        let rows = try Trainable.tripled(width)
        for index in 0..<count {
            stages.append(
                Stage(
                    input: (
                        try .uniform([rows, index == 0 ? inputs : width], bound, &seeds),
                        try .uniform([rows], bound, &seeds)
                    ),
                    state: (
                        try .uniform([rows, width], bound, &seeds), try .uniform([rows], bound, &seeds)
                    )))
        }
        self.stages = stages
    }

    public override var kind: String { "gru" }
    public override var words: String { "gru(\(inputs), \(width))" }
    public override var ownParameters: [(name: String, parameter: Trainable)] {
        stages.enumerated().flatMap { index, stage in
            [
                ("weight_ih_l\(index)", stage.input.weight), ("weight_hh_l\(index)", stage.state.weight),
                ("bias_ih_l\(index)", stage.input.bias), ("bias_hh_l\(index)", stage.state.bias),
            ]
        }
    }
    public override var settings: JSON? {
        ["inputs": JSON(inputs), "width": JSON(width), "layers": JSON(stages.count), "last": .bool(givesLast)]
    }

    /// Sequences [n, length, inputs], and where given the first state [n, width] of every layer.
    public override func forward(_ inputs: [Tensor], _ recorder: Recorder) throws(Failure) -> Tensor {
        guard let x = inputs.first, inputs.count <= 2 else {
            throw .operation("\(words) takes x and a first state, got \(inputs.count) tensors")
        }
        try checkRank(x, 3, "[n, length, \(self.inputs)]")
        try checkWidth(x, self.inputs)
        guard x.shape[1] > 0 else {
            throw .operation("\(words) takes sequences that are not empty, got shape \(x.shape)")
        }
        var start = try Tensor.zeros([x.shape[0], width])
        if inputs.count == 2 {
            start = inputs[1]
            guard start.shape == [x.shape[0], width] else {
                throw .operation("\(words) takes a first state of shape \([x.shape[0], width]), got \(start.shape)")
            }
        }
        var sequence = try recorder.convert(x, to: .float32)
        for (index, stage) in stages.enumerated() {
            var states: [Tensor] = []
            let all = try recorder.affine(sequence, stage.input.weight.tensor, stage.input.bias.tensor)
            var state = start
            for gates in try recorder.unstacked(all, dim: 1) {
                try recorder.work.cancellation.check()
                state = try step(gates, state, stage, recorder)
                states.append(state)
            }
            if givesLast, index == stages.count - 1 { return state }
            sequence = try recorder.stack(states, dim: 1)
        }
        return sequence
    }

    private func step(_ gates: Tensor, _ h: Tensor, _ stage: Stage, _ recorder: Recorder) throws(Failure) -> Tensor {
        let own = try recorder.affine(h, stage.state.weight.tensor, stage.state.bias.tensor)
        func part(_ x: Tensor, _ index: Int) throws(Failure) -> Tensor {
            try recorder.slice(x, 1, index * width..<(index + 1) * width)
        }
        func op(_ operation: ArithmeticOperation, _ a: Tensor, _ b: Tensor) throws(Failure) -> Tensor {
            try recorder.combine(operation, .tensor(a), .tensor(b))
        }
        let r = try recorder.apply(.sigmoid, op(.add, part(gates, 0), part(own, 0)))
        let z = try recorder.apply(.sigmoid, op(.add, part(gates, 1), part(own, 1)))
        let c = try recorder.apply(.tanh, op(.add, part(gates, 2), op(.multiply, r, part(own, 2))))
        return try op(.add, c, op(.multiply, z, op(.subtract, h, c)))
    }
}
