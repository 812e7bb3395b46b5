import Learning
import LuaKit
import Support
import Tensors

/// The training loop and what surrounds it.
enum NNTraining {
    static let all = [fit, trainTestSplit, kFold, crossValidate]

    static let loss = ParameterType.either(.choice(["mse", "cross_entropy", "bce_with_logits"]), .function)

    /// What is said of a training beside model and data.
    static let options: [Parameter] = [
        .required("loss", loss, "a loss, or a function of prediction and truth that gives one"),
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
                "{x, y} or {x = ..., y = ...}: inputs (a list of tensors for several; texts, which the model's encoder cuts into tokens once) "
                    + "and truth, by rows"),
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
        related: ["nn.cross_validate", "nn.train_test_split", "nn.Module:predict", "nn.encoder"]
    ) { call throws(Failure) in
        let model = try call.layer("model")
        var data = try call.trainingData("data", for: model)
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
            validation = try call.trainingData("validation", for: model)
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
        "rows", .either(.integer(2...), .rowsOfAnything),
        "how many rows, or something with so many: a tensor, column, table or list")
    private static let stratify = Parameter.optional(
        "stratify", .labels, standing: "none", "labels of the rows, which every part then has in like shares")
    static let groups = Parameter.optional(
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

    /// Predictions in batches.
    static let predict = Signature(
        "nn.Module:predict", "What the model says to rows: dropout off, nothing recorded, a batch at a time.",
        parameters: [
            .required(
                "x", .modelInputs,
                "the rows, or a list of tensors for a model of several inputs; texts for one with an encoder")
        ],
        options: [.optional("batch", .integer(1...), default: 1024, "rows at a time")],
        returns: [.init("tensor", "a row for each")],
        example: .init("return nn.linear(3, 2):predict(tensor.zeros(5, 3)).shape", output: "{5, 2}"),
        related: ["nn.fit"]
    ) { call throws(Failure) in
        guard let x = try call.given("x") else { return .nil }
        let layer = try call.receiver(Layer.self)
        return .object(
            try layer.predict(call.inputs(x, "x", for: layer), batch: call.integer("batch"), work: call.work))
    }
}
