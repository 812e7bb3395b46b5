import LuaKit
import Statistics
import Support

extension ParameterType {
    /// Rows of counts.
    fileprivate static let counts = ParameterType.list(of: .list(of: .number(0...)))
}

extension Call {
    /// Rows of counts.
    fileprivate func counts(_ name: String) throws(Failure) -> [[Double]] {
        try table(name).list.map { row in row.table?.list.compactMap(\.double) ?? [] }
    }

    /// A list of {x, n}.
    fileprivate func proportions(_ name: String) throws(Failure) -> [Proportion] {
        let items: [LuaValue] = try table(name).list
        var result: [Proportion] = []
        for item in items {
            guard let fields = item.table, let x = fields["x"]?.double, let n = fields["n"]?.double else { continue }
            result.append(try Proportion(x: x, n: n, name: name))
        }
        return result
    }
}

extension Stats {
    static let twoShares: [Parameter] = [
        .required("a", .proportion, "the one arm, the treatment: {x = successes, n = trials}"),
        .required("b", .proportion, "the other arm, the control: {x = successes, n = trials}"),
    ]

    static let shares: [Signature] = [
        test(
            "two_proportion_z",
            "The z test of two shares, with the variance pooled under the null hypothesis or each arm's own. The effect is a minus b, the interval "
                + "Newcombe's.",
            twoShares + [
                .optional("pooled", .boolean, default: true, "one variance for both arms"), alternative, level,
            ],
            example: "stats.two_proportion_z{a = {x = 150, n = 1000}, b = {x = 120, n = 1000}}.p",
            output: "0.049640386865369",
            related: ["proportion_difference", "fisher_exact", "barnard_exact"]
        ) { call throws(Failure) in
            try Proportions.z(
                try call.converted("a"), try call.converted("b"), pooled: try call.boolean("pooled"),
                alternative: try call.alternative(),
                level: try call.number("level"))
        },
        test(
            "proportion_interval",
            "An interval of a share: \"wilson\", \"normal\" (Wald), \"agresti-coull\", \"exact\" (Clopper–Pearson) or \"jeffreys\".",
            [
                .required("x", .integer(0...), "successes"), .required("n", .integer(0...), "trials"),
                choice("kind", Proportions.Kind.self, default: .wilson, "the method"), level,
            ],
            example: "stats.proportion_interval{x = 0, n = 20, kind = \"exact\"}.interval",
            output: "{0.0, 0.16843347098309}", related: ["proportion_difference"]
        ) { call throws(Failure) in
            try Proportions.interval(
                Proportion(x: try call.number("x"), n: try call.number("n"), name: "x"), kind: try call.choice("kind"),
                level: try call.number("level"))
        },
        test(
            "proportion_difference",
            "An interval of the difference a − b of two shares: \"newcombe\" (his method 10), \"wald\", \"agresti-caffo\" or \"score\" "
                + "(Miettinen–Nurminen).",
            twoShares + [choice("kind", Proportions.DifferenceKind.self, default: .newcombe, "the method"), level],
            example: "stats.proportion_difference{a = {x = 5, n = 100}, b = {x = 0, n = 100}}.interval",
            output: "{0.0033279408461572, 0.11175046923192}",
            related: ["two_proportion_z", "proportion_ratio"]
        ) { call throws(Failure) in
            try Proportions.difference(
                try call.converted("a"), try call.converted("b"), kind: try call.choice("kind"),
                level: try call.number("level"))
        },
        test(
            "proportion_ratio",
            "An interval of the ratio a / b of two shares: \"log\" (Katz), \"log-adjusted\" (half a success added) or \"score\" "
                + "(Miettinen–Nurminen).",
            twoShares + [choice("kind", Proportions.RatioKind.self, default: .log, "the method"), level],
            example: "stats.proportion_ratio{a = {x = 9, n = 10}, b = {x = 3, n = 10}}.effect", output: "3.0",
            related: ["proportion_difference"]
        ) { call throws(Failure) in
            try Proportions.ratio(
                try call.converted("a"), try call.converted("b"), kind: try call.choice("kind"),
                level: try call.number("level"))
        },
        test(
            "non_inferiority_proportions",
            "Tests that a is not worse than b by more than a margin. `margin` is the a − b that would just be too bad: negative where up is good, "
                + "positive (with alternative \"less\") where down is good. \"score\" is Farrington and Manning's test.",
            twoShares + [
                .required("margin", .number(-1...1), "a − b under the null hypothesis"),
                .optional(
                    "kind", .choice(Proportions.TestKind.allCases.map(\.rawValue)), default: "score",
                    "the method; \"score-statsmodels\" gives the figures of statsmodels, whose restricted shares are not the likeliest"
                ),
                .optional(
                    "alternative", .choice(["greater", "less", "two-sided"]), default: "greater", "the good direction"),
                level,
            ],
            example:
                "stats.non_inferiority_proportions{a = {x = 480, n = 5000}, b = {x = 500, n = 5000}, margin = -0.015}.p",
            output: "0.032348750143846",
            related: ["non_inferiority_t"]
        ) { call throws(Failure) in
            try Proportions.differenceTest(
                try call.converted("a"), try call.converted("b"), value: try call.number("margin"),
                kind: try call.choice("kind"),
                alternative: try call.alternative(), level: try call.number("level"))
        },
        test(
            "barnard_exact",
            "Barnard's unconditional exact test of two shares: the largest p-value over the unknown common share. The effect is a minus b.",
            twoShares + [
                .optional("pooled", .boolean, default: true, "pool the variance in the statistic"),
                .optional(
                    "tolerance", .number(0...), default: 1e-10,
                    "statistics closer than this, relatively, are tied; 0 lets rounding decide, as scipy does"),
                alternative,
            ],
            example: "stats.barnard_exact{a = {x = 7, n = 15}, b = {x = 12, n = 15}}.statistic",
            output: "-1.8943380760602", related: ["fisher_exact"]
        ) { call throws(Failure) in
            try Barnard.test(
                try call.converted("a"), try call.converted("b"), pooled: try call.boolean("pooled"),
                alternative: try call.alternative(),
                tolerance: try call.number("tolerance"), work: call.work)
        },
    ]

    static let tables: [Signature] = [
        test(
            "fisher_exact",
            "Fisher's exact test of a 2×2 table. `effect` is the conditional maximum-likelihood odds ratio with its exact interval; "
                + "p_two_sided, p_greater and p_less are all given, and odds_ratio_sample.",
            [.required("table", .counts, "{{a, b}, {c, d}}"), alternative, level],
            example: "stats.fisher_exact{table = {{8, 2}, {1, 5}}}.p", output: "0.034965034965035",
            related: ["barnard_exact", "chi_square"]
        ) { call throws(Failure) in
            try ContingencyTable(try call.counts("table"), isTwoByTwo: true).fisher(
                alternative: try call.alternative(), level: try call.number("level"))
        },
        test(
            "chi_square",
            "Pearson's chi-square test of independence of rows and columns, with Cramér's V (cramers_v) and the likelihood-ratio test (g, g_p).",
            [
                .required("table", .counts, "rows of counts"),
                .optional("yates", .boolean, default: false, "correct a 2×2 table for continuity"),
            ],
            example: "stats.chi_square{table = {{30, 50, 20}, {40, 35, 25}}}.p", output: "0.098707642509993",
            related: ["fisher_exact", "srm"]
        ) { call throws(Failure) in
            try ContingencyTable(try call.counts("table")).independence(yates: try call.boolean("yates"))
        },
        test(
            "mcnemar", "McNemar's test of paired yes-or-no answers.",
            [
                .required("table", .counts, "{{both, only first}, {only second, neither}}"),
                .optional("exact", .boolean, default: true, "binomial instead of chi-square"),
                .optional("correction", .boolean, default: true, "correct the chi-square for continuity"),
            ],
            example: "stats.mcnemar{table = {{101, 121}, {59, 33}}, exact = false}.statistic",
            output: "20.672222222222", related: ["fisher_exact"]
        ) { call throws(Failure) in
            try ContingencyTable(try call.counts("table"), isTwoByTwo: true).mcnemar(
                exact: try call.boolean("exact"), correction: try call.boolean("correction"))
        },
        test(
            "srm",
            "The sample-ratio test: whether units arrived in the arms as they were meant to. An arm of weight 0 leaves the degrees of freedom; units in it "
                + "are counted as strays. Below p = 0.001 the experiment is not to be trusted.",
            [
                .required("observed", .list(of: .number(0...)), "units in each arm"),
                .required("weights", .list(of: .number(0...)), "the split that was meant, in any unit"),
            ],
            example: "stats.srm{observed = {821588, 815482}, weights = {1, 1}}.p", output: "1.8217928726192e-06",
            related: ["chi_square"]
        ) { call throws(Failure) in
            try SampleRatio.test(observed: try call.numbers("observed"), weights: try call.numbers("weights"))
        },
    ]

    static let events: [Signature] = [
        test(
            "poisson_rates",
            "Tests two rates of events. `effect` is the ratio of a's rate to b's, the interval exact. \"score\", \"wald\", their logarithmic forms, "
                + "\"sqrt\" (variance-stabilised), \"exact\" (conditional), \"mid-p\", and the E-test of Krishnamoorthy and Thomson.",
            [
                .required("a", .rate, "the one arm, the treatment: {count, exposure}"),
                .required("b", .rate, "the other arm, the control: {count, exposure}"),
                choice("kind", PoissonRates.Kind.self, default: .score, "the method"),
                .optional("ratio", .number(above: 0), default: 1, "the ratio under the null hypothesis"), alternative,
                level,
            ],
            example:
                "stats.poisson_rates{a = {count = 60, exposure = 51477.5}, b = {count = 30, exposure = 54308.7}}.p",
            output: "0.0006322188820471",
            related: ["gamma_poisson"]
        ) { call throws(Failure) in
            let a: (count: Double, exposure: Double) = try call.converted("a")
            let b: (count: Double, exposure: Double) = try call.converted("b")
            return try PoissonRates.test(
                countA: a.count, exposureA: a.exposure, countB: b.count, exposureB: b.exposure,
                ratio: try call.number("ratio"),
                kind: try call.choice("kind"), alternative: try call.alternative(), level: try call.number("level"))
        }
    ]

    static let stratified: [Signature] = [
        test(
            "mantel_haenszel",
            "The Mantel–Haenszel analysis of 2×2 tables: the pooled odds ratio (effect, interval) and risk_ratio, the Cochran–Mantel–Haenszel statistic, "
                + "and the Breslow–Day test of equal odds ratios (homogeneity, homogeneity_p).",
            [
                .required("tables", .list(of: .counts), "a table {{a, b}, {c, d}} for each stratum, exposed first"),
                level,
            ],
            example: "stats.mantel_haenszel{tables = {{{150, 900}, {120, 880}}, {{310, 570}, {300, 600}}}}.p",
            output: "0.11019313797297",
            related: ["post_stratification"]
        ) { call throws(Failure) in
            let tables = try call.table("tables").list.map { table in
                (table.table?.list ?? []).map { $0.table?.list.compactMap(\.double) ?? [] }
            }
            return try Stratified.mantelHaenszel(tables, level: try call.number("level"))
        },
        test(
            "post_stratification",
            "The difference a − b of two shares, by stratum, weighted by the strata's part of all units; the weights are taken as given.",
            [
                .required("a", .list(of: .proportion), "{x, n} of the one arm for each stratum"),
                .required("b", .list(of: .proportion), "{x, n} of the other arm for each stratum, in the same order"),
                alternative, level,
            ],
            example:
                "stats.post_stratification{a = {{x = 90, n = 800}, {x = 52, n = 100}}, b = {{x = 10, n = 100}, {x = 400, n = 800}}}.effect",
            output: "0.01625", related: ["mantel_haenszel"]
        ) { call throws(Failure) in
            let a = try call.proportions("a")
            let b = try call.proportions("b")
            guard a.count == b.count else {
                throw .argument("b", expected: "\(a.count) strata, as in 'a'", got: "\(b.count)")
            }
            return try Stratified.postStratified(
                zip(a, b).map { ($0, $1) }, alternative: try call.alternative(), level: try call.number("level"))
        },
        test(
            "meta_analysis",
            "Several estimates of one effect: fixed-effect mean (fixed, fixed_se), Cochran's Q (q, q_p), I² (i2) and the random-effects mean "
                + "(effect; random, random_se) with the between-study variance of DerSimonian and Laird (tau2).",
            [
                .required("effects", .sample, "the estimates"), .required("variances", .sample, "the variance of each"),
                level,
            ],
            example: "stats.meta_analysis{effects = {0.02, 0.035, -0.01}, variances = {1e-4, 4e-4, 2e-4}}.fixed",
            output: "0.013571428571429",
            related: ["combine_p"]
        ) { call throws(Failure) in
            try Stratified.meta(
                effects: try call.sample("effects"), variances: try call.sample("variances"),
                level: try call.number("level"))
        },
    ]
}
