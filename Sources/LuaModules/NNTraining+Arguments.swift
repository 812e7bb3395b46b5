import Learning
import LuaKit
import Support
import Tensors

extension Call {
    /// Inputs and truth from {x, y} or {x = ..., y = ...}. Texts are cut into tokens as `model` reads them.
    func trainingData(_ name: String, for model: Layer?) throws(Failure) -> TrainingData {
        let (x, y) = try rowsAndTruth(name)
        guard let truth = try y.tensor(as: name) else {
            throw .argument(
                name, expected: "numbers as truth: a tensor, column or list",
                got: y.kind == .table && y.count > 0 ? "a list with \(try element(1, of: y).words)" : y.words,
                hint: "give every class a number from 1 up")
        }
        do throws(Failure) {
            let narrow = y.kind == .table && truth.dtype == .float64 ? try truth.to(.float32) : truth
            return try TrainingData(inputs: inputs(x, name, for: model), truth: narrow)
        } catch {
            guard case .argument = error.kind else { throw error }
            throw .argument(name, expected: error.problem, got: error.got ?? "others", hint: error.hint)
        }
    }

    /// What stands in the argument `name` as `{x, y}` or by name.
    func rowsAndTruth(_ name: String) throws(Failure) -> (x: Argument, y: Argument) {
        guard let table = try given(name), table.kind == .table else {
            throw .argument(name, expected: "{x, y}", got: "nothing")
        }
        let named = try fields(of: table)
        let (first, second) = (try element(1, of: table), try element(2, of: table))
        let x = named.first { $0.name == "x" }?.value ?? first
        let y = named.first { $0.name == "y" }?.value ?? second
        guard !x.isNil, !y.isNil else {
            throw .argument(
                name, expected: "{x, y} or {x = ..., y = ...}", got: table.words, hint: "inputs and truth, by rows")
        }
        return (x, y)
    }

    /// One tensor, or those of a list of tensors; texts as the tokens that `model` reads.
    func inputs(_ x: Argument, _ name: String, for model: Layer?) throws(Failure) -> [Tensor] {
        if let model, try isTexts(x, for: model) { return [try tokens(x, name, for: model)] }
        if x.kind == .table, x.count > 0, try isInput(element(1, of: x)) {
            var tensors: [Tensor] = []
            for position in 1...x.count {
                let element = try element(position, of: x)
                if let tensor = element.object(Tensor.self) {
                    tensors.append(tensor)
                } else if let model, try isTexts(element, for: model) {
                    tensors.append(try tokens(element, name, for: model))
                } else {
                    throw .argument(name, expected: "tensors or texts", got: "\(element.words) at position \(position)")
                }
            }
            return tensors
        }
        guard let tensor = try x.tensor(as: name) else {
            throw .argument(
                name, expected: "tensor, column or list of numbers", got: x.unreadableElement ?? x.words)
        }
        return [x.kind == .table && tensor.dtype == .float64 ? try tensor.to(.float32) : tensor]
    }

    // Whether an element of a list is an input by itself: a tensor, or texts.
    private func isInput(_ element: Argument) throws(Failure) -> Bool {
        if element.object(Tensor.self) != nil || element.isTextColumn ?? false { return true }
        guard element.kind == .table, element.count > 0 else { return false }
        return try self.element(1, of: element).kind == .string
    }

    /// For classes, that every part has like shares of each.
    func sharesKept(_ data: TrainingData) throws(Failure) -> Splits.Keeping {
        let kind = try objectiveKind()
        guard kind == .crossEntropy || kind == .binary, data.truth.count == data.count else {
            return .nothing
        }
        return .shares(of: try data.truth.values(as: Double.self).map { Int(exactly: $0.rounded()) ?? 0 })
    }

    func rowCount() throws(Failure) -> Int {
        if let count = try given("rows")?.integer {
            guard count <= 100_000_000 else {
                throw .argument("rows", expected: "integer up to 100000000, or a tensor with rows", got: "\(count)")
            }
            return count
        }
        return try converted("rows")
    }

    func keeping(rows count: Int) throws(Failure) -> Splits.Keeping {
        let declared = signature.options.contains { $0.name == "stratify" }
        let labels: LabelList? = declared ? try converted(ifGiven: "stratify") : nil
        let groups: LabelList? = try converted(ifGiven: "groups")
        for (name, list) in [("stratify", labels), ("groups", groups)] {
            if let list, list.labels.count != count {
                throw .argument(name, expected: "\(count) labels, one a row", got: "\(list.labels.count)")
            }
        }
        if let groups {
            guard labels == nil else {
                throw .argument("groups", expected: "either groups or stratify", got: "both")
            }
            return .groups(try groups.codes(work))
        }
        guard let labels else { return .nothing }
        return .shares(of: try labels.codes(work))
    }

    private func objectiveKind() throws(Failure) -> Objective.Kind {
        guard let loss = try given("loss") else { return .other }
        if let name = loss.text { return Objective.Kind(rawValue: name) ?? .other }
        return switch loss.signature?.name {
        case "nn.mse"?: .mse
        case "nn.cross_entropy"?: .crossEntropy
        case "nn.bce_with_logits"?: .binary
        default: .other
        }
    }

    func callbacks() throws(Failure) -> [LuaFunction] {
        guard let given = try given("callbacks") else { return [] }
        if case .function(let function) = try given.value() { return [function] }
        var functions: [LuaFunction] = []
        try given.forEach { (_, element) throws(Failure) in
            if case .function(let function) = try element.value() { functions.append(function) }
        }
        return functions
    }

    /// The training that the options describe.
    func training(
        _ model: Layer, _ data: TrainingData, _ validation: TrainingData?
    ) throws(Failure) -> Fit {
        var options = Fit.Options()
        options.epochs = try integer("epochs")
        options.batch = try integer("batch")
        options.seed = seed
        options.shuffles = try boolean("shuffle")
        options.clip = try number(ifGiven: "clip")
        options.course = Schedule.Course(rawValue: try string("schedule")) ?? .constant
        options.warmup = try integer("warmup")
        options.patience = try integer(ifGiven: "patience")
        options.keepsBest = try boolean("best")
        if signature.options.contains(where: { $0.name == "checkpoint" }) {
            options.checkpoint = try has("checkpoint") ? path("checkpoint") : nil
            options.resumes = try boolean("resume")
            guard !options.resumes || options.checkpoint != nil else {
                throw .argument(
                    "resume", expected: "a checkpoint to go on from", got: "none", hint: "name it: checkpoint = \"...\""
                )
            }
        }
        return Fit(
            model, data, validation: validation, try objective(), try optimiser(model), options, work: work)
    }

    private func optimiser(_ model: Layer) throws(Failure) -> Optimiser {
        if let given = try given("optimizer")?.object(Optimiser.self) { return given }
        guard !model.learning.isEmpty else {
            throw .argument("model", expected: "a model with parameters to learn", got: model.words)
        }
        let method: Optimiser.Method =
            switch try string("optimizer") {
            case "sgd": .sgd(momentum: 0, isNesterov: false)
            case "adamw": .adam(betas: (0.9, 0.999), eps: 1e-8, decouples: true)
            default: .adam(betas: (0.9, 0.999), eps: 1e-8, decouples: false)
            }
        return try Optimiser(
            model.learning, method: method, rate: number("lr"), weightDecay: number("weight_decay"))
    }

    private func objective() throws(Failure) -> Objective {
        let kind = try objectiveKind()
        let metrics = try self.metrics(kind)
        if kind != .other { return Objective(kind, metrics: metrics) }
        guard case .function(let function)? = try given("loss")?.value() else {
            return Objective(.mse, metrics: metrics)
        }
        let state = self.state
        return Objective(metrics: metrics) { (prediction, truth, recorder) throws(Failure) in
            let before = state.work.recordsGradients
            state.work.recordsGradients = recorder.work.recordsGradients
            defer { state.work.recordsGradients = before }
            let result = try function.call(.object(prediction), .object(truth)).first ?? .nil
            if case .object(let object) = result, let tensor = object.get(Tensor.self), tensor.count == 1 {
                return tensor
            }
            if !recorder.work.recordsGradients, let number = result.double {
                return try Tensor.scalar(.real(number), dtype: .float64)
            }
            throw .argument(
                "loss", expected: "function that gives a tensor of one element", got: result.typeName,
                hint: "as in function(prediction, truth) return ((prediction - truth) ^ 2):mean() end")
        }
    }

    private func metrics(_ kind: Objective.Kind) throws(Failure) -> [(name: String, metric: Objective.Metric)] {
        guard let table = try given("metrics") else { return [] }
        var metrics: [(name: String, metric: Objective.Metric)] = []
        try table.forEach { (position, element) throws(Failure) in
            switch element.text {
            case "accuracy"? where kind == .mse:
                throw .argument(
                    "metrics", expected: "\"mae\" or \"rmse\" beside loss \"mse\"", got: "\"accuracy\"",
                    hint: "it counts right classes, which loss \"cross_entropy\" or \"bce_with_logits\" learns")
            case let name? where kind == .crossEntropy && ["mae", "rmse"].contains(name):
                throw .argument(
                    "metrics", expected: "\"accuracy\" beside loss \"cross_entropy\"", got: "\"\(name)\"",
                    hint: "it is a distance between numbers, not between classes")
            case "accuracy"?: metrics.append(("accuracy", Objective.accuracy))
            case "mae"?: metrics.append(("mae", Objective.meanAbsoluteError))
            case "rmse"?: metrics.append(("rmse", Objective.rootMeanSquaredError))
            default:
                throw .argument(
                    "metrics", expected: "\"accuracy\", \"mae\" or \"rmse\"",
                    got: "\(element.words) at position \(position)",
                    hint: "give others a name, as in {f1 = function(prediction, truth) ... end}")
            }
        }
        for (name, value) in try fields(of: table) {
            guard case .function(let function) = try value.value() else {
                throw .argument("metrics", expected: "functions by name", got: "\(value.words) under '\(name)'")
            }
            metrics.append(
                (
                    name,
                    { (prediction, truth, _) throws(Failure) in
                        let result = try function.call(.object(prediction), .object(truth)).first ?? .nil
                        guard let number = result.double else {
                            throw .argument("metrics", expected: "number from '\(name)'", got: result.typeName)
                        }
                        return number
                    }
                ))
        }
        return metrics
    }
}
