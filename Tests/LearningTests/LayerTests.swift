import Support
import Tensors
import Testing

@testable import Learning

@Suite struct LayerTests {
    private let recorder = Recorder(Work(threads: 1))

    /// Gradients of what layers and losses do in one step, by differences.
    @Test func stepsOfLayers() throws {
        try checkGradients("affine", [random([2, 3, 4], 1), random([5, 4], 2), random([5], 3)]) {
            (recorder, x) throws(Failure) in try recorder.affine(x[0], x[1], x[2])
        }
        try checkGradients("layer norm", [random([3, 4], 1), random([4], 2), random([4], 3)]) {
            (recorder, x) throws(Failure) in try recorder.layerNorm(x[0], x[1], x[2], eps: 1e-5)
        }
        try checkGradients("dropout", [random([5, 4], 1)]) { (recorder, x) throws(Failure) in
            try recorder.dropout(x[0], rate: 0.4, seed: 7)
        }
        for window in [
            Window(height: 2, width: 3, down: 1, right: 2, border: (1, 1)),
            Window(height: 1, width: 1, down: 1, right: 1, border: (0, 0)),
            Window(height: 3, width: 2, down: 2, right: 1, border: (0, 2)),
        ] {
            try checkGradients("windows", [random([2, 2, 4, 5], 1).transpose(0, 1)]) {
                (recorder, x) throws(Failure) in try recorder.windows(x[0], window)
            }
        }
        try checkGradients("unstacked", [random([2, 3, 2], 1)]) { (recorder, x) throws(Failure) in
            let parts = try recorder.unstacked(x[0], dim: 1)
            return try recorder.combine(
                .multiply, .tensor(parts[0]), .tensor(recorder.combine(.add, .tensor(parts[2]), .tensor(parts[0]))))
        }
    }

    @Test func losses() throws {
        let truth = try Tensor.compare(.gt, .tensor(random([4, 3], 5)), .scalar(.integer(0)))
        try checkGradients("mse", [random([4, 3], 1), random([4, 3], 2)]) { (recorder, x) throws(Failure) in
            try recorder.meanSquaredError(x[0], x[1])
        }
        try checkGradients("bce", [random([4, 3], 1)]) { (recorder, x) throws(Failure) in
            try recorder.binaryCrossEntropy(x[0], truth, weight: 2.5)
        }
        let labels = try Tensor([3, 1, 0, 2] as [Int64], shape: [4])
        try checkGradients("cross-entropy", [random([4, 3], 1)]) { (recorder, x) throws(Failure) in
            try recorder.crossEntropy(
                x[0], labels: labels, ClassOptions(weights: [1, 0.5, 2], smoothing: 0.2, ignored: 0))
        }
        try checkGradients("contrastive", [random([4, 3], 1), random([4, 3], 2)]) { (recorder, x) throws(Failure) in
            try recorder.contrastive(x[0], x[1], temperature: 0.5, isSymmetric: true)
        }
        try checkGradients("bpr", [random([4], 1), random([4, 1], 2)]) { (recorder, x) throws(Failure) in
            try recorder.ranking(x[0], x[1])
        }
    }

    @Test func parametersBeginAsPyTorchs() throws {
        let linear = try Linear(inputs: 100, outputs: 200, seed: 3)
        let weights = try linear.weight.tensor.values(as: Double.self)
        // Even in ±0.1: the greatest of 20,000 comes near, the variance is 0.1^2 / 3.
        #expect(weights.allSatisfy { abs($0) <= 0.1 } && (weights.max() ?? 0) > 0.0999)
        #expect(try abs(linear.weight.tensor.variance() - 0.01 / 3) < 2e-4)
        #expect(
            try abs(Embedding(count: 100, dimension: 200, base: 1, seed: 3).weight.tensor.standardDeviation() - 1)
                < 0.02)
        let again = try Linear(inputs: 100, outputs: 200, seed: 3)
        #expect(try again.weight.tensor.values(as: Double.self) == weights)
        #expect(try linear.bias?.tensor.values(as: Double.self) != Array(weights.prefix(200)))
    }

    @Test func dropoutKeepsTheMeanAndIsSeeded() throws {
        let x = try Tensor.full([10_000], .integer(1))
        let dropout = Dropout(rate: 0.25, seed: 5)
        let (first, second) = (try dropout.forward([x], recorder), try dropout.forward([x], recorder))
        #expect(try abs(first.mean() - 1) < 0.03)
        #expect(try first.values(as: Float.self) != second.values(as: Float.self))
        let again = Dropout(rate: 0.25, seed: 5)
        #expect(
            try again.forward([x], Recorder(Work(threads: 2))).values(as: Float.self) == first.values(as: Float.self))
        again.draws = 0
        #expect(try again.forward([x], recorder).values(as: Float.self) == first.values(as: Float.self))
        dropout.setTraining(false)
        #expect(try dropout.forward([x], recorder).values(as: Float.self) == x.values(as: Float.self))
    }

    @Test func causalAttentionSeesNothingLater() throws {
        let attention = try Attention(width: 8, heads: 2, isCausal: true, rate: 0, seed: 1)
        let x = try Tensor.randn([1, 4, 8], seed: 2)
        let before = try attention.forward([x], recorder).detached
        let changed = try x.clone()
        try changed.slice(1, 2..<4).assign(.scalar(.real(9)))
        let after = try attention.forward([changed], recorder).detached
        #expect(try before.slice(1, 0..<2).values(as: Float.self) == after.slice(1, 0..<2).values(as: Float.self))
        #expect(try before.values(as: Float.self) != after.values(as: Float.self))
    }

    @Test func everyKindIsSavedAndMadeAgain() throws {
        let window = Window(height: 3, width: 3, down: 1, right: 1, border: (1, 1))
        let block = TransformerBlock.Options(
            width: 4, heads: 2, hidden: 6, dropout: 0.1, activation: .gelu, normalisesFirst: true, isCausal: true)
        let models: [(Layer, Tensor)] = [
            (
                Sequential([
                    try Convolution(inputs: 1, outputs: 2, window: window, dimensions: 2, seed: 1), Activation(.relu),
                    Pooling(window: window, dimensions: 2, takesGreatest: true),
                    Pooling(window: window, dimensions: 2, takesGreatest: false), Flatten(),
                    Dropout(rate: 0.5, seed: 4),
                    try LayerNorm(size: 32, eps: 1e-3), try Linear(inputs: 32, outputs: 3, seed: 5),
                    Activation(.softmax),
                ]), try Tensor.randn([2, 1, 4, 4], seed: 1)
            ),
            (
                Sequential([
                    try Embedding(count: 9, dimension: 4, base: 0, seed: 2), try Transformer(block, count: 2, seed: 3),
                    try Attention(width: 4, heads: 1, isCausal: false, rate: 0.2, seed: 4), Activation(.tanh),
                    try GRU(inputs: 4, width: 5, count: 2, givesLast: false, seed: 5), Activation(.gelu),
                    Activation(.sigmoid),
                ]), try Tensor([0, 8, 3], shape: [1, 3]).to(.int64)
            ),
            (
                try Convolution(
                    inputs: 2, outputs: 3, window: Window(height: 1, width: 2, down: 1, right: 2, border: (0, 1)),
                    dimensions: 1, seed: 6), try Tensor.randn([2, 2, 6], seed: 1)
            ),
        ]
        try inScratch { path in
            for (model, x) in models {
                model.setTraining(false)
                try ModelFile.write(path, model)
                let again = try ModelFile.read(path)
                again.setTraining(false)
                #expect(again.words == model.words)
                #expect(
                    try again.forward([x], recorder).values(as: Float.self)
                        == model.forward([x], recorder).values(as: Float.self), "\(model.words)")
            }
        }
    }

    @Test func foreignAndBrokenFilesAreRefused() throws {
        try inScratch { path in
            func refusal(_ body: () throws(Failure) -> Void) -> String {
                (#expect(throws: Failure.self) { try body() })?.description ?? ""
            }
            try Safetensors.write(path, [("x", Tensor([1.0], shape: [1]))])
            #expect(
                refusal { () throws(Failure) in _ = try ModelFile.read(path) }.contains("is not a model that nn saved"))
            let model = Sequential([try Linear(inputs: 2, outputs: 3, seed: 1)])
            try ModelFile.write(path, model)
            let other = Sequential([try Linear(inputs: 4, outputs: 3, seed: 1)])
            let before = try other.parameters[0].parameter.tensor.values(as: Float.self)
            #expect(
                refusal { () throws(Failure) in try ModelFile.fill(other, from: path) }
                    .contains("'1.weight' has shape [3, 2] there and [3, 4] here"))
            #expect(try other.parameters[0].parameter.tensor.values(as: Float.self) == before)
            let deeper = Sequential([
                try Linear(inputs: 2, outputs: 3, seed: 1), try Linear(inputs: 3, outputs: 1, seed: 1),
            ])
            #expect(
                refusal { () throws(Failure) in try ModelFile.fill(deeper, from: path) }.contains("has no '2.weight'"))
            let whole = try Scratch.read(path)
            for length in [0, 7, 40, whole.count - 1] {
                try Scratch.write(path, Array(whole.prefix(length)))
                #expect(throws: Failure.self, "\(length) bytes") { try ModelFile.read(path) }
            }
        }
    }

    @Test func inputsOfOtherShapesAreNamed() throws {
        func refusal(_ layer: Layer, _ shape: [Int]) -> String {
            (#expect(throws: Failure.self) { try layer.forward([Tensor.zeros(shape)], recorder) })?.description ?? ""
        }
        #expect(
            try refusal(Linear(inputs: 4, outputs: 2, seed: 0), [5, 3])
                == "linear(4, 2) takes 4 features a row, got 3 (shape [5, 3])")
        let window = Window(height: 3, width: 3, down: 1, right: 1, border: (0, 0))
        let convolution = try Convolution(inputs: 2, outputs: 1, window: window, dimensions: 2, seed: 0)
        #expect(refusal(convolution, [1, 1, 5, 5]).contains("2 channels as second size, got shape [1, 1, 5, 5]"))
        #expect(
            refusal(convolution, [1, 2, 2, 5]).contains("window larger than its input, which has shape [1, 2, 2, 5]"))
        #expect(refusal(convolution, [2, 5, 5]).contains("[n, channels, rows, columns]"))
        #expect(throws: Failure.self) { try Attention(width: 7, heads: 2, isCausal: false, rate: 0, seed: 0) }
        #expect(
            try refusal(Embedding(count: 3, dimension: 2, base: 1, seed: 0), [2]).contains(
                "rows 1 to 3, got 0 at element 1"))
    }

    @Test func labelsAreChecked() throws {
        let logits = try Tensor.zeros([2, 3])
        func refusal(_ labels: [Int64], _ options: ClassOptions = ClassOptions()) -> String {
            (#expect(throws: Failure.self) {
                try recorder.crossEntropy(logits, labels: Tensor(labels, shape: [labels.count]), options)
            })?.description ?? ""
        }
        #expect(refusal([1, 4]).contains("class numbers from 1 to 3 expected, got 4 in row 2"))
        #expect(refusal([0, 1]).contains("classes count from 1"))
        #expect(refusal([1]).contains("labels of shape [2], for logits of shape [2, 3] expected, got shape [1]"))
        #expect(refusal([2, 2], ClassOptions(ignored: 2)).contains("all are ignored"))
        #expect(throws: Failure.self) { try recorder.meanSquaredError(logits, Tensor.zeros([3, 2])) }
        #expect(throws: Failure.self) { try recorder.meanSquaredError(Tensor.zeros([0]), Tensor.zeros([0])) }
    }
}

/// A path in a folder that goes afterwards.
func inScratch(_ body: (String) throws -> Void) throws {
    try Scratch.folder { try body($0 + "/model.safetensors") }
}
