import Support
import Tensors
import Testing

@testable import Learning

@Suite struct FitTests {
    /// Three classes around three points.
    private func blobs(_ count: Int = 60) throws -> TrainingData {
        let noise = try Tensor.randn([count, 2], seed: 5)
        let labels = (0..<count).map { Int64($0 % 3 + 1) }
        let centers = labels.flatMap { label in [Float(label == 1 ? 3 : 0), Float(label == 2 ? 3 : 0)] }
        let x = try Tensor.combine(.add, .tensor(noise), .tensor(Tensor(centers, shape: [count, 2])))
        return try TrainingData(inputs: [x], truth: Tensor(labels, shape: [count]))
    }

    private func model() throws -> Layer {
        Sequential([
            try Linear(inputs: 2, outputs: 8, seed: 1), Activation(.tanh), Dropout(rate: 0.2, seed: 2),
            try Linear(inputs: 8, outputs: 3, seed: 3),
        ])
    }

    private func fit(
        _ model: Layer, threads: Int = 1, validation: TrainingData? = nil,
        _ change: (inout Fit.Options) -> Void = { _ in }
    ) throws -> Fit {
        var options = Fit.Options()
        (options.epochs, options.batch, options.seed) = (6, 16, 7)
        (options.course, options.warmup) = (.cosine, 3)
        change(&options)
        let method = Optimiser.Method.adam(betas: (0.9, 0.999), eps: 1e-8, decouples: false)
        let optimiser = try Optimiser(model.parameters.map(\.parameter.tensor), method: method, rate: 0.05)
        let objective = Objective(.crossEntropy, metrics: [("accuracy", Objective.accuracy)])
        return Fit(
            model, try blobs(), validation: validation, objective, optimiser, options, work: Work(threads: threads))
    }

    private func numbers(_ model: Layer) throws -> [Float] {
        try model.parameters.flatMap { try $0.parameter.tensor.values(as: Float.self) }
    }

    @Test func classesAreLearntAndScored() throws {
        let model = try model()
        let history = try fit(model, validation: blobs(30)) { $0.epochs = 30 }.run()
        let last = try #require(history.epochs.last)
        #expect(last.values.map(\.name) == ["loss", "accuracy", "validation_loss", "validation_accuracy"])
        #expect((last["validation_accuracy"] ?? 0) > 0.85)
        #expect(history.best > 1 && history.epochs.count == 30 && model.isTraining)
    }

    @Test func threadsChangeNoBit() throws {
        let (one, two) = (try model(), try model())
        #expect(try fit(one, threads: 1).run().epochs == fit(two, threads: 2).run().epochs)
        #expect(try numbers(one) == numbers(two))
    }

    @Test func aResumedRunGivesTheNumbersOfOneThatWasNotStopped() throws {
        try inScratch { path in
            let (whole, parts) = (try model(), try model())
            let validation = try blobs(15)
            let expected = try fit(whole, validation: validation) { $0.patience = 5 }.run()
            let settings: (inout Fit.Options) -> Void = { ($0.checkpoint, $0.resumes, $0.patience) = (path, true, 5) }
            _ = try fit(parts, validation: validation, settings).run { $0.number < 2 }
            // Another process would begin with a model made anew.
            let fresh = try model()
            try fresh.parameters[0].parameter.set(Tensor.zeros([8, 2]))
            _ = try fit(fresh, validation: validation, settings).run { $0.number < 4 }
            let last = try model()
            let history = try fit(last, validation: validation, settings).run()
            #expect(history.epochs == expected.epochs)
            #expect(history.best == expected.best && history.end == expected.end)
            #expect(try numbers(last) == numbers(whole))
        }
    }

    @Test func foreignCheckpointsAreRefused() throws {
        try inScratch { path in
            try ModelFile.write(path, model())
            let before = try model()
            let kept = try numbers(before)
            func refusal(_ change: @escaping (inout Fit.Options) -> Void) -> String {
                (#expect(throws: Failure.self) {
                    try fit(before) {
                        ($0.checkpoint, $0.resumes) = (path, true)
                        change(&$0)
                    }.run()
                })?.description ?? ""
            }
            #expect(refusal { _ in }.contains("is not a checkpoint of nn.fit"))
            _ = try fit(model()) { $0.checkpoint = path }.run { _ in false }
            #expect(refusal { $0.batch = 8 }.contains("another training: its batch was"))
            let bytes = try Scratch.read(path)
            try Scratch.write(path, Array(bytes.prefix(bytes.count / 2)))
            #expect(!refusal { _ in }.isEmpty)
            #expect(try numbers(before) == kept)
        }
    }

    @Test func patienceStopsAndTheBestIsKept() throws {
        let model = try model()
        // Truth that has nothing to do with the validation's: it gets worse and worse there.
        let other = try TrainingData(
            inputs: blobs(30).inputs, truth: Tensor((0..<30).map { Int64(($0 + 1) % 3 + 1) }, shape: [30]))
        var best: [Float] = []
        var least = Double.infinity
        let training = try fit(model, validation: other) { ($0.epochs, $0.patience) = (50, 3) }
        let history = try training.run { (epoch) throws(Failure) in
            if let loss = epoch["validation_loss"], loss < least {
                least = loss
                best = (try? numbers(model)) ?? []
            }
            return true
        }
        #expect(history.end == .patience && history.epochs.count == history.best + 3)
        #expect(try numbers(model) == best)
    }

    @Test func anInterruptedRunLeavesTheLastWholeStep() throws {
        let model = try model()
        let training = try fit(model)
        let work = training.work
        var kept: [Float] = []
        #expect(throws: Failure.cancelled) {
            try training.run { (epoch) throws(Failure) in
                kept = (try? numbers(model)) ?? []
                work.cancellation.cancel()
                return true
            }
        }
        #expect(try numbers(model) == kept && !kept.isEmpty)
    }

    @Test func lossesThatAreNoNumbersAreExplained() throws {
        func refusal(_ data: TrainingData, _ model: Layer, rate: Double = 0.1) throws -> String {
            let before = try numbers(model)
            let optimiser = try Optimiser(
                model.parameters.map(\.parameter.tensor), method: .sgd(momentum: 0, isNesterov: false), rate: rate)
            var options = Fit.Options()
            (options.shuffles, options.batch, options.epochs) = (false, 2, 40)
            let training = Fit(model, data, validation: nil, Objective(.mse), optimiser, options)
            let text = (#expect(throws: Failure.self) { try training.run() })?.description ?? ""
            if rate < 1 { #expect(try numbers(model) == before) }
            return text
        }
        let x = try Tensor([1, 2, 3, Float.nan], shape: [4, 1])
        let y = try Tensor([1, 2, 3, 4] as [Float], shape: [4, 1])
        let linear = try Linear(inputs: 1, outputs: 1, seed: 1)
        _ = try refusal(TrainingData(inputs: [y.slice(0, 2..<4)], truth: x.slice(0, 2..<4)), linear)
        #expect(
            try refusal(TrainingData(inputs: [x.slice(0, 2..<4)], truth: y.slice(0, 2..<4)), linear)
                .contains("at step 1 of epoch 1: the input has a number that is not finite in row 2 of the data"))
        let far = try TrainingData(inputs: [product(y, 1e6, Work())], truth: y)
        let words = try refusal(
            far, Sequential([Linear(inputs: 1, outputs: 2, seed: 1), Linear(inputs: 2, outputs: 1, seed: 2)]), rate: 10)
        #expect(words.contains("lr") && words.contains("step"), "\(words)")
    }

    @Test func truthThatCannotBeLearntIsRefused() throws {
        let x = try Tensor.zeros([3, 2])
        func refusal(_ labels: [Int64]) throws -> String {
            let model = try model()
            let data = try TrainingData(inputs: [x], truth: Tensor(labels, shape: [3]))
            let optimiser = try Optimiser(
                model.parameters.map(\.parameter.tensor), method: .sgd(momentum: 0, isNesterov: false), rate: 1)
            return
                (#expect(throws: Failure.self) {
                    try Fit(model, data, validation: nil, Objective(.crossEntropy), optimiser, Fit.Options()).run()
                })?.description ?? ""
        }
        #expect(
            try refusal([1, 2, 4]).contains(
                "classes from 1 to 3, as many as the model gives scores expected, got 4 in row 3"))
        #expect(try refusal([1, 0, 2]).contains("classes count from 1"))
        #expect(try refusal([2, 2, 2]).contains("one class only, 2, in all 3 rows"))
        #expect(throws: Failure.self) { try TrainingData(inputs: [x], truth: Tensor.zeros([2])) }
        #expect(throws: Failure.self) { try TrainingData(inputs: [Tensor.zeros([0, 2])], truth: Tensor.zeros([0])) }
    }

    // MARK: - Splits

    @Test(arguments: [2, 3, 10, 57])
    func everyRowIsTestedOnOnce(count: Int) throws {
        let labels = (0..<count).map { $0 % 3 == 0 ? 1 : 0 }
        for keeping in [Splits.Keeping.nothing, .shares(of: labels), .groups((0..<count).map { $0 / 2 })] {
            let k = min(count, 4)
            if case .groups = keeping, (count + 1) / 2 < k {
                #expect(throws: Failure.self) { try Splits.folds(count, k, keeping: keeping, seed: 1) }
                continue
            }
            let folds = try Splits.folds(count, k, keeping: keeping, seed: 1)
            #expect(folds.flatMap(\.test).sorted() == Array(0..<count))
            for fold in folds { #expect(Set(fold.train).union(fold.test).count == count && !fold.test.isEmpty) }
            #expect(try Splits.folds(count, k, keeping: keeping, seed: 1) == folds)
        }
    }

    @Test func sharesAndGroupsAreKept() throws {
        let labels = (0..<100).map { $0 < 90 ? 0 : 1 }
        for fold in try Splits.folds(100, 5, keeping: .shares(of: labels), seed: 3) {
            #expect(fold.test.count == 20 && fold.test.count { labels[$0] == 1 } == 2)
        }
        let split = try Splits.once(100, test: 0.2, keeping: .shares(of: labels), seed: 3)
        #expect(split.test.count == 20 && split.test.count { labels[$0] == 1 } == 2)
        let groups = (0..<100).map { $0 % 7 }
        for split in try Splits.folds(100, 3, keeping: .groups(groups), seed: 3)
            + [Splits.once(100, test: 0.3, keeping: .groups(groups), seed: 3)]
        {
            #expect(Set(split.test.map { groups[$0] }).isDisjoint(with: split.train.map { groups[$0] }))
            #expect(!split.test.isEmpty && !split.train.isEmpty)
        }
    }
}
