import LuaKit
import Metrics
import Support
import Tensors

extension Parameter {
    /// The weights of items.
    static let sampleWeight = Parameter.optional(
        "sample_weight", .vector, standing: "1 each", "how much each item counts, from 0 up")
}

extension Call {
    /// The weights of items, if given.
    func sampleWeights() throws(Failure) -> [Double]? {
        try converted(ifGiven: "sample_weight", Tensor.self)?.values(as: Double.self)
    }

    /// The class given, if any.
    func label(ifGiven name: String) throws(Failure) -> LabelList.Label? {
        guard try has(name) else { return nil }
        switch try value(name) {
        case .string(let bytes): return .text(bytes)
        case let value: return value.int.map { .integer($0) }
        }
    }
}

extension MetricsFunctions {
    private static let fromLogits = Parameter.optional(
        "from_logits", .boolean, default: false,
        "true for scores of a network before sigmoid, or softmax for rows of several classes")
    private static let positive = Parameter.optional(
        "positive", .either(.integer, .string), standing: "1", "the class that counts as positive")

    /// Which items are of the positive class.
    private static func marks(_ call: Call) throws(Failure) -> [Bool] {
        let truth: LabelList = try call.converted("truth")
        if let positive = try call.label(ifGiven: "positive") {
            if !truth.labels.contains(positive), !truth.labels.isEmpty {
                throw .argument("positive", expected: "a class that occurs", got: positive.words)
            }
            return truth.labels.map { $0 == positive }
        }
        var marks: [Bool] = []
        var clock = PollClock(call.work.cancellation)
        for (place, label) in truth.labels.enumerated() {
            try clock.check()
            guard label == .integer(0) || label == .integer(1) else {
                throw .argument(
                    "truth", expected: "0 or 1 for each item", got: "\(label.words) at position \(place + 1)",
                    hint: "give positive = … to name a class")
            }
            marks.append(label == .integer(1))
        }
        return marks
    }

    /// The scores of one class, [n].
    private static func scores(_ call: Call) throws(Failure) -> [Double] {
        let scores: Tensor = try call.converted("prediction")
        guard scores.rank == 1 else {
            throw .argument("prediction", expected: "one score for each item, [n]", got: "shape \(scores.shape)")
        }
        return try scores.values(as: Double.self)
    }

    private static func scored(
        _ name: String, _ prose: String, range: String, output: String, options: [Parameter] = [],
        _ measure: @escaping @Sendable (Call) throws(Failure) -> Double
    ) -> Signature {
        Signature(
            "metrics.\(name)", prose,
            parameters: [
                .required("truth", .labels, "1 for items of the positive class, 0 for the others; or any classes"),
                .required("prediction", .tensorLike, "score or probability of each, in the same order"),
            ],
            options: options + [positive, .sampleWeight],
            returns: [.init("number", range)],
            example: .init("metrics.\(name)({1, 0, 1, 0}, {0.9, 0.6, 0.5, 0.1})", output: output),
            related: ["metrics.f1"]
        ) { call throws(Failure) in .number(try measure(call)) }
    }

    /// The probabilities of several classes, and every item's column among them.
    private static func several(
        _ call: Call, _ scores: Tensor, fromLogits: Bool
    ) throws(Failure) -> (ClassProbabilities, [Int]) {
        let truth: LabelList = try call.converted("truth")
        let shares = try ClassProbabilities(scores, fromLogits: fromLogits, work: call.work)
        var classes = try call.converted(ifGiven: "labels", LabelList.self)?.labels ?? Array(Set(truth.labels)).sorted()
        if try !call.has("labels"), classes.count < shares.classCount {
            // Classes count from 1 where the labels do not show all of them.
            classes = (1...max(1, shares.classCount)).map { .integer($0) }
        }
        guard classes.count == shares.classCount else {
            throw .argument(
                "prediction", expected: "a column for each of \(classes.count) classes",
                got: "\(shares.classCount) columns")
        }
        var codes: [Int] = []
        for (place, label) in truth.labels.enumerated() {
            guard let code = classes.firstIndex(of: label) else {
                throw .argument(
                    "truth", expected: "classes from 1 to \(classes.count), or those of labels = {…}",
                    got: "\(label.words) at position \(place + 1)")
            }
            codes.append(code)
        }
        return (shares, codes)
    }

    private static let labels = Parameter.optional(
        "labels", .labels, standing: "the classes in order", "the class of each column, where prediction has several")

    /// Measures of scores and probabilities.
    static let scoring: [Signature] = [
        scored(
            "roc_auc",
            """
            Area under the ROC curve: the chance that a positive item scores above a negative one, ties counted half. Of rows of probabilities \
            [n, classes] the mean of each class against all others.
            """,
            range: "0.5 for scores without use, 1 for perfect ones; with one class an error, since it is not defined",
            output: "0.75",
            options: [
                labels,
                .optional(
                    "average", .choice(["macro", "weighted"]), default: "macro",
                    "of several classes: alike, or weighted by their items"),
            ]
        ) { call throws(Failure) in
            let scores: Tensor = try call.converted("prediction")
            guard scores.rank == 2 else {
                return try BinaryScores.rocAUC(
                    marks(call), Self.scores(call), weights: call.sampleWeights(), work: call.work)
            }
            let (shares, codes) = try several(call, scores, fromLogits: false)
            return try shares.rocAUC(codes, weighted: call.string("average") == "weighted")
        },
        scored(
            "average_precision", "Precision at each score that raises recall, weighted by how much it does.",
            range: "from 0 to 1", output: "0.83333333333333"
        ) { call throws(Failure) in
            try BinaryScores.averagePrecision(
                marks(call), scores(call), weights: call.sampleWeights(), work: call.work)
        },
        scored(
            "log_loss",
            "Mean of −ln of the probability given to what came; of rows of probabilities, to each item's class.",
            range: "from 0 up", output: "0.45503973593744", options: [fromLogits, labels]
        ) { call throws(Failure) in
            let (weights, isLogit) = (try call.sampleWeights(), try call.boolean("from_logits"))
            let scores: Tensor = try call.converted("prediction")
            if scores.rank == 2 {
                let (shares, codes) = try several(call, scores, fromLogits: isLogit)
                return try shares.logLoss(codes, weights: weights)
            }
            return isLogit
                ? try BinaryScores.logLoss(marks(call), logits: Self.scores(call), weights: weights)
                : try BinaryScores.logLoss(marks(call), Self.scores(call), weights: weights)
        },
        scored(
            "brier", "Mean squared distance of the probabilities from what came.", range: "from 0 to 1",
            output: "0.1575"
        ) { call throws(Failure) in
            try BinaryScores.brier(marks(call), scores(call), weights: call.sampleWeights())
        },
        Signature(
            "metrics.calibration",
            "How often what was given a probability came, by bins of the probability. Well-calibrated probabilities come as often as they say.",
            parameters: [
                .required("truth", .labels, "1 for what came, 0 for the rest"),
                .required("prediction", .tensorLike, "probability given to each, in the same order"),
            ],
            options: [
                .optional("bins", .integer(1...Calibration.mostBins), default: 10, "how many bins"),
                .optional(
                    "strategy", .choice(Calibration.Strategy.allCases.map(\.rawValue)), default: "uniform",
                    "bins of equal width, or of about equally many items"),
                positive,
            ],
            returns: [
                .init(
                    "record",
                    "predicted, observed and counts, a number for each bin that holds items; expected_error, their mean distance weighted by items; greatest_error"
                )
            ],
            example: .init(
                "metrics.calibration({0, 1, 1, 1}, {0.1, 0.2, 0.8, 0.9}, {bins = 2}).observed", output: "{0.5, 1.0}"),
            related: ["metrics.brier", "metrics.log_loss"]
        ) { call throws(Failure) in
            let calibration = try Calibration(
                marks(call), scores(call), bins: call.integer("bins"),
                strategy: Calibration.Strategy(rawValue: call.string("strategy")) ?? .uniform)
            return .record([
                ("predicted", .numbers(calibration.bins.map(\.predicted))),
                ("observed", .numbers(calibration.bins.map(\.observed))),
                ("counts", .integers(calibration.bins.map(\.count))),
                ("expected_error", .number(calibration.expectedError)),
                ("greatest_error", .number(calibration.greatestError)),
            ])
        },
    ]
}
