import LuaKit
import Statistics
import Support

extension Stats {
    static let quantiles: [Signature] = [
        function(
            "quantile", "Quantiles of numbers, by any of Hyndman and Fan's nine definitions; 7 is the usual one.",
            [
                .required("x", .sample, "numbers"), .required("q", .number(0...1), "which quantile; 0.5 is the median"),
                .optional("type", .integer(1...9), default: 7, "the definition"),
            ],
            returns: .init("number", "the quantile"), example: "stats.quantile{x = {3, 1, 4, 1, 5}, q = 0.25}",
            output: "1.0",
            related: ["quantile_interval", "harrell_davis"]
        ) { call throws(Failure) in
            .number(try Quantiles.value(try call.sample("x"), try call.number("q"), type: try call.integer("type")))
        },
        test(
            "harrell_davis",
            "Harrell and Davis's quantile, a weighted mean of all values, with its jackknife standard error.",
            [.required("x", .sample, "numbers"), .required("q", .number, "which quantile, between 0 and 1")],
            example: "stats.harrell_davis{x = {3, 1, 4, 1, 5, 9, 2, 6}, q = 0.5}.effect", output: "3.5117785973901",
            related: ["quantile"]
        ) { call throws(Failure) in try Quantiles.harrellDavis(try call.sample("x"), try call.number("q")) },
        test(
            "quantile_interval",
            "An interval of a quantile between two order statistics, whatever the distribution (binomial).",
            [.required("x", .sample, "numbers"), .required("q", .number, "which quantile, between 0 and 1"), level],
            example: "stats.quantile_interval{x = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5}, q = 0.5}.interval",
            output: "{1.0, 6.0}", related: ["quantile"]
        ) { call throws(Failure) in
            try Quantiles.interval(try call.sample("x"), try call.number("q"), level: try call.number("level"))
        },
        function(
            "winsorize",
            "Caps numbers at quantiles. Take the thresholds over all arms together (one call with everybody's numbers), or they shift the effect.",
            [
                .required("x", .sample, "numbers"),
                .optional("upper", .number(0...1), standing: "no cap", "quantile to cap at, as 0.99"),
                .optional("lower", .number(0...1), standing: "no floor", "quantile to lift to"),
                .optional("ignore_zeros", .boolean, default: false, "take the quantiles of the numbers that are not 0"),
            ],
            returns: .init("record", "values, mean, cap, floor"),
            example: "stats.winsorize{x = {0, 0, 0, 10, 20, 500}, upper = 0.9, ignore_zeros = true}.cap",
            output: "404.0",
            related: ["trimmed_mean"]
        ) { call throws(Failure) in
            let result = try Quantiles.winsorized(
                try call.sample("x"), lower: try call.number(ifGiven: "lower"),
                upper: try call.number(ifGiven: "upper"),
                ignoringZeros: try call.boolean("ignore_zeros"))
            return .record([
                ("values", .numbers(result.values)), ("mean", .number(Moments(result.values).mean)),
                ("cap", .optional(result.cap.map { .number($0) })),
                ("floor", .optional(result.floor.map { .number($0) })),
            ])
        },
        function(
            "trimmed_mean", "The mean without a share of the numbers at each end.",
            [
                .required("x", .sample, "numbers"),
                .required("cut", .number, "share cut at each end, below 0.5; rounded down to whole numbers"),
            ],
            returns: .init("number", "the mean of the rest"),
            example: "stats.trimmed_mean{x = {1, 2, 3, 4, 1000}, cut = 0.2}", output: "3.0",
            related: ["yuen_t", "winsorize"]
        ) { call throws(Failure) in
            .number(try Quantiles.trimmedMean(try call.sample("x"), cut: try call.number("cut")))
        },
        test(
            "bootstrap",
            "An interval by drawing the data again, of a statistic of `a`, or of its difference a − b. The same seed gives the same interval on any "
                + "number of threads.",
            [
                .required("a", .sample, "numbers of the one arm, the treatment"),
                .optional("b", .sample, "numbers of the other arm, the control"),
                .optional(
                    "statistic", .choice(["mean", "median", "quantile", "trimmed_mean"]), default: "mean",
                    "what is estimated"),
                .optional("q", .number(0...1), default: 0.5, "which quantile, or the share trimmed at each end"),
                choice("difference", ArmSummary.Difference.self, default: .absolute, "a − b, or (a − b)/|b|"),
                choice("kind", Bootstrap.Kind.self, default: .bca, "how the interval is read off the resamples"),
                .optional("resamples", .integer(10...10_000_000), default: 2000, "how often the data are drawn"), level,
                .seed,
            ],
            example: "stats.bootstrap{a = {1, 5, 2, 8, 3, 9}, statistic = \"median\"}.effect", output: "4.0",
            related: ["quantile_interval"]
        ) { call throws(Failure) in
            let q = try call.number("q")
            let statistic: Bootstrap.Statistic
            switch try call.string("statistic") {
            case "median": statistic = .median
            case "quantile": statistic = .quantile(q)
            case "trimmed_mean":
                guard q < 0.5 else { throw .argument("q", expected: "share below 0.5", got: numberText(q)) }
                statistic = .trimmedMean(q)
            default: statistic = .mean
            }
            let bootstrap = Bootstrap(
                resamples: try call.integer("resamples"), kind: try call.choice("kind"), seed: call.seed)
            return try bootstrap.interval(
                try call.sample("a"), try call.converted(ifGiven: "b", [Double].self), statistic: statistic,
                difference: try call.choice("difference"), level: try call.number("level"), work: call.work)
        },
    ]

    static let effects: [Signature] = [
        test(
            "effect_sizes",
            "Standardised differences of means a − b: cohens_d, hedges_g (exact factor), glass_delta (by b's deviation).",
            [
                .required("a", .moments, "numbers of the one arm, the treatment; or {mean, sd, n}"),
                .required("b", .moments, "numbers of the other arm, the control; or {mean, sd, n}"),
            ],
            example: "stats.effect_sizes{a = {3, 5, 4, 6}, b = {2, 4, 3, 3}}.cohens_d", output: "1.3887301496588",
            related: ["welch_t"]
        ) { call throws(Failure) in Effects.standardized(try call.converted("a"), try call.converted("b")) },
        function(
            "correlation",
            "Pearson's, Spearman's and Kendall's (τ-b) correlation with p-values; Kendall's is exact without ties for up to 33 pairs.",
            [.required("x", .sample, "numbers"), .required("y", .sample, "numbers, one for each of x"), level],
            returns: .init("record", "pearson, spearman, kendall, each a record with effect and p"),
            example: "stats.correlation{x = {1, 2, 3, 4}, y = {2, 1, 4, 3}}.spearman.effect", output: "0.6",
            related: ["effect_sizes"]
        ) { call throws(Failure) in
            let (x, y, level) = (try call.sample("x"), try call.sample("y"), try call.number("level"))
            return .record([
                ("pearson", try Correlation.pearson(x, y, level: level).record),
                ("spearman", try Correlation.spearman(x, y, level: level).record),
                ("kendall", try Correlation.kendall(x, y).record),
            ])
        },
        test(
            "ratio_delta",
            "Compares a ratio of two sums over the same units, such as clicks per view, between arms (delta method). `effect` is a − b; relative is "
                + "(a − b)/|b| with relative_se and delta_lower, delta_upper.",
            [
                .required("numerator_a", .sample, "numerator of each unit of the one arm, the treatment"),
                .required("denominator_a", .sample, "its denominators"),
                .required("numerator_b", .sample, "numerator of each unit of the other arm, the control"),
                .required("denominator_b", .sample, "its denominators"), alternative, level,
            ],
            example:
                "stats.ratio_delta{numerator_a = {2, 2}, denominator_a = {3, 4}, numerator_b = {1, 2}, denominator_b = {3, 5}}.effect",
            output: "0.19642857142857", related: ["relative_lift"]
        ) { call throws(Failure) in
            try Effects.ratios(
                numeratorA: try call.sample("numerator_a"), denominatorA: try call.sample("denominator_a"),
                numeratorB: try call.sample("numerator_b"), denominatorB: try call.sample("denominator_b"),
                alternative: try call.alternative(), level: try call.number("level"))
        },
        test(
            "relative_lift",
            "The relative difference (a − b)/|b| of two means with known variances. The interval is Fieller's, right where b is near 0; the delta method's "
                + "(delta_lower, delta_upper) and the logarithm's (log_lower, log_upper) stand beside it.",
            [
                .required("mean_a", .number, "mean of the one arm, the treatment"),
                .required("variance_a", .number, "variance of that mean"),
                .required("mean_b", .number, "mean of the other arm, the control"),
                .required("variance_b", .number, "variance of that mean"), level,
            ],
            example: "stats.relative_lift{mean_a = 0.6, variance_a = 0.001, mean_b = 0.5, variance_b = 0.001}.effect",
            output: "0.2",
            related: ["ratio_delta"]
        ) { call throws(Failure) in
            try Effects.relative(
                meanA: try call.number("mean_a"), varianceA: try call.number("variance_a"),
                meanB: try call.number("mean_b"),
                varianceB: try call.number("variance_b"), level: try call.number("level"))
        },
    ]

    static let adjusted: [Signature] = [
        test(
            "cuped",
            "CUPED: Welch's test of the metric less what pre-period covariates explain. `theta` names the convention: the slope over both arms as one "
                + "sample (\"total\") or within the arms (\"within\"). The slopes are theta1, theta2, …; variance_reduction is the share of the "
                + "variance of the effect that is gone; unadjusted_p and unadjusted_effect stand beside it.",
            [
                .required("a", .sample, "metric of each unit of the one arm, the treatment"),
                .required("b", .sample, "metric of each unit of the other arm, the control"),
                .required("pre_a", .covariates, "covariate of the units of a, or a list of several"),
                .required("pre_b", .covariates, "covariate of the units of b, or a list of several"),
                choice("theta", Adjustment.Theta.self, default: .total, "over what the slope is taken"), alternative,
                level,
            ],
            example:
                "stats.cuped{a = {3, 4, 6, 7}, b = {2, 3, 4, 6}, pre_a = {1, 2, 3, 4}, pre_b = {1, 2, 3, 4}}.effect",
            output: "1.25",
            related: ["lin"]
        ) { call throws(Failure) in
            let (adjusted, unadjusted, theta) = try Adjustment.cuped(
                try call.sample("a"), try call.sample("b"), preA: try call.converted("pre_a"),
                preB: try call.converted("pre_b"),
                theta: try call.choice("theta"), alternative: try call.alternative(), level: try call.number("level"))
            var result = adjusted
            result.details += theta.enumerated().map { ("theta\($0 + 1)", $1) }
            result.details += [
                ("unadjusted_effect", unadjusted.effect), ("unadjusted_p", unadjusted.p),
                ("unadjusted_se", unadjusted.standardError),
            ]
            return result
        },
        test(
            "lin",
            "Lin's regression adjustment: the effect of `treated` in a regression with centered covariates and their products with it, HC2 standard errors, "
                + "normal p-value.",
            [
                .required("y", .sample, "metric of each unit"),
                .required("treated", .sample, "1 for the treatment, 0 for the control"),
                .required("x", .covariates, "covariate of each unit, or a list of several"), alternative, level,
            ],
            example: "stats.lin{y = {1, 2, 3, 5, 4, 7}, treated = {0, 0, 0, 1, 1, 1}, x = {1, 2, 3, 2, 1, 3}}.effect",
            output: "3.3333333333333",
            related: ["cuped", "cluster_robust"]
        ) { call throws(Failure) in
            try Adjustment.lin(
                y: try call.sample("y"), treated: try call.sample("treated"), covariates: try call.converted("x"),
                alternative: try call.alternative(), level: try call.number("level"))
        },
        test(
            "cluster_robust",
            "The difference of two arms when units of one cluster (a shop, a household) are alike: standard error CR1, t with clusters − 1 degrees of "
                + "freedom.",
            [
                .required("y", .sample, "metric of each unit"),
                .required("treated", .sample, "1 for the treatment, 0 for the control"),
                .required("clusters", .labels, "cluster of each unit"), alternative, level,
            ],
            example:
                "stats.cluster_robust{y = {1, 2, 4, 5, 3, 6}, treated = {0, 0, 1, 1, 0, 1}, clusters = {1, 1, 2, 2, 3, 4}}.effect",
            output: "3.0", related: ["lin"]
        ) { call throws(Failure) in
            let labels: LabelList = try call.converted("clusters")
            return try Adjustment.clusterRobust(
                y: try call.sample("y"), treated: try call.sample("treated"), clusters: labels.codes(call.work),
                alternative: try call.alternative(),
                level: try call.number("level"))
        },
    ]
}
