import Foundation
import Learning
import Support
import Tensors
import Testing

@testable import Encoders

/// Encoders that learn: curves against PyTorch's (scripts/goldens/encoder_training.py), freezing, saving.
@Suite struct TrainingTests {
    private struct Golden: Decodable {
        struct Curve: Decodable {
            let texts: [String]
            let ids: [[Int32]]
            let losses: [Double]
        }

        let base, brain, roberta, minilm: Curve
    }

    private static let minilm = "\(Folders.data)/models/all-MiniLM-L6-v2"
    private static let texts = ["a book the hotel phone", "", "hotel hotel phones, good!", "a bad price"]

    private func wave(_ shape: [Int], _ phase: Double) throws -> Tensor {
        let count = shape.reduce(1, *)
        return try Tensor((0..<count).map { Float(0.1 * sin(1.3 * Double($0) + phase)) }, shape: shape)
    }

    private func classifier(_ encoder: TrainableEncoder) throws -> Sequential {
        let head = try Learning.Linear(inputs: encoder.dimension, outputs: 2, seed: 0)
        try head.weight.set(wave([2, encoder.dimension], 0))
        try head.bias?.set(wave([2], 1))
        return Sequential([encoder, head])
    }

    private func learning(_ model: Layer) -> [Tensor] {
        model.parameters.filter { !$0.parameter.isFrozen }.map(\.parameter.tensor)
    }

    private func numbers(_ model: Layer) throws -> [[Float]] {
        try model.parameters.map { try $0.parameter.tensor.values(as: Float.self) }
    }

    private func curve(
        _ model: Layer, _ tokens: Tensor, _ method: Optimiser.Method, _ rate: Double, decay: Double = 0,
        steps: Int = 50,
        work: Work = Work()
    ) throws -> [Double] {
        let recorder = Recorder(work)
        let optimiser = try Optimiser(learning(model), method: method, rate: rate, weightDecay: decay)
        return try (0..<steps).map { step in
            let rows = (0..<4).map { (step * 3 + $0) % tokens.shape[0] }
            let truth = try Tensor(rows.map { Int64($0 % 2 + 1) }, shape: [4])
            optimiser.zeroGradients()
            let loss = try recorder.crossEntropy(
                model.forward([tokens.rows(rows)], recorder), labels: truth)
            try loss.backward(work: work)
            try optimiser.step(work: work)
            return try loss.item().double
        }
    }

    private func compare(_ name: String, _ ours: [Double], _ golden: Golden.Curve) {
        #expect(golden.losses.count == 50 && ours.count == 50)
        let worst = zip(ours, golden.losses).map { abs($0 - $1) }.max() ?? .infinity
        #expect(worst <= 1e-4, "\(name): \(worst)")
    }

    private static let adamw = Optimiser.Method.adam(betas: (0.9, 0.999), eps: 1e-8, decouples: true)

    /// The texts' tokens, which must be the golden's.
    private func tokens(_ encoder: TrainableEncoder, _ golden: Golden.Curve) throws -> Tensor {
        let tokens = try encoder.tokens(golden.texts.map { Array($0.utf8) })
        let width = tokens.shape[1]
        let ids = try tokens.values(as: Int32.self)
        #expect(
            (0..<tokens.shape[0]).map { row in ids[row * width..<(row + 1) * width].filter { $0 >= 0 } }
                == golden.ids)
        return tokens
    }

    @Test func `Small encoders learn along PyTorch's curves`() throws {
        let golden = try golden("encoder_training.json", as: Golden.self)
        for (name, curve) in [("base", golden.base), ("brain", golden.brain)] {
            let encoder = try TrainableEncoder(folder: tinyFolder(name), pooling: .mean)
            let ours = try self.curve(
                classifier(encoder), tokens(encoder, curve), Self.adamw, 1e-3, decay: 0.01)
            compare(name, ours, curve)
        }
        let encoder = try TrainableEncoder(folder: tinyFolder("roberta"))
        for layer in [encoder.embeddings, encoder.stack[0]] as [Layer] {
            for (_, parameter) in layer.parameters { try parameter.freeze(true) }
        }
        let ours = try curve(
            classifier(encoder), tokens(encoder, golden.roberta), .sgd(momentum: 0, isNesterov: false), 0.05)
        compare("roberta", ours, golden.roberta)
    }

    @Test(.enabled(if: FileSystem.isFolder(minilm), "all-MiniLM-L6-v2 is not installed"))
    func `all-MiniLM-L6-v2 with a head learns along PyTorch's curve`() throws {
        let golden = try golden("encoder_training.json", as: Golden.self)
        let encoder = try TrainableEncoder(folder: Self.minilm)
        let ours = try curve(
            classifier(encoder), tokens(encoder, golden.minilm), Self.adamw, 2e-5, decay: 0.01)
        compare("minilm", ours, golden.minilm)
    }

    @Test func `Vectors are those of the encoder that only computes`() throws {
        let texts = Self.texts.map { Array($0.utf8) }
        for name in ["base", "half", "brain", "roberta"] {
            let encoder = try TrainableEncoder(folder: tinyFolder(name))
            let ours = try encoder.forward([encoder.tokens(texts)], Recorder())
            let theirs = try TextEncoder(folder: tinyFolder(name)).encode(texts, options: .init(normalize: false))
            #expect(difference(try ours.values(as: Float.self), try theirs.values(as: Float.self)) < 2e-5, "\(name)")
        }
    }

    @Test func `Frozen parameters stay as they are and get no gradient`() throws {
        let encoder = try TrainableEncoder(folder: tinyFolder("base"))
        let model = try classifier(encoder)
        for (_, parameter) in encoder.embeddings.parameters + encoder.stack[0].parameters { try parameter.freeze(true) }
        let before = try numbers(model)
        _ = try curve(model, encoder.tokens(Self.texts.map { Array($0.utf8) }), Self.adamw, 1e-2, steps: 3)
        for ((name, parameter), old) in zip(model.parameters, before) {
            let isFrozen = name.hasPrefix("1.embeddings") || name.hasPrefix("1.encoder.layer.0")
            #expect(parameter.isFrozen == isFrozen)
            #expect((parameter.tensor.gradNode?.gradient == nil) == isFrozen, "\(name)")
            #expect((try parameter.tensor.values(as: Float.self) == old) == isFrozen, "\(name)")
        }
    }

    @Test func `Threads change no bit`() throws {
        let runs = try [1, 2, 3].map { threads in
            let encoder = try TrainableEncoder(folder: tinyFolder("base"), dropout: 0.2, seed: 4)
            let model = try classifier(encoder)
            let tokens = try encoder.tokens((0..<9).map { Array(Self.texts[$0 % 4].utf8) })
            let losses = try curve(model, tokens, Self.adamw, 1e-2, steps: 4, work: Work(threads: threads))
            return (losses, try numbers(model))
        }
        for run in runs.dropFirst() {
            #expect(run.0 == runs[0].0)
            #expect(run.1 == runs[0].1)
        }
    }

    @Test func `A step that is stopped leaves the parameters as they were`() throws {
        // Stops the work while the second step computes.
        final class Stopper: Layer, @unchecked Sendable {
            var calls = 0
            override func forward(_ inputs: [Tensor], _ recorder: Recorder) throws(Failure) -> Tensor {
                calls += 1
                if calls == 2 { recorder.work.cancellation.cancel() }
                return try single(inputs)
            }
        }
        let encoder = try TrainableEncoder(folder: tinyFolder("base"))
        let model = Sequential(
            [encoder, Stopper(), try Learning.Linear(inputs: encoder.dimension, outputs: 2, seed: 0)])
        let tokens = try encoder.tokens(Self.texts.map { Array($0.utf8) })
        let untouched = try numbers(model)
        #expect(throws: Failure.self) {
            _ = try curve(model, tokens, .sgd(momentum: 0, isNesterov: false), 0, steps: 2)
        }
        #expect(try numbers(model) == untouched)
    }

    @Test func `A saved encoder is loaded by every reader, and agrees`() throws {
        let place = FileManager.default.temporaryDirectory.appending(path: "cohort-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: place) }
        let texts = Self.texts.map { Array($0.utf8) }
        for name in ["half", "roberta"] {
            let encoder = try TrainableEncoder(folder: tinyFolder(name))
            _ = try curve(classifier(encoder), encoder.tokens(texts), Self.adamw, 1e-2, steps: 3)
            let vectors = try encoder.forward([encoder.tokens(texts)], Recorder()).values(as: Float.self)
            try encoder.save(to: place, replaces: true)
            let plain = try TextEncoder(folder: place)
            #expect(plain.normalizesByItself && plain.maxLength == 24 && plain.promptNames == ["query"])
            let theirs = try plain.encode(texts, options: .init(normalize: false)).values(as: Float.self)
            #expect(difference(vectors, theirs) < 2e-5, "\(name)")
            let again = try TrainableEncoder(folder: place)
            #expect(try again.forward([again.tokens(texts)], Recorder()).values(as: Float.self) == vectors)
            #expect(throws: Failure.self) { try encoder.save(to: place) }
        }
        let stopped = Work()
        stopped.cancellation.cancel()
        let other = place + "-stopped"
        #expect(throws: Failure.self) {
            try TrainableEncoder(folder: tinyFolder("base")).save(to: other, work: stopped)
        }
        #expect(!FileSystem.exists(other))
    }

    @Test func `A model file holds the encoder with its tokenizer`() throws {
        let path = NSTemporaryDirectory() + "cohort-\(UUID().uuidString).safetensors"
        defer { unlink(path) }
        let encoder = try TrainableEncoder(folder: tinyFolder("brain"))
        let model = try classifier(encoder)
        try ModelFile.write(path, model)
        let read = try ModelFile.read(
            path, others: ["encoder": { (settings) throws(Failure) in try TrainableEncoder.make(settings) }])
        let texts = Self.texts.map { Array($0.utf8) }
        let inside = try #require(read.children.first?.layer as? TrainableEncoder)
        #expect(
            try read.forward([inside.tokens(texts)], Recorder()).values(as: Float.self)
                == model.forward([encoder.tokens(texts)], Recorder()).values(as: Float.self))
        #expect(throws: Failure.self) { _ = try ModelFile.read(path) }
    }

    @Test func `New encoders begin with the seed's numbers, and learn`() throws {
        let sizes = EncoderSizes(layers: 1, hidden: 8, heads: 2, intermediate: 16, maxTokens: 12)
        let tokenizer = TokenizerSource.file(tinyFolder("base") + "/tokenizer.json")
        let (one, same) = (
            try TrainableEncoder(sizes, tokenizer: tokenizer, seed: 3),
            try TrainableEncoder(sizes, tokenizer: tokenizer, seed: 3)
        )
        #expect(try numbers(one) == numbers(same))
        let losses = try curve(
            classifier(one), one.tokens(Self.texts.map { Array($0.utf8) }), Self.adamw, 1e-2, steps: 40)
        #expect(losses[39] < losses[0] / 2)
        #expect(throws: Failure.self) {
            var odd = sizes
            odd.heads = 3
            _ = try TrainableEncoder(odd, tokenizer: tokenizer, seed: 0)
        }
    }

    @Test func `What cannot be trained is refused in words`() throws {
        func words(_ body: () throws -> Void) -> String {
            do { try body() } catch { return "\(error)" }
            return "no failure"
        }
        #expect(words { _ = try TrainableEncoder(folder: tinyFolder("dense")) }.contains("Dense module"))
        #expect(words { _ = try TrainableEncoder(folder: "/nonexistent") }.contains("is not a folder"))
        #expect(words { _ = try TrainableEncoder(folder: tinyFolder("base"), maxTokens: 33) }.contains("to 32"))
        let encoder = try TrainableEncoder(folder: tinyFolder("base"))
        #expect(words { _ = try encoder.tokens([]) }.contains("at least one text"))
        func forward(_ ids: [Int32], _ shape: [Int]) -> String {
            words { _ = try encoder.forward([Tensor(ids, shape: shape)], Recorder()) }
        }
        #expect(forward([2, 3], [2]).contains("token ids [n, tokens]"))
        #expect(forward([2, 900], [1, 2]).contains("got the id 900"))
        #expect(forward([Int32](repeating: 5, count: 40), [1, 40]).contains("positions for 32 tokens"))
        // A text without any token has a vector all the same: of zeros.
        let empty = try encoder.forward([Tensor([Int32(-1), -1], shape: [1, 2])], Recorder())
        #expect(try empty.values(as: Float.self).allSatisfy { $0 == 0 })
    }
}
