import LuaKit
import Metrics
import Support
import Tensors

extension LuaModule {
    static let metrics = LuaModule(
        "metrics", "Measures how good a result is.",
        functions: MetricsFunctions.classification + MetricsFunctions.scoring + MetricsFunctions.regression
            + MetricsFunctions.marketing + MetricsFunctions.rankings
            + [
                adjustedRand, normalizedMutualInformation, vMeasure, adjustedMutualInformation, purity, silhouette,
                inertia,
            ]
            + MetricsFunctions.groups)

    private static let agreementParameters: [Parameter] = [
        .required("truth", .labels, "label of each item"),
        .required("prediction", .labels, "label of each item in the other grouping, in the same order"),
    ]

    private static func agreement(
        _ name: String, _ prose: String, _ range: String, example: String, output: String,
        _ score: @escaping @Sendable ([Int], [Int], Work) throws(Failure) -> Double
    ) -> Signature {
        Signature(
            name, prose, parameters: agreementParameters, returns: [.init("number", range)],
            example: .init(example, output: output)
        ) { call throws(Failure) in
            let truth: LabelList = try call.converted("truth")
            let prediction: LabelList = try call.converted("prediction")
            return .number(try score(truth.codes(call.work), prediction.codes(call.work), call.work))
        }
    }

    private static let adjustedRand = agreement(
        "metrics.adjusted_rand",
        """
        Adjusted Rand index of two groupings of the same items: how often pairs are together or apart in both, corrected for chance. The \
        labels' names do not matter.
        """,
        "1 for equal groupings, about 0 for unrelated ones, at least -0.5",
        example: "metrics.adjusted_rand({1, 1, 2, 2}, {\"b\", \"b\", \"a\", \"a\"})", output: "1.0",
        Agreement.adjustedRand(_:_:work:))

    private static let normalizedMutualInformation = agreement(
        "metrics.normalized_mutual_information",
        """
        Mutual information of two groupings of the same items over the arithmetic mean of their entropies. The labels' names do not matter.
        """,
        "from 0 for independent groupings to 1 for equal ones",
        example: "metrics.normalized_mutual_information({1, 1, 2, 2}, {1, 2, 1, 2})", output: "0.0",
        Agreement.normalizedMutualInformation(_:_:work:))

    private static let vMeasure = agreement(
        "metrics.v_measure",
        """
        Harmonic mean of homogeneity and completeness of two groupings of the same items: the same number as \
        metrics.normalized_mutual_information, under its other name.
        """,
        "from 0 to 1",
        example: "metrics.v_measure({1, 1, 2, 2}, {1, 1, 2, 2})", output: "1.0",
        Agreement.normalizedMutualInformation(_:_:work:))

    private static let adjustedMutualInformation = agreement(
        "metrics.adjusted_mutual_information",
        """
        Mutual information of two groupings of the same items, corrected for chance, over the arithmetic mean of their entropies.
        """,
        "1 for equal groupings, about 0 for unrelated ones",
        example: "metrics.adjusted_mutual_information({1, 1, 2, 2}, {2, 2, 1, 1})", output: "1.0",
        Agreement.adjustedMutualInformation(_:_:work:))

    private static let purity = agreement(
        "metrics.purity",
        """
        Share of the items that carry the most frequent true label of their predicted group. It rises with the number of groups, so compare \
        groupings of like numbers only.
        """,
        "above 0, 1 if no group mixes labels",
        example: "metrics.purity({\"a\", \"a\", \"b\", \"b\"}, {1, 1, 1, 2})", output: "0.75",
        Agreement.purity(_:_:work:))

    private static let silhouette = Signature(
        "metrics.silhouette",
        """
        Mean silhouette of a grouping of rows: (b - a) / max(a, b), where a is a row's mean distance from the other rows of its group and b that from \
        the nearest other group. The work grows with the square of the rows compared: for more than about 20,000 give `sample`.
        """,
        parameters: [
            .required("x", .matrix, "rows [n, d]"),
            .required("labels", .labels, "group of each row; from 2 to n - 1 groups"),
        ],
        options: [
            .optional(
                "metric", .choice(Silhouette.Metric.allCases.map(\.rawValue)), default: "euclidean",
                "the distance: length of the difference, or one minus the cosine"),
            .optional("sample", .integer(2...), standing: "every row", "rows to compare, drawn at random"),
            .seed,
        ],
        returns: [.init("number", "from -1 to 1; near 1 if groups are tight and far apart")],
        example: .init(
            "metrics.silhouette({{0}, {1}, {10}, {11}}, {1, 1, 2, 2})", output: "0.89974937343358"),
        related: ["cluster.kmeans", "cluster.choose_k"]
    ) { call throws(Failure) in
        let labels: LabelList = try call.converted("labels")
        let silhouette = try Silhouette(
            try call.converted("x", Tensor.self),
            metric: Silhouette.Metric(rawValue: try call.string("metric")) ?? .euclidean,
            sample: try call.integer(ifGiven: "sample"), seed: call.seed, work: call.work)
        return .number(try silhouette.score(labels.codes(call.work), work: call.work))
    }

    private static let inertia = Signature(
        "metrics.inertia", "Sum of the squared distances of rows from the mean of their group, in float64.",
        parameters: [
            .required("x", .matrix, "rows [n, d]"),
            .required("labels", .labels, "group of each row"),
        ],
        returns: [.init("number", "from 0 up; 0 if the rows of each group are equal")],
        example: .init("metrics.inertia({{0}, {2}, {10}}, {1, 1, 2})", output: "2.0"),
        related: ["cluster.kmeans"]
    ) { call throws(Failure) in
        let labels: LabelList = try call.converted("labels")
        let codes = try labels.codes(call.work)
        return .number(try Inertia.score(try call.converted("x", Tensor.self), labels: codes, work: call.work))
    }
}
