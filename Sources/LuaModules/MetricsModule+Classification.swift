import LuaKit
import Metrics
import Support
import Tensors

/// The functions of `metrics` about classes, scores and orders.
enum MetricsFunctions {
    private static let classParameters: [Parameter] = [
        .required("truth", .labels, "class of each item"),
        .required("prediction", .labels, "class given to each, in the same order"),
    ]

    private static let averageOptions: [Parameter] = [
        .optional(
            "average", .choice(ConfusionMatrix.Average.allCases.map(\.rawValue)), default: "binary",
            "the positive class alone, the mean over classes, all items together, or the mean weighted by items"),
        .optional("positive", .either(.integer, .string), standing: "1", "the class that counts as positive"),
        .optional(
            "labels", .labels, standing: "every class that occurs", "the classes that macro, micro and weighted take in"
        ),
        .sampleWeight,
    ]

    /// The classes of both lists in order, with those that were named besides, and the lists counted.
    private static func coded(
        _ call: Call, besides: [LabelList.Label] = []
    ) throws(Failure) -> (classes: [LabelList.Label], matrix: ConfusionMatrix) {
        let truth: LabelList = try call.converted("truth")
        let prediction: LabelList = try call.converted("prediction")
        let numbered = try LabelCodes(truth.labels + prediction.labels + besides, work: call.work)
        var order = Array(numbered.labels.indices)
        try order.sort(work: call.work) { numbered.labels[$0] < numbered.labels[$1] }
        var places = order
        for (place, code) in order.enumerated() { places[code] = place }
        let classes = order.map { numbered.labels[$0] }
        let codes = numbered.codes.map { places[$0] }
        let (items, given) = (truth.labels.count, prediction.labels.count)
        let matrix = try ConfusionMatrix(
            Array(codes[..<items]), Array(codes[items..<(items + given)]), classes: classes.count,
            weights: call.sampleWeights())
        return (classes, matrix)
    }

    private static func measured(
        _ name: String, _ prose: String, output: String,
        _ measure: @escaping @Sendable (ConfusionMatrix.Tally) -> Double
    ) -> Signature {
        Signature(
            "metrics.\(name)", prose, parameters: classParameters, options: averageOptions,
            returns: [.init("number", "from 0 to 1")],
            example: .init("metrics.\(name)({1, 0, 1, 1}, {1, 0, 0, 1})", output: output),
            related: ["metrics.confusion"]
        ) { call throws(Failure) in
            let labels = try call.converted(ifGiven: "labels", LabelList.self)?.labels
            let (classes, matrix) = try coded(call, besides: labels ?? [])
            let average = ConfusionMatrix.Average(rawValue: try call.string("average")) ?? .binary
            let chosen = labels.map { codes(of: $0, in: classes) }
            let given = try call.label(ifGiven: "positive")
            let positive = given ?? .integer(1)
            // One class of several, chosen by nobody, is no answer.
            guard average != .binary || given != nil || classes.count <= 2 else {
                throw .argument(
                    "average", expected: "macro, micro or weighted for \(classes.count) classes", got: "binary",
                    hint: "or name one class, as in positive = \(classes[0].words)")
            }
            guard let code = classes.firstIndex(of: positive) else {
                if average != .binary {
                    return .number(matrix.averaged(average, positive: 0, classes: chosen, measure))
                }
                // Zeros alone are items of a class whose positive did not occur.
                if try !call.has("positive"), classes == [.integer(0)] { return .number(0) }
                throw .argument(
                    "positive", expected: "a class that occurs", got: positive.words,
                    hint: "give positive = …, or average = \"macro\"")
            }
            return .number(matrix.averaged(average, positive: code, classes: chosen, measure))
        }
    }

    private static func overall(
        _ name: String, _ prose: String, range: String, output: String,
        _ measure: @escaping @Sendable (ConfusionMatrix) throws(Failure) -> Double
    ) -> Signature {
        Signature(
            "metrics.\(name)", prose, parameters: classParameters, options: [.sampleWeight],
            returns: [.init("number", range)],
            example: .init("metrics.\(name)({1, 0, 1, 1}, {1, 0, 0, 1})", output: output),
            related: ["metrics.confusion"]
        ) { call throws(Failure) in .number(try measure(try coded(call).matrix)) }
    }

    static let classification: [Signature] = [
        overall(
            "accuracy", "Share of the items given their class.", range: "from 0 to 1", output: "0.75"
        ) { (matrix) throws(Failure) in matrix.accuracy },
        measured(
            "precision", "Of the items given a class, the share that have it; 0 if none was given it.", output: "1.0"
        ) { $0.precision },
        measured(
            "recall", "Of the items of a class, the share given it; 0 if there are none.", output: "0.66666666666667"
        ) { $0.recall },
        measured("f1", "The harmonic mean of precision and recall.", output: "0.8") { $0.f1 },
        overall(
            "balanced_accuracy", "Mean recall of the classes.", range: "from 0 to 1", output: "0.83333333333333"
        ) { (matrix) throws(Failure) in matrix.balancedAccuracy },
        overall(
            "mcc", "Matthews' correlation coefficient; 0 if either side has one class only.", range: "from -1 to 1",
            output: "0.57735026918963"
        ) { (matrix) throws(Failure) in matrix.matthews },
        overall(
            "cohen_kappa", "Cohen's κ: agreement beyond chance.", range: "at most 1", output: "0.5"
        ) { (matrix) throws(Failure) in
            guard let kappa = matrix.kappa else {
                throw .argument(
                    "truth", expected: "more than one class in truth or prediction",
                    got: "one class, for which it is not defined")
            }
            return kappa
        },
        Signature(
            "metrics.confusion", "Counts how often items of each true class were given each class.",
            parameters: classParameters,
            options: [
                .optional(
                    "labels", .labels, standing: "every class that occurs, in order", "the classes, in their order"),
                .optional(
                    "normalize", .choice(ConfusionMatrix.Normalization.allCases.map(\.rawValue)), standing: "counts",
                    "shares of the items of each true class, of those given each class, or of all"),
                .sampleWeight,
            ],
            returns: [
                .init("record", "labels (integers, then strings, in order) and counts: a list for each true class")
            ],
            example: .init("metrics.confusion({1, 0, 1, 1}, {1, 0, 0, 1}).counts", output: "{{1, 0}, {1, 2}}"),
            related: ["metrics.accuracy"]
        ) { call throws(Failure) in try confusion(call) },
    ]

    private static func codes(of labels: [LabelList.Label], in classes: [LabelList.Label]) -> [Int] {
        let places = Dictionary(uniqueKeysWithValues: zip(classes, classes.indices))
        return labels.compactMap { places[$0] }
    }

    private static func confusion(_ call: Call) throws(Failure) -> LuaValue {
        let labels = try call.converted(ifGiven: "labels", LabelList.self)?.labels
        let (classes, matrix) = try coded(call, besides: labels ?? [])
        let chosen = labels ?? classes
        let codes = codes(of: chosen, in: classes)
        let normalization = try call.string(ifGiven: "normalize").flatMap(ConfusionMatrix.Normalization.init(rawValue:))
        let values = try matrix.cells(of: codes, normalized: normalization, work: call.work)
        let isWeighted = try call.has("sample_weight")
        let isCount = normalization == nil && !isWeighted
        return .record([
            ("labels", .list(chosen.map(\.value))),
            ("counts", .list(values.map { isCount ? .integers($0.map { Int($0) }) : .numbers($0) })),
        ])
    }

    private static func ranking(
        _ name: String, _ prose: String, options: [Parameter] = [], output: String,
        _ measure: @escaping @Sendable (Ranking, Int?, Call) throws(Failure) -> Double
    ) -> Signature {
        Signature(
            "metrics.\(name)", prose + (name == "ndcg" ? "" : " Equal scores stay in the order given."),
            parameters: [
                .required("truth", .tensorLike, "relevance of each item, 0 is none; or a row of them for each query"),
                .required(
                    "prediction", .tensorLike, "score of each item, in the same order; the highest is shown first"),
            ],
            options: [.optional("k", .integer(1...), standing: "all", "places that count")] + options,
            returns: [.init("number", "from 0 to 1; of several queries the mean")],
            example: .init("metrics.\(name)({3, 0, 2}, {0.9, 0.8, 0.7}, {k = 2})", output: output),
            related: name == "ndcg" ? ["metrics.average_precision_at"] : ["metrics.ndcg"]
        ) { call throws(Failure) in
            let k = try call.integer(ifGiven: "k")
            var sum = 0.0
            let queries = try queries(call)
            for ranking in queries { sum += try measure(ranking, k, call) }
            return .number(sum / Double(queries.count))
        }
    }

    /// The ranking of one query, or of each row.
    private static func queries(_ call: Call) throws(Failure) -> [Ranking] {
        let truth: Tensor = try call.converted("truth")
        let scores: Tensor = try call.converted("prediction")
        guard truth.rank == 1 || truth.rank == 2, truth.rank == 1 || truth.shape[0] > 0 else {
            throw .argument(
                "truth", expected: "relevances [n], or rows of them [queries, n]", got: "shape \(truth.shape)")
        }
        guard scores.rank == truth.rank, truth.rank == 1 || scores.shape == truth.shape else {
            throw .argument(
                "prediction", expected: "shape \(truth.shape), as 'truth' has", got: "shape \(scores.shape)")
        }
        if truth.rank == 1 {
            return [
                try Ranking(
                    relevance: truth.values(as: Double.self), scores: scores.values(as: Double.self), work: call.work)
            ]
        }
        var rankings: [Ranking] = []
        for row in 0..<truth.shape[0] {
            rankings.append(
                try Ranking(
                    relevance: truth.select(0, row).values(as: Double.self),
                    scores: scores.select(0, row).values(as: Double.self), work: call.work))
        }
        return rankings
    }

    static let rankings: [Signature] = [
        ranking(
            "ndcg", "Normalised discounted cumulative gain of an order, discount 1 / log2(1 + rank).",
            options: [
                .optional(
                    "gain", .choice(Ranking.Gain.allCases.map(\.rawValue)), default: "linear",
                    "worth of a relevance: itself, or 2^relevance − 1"),
                .optional(
                    "ties", .choice(Ranking.Ties.allCases.map(\.rawValue)), default: "average",
                    "items of equal score count for the mean over their orders, or in the order given"),
            ], output: "0.70391808903413"
        ) { (ranking, k, call) throws(Failure) in
            ranking.ndcg(
                k: k, gain: Ranking.Gain(rawValue: try call.string("gain")) ?? .linear,
                ties: Ranking.Ties(rawValue: try call.string("ties")) ?? .average)
        },
        ranking(
            "average_precision_at",
            "Mean precision at the relevant items among the first k, over the smaller of k and all relevant items.",
            output: "0.5"
        ) {
            (ranking, k, _) throws(Failure) in ranking.averagePrecision(k: k)
        },
        ranking("mrr", "One over the rank of the first relevant item; 0 without one among the first k.", output: "1.0")
        {
            (ranking, k, _) throws(Failure) in ranking.reciprocalRank(k: k)
        },
        ranking("hit_rate", "1 if a relevant item is among the first k, otherwise 0.", output: "1.0") {
            (ranking, k, _) throws(Failure) in ranking.hit(k: k)
        },
        ranking("precision_at", "The share of the first k places that hold relevant items.", output: "0.5") {
            (ranking, k, _) throws(Failure) in ranking.precision(k: k)
        },
        ranking("recall_at", "The share of the relevant items among the first k.", output: "0.5") {
            (ranking, k, _) throws(Failure) in ranking.recall(k: k)
        },
    ]

    private static func spread(
        _ name: String, _ prose: String, range: String, output: String,
        _ measure: @escaping @Sendable (GroupSpread, Work) throws(Failure) -> Double
    ) -> Signature {
        Signature(
            "metrics.\(name)", prose,
            parameters: [
                .required("x", .matrix, "rows [n, d]"),
                .required("labels", .labels, "group of each row; from 2 to n - 1 groups"),
            ],
            returns: [.init("number", range)],
            example: .init("metrics.\(name)({{0}, {1}, {10}, {11}}, {1, 1, 2, 2})", output: output),
            related: ["metrics.silhouette"]
        ) { call throws(Failure) in
            let labels: LabelList = try call.converted("labels")
            let groups = try GroupSpread(
                try call.converted("x", Tensor.self), labels: labels.codes(call.work), work: call.work)
            return .number(try measure(groups, call.work))
        }
    }

    static let groups: [Signature] = [
        spread(
            "davies_bouldin", "Mean over groups of the worst (spread + spread) / distance with another group.",
            range: "from 0 up; smaller is better",
            output: "0.1"
        ) { (groups, work) throws(Failure) in try groups.daviesBouldin(work: work) },
        spread(
            "calinski_harabasz", "Variance between groups over variance within, each by its degrees of freedom.",
            range: "from 0 up; larger is better",
            output: "200.0"
        ) { (groups, work) throws(Failure) in try groups.calinskiHarabasz(work: work) },
    ]
}

extension LabelList.Label: Comparable {
    /// Integers in order, then strings by their bytes.
    static func < (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.integer(let a), .integer(let b)): a < b
        case (.text(let a), .text(let b)): a.lexicographicallyPrecedes(b)
        case (.integer, .text): true
        case (.text, .integer): false
        }
    }

    /// As scripts have it.
    var value: LuaValue {
        switch self {
        case .integer(let integer): .integer(integer)
        case .text(let bytes): .string(bytes)
        }
    }

    var words: String {
        switch self {
        case .integer(let integer): "\(integer)"
        case .text(let bytes): "'\(String(decoding: bytes, as: UTF8.self))'"
        }
    }
}
