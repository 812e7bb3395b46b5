import Foundation
import Support
import Tensors
import Testing

@testable import Learning

/// Loss curves and losses against PyTorch's: scripts/goldens/learning.py, whose formulas for weights and inputs these are.
@Suite struct GoldenTests {
    private struct Golden: Decodable {
        let mlp, cnn, encoder, decoder, gru: [Double]
        let losses: [String: Double]
    }

    private func golden() throws -> Golden {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try JSONDecoder().decode(
            Golden.self, from: Data(contentsOf: folder.appending(path: "Vectors/learning.json")))
    }

    private func wave(_ shape: [Int], _ scale: Double, _ phase: Double) throws -> Tensor {
        let count = shape.reduce(1, *)
        return try Tensor((0..<count).map { Float(scale * sin(1.3 * Double($0) + phase)) }, shape: shape)
    }

    /// Gives the parameters the golden's numbers, in PyTorch's order.
    private func prepare(_ parameters: [Trainable]) throws {
        for (k, parameter) in parameters.enumerated() {
            try parameter.set(wave(parameter.tensor.shape, 0.4, Double(k)))
        }
    }

    private func curve(
        _ model: Layer, _ optimiser: Optimiser, _ recorder: Recorder, clip: Double? = nil,
        _ loss: () throws(Failure) -> Tensor
    ) throws -> [Double] {
        try (0..<50).map { _ in
            optimiser.zeroGradients()
            let value = try loss()
            try value.backward(work: recorder.work)
            if let clip { _ = try clipGradients(optimiser.parameters, greatest: clip) }
            try optimiser.step(work: recorder.work)
            return try value.item().double
        }
    }

    private func compare(_ name: String, _ ours: [Double], _ theirs: [Double]) {
        #expect(theirs.count == 50)
        let worst = zip(ours, theirs).map { abs($0 - $1) }.max() ?? .infinity
        #expect(worst <= 1e-4, "\(name): \(worst)")
    }

    private static let adam = Optimiser.Method.adam(betas: (0.9, 0.999), eps: 1e-8, decouples: false)
    private static let adamw = Optimiser.Method.adam(betas: (0.9, 0.999), eps: 1e-8, decouples: true)

    private func mlp(_ threads: Int) throws -> [Double] {
        let recorder = Recorder(Work(threads: threads))
        let model = Sequential([
            try Linear(inputs: 6, outputs: 16, seed: 0), Activation(.tanh), try Linear(inputs: 16, outputs: 8, seed: 0),
            Activation(.relu), try Linear(inputs: 8, outputs: 1, seed: 0),
        ])
        try prepare(model.parameters.map(\.parameter))
        let (x, y) = (try wave([32, 6], 1, 0.5), try wave([32, 1], 1, 0.9))
        let optimiser = try Optimiser(model.parameters.map(\.parameter.tensor), method: Self.adam, rate: 0.01)
        return try curve(model, optimiser, recorder) { () throws(Failure) in
            try recorder.meanSquaredError(model.forward([x], recorder), y)
        }
    }

    @Test func multilayerPerceptron() throws { compare("mlp", try mlp(1), try golden().mlp) }

    private func cnn(_ threads: Int) throws -> [Double] {
        let recorder = Recorder(Work(threads: threads))
        func window(_ h: Int, _ w: Int, _ down: Int, _ right: Int, _ border: Int) -> Window {
            Window(height: h, width: w, down: down, right: right, border: (border, border))
        }
        let model = Sequential([
            try Convolution(inputs: 1, outputs: 4, window: window(3, 3, 1, 1, 1), dimensions: 2, seed: 0),
            Activation(.relu), Pooling(window: window(2, 2, 2, 2, 0), dimensions: 2, takesGreatest: true),
            try Convolution(inputs: 4, outputs: 3, window: window(2, 3, 1, 2, 1), dimensions: 2, seed: 0),
            Activation(.sigmoid), Pooling(window: window(2, 2, 1, 1, 1), dimensions: 2, takesGreatest: false),
            Flatten(),
            try Linear(inputs: 3 * 6 * 3, outputs: 1, seed: 0),
        ])
        try prepare(model.parameters.map(\.parameter))
        let x = try wave([16, 1, 8, 9], 1, 0.5)
        let y = try Tensor.compare(.gt, .tensor(wave([16, 1], 1, 0.9)), .scalar(.integer(0)))
        let optimiser = try Optimiser(model.parameters.map(\.parameter.tensor), method: Self.adam, rate: 0.02)
        return try curve(model, optimiser, recorder) { () throws(Failure) in
            try recorder.binaryCrossEntropy(model.forward([x], recorder), y)
        }
    }

    @Test func convolutions() throws { compare("cnn", try cnn(1), try golden().cnn) }

    private func transformer(isDecoder: Bool, threads: Int) throws -> [Double] {
        let recorder = Recorder(Work(threads: threads))
        let embedding = try Embedding(count: 10, dimension: 8, base: 0, seed: 0)
        let options = TransformerBlock.Options(
            width: 8, heads: 2, hidden: 12, dropout: 0, activation: isDecoder ? .gelu : .relu,
            normalisesFirst: isDecoder, isCausal: isDecoder)
        let encoder = try Transformer(options, count: 2, seed: 0)
        let head = try Linear(inputs: 8, outputs: 3, seed: 0)
        // PyTorch lists a block's own parameters before those of what is inside it, as `parameters` does.
        let parameters = [embedding, encoder, head].flatMap { (layer: Layer) in layer.parameters.map(\.parameter) }
        try prepare(parameters)
        var (ids, seen, labels): ([Int64], [Bool], [Int64]) = ([], [], [])
        for i in 0..<6 {
            for j in 0..<5 {
                ids.append(Int64((3 * i + 2 * j * j) % 10))
                seen.append(j < 3 + i % 3)
                labels.append((Int64((3 * i + 2 * j * j) % 10) + 1) % 3 + 1)
            }
        }
        let x = try Tensor(ids, shape: [6, 5])
        let mask = try Tensor(seen, shape: [6, 5])
        let truth = try Tensor(labels, shape: [6, 5])
        let optimiser = try Optimiser(
            parameters.map(\.tensor), method: Self.adamw, rate: 0.005, weightDecay: 0.1)
        return try curve(encoder, optimiser, recorder) { () throws(Failure) in
            let rows = try embedding.forward([x], recorder)
            let logits = try head.forward([encoder.forward(isDecoder ? [rows] : [rows, mask], recorder)], recorder)
            return try recorder.crossEntropy(
                logits, labels: truth, ClassOptions(weights: [1, 2, 0.5], smoothing: 0.1))
        }
    }

    @Test func encoders() throws {
        compare("encoder", try transformer(isDecoder: false, threads: 1), try golden().encoder)
    }

    @Test func decoders() throws {
        compare("decoder", try transformer(isDecoder: true, threads: 1), try golden().decoder)
    }

    private func recurrent(_ threads: Int) throws -> [Double] {
        let recorder = Recorder(Work(threads: threads))
        let gru = try GRU(inputs: 4, width: 6, count: 2, givesLast: true, seed: 0)
        let head = try Linear(inputs: 6, outputs: 1, seed: 0)
        let model = Sequential([gru, head])
        try prepare(model.parameters.map(\.parameter))
        let (x, y) = (try wave([8, 7, 4], 1, 0.5), try wave([8, 1], 1, 0.9))
        let optimiser = try Optimiser(
            model.parameters.map(\.parameter.tensor), method: .sgd(momentum: 0.9, isNesterov: true), rate: 0.05,
            weightDecay: 0.01)
        return try curve(model, optimiser, recorder, clip: 0.5) { () throws(Failure) in
            try recorder.meanSquaredError(model.forward([x], recorder), y)
        }
    }

    @Test func recurrentUnits() throws { compare("gru", try recurrent(1), try golden().gru) }

    @Test func threadsChangeNoBit() throws {
        #expect(try mlp(1) == mlp(2))
        #expect(try cnn(1) == cnn(2))
        #expect(try transformer(isDecoder: false, threads: 1) == transformer(isDecoder: false, threads: 2))
        #expect(try recurrent(1) == recurrent(2))
    }

    @Test func losses() throws {
        let expected = try golden().losses
        let recorder = Recorder()
        let (a, b) = (try wave([5, 4], 1, 0.1), try wave([5, 4], 1, 0.4))
        let x = try wave([5, 4], 3, 0.2)
        let y = try Tensor.compare(.gt, .tensor(wave([5, 4], 1, 0.7)), .scalar(.integer(0)))
        let classes = try Tensor([1, 4, 2, 2, 3] as [Int64], shape: [5])
        let ours = [
            "bce": try recorder.binaryCrossEntropy(x, y),
            "bce_weighted": try recorder.binaryCrossEntropy(x, y, weight: 3),
            "cross_entropy": try recorder.crossEntropy(x, labels: classes),
            "cross_entropy_ignoring": try recorder.crossEntropy(x, labels: classes, ClassOptions(ignored: 2)),
            "contrastive": try recorder.contrastive(a, b, temperature: 0.1, isSymmetric: false),
            "bpr": try recorder.ranking(a, b),
        ]
        #expect(Set(ours.keys) == Set(expected.keys))
        for (name, tensor) in ours {
            let (value, golden) = (try tensor.item().double, try #require(expected[name]))
            #expect(abs(value - golden) < 2e-6, "\(name): \(value), not \(golden)")
        }
    }
}
