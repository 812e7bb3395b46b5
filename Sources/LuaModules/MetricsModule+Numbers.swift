import LuaKit
import Metrics
import Support
import Tensors

extension ParameterType {
    /// One amount, or many: a number, list, column or tensor.
    fileprivate static let amounts = ParameterType.custom("amounts", expected: "number, list, column or tensor [n]") {
        (argument) throws(Failure) -> [Double]? in
        if let scalar = try argument.scalar {
            if case .truth = scalar { return nil }
            return [scalar.double]
        }
        guard let tensor = try argument.tensor() else { return nil }
        guard tensor.rank <= 1 else {
            throw .argument("x", expected: "tensor of 1 dimension [n]", got: "shape \(tensor.shape)")
        }
        return try tensor.values(as: Double.self)
    }
}

extension MetricsFunctions {
    private static func error(
        _ name: String, _ prose: String, range: String = "from 0 up", output: String,
        _ measure: @escaping @Sendable (RegressionErrors) throws(Failure) -> Double
    ) -> Signature {
        Signature(
            "metrics.\(name)", prose,
            parameters: [
                .required("truth", .tensorLike, "the numbers that came"),
                .required("prediction", .tensorLike, "the numbers predicted, in the same order"),
            ],
            options: [.sampleWeight],
            returns: [.init("number", range)],
            example: .init("metrics.\(name)({1, 2, 3}, {1, 2, 5})", output: output),
            related: name == "mse" ? ["metrics.rmse"] : ["metrics.mse"]
        ) { call throws(Failure) in
            let (truth, prediction) = try pair(call)
            return .number(
                try measure(
                    RegressionErrors(truth: truth, prediction: prediction, weights: call.sampleWeights())))
        }
    }

    /// The numbers of both sides; tensors of one shape are taken element by element.
    private static func pair(_ call: Call) throws(Failure) -> ([Double], [Double]) {
        let truth: Tensor = try call.converted("truth")
        let prediction: Tensor = try call.converted("prediction")
        if truth.shape != prediction.shape, truth.rank > 1 || prediction.rank > 1 {
            throw .argument(
                "prediction", expected: "shape \(truth.shape), as 'truth' has", got: "shape \(prediction.shape)")
        }
        return (try truth.values(as: Double.self), try prediction.values(as: Double.self))
    }

    private static func association(
        _ name: String, _ prose: String, output: String,
        _ measure: @escaping @Sendable ([Double], [Double]) throws(Failure) -> Double
    ) -> Signature {
        Signature(
            "metrics.\(name)", prose,
            parameters: [
                .required("truth", .tensorLike, "numbers"),
                .required("prediction", .tensorLike, "numbers, in the same order"),
            ],
            returns: [.init("number", "from -1 to 1")],
            example: .init("metrics.\(name)({1, 2, 3, 4}, {1, 3, 2, 9})", output: output),
            related: ["stats.correlation"]
        ) { call throws(Failure) in
            let (truth, prediction) = try pair(call)
            return .number(try measure(truth, prediction))
        }
    }

    /// Measures of predicted numbers.
    static let regression: [Signature] = [
        error("mse", "Mean squared error.", output: "1.3333333333333") { (e) throws(Failure) in e.meanSquared },
        error("rmse", "Root of the mean squared error, in the unit of the truth.", output: "1.1547005383793") {
            (e) throws(Failure) in e.rootMeanSquared
        },
        error("mae", "Mean absolute error.", output: "0.66666666666667") { (e) throws(Failure) in e.meanAbsolute },
        error("mape", "Mean of |error| over |truth|, as a share.", output: "0.22222222222222") {
            (e) throws(Failure) in e.meanAbsolutePercentage
        },
        error("median_absolute_error", "Median of the absolute errors; weights play no part.", output: "0.0") {
            (e) throws(Failure) in try e.medianAbsolute()
        },
        error(
            "r2", "The share of the truth's variance that the predictions explain.",
            range: "at most 1; 0 is as good as the mean, below is worse", output: "-1.0"
        ) { (e) throws(Failure) in try e.r2() },
        association("pearson", "Pearson's correlation.", output: "0.82618438932316", Association.pearson),
        association(
            "spearman", "Spearman's correlation: of the ranks, ties at their mean rank.", output: "0.8",
            Association.spearman),
    ]

    private static func ratio(
        _ name: String, _ prose: String, _ first: (String, String), _ second: (String, String), example: String,
        output: String, _ measure: @escaping @Sendable ([Double], [Double]) throws(Failure) -> Double
    ) -> Signature {
        Signature(
            "metrics.\(name)", prose,
            parameters: [.required(first.0, .amounts, first.1), .required(second.0, .amounts, second.1)],
            returns: [.init("number", "the ratio of the sums")],
            example: .init(example, output: output),
            related: ["ctr", "cvr", "roi", "roas"].filter { $0 != name }.map { "metrics.\($0)" }
        ) { call throws(Failure) in
            .number(try measure(call.converted(first.0), call.converted(second.0)))
        }
    }

    /// The ratios that campaigns are told by.
    static let marketing: [Signature] = [
        ratio(
            "ctr", "Click-through rate: all clicks over all impressions.", ("clicks", "clicks, one number or many"),
            ("impressions", "impressions, as many"), example: "metrics.ctr({10, 30}, {1000, 1000})", output: "0.02"
        ) { (a, b) throws(Failure) in try Marketing.clickThrough(clicks: a, impressions: b) },
        ratio(
            "cvr", "Conversion rate: all conversions over all clicks.",
            ("conversions", "conversions, one number or many"),
            ("clicks", "clicks, visits or whatever they are counted against, as many"), example: "metrics.cvr(3, 60)",
            output: "0.05"
        ) { (a, b) throws(Failure) in try Marketing.conversion(conversions: a, clicks: b) },
        ratio(
            "roi", "Return on investment: all revenue less all cost, over all cost.",
            ("revenue", "revenue, one number or many"), ("cost", "cost, as many"), example: "metrics.roi(150, 100)",
            output: "0.5"
        ) { (a, b) throws(Failure) in try Marketing.returnOnInvestment(revenue: a, cost: b) },
        ratio(
            "roas", "Return on advertising spend: all revenue over all cost.",
            ("revenue", "revenue, one number or many"),
            ("cost", "what the advertising cost, as many"), example: "metrics.roas({150, 50}, {80, 20})", output: "2.0"
        ) { (a, b) throws(Failure) in try Marketing.returnOnAdSpend(revenue: a, cost: b) },
    ]
}
