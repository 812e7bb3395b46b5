import Glibc
import LuaKit
import Statistics
import Support

extension Stats {
    private static let power = Parameter.optional("power", .number, default: 0.8, "chance of finding the effect")
    private static let ratio = Parameter.optional(
        "ratio", .number(above: 0), default: 1, "units of the second arm for each of the first")

    private static let direction = Parameter.optional(
        "alternative", .choice(Alternative.allCases.map(\.rawValue)), default: "two-sided",
        "what is looked for: any difference from p1, a share above it, or one below")

    static let planning: [Signature] = [
        function(
            "sample_size_proportions",
            "Units of the first arm to tell two shares apart, not rounded. Formulas differ by about 1 %: \"unpooled\" (each arm's own variance), "
                + "\"pooled\" (Fleiss), \"arcsine\" (Cohen's h), \"baseline\" (p1's variance for both).",
            [
                .required("p1", .number(0...1), "share of the control"),
                .required("p2", .number(0...1), "share to be told from it"), alpha, power,
                choice("formula", Power.Formula.self, default: .unpooled, "how the variance is taken"), ratio,
                direction,
            ],
            returns: .init("number", "units of the first arm"),
            example: "math.ceil(stats.sample_size_proportions{p1 = 0.12, p2 = 0.15})", output: "2033",
            related: ["power_proportions", "mde_proportions"]
        ) { call throws(Failure) in
            .number(
                try Power.sampleSize(
                    p1: try call.number("p1"), p2: try call.number("p2"), alpha: try call.number("alpha"),
                    power: try call.number("power"),
                    alternative: try call.alternative(), formula: try call.choice("formula"),
                    ratio: try call.number("ratio")))
        },
        function(
            "power_proportions", "The power of a comparison of two shares.",
            [
                .required("p1", .number(0...1), "share of the control"),
                .required("p2", .number(0...1), "share to be told from it"),
                .required("n1", .number(above: 0), "units of the first arm"), ratio, alpha,
                choice("formula", Power.Formula.self, default: .unpooled, "how the variance is taken"), direction,
            ],
            returns: .init("number", "probability of finding the effect"),
            example: "string.format(\"%.3f\", stats.power_proportions{p1 = 0.12, p2 = 0.15, n1 = 2033})",
            output: "\"0.800\"",
            related: ["sample_size_proportions"]
        ) { call throws(Failure) in
            .number(
                try Power.power(
                    p1: try call.number("p1"), p2: try call.number("p2"), n1: try call.number("n1"),
                    ratio: try call.number("ratio"),
                    alpha: try call.number("alpha"), alternative: try call.alternative(),
                    formula: try call.choice("formula")))
        },
        test(
            "mde_proportions",
            "The smallest change of a share that a number of units finds: effect (absolute), p (the share) and relative.",
            [
                .required("p1", .number(0...1), "share of the control"),
                .required("n", .number(above: 0), "units per arm"), alpha, power,
                .optional("below", .boolean, standing: "as alternative says", "look for a fall instead of a rise"),
                direction,
            ],
            example: "stats.mde_proportions{p1 = 0.1, n = 50000}.p", output: "0.10537836898296",
            related: ["sample_size_proportions"]
        ) { call throws(Failure) in
            try Power.detectableShare(
                p1: try call.number("p1"), n: try call.number("n"), alpha: try call.number("alpha"),
                power: try call.number("power"),
                alternative: try call.alternative(), below: try call.boolean(ifGiven: "below"))
        },
        function(
            "cohens_h", "Cohen's h, the difference of two shares on the arcsine scale.",
            [.required("p1", .number(0...1), "the one share"), .required("p2", .number(0...1), "the other share")],
            returns: .init("number", "h of p1 minus p2"),
            example: "string.format(\"%.4f\", stats.cohens_h{p1 = 0.15, p2 = 0.12})", output: "\"0.0879\"",
            related: ["sample_size_proportions"]
        ) { call throws(Failure) in .number(Power.cohensH(try call.number("p1"), try call.number("p2"))) },
        function(
            "sample_size_t",
            "Units of the first arm for the two-sample t test, not rounded (noncentral t distribution).",
            [.required("d", .number, "standardised difference of the means"), alpha, power, ratio, alternative],
            returns: .init("number", "units of the first arm"), example: "math.ceil(stats.sample_size_t{d = 0.2})",
            output: "394",
            related: ["power_t", "mde_t"]
        ) { call throws(Failure) in
            .number(
                try Power.sampleSizeT(
                    d: try call.number("d"), alpha: try call.number("alpha"), power: try call.number("power"),
                    ratio: try call.number("ratio"),
                    alternative: try call.alternative()))
        },
        function(
            "power_t", "The power of the two-sample t test (noncentral t distribution).",
            [
                .required("d", .number, "standardised difference of the means"),
                .required("n1", .number(above: 0), "units of the first arm"), ratio, alpha, alternative,
            ],
            returns: .init("number", "probability of finding the effect"),
            example: "string.format(\"%.4f\", stats.power_t{d = 0.3, n1 = 50})",
            output: "\"0.3178\"", related: ["sample_size_t"]
        ) { call throws(Failure) in
            .number(
                try Power.powerT(
                    d: try call.number("d"), n1: try call.number("n1"), ratio: try call.number("ratio"),
                    alpha: try call.number("alpha"),
                    alternative: try call.alternative()))
        },
        function(
            "mde_t", "The standardised difference of means that a number of units finds.",
            [.required("n1", .number(above: 0), "units of the first arm"), ratio, alpha, power, alternative],
            returns: .init("number", "d"), example: "string.format(\"%.4f\", stats.mde_t{n1 = 20000})",
            output: "\"0.0280\"", related: ["sample_size_t"]
        ) { call throws(Failure) in
            .number(
                try Power.detectableT(
                    n1: try call.number("n1"), ratio: try call.number("ratio"), alpha: try call.number("alpha"),
                    power: try call.number("power"),
                    alternative: try call.alternative()))
        },
    ]

    static let multiplicity: [Signature] = [
        function(
            "adjust",
            "Adjusts p-values for several tests. \"bh\" and \"by\" hold the false-discovery rate (Benjamini–Hochberg, –Yekutieli; \"tsbh\" and "
                + "\"tsbky\" in two stages), the others the chance of any false alarm.",
            [
                .required("p", .list(of: .number(0...1)), "p-values"),
                choice("method", Multiplicity.Method.self, default: .holm, "the correction"), alpha,
            ],
            returns: .init("record", "adjusted (p-values) and reject (booleans), in the order given"),
            example: "stats.adjust{p = {0.01, 0.04, 0.03}, method = \"bonferroni\"}.adjusted",
            output: "{0.03, 0.12, 0.09}", related: ["combine_p"]
        ) { call throws(Failure) in
            let alpha = try call.number("alpha")
            let adjusted = try Multiplicity.adjusted(try call.numbers("p"), try call.choice("method"), alpha: alpha)
            // A product that is alpha but for its last bit counts as alpha.
            return .record([
                ("adjusted", .numbers(adjusted)), ("reject", .booleans(adjusted.map { $0 <= alpha * (1 + 4e-16) })),
            ])
        },
        test(
            "combine_p",
            "Combines independent p-values into one: Fisher's (p, fisher) and Stouffer's (stouffer, weighted if weights are given).",
            [
                .required("p", .list(of: .number(0...1)), "p-values"),
                .optional("weights", .list(of: .number(0...)), "weight of each for Stouffer's"),
            ],
            example: "stats.combine_p{p = {0.01, 0.2, 0.3}}.p", output: "0.021561751324835",
            related: ["adjust", "meta_analysis"]
        ) { call throws(Failure) in
            try Multiplicity.combined(
                try call.numbers("p"), weights: try call.has("weights") ? try call.numbers("weights") : nil)
        },
    ]

    static let distributions: [Signature] = [
        function(
            "cdf", "P(X ≤ x) and P(X > x), each exact however small.",
            distributionParameters + [.required("x", .number, "the value")],
            returns: .init("number, number", "P(X ≤ x) and P(X > x)"),
            example: "stats.cdf{distribution = \"t\", df = 10, x = 2}", output: "0.96330598261463\n0.03669401738537",
            related: ["inverse_cdf"]
        ) { call throws(Failure) in
            let tails = try distribution(call).logTails(try call.number("x"))
            return .values([.number(exp(tails.lower)), .number(exp(tails.upper))])
        },
        function(
            "inverse_cdf", "The x with P(X ≤ x) = p, or with `upper` P(X > x) = p.",
            distributionParameters + [
                .required("p", .number(0...1), "the probability"),
                .optional("upper", .boolean, default: false, "p is the upper tail"),
            ],
            returns: .init("number", "the quantile"),
            example: "stats.inverse_cdf{distribution = \"normal\", p = 0.975}", output: "1.9599639845401",
            related: ["cdf"]
        ) { call throws(Failure) in
            let (d, p) = (try distribution(call), try call.number("p"))
            return .number(try call.boolean("upper") ? d.upperQuantile(p) : d.quantile(p))
        },
    ]

    private static let distributionParameters: [Parameter] = [
        .optional(
            "distribution", .choice(["normal", "t", "chi2", "f", "beta", "gamma"]), default: "normal",
            "which distribution"),
        .optional("df", .number(above: 0), default: 1, "degrees of freedom (t, chi2; f: numerator)"),
        .optional("df2", .number(above: 0), default: 1, "degrees of freedom of the denominator (f)"),
        .optional("a", .number(above: 0), default: 1, "first shape (beta), shape (gamma)"),
        .optional("b", .number(above: 0), default: 1, "second shape (beta), rate (gamma)"),
    ]

    private static func distribution(_ call: Call) throws(Failure) -> any ContinuousDistribution {
        switch try call.string("distribution") {
        case "t": StudentT(df: try call.number("df"))
        case "chi2": ChiSquared(df: try call.number("df"))
        case "f": FisherF(try call.number("df"), try call.number("df2"))
        case "beta": BetaDistribution(try call.number("a"), try call.number("b"))
        case "gamma": GammaDistribution(shape: try call.number("a"), rate: try call.number("b"))
        default: StandardNormal()
        }
    }
}
