import Support
import Tensors

/// The training loop: epochs of batches in a random order, validation after each, the best parameters kept.
///
/// The order of an epoch depends on the seed and the epoch alone, so that a run that goes on from a checkpoint gives the numbers of one
/// that was never stopped.
public struct Fit {
    /// How to train.
    public struct Options: Sendable {
        /// Passes over the data, and rows in a step.
        public var epochs = 10, batch = 32
        /// Starts the order of the rows.
        public var seed: UInt64 = 0
        /// Whether rows come in a random order.
        public var shuffles = true
        /// The greatest length of all gradients together.
        public var clip: Double?
        /// How the rate changes over the steps, and how many it first rises.
        public var course = Schedule.Course.constant, warmup = 0
        /// Epochs without a better loss before training stops.
        public var patience: Int?
        /// Whether the model ends with the parameters of its best epoch.
        public var keepsBest = true
        /// Where everything is kept after each epoch, to go on from.
        public var checkpoint: String?
        /// Whether to go on from the checkpoint if there is one.
        public var resumes = false

        /// Ten epochs of batches of 32.
        public init() {}
    }

    /// One epoch.
    public struct Epoch: Sendable, Equatable {
        /// Its number, from 1.
        public let number: Int
        /// The rate at its end.
        public let rate: Double
        /// Names and numbers in order: loss, metrics, and both again of the validation data.
        public let values: [(name: String, value: Double)]

        /// The number of that name.
        public subscript(name: String) -> Double? { values.first { $0.name == name }?.value }

        /// Equal in all numbers.
        public static func == (a: Epoch, b: Epoch) -> Bool {
            a.number == b.number && a.rate == b.rate && a.values.map(\.name) == b.values.map(\.name)
                && a.values.map(\.value) == b.values.map(\.value)
        }
    }

    /// Why training ended.
    public enum End: String, Sendable { case epochs, patience, callback }

    /// What came of it.
    public struct History: Sendable {
        /// Every epoch.
        public internal(set) var epochs: [Epoch] = []
        /// Number of the epoch with the least loss, of validation if there is any.
        public internal(set) var best = 0
        /// Why it ended.
        public internal(set) var end = End.epochs
    }

    let model: Layer
    let data: TrainingData
    let validation: TrainingData?
    let objective: Objective
    let optimiser: Optimiser
    let options: Options
    let work: Work

    /// A training to run.
    public init(
        _ model: Layer, _ data: TrainingData, validation: TrainingData?, _ objective: Objective, _ optimiser: Optimiser,
        _ options: Options, work: Work = Work()
    ) {
        (self.model, self.data, self.validation, self.objective) = (model, data, validation, objective)
        (self.optimiser, self.options, self.work) = (optimiser, options, work)
    }

    /// Trains. `each` is told of every epoch; false from it ends the training.
    public func run(_ each: (Epoch) throws(Failure) -> Bool = { _ in true }) throws(Failure) -> History {
        try objective.check(data, model, "data", work)
        if let validation { try objective.check(validation, model, "validation", work) }
        let wasTraining = model.isTraining
        defer {
            model.setTraining(wasTraining)
            work.progress?.finish("train")
        }
        var state = FitState(schedule: schedule, rate: optimiser.rate)
        if options.resumes, let path = options.checkpoint { try state.restore(from: path, self) }
        defer { optimiser.rate = state.rate }
        while state.history.epochs.count < options.epochs, state.history.end == .epochs {
            let epoch = try run(epoch: state.history.epochs.count + 1, state)
            state.history.epochs.append(epoch)
            let watched = epoch[validation == nil ? "loss" : "validation_loss"] ?? .nan
            if watched < state.bestLoss {
                state.bestLoss = watched
                state.history.best = epoch.number
                if options.keepsBest { state.best = try copies() }
            } else if let patience = options.patience, epoch.number - state.history.best >= patience {
                state.history.end = .patience
            }
            if try !each(epoch), state.history.end == .epochs { state.history.end = .callback }
            if let path = options.checkpoint { try state.write(to: path, self) }
        }
        if options.keepsBest, let best = state.best, state.history.best != state.history.epochs.count {
            for ((_, parameter), values) in zip(learning, best) { try parameter.set(values, work: work) }
        }
        return state.history
    }

    private var stepsInEpoch: Int { (max(1, data.count) - 1) / options.batch + 1 }
    /// Of as many epochs as there are numbers, what can be counted.
    private var steps: Int {
        let (steps, isTooMany) = options.epochs.multipliedReportingOverflow(by: stepsInEpoch)
        return isTooMany ? .max : steps
    }
    private var schedule: Schedule { Schedule(options.course, warmup: options.warmup, total: steps) }

    /// The parameters that are not frozen: what a best epoch consists of.
    var learning: [(name: String, parameter: Trainable)] { model.parameters.filter { !$0.parameter.isFrozen } }

    private func copies() throws(Failure) -> [Tensor] {
        var tensors: [Tensor] = []
        for (_, parameter) in learning { tensors.append(try parameter.tensor.detached.clone(work: work)) }
        return tensors
    }

    private func run(epoch: Int, _ state: FitState) throws(Failure) -> Epoch {
        model.setTraining(true)
        let order = self.order(epoch)
        var sums = Sums(keepsPredictions: !objective.metrics.isEmpty)
        for step in 0..<stepsInEpoch {
            try work.cancellation.check()
            let done = (epoch - 1) * stepsInEpoch + step
            work.progress?.report("train", done: done, total: steps, unit: "steps")
            let first = step * options.batch
            let positions = Array(order[first..<first + min(options.batch, data.count - first)])
            let rows = try data.rows(positions, work: work)
            optimiser.rate = state.rate * state.schedule.factor(done: done)
            let (loss, prediction) = try learn(rows, Step(epoch: epoch, step: step + 1, positions: positions))
            sums.add(loss, prediction, rows.truth)
        }
        var values = [("loss", sums.loss)] + (try metrics(sums, ""))
        if let validation {
            let seen = try evaluate(validation)
            guard seen.loss.isFinite else {
                throw .operation(
                    "the loss of the validation data is \(seen.loss.isNaN ? "not a number" : "infinite") after epoch \(epoch)",
                    hint: "look for values in it that are not finite")
            }
            values += [("validation_loss", seen.loss)] + (try metrics(seen, "validation_"))
        }
        return Epoch(number: epoch, rate: optimiser.rate, values: values)
    }

    // One step. Until the optimiser moves them, all at once, parameters are as they were.
    private func learn(_ rows: TrainingData, _ step: Step) throws(Failure) -> (loss: Double, prediction: Tensor) {
        let recorder = Recorder(work)
        optimiser.zeroGradients()
        let prediction = try model.forward(rows.inputs, recorder)
        let loss = try objective.loss(prediction, rows.truth, recorder)
        let value = try loss.item().double
        guard value.isFinite else { throw diagnosis(value, rows, step) }
        try loss.backward(work: work)
        for (name, parameter) in model.parameters {
            guard let gradient = parameter.tensor.gradNode?.gradient else { continue }
            guard try gradient.sum(work: work).double.isFinite else { throw badGradient(name, step) }
        }
        if let greatest = options.clip { _ = try clipGradients(optimiser.parameters, greatest: greatest, work: work) }
        try optimiser.step(work: work)
        return (value, prediction.detached)
    }

    /// The mean loss and the predictions over `data`.
    func evaluate(_ data: TrainingData) throws(Failure) -> Sums {
        model.setTraining(false)
        var quiet = work
        quiet.recordsGradients = false
        let recorder = Recorder(quiet)
        var sums = Sums(keepsPredictions: !objective.metrics.isEmpty)
        for from in stride(from: 0, to: data.count, by: options.batch) {
            try work.cancellation.check()
            let rows = try data.part(from..<from + min(options.batch, data.count - from))
            let prediction = try model.forward(rows.inputs, recorder)
            let loss = try objective.loss(prediction, rows.truth, recorder)
            sums.add(try loss.item().double, prediction.detached, rows.truth)
        }
        return sums
    }

    func metrics(_ sums: Sums, _ prefix: String) throws(Failure) -> [(String, Double)] {
        guard !objective.metrics.isEmpty else { return [] }
        let prediction = try Tensor.concat(sums.predictions, dim: 0, work: work)
        let truth = try Tensor.concat(sums.truths, dim: 0, work: work)
        var values: [(String, Double)] = []
        for (name, metric) in objective.metrics { values.append((prefix + name, try metric(prediction, truth, work))) }
        return values
    }

    private func order(_ epoch: Int) -> [Int] {
        var order = Array(0..<data.count)
        if options.shuffles {
            var generator = SeededGenerator(seed: options.seed, stream: UInt64(epoch))
            order.shuffle(using: &generator)
        }
        return order
    }

    /// Which step failed.
    struct Step {
        let epoch: Int
        let step: Int
        let positions: [Int]

        var words: String { "step \(step) of epoch \(epoch)" }
    }

    /// Losses by rows, and predictions where metrics want them.
    struct Sums {
        let keepsPredictions: Bool
        private var sum = 0.0
        private var rows = 0
        var predictions: [Tensor] = []
        var truths: [Tensor] = []

        init(keepsPredictions: Bool) { self.keepsPredictions = keepsPredictions }

        var loss: Double { sum / Double(max(1, rows)) }

        mutating func add(_ loss: Double, _ prediction: Tensor, _ truth: Tensor) {
            let count = truth.shape.first ?? 0
            sum += loss * Double(count)
            rows += count
            guard keepsPredictions else { return }
            predictions.append(prediction)
            truths.append(truth)
        }
    }
}

extension Fit {
    /// The mean loss and the metrics over other data, by name, with the model as it is.
    public func score(_ other: TrainingData) throws(Failure) -> [(name: String, value: Double)] {
        let wasTraining = model.isTraining
        defer { model.setTraining(wasTraining) }
        let sums = try evaluate(other)
        return [("loss", sums.loss)] + (try metrics(sums, ""))
    }
}
