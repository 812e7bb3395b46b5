import Learning
import LuaKit
import Support
import Tensors

/// The training loop and what surrounds it.
enum NNTraining {
    static let all = [fit, trainTestSplit, kFold, crossValidate]

    /// What is said of a training beside model and data.
    private static let options: [Parameter] = [
        .required(
            "loss", .either(.choice(["mse", "cross_entropy", "bce_with_logits"]), .function),
            "a loss, or a function of prediction and truth that gives one"),
        .optional("epochs", .integer(1...), default: 10, "passes over the data"),
        .optional("batch", .integer(1...), default: 32, "rows in a step"),
        .optional("lr", .number(0...), default: 0.001, "size of the steps, where optimizer is a name"),
        .optional(
            "optimizer", .either(.choice(["adam", "adamw", "sgd"]), .object(Optimiser.self)), default: "adam",
            "a name, or an optimiser of the model's parameters"),
        .optional("weight_decay", .number(0...), default: 0.0, "of the optimiser, where that is a name"),
        .optional(
            "schedule", .choice(Schedule.Course.allCases.map(\.rawValue)), default: "constant",
            "how lr goes over all steps"),
        .optional("warmup", .integer(0...), default: 0, "steps over which lr rises at first"),
        .optional("clip", .number(above: 0), standing: "no limit", "greatest length of all gradients together"),
        .optional(
            "metrics", .table, standing: "none",
            "\"accuracy\", \"mae\", \"rmse\", or by name functions of prediction and truth that give a number"),
        .optional("shuffle", .boolean, default: true, "whether rows come in another order in every epoch"),
        .optional(
            "patience", .integer(1...), standing: "no limit", "epochs without a smaller loss before training stops"),
        .optional("best", .boolean, default: true, "whether the model ends as it was in its best epoch"),
        .seed,
    ]

    private static let fit = Signature(
        "nn.fit",
        """
        Trains a model: epochs of batches in a random order, with the losses and metrics of each. With validation data the best epoch is the one \
        with the smallest loss there. The seed gives the same numbers on any number of threads; a run resumed from its checkpoint gives those \
        of one that was not stopped.
        """,
        parameters: [
            .required("model", .layer, "a module, or a table with a method forward"),
            .required(
                "data", .table,
                "{x, y} or {x = ..., y = ...}: inputs (a list of tensors for several) and truth, by rows"),
        ],
        options: options + [
            .optional(
                "validation", .either(.number(0...1), .table), standing: "none",
                "data of the same form, or the share of the rows to set aside"),
            .optional(
                "callbacks", .either(.function, .list(of: .function)), standing: "none",
                "functions called with the record of every epoch; false from one stops the training"),
            .optional("checkpoint", .path, standing: "none", "a file in which everything is kept after every epoch"),
            .optional("resume", .boolean, default: false, "whether to go on from the checkpoint if there is one"),
        ],
        returns: [
            .init(
                "record",
                "epochs: a record each of epoch, lr, loss, metrics, and validation_ of these; best: the best epoch's number; stopped: \"epochs\", "
                    + "\"patience\" or \"callback\"")
        ],
        example: .init(
            """
            local x = tensor.linspace(-1, 1, 64):reshape(64, 1)
            local model = nn.linear(1, 1, {seed = 1})
            local history = nn.fit(model, {x, x * 2 + 1}, {loss = "mse", epochs = 50, lr = 0.1})
            return #history.epochs, history.epochs[history.best].loss < 1e-3
            """,
            output: "50\ntrue"),
        related: ["nn.cross_validate", "nn.train_test_split", "nn.Module:predict"]
    ) { call throws(Failure) in
        let model = try call.layer("model")
        var data = try call.trainingData("data")
        var validation: TrainingData?
        if let share = try call.given("validation")?.number {
            guard share > 0, share < 1 else {
                throw .argument("validation", expected: "share above 0 and below 1, or data", got: "\(share)")
            }
            let split = try Splits.once(data.count, test: share, keeping: call.sharesKept(data), seed: call.seed)
            let all = data
            data = try all.rows(split.train, work: call.work)
            validation = try all.rows(split.test, work: call.work)
        } else if try call.has("validation") {
            validation = try call.trainingData("validation")
        }
        let training = try call.training(model, data, validation)
        let callbacks = try call.callbacks()
        let history = try training.run { (epoch) throws(Failure) in
            var goesOn = true
            for callback in callbacks {
                if try callback.call(record(epoch)).first?.bool == false { goesOn = false }
            }
            return goesOn
        }
        return [
            "epochs": .list(history.epochs.map(record)), "best": .integer(history.best),
            "stopped": .string(history.end.rawValue),
        ]
    }

    private static func record(_ epoch: Fit.Epoch) -> LuaValue {
        .record(
            [("epoch", .integer(epoch.number)), ("lr", .number(epoch.rate))]
                + epoch.values.map { ($0.name, .number($0.value)) })
    }

    private static let rows = Parameter.required(
        "rows", .either(.integer(2...), .tensorLike),
        "how many rows, or something with so many: a tensor, column or list")
    private static let stratify = Parameter.optional(
        "stratify", .labels, standing: "none", "labels of the rows, which every part then has in like shares")
    private static let groups = Parameter.optional(
        "groups", .labels, standing: "none", "labels of groups whose rows stay together, as all visits of one user")
    private static let positions = "positions of rows, from 1, rising: x[positions]"

    private static let trainTestSplit = Signature(
        "nn.train_test_split", "Divides rows at random into those to learn from and those to test on.",
        parameters: [rows],
        options: [
            .optional("test", .number(0...1), default: 0.25, "share of the rows to test on"), stratify, groups, .seed,
        ],
        returns: [.init("tensor", positions), .init("tensor", "the same of the rows to test on")],
        example: .init(
            """
            local y = tensor{1, 1, 1, 1, 2, 2, 2, 2}
            local train, test = nn.train_test_split(y, {test = 0.25, stratify = y})
            return #train, y[test]:totable()
            """,
            output: "6\n{1.0, 2.0}"),
        related: ["nn.k_fold", "nn.fit"]
    ) { call throws(Failure) in
        let split = try Splits.once(
            call.rowCount(), test: call.number("test"), keeping: call.keeping(rows: call.rowCount()), seed: call.seed)
        return .values([try Self.positions(split.train), try Self.positions(split.test)])
    }

    private static let kFold = Signature(
        "nn.k_fold", "Divides rows at random into k folds, each tested on once while the others are learnt from.",
        parameters: [rows],
        options: [.optional("k", .integer(2...), default: 5, "how many folds"), stratify, groups, .seed],
        returns: [.init("list of records", "train and test of every fold: \(positions)")],
        example: .init(
            "local folds = nn.k_fold(6, {k = 3}) return #folds, #folds[1].train, #folds[1].test", output: "3\n4\n2"),
        related: ["nn.train_test_split", "nn.cross_validate"]
    ) { call throws(Failure) in
        let count = try call.rowCount()
        let folds = try Splits.folds(count, call.integer("k"), keeping: call.keeping(rows: count), seed: call.seed)
        var records: [LuaValue] = []
        for fold in folds {
            records.append(.record([("train", try positions(fold.train)), ("test", try positions(fold.test))]))
        }
        return .list(records)
    }

    private static func positions(_ rows: [Int]) throws(Failure) -> LuaValue {
        .object(try Tensor(rows.map { Int64($0) + 1 }, shape: [rows.count]))
    }

    private static let crossValidate = Signature(
        "nn.cross_validate",
        """
        Trains a new model on all folds but one, for each in turn, and scores it on that one. For classes the folds have like shares of each \
        unless groups are given.
        """,
        parameters: [
            .required("make", .function, "makes a new model"),
            .required("data", .table, "{x, y} or {x = ..., y = ...}, by rows"),
        ],
        options: [.optional("k", .integer(2...), default: 5, "how many folds"), groups] + options,
        returns: [
            .init("record", "folds: loss and metrics of each on its test rows; mean and std of these over the folds")
        ],
        example: .init(
            """
            local x = tensor.linspace(-1, 1, 40):reshape(40, 1)
            local result = nn.cross_validate(function() return nn.linear(1, 1, {seed = 1}) end, {x, x * 2},
              {loss = "mse", k = 4, epochs = 60, batch = 8, lr = 0.1})
            return #result.folds, result.mean.loss < 1e-3
            """,
            output: "4\ntrue"),
        related: ["nn.fit", "nn.k_fold"]
    ) { call throws(Failure) in
        let data = try call.trainingData("data")
        var keeping = try call.keeping(rows: data.count)
        if case .nothing = keeping { keeping = try call.sharesKept(data) }
        guard let make = try call.given("make") else { return .nil }
        var scores: [[(name: String, value: Double)]] = []
        for fold in try Splits.folds(data.count, call.integer("k"), keeping: keeping, seed: call.seed) {
            let made = try call.apply(make, [])
            guard let first = made.first else {
                throw .argument("make", expected: "function that gives a model", got: "nothing")
            }
            let model = try call.layer(first, "make")
            let training = try call.training(model, data.rows(fold.train, work: call.work), nil)
            _ = try training.run()
            scores.append(try training.score(data.rows(fold.test, work: call.work)))
        }
        func summary(_ of: ([Double]) -> Double) -> LuaValue {
            .record(
                (scores.first ?? []).map { name, _ in
                    (name, .number(of(scores.compactMap { $0.first { $0.name == name }?.value })))
                })
        }
        return [
            "folds": .list(scores.map { .record($0.map { ($0.name, .number($0.value)) }) }),
            "mean": summary(mean), "std": summary(deviation),
        ]
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }

    private static func deviation(_ values: [Double]) -> Double {
        let middle = mean(values)
        return (values.reduce(0) { $0 + ($1 - middle) * ($1 - middle) } / Double(max(1, values.count - 1))).squareRoot()
    }
}

/// Predictions in batches.
let predict = Signature(
    "nn.Module:predict", "What the model says to rows: dropout off, nothing recorded, a batch at a time.",
    parameters: [.required("x", .tensorLike, "the rows, or a list of tensors for a model of several inputs")],
    options: [.optional("batch", .integer(1...), default: 1024, "rows at a time")],
    returns: [.init("tensor", "a row for each")],
    example: .init("return nn.linear(3, 2):predict(tensor.zeros(5, 3)).shape", output: "{5, 2}"),
    related: ["nn.fit"]
) { call throws(Failure) in
    guard let x = try call.given("x") else { return .nil }
    return .object(
        try call.receiver(Layer.self).predict(call.inputs(x, "x"), batch: call.integer("batch"), work: call.work))
}

extension Call {
    /// Inputs and truth from {x, y} or {x = ..., y = ...}.
    fileprivate func trainingData(_ name: String) throws(Failure) -> TrainingData {
        guard let table = try given(name), table.kind == .table else {
            throw .argument(name, expected: "{x, y}", got: "nothing")
        }
        let named = try fields(of: table)
        let (first, second) = (try element(1, of: table), try element(2, of: table))
        let x = named.first { $0.name == "x" }?.value ?? first
        let y = named.first { $0.name == "y" }?.value ?? second
        guard !x.isNil, !y.isNil, let truth = try y.tensor(as: name) else {
            throw .argument(
                name, expected: "{x, y} or {x = ..., y = ...}", got: table.words, hint: "inputs and truth, by rows")
        }
        do throws(Failure) {
            let narrow = y.kind == .table && truth.dtype == .float64 ? try truth.to(.float32) : truth
            return try TrainingData(inputs: inputs(x, name), truth: narrow)
        } catch {
            guard case .argument = error.kind else { throw error }
            throw .argument(name, expected: error.problem, got: error.got ?? "others", hint: error.hint)
        }
    }

    /// One tensor, or those of a list of tensors.
    fileprivate func inputs(_ x: Argument, _ name: String) throws(Failure) -> [Tensor] {
        if x.kind == .table, x.count > 0, try element(1, of: x).object(Tensor.self) != nil {
            var tensors: [Tensor] = []
            try x.forEach { (position, element) throws(Failure) in
                guard let tensor = element.object(Tensor.self) else {
                    throw .argument(name, expected: "tensors", got: "\(element.words) at position \(position)")
                }
                tensors.append(tensor)
            }
            return tensors
        }
        guard let tensor = try x.tensor(as: name) else {
            throw .argument(name, expected: "tensor, column or list of numbers", got: x.words)
        }
        return [x.kind == .table && tensor.dtype == .float64 ? try tensor.to(.float32) : tensor]
    }

    /// For classes, that every part has like shares of each.
    fileprivate func sharesKept(_ data: TrainingData) throws(Failure) -> Splits.Keeping {
        let kind = try objectiveKind()
        guard kind == .crossEntropy || kind == .binary, data.truth.count == data.count else {
            return .nothing
        }
        return .shares(of: try data.truth.values(as: Double.self).map { Int(exactly: $0.rounded()) ?? 0 })
    }

    fileprivate func rowCount() throws(Failure) -> Int {
        if let count = try given("rows")?.integer { return count }
        let tensor: Tensor = try converted("rows")
        guard let count = tensor.shape.first else {
            throw .argument("rows", expected: "a number of rows or a tensor with rows", got: "a single value")
        }
        return count
    }

    fileprivate func keeping(rows count: Int) throws(Failure) -> Splits.Keeping {
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
            return .groups(groups.codes)
        }
        return labels.map { .shares(of: $0.codes) } ?? .nothing
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

    fileprivate func callbacks() throws(Failure) -> [LuaFunction] {
        guard let given = try given("callbacks") else { return [] }
        if case .function(let function) = try given.value() { return [function] }
        var functions: [LuaFunction] = []
        try given.forEach { (_, element) throws(Failure) in
            if case .function(let function) = try element.value() { functions.append(function) }
        }
        return functions
    }

    /// The training that the options describe.
    fileprivate func training(
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
        let metrics = try self.metrics()
        let kind = try objectiveKind()
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

    private func metrics() throws(Failure) -> [(name: String, metric: Objective.Metric)] {
        guard let table = try given("metrics") else { return [] }
        var metrics: [(name: String, metric: Objective.Metric)] = []
        try table.forEach { (position, element) throws(Failure) in
            switch element.text {
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
