import LuaKit
import Statistics
import Support

extension Stats {
    private static let twoMeans: [Parameter] = [
        .required("a", .moments, "numbers of the one arm, the treatment; or {mean, sd, n}"),
        .required("b", .moments, "numbers of the other arm, the control; or {mean, sd, n}"),
    ]
    private static let twoSamples: [Parameter] = [
        .required("a", .sample, "numbers of the one arm, the treatment"),
        .required("b", .sample, "numbers of the other arm, the control"),
    ]

    static let means: [Signature] = [
        test(
            "welch_t",
            "Welch's t test of two means, each sample with its own variance. The effect is a minus b.",
            twoMeans + [alternative, level],
            example: "stats.welch_t{a = {3, 5, 4, 6}, b = {2, 4, 3, 3}}.p", output: "0.10596497816687",
            related: ["student_t", "mann_whitney", "yuen_t"]
        ) { call throws(Failure) in
            try TTest.twoSample(
                try call.converted("a"), try call.converted("b"), alternative: try call.alternative(),
                level: try call.number("level"))
        },
        test(
            "student_t", "Student's t test of two means with one pooled variance. The effect is a minus b.",
            twoMeans + [alternative, level],
            example: "stats.student_t{a = {3, 5}, b = {1, 2}}.p", output: "0.15484574527148", related: ["welch_t"]
        ) { call throws(Failure) in
            try TTest.twoSample(
                try call.converted("a"), try call.converted("b"), variances: .pooled,
                alternative: try call.alternative(),
                level: try call.number("level"))
        },
        test(
            "paired_t", "The t test of the mean of the differences a − b of pairs.", twoSamples + [alternative, level],
            example: "stats.paired_t{a = {72, 75, 78}, b = {70, 74, 75}}.effect", output: "2.0",
            related: ["wilcoxon_signed_rank"]
        ) { call throws(Failure) in
            try TTest.paired(
                try call.sample("a"), try call.sample("b"), alternative: try call.alternative(),
                level: try call.number("level"))
        },
        test(
            "one_sample_t", "The t test of a mean against a number.",
            [
                .required("x", .sample, "numbers"), .optional("mu", .number, default: 0, "the mean to test against"),
                alternative, level,
            ],
            example: "stats.one_sample_t{x = {0.2, 0.5, -0.1, 0.4, 0.3}}.p", output: "0.064985910342121",
            related: ["paired_t"]
        ) { call throws(Failure) in
            try TTest.oneSample(
                try call.sample("x"), mu: try call.number("mu"), alternative: try call.alternative(),
                level: try call.number("level"))
        },
        test(
            "yuen_t", "Yuen's t test of trimmed means: outliers do not decide. The effect is a minus b.",
            twoSamples + [
                .optional("trim", .number, default: 0.2, "share of the values cut at each end"), alternative, level,
            ],
            example: "stats.yuen_t{a = {5, 6, 7, 8, 90}, b = {1, 2, 3, 4, 5}}.effect", output: "4.0",
            related: ["welch_t", "trimmed_mean"]
        ) { call throws(Failure) in
            try TTest.yuen(
                try call.sample("a"), try call.sample("b"), trim: try call.number("trim"),
                alternative: try call.alternative(),
                level: try call.number("level"))
        },
        test(
            "tost", "Two one-sided Welch tests of equivalence: that a − b lies between `low` and `high`.",
            twoMeans + [.required("low", .number, "lower margin"), .required("high", .number, "upper margin"), level],
            example: "stats.tost{a = {5.1, 4.9, 5.2, 5.0}, b = {5.0, 5.1, 4.9, 5.2}, low = -0.5, high = 0.5}.p",
            output: "0.00077371060727047",
            related: ["non_inferiority_t"]
        ) { call throws(Failure) in
            try TTest.equivalence(
                try call.converted("a"), try call.converted("b"), low: try call.number("low"),
                high: try call.number("high"),
                level: try call.number("level"))
        },
        test(
            "non_inferiority_t",
            "Welch's test that a is not worse than b by more than a margin. `margin` is the a − b that would just be too bad: negative where up is "
                + "good, positive (with alternative \"less\") where down is good.",
            twoMeans + [
                .required("margin", .number, "a − b under the null hypothesis"),
                .optional("alternative", .choice(["greater", "less"]), default: "greater", "the good direction"), level,
            ],
            example: "stats.non_inferiority_t{a = {5, 6, 5, 6}, b = {5, 6, 6, 5}, margin = -1}.p",
            output: "0.024912631390288",
            related: ["tost", "non_inferiority_proportions"]
        ) { call throws(Failure) in
            try TTest.twoSample(
                try call.converted("a"), try call.converted("b"), alternative: try call.alternative(),
                level: try call.number("level"),
                null: try call.number("margin"))
        },
    ]

    static let ranks: [Signature] = [
        test(
            "mann_whitney",
            "The Mann–Whitney (Wilcoxon rank-sum) test, corrected for ties. `statistic` is U of a, `effect` the chance that a value of a exceeds "
                + "one of b, ties counted half. \"auto\" is exact for small samples; \"exact\" is exact given the ties, \"exact-untied\" as if "
                + "there were none.",
            twoSamples + [
                choice("method", RankTest.Method.self, default: .auto, "how the p-value is found"),
                .optional("continuity", .boolean, default: true, "correct the normal approximation by one half"),
                alternative,
            ],
            example: "stats.mann_whitney{a = {4, 5, 6}, b = {1, 2, 3}}.p", output: "0.1",
            related: ["brunner_munzel", "kruskal_wallis"]
        ) { call throws(Failure) in
            try RankTest.mannWhitney(
                try call.sample("a"), try call.sample("b"), method: try call.choice("method"),
                continuity: try call.boolean("continuity"),
                alternative: try call.alternative())
        },
        test(
            "brunner_munzel",
            "The Brunner–Munzel test, right where the spreads differ. The statistic is negative where a tends to be larger, as in the paper; `effect` "
                + "is the chance that a value of a exceeds one of b, ties counted half.",
            twoSamples + [
                .optional("distribution", .choice(["t", "normal"]), default: "t", "distribution of the statistic"),
                alternative, level,
            ],
            example: "stats.brunner_munzel{a = {4, 5, 6, 2}, b = {1, 2, 3, 5}}.effect", output: "0.75",
            related: ["mann_whitney"]
        ) { call throws(Failure) in
            try RankTest.brunnerMunzel(
                try call.sample("a"), try call.sample("b"), alternative: try call.alternative(),
                usesNormal: try call.string("distribution") == "normal", level: try call.number("level"))
        },
        test(
            "kruskal_wallis", "The Kruskal–Wallis rank test of several groups, corrected for ties.",
            [.required("groups", .samples, "a list of numbers for each group")],
            example: "stats.kruskal_wallis{groups = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}}.p", output: "0.027323722447293",
            related: ["anova"]
        ) { call throws(Failure) in try RankTest.kruskalWallis(try call.converted("groups")) },
        test(
            "wilcoxon_signed_rank",
            "Wilcoxon's signed-rank test of differences about 0; zeros are left out. `statistic` is the smaller rank sum (two-sided) or that of "
                + "the positive differences. \"auto\" is exact up to 50 differences, with ties or zeros up to 13.",
            [
                .required("diff", .sample, "differences of pairs"),
                choice("method", RankTest.Method.self, default: .auto, "how the p-value is found"),
                .optional("continuity", .boolean, default: false, "correct the normal approximation by one half"),
                alternative,
            ],
            example: "stats.wilcoxon_signed_rank{diff = {2, 1, 3, 4, -1, 6, 5}}.p", output: "0.046875",
            related: ["paired_t"]
        ) { call throws(Failure) in
            try RankTest.wilcoxon(
                try call.sample("diff"), method: try call.choice("method"), continuity: try call.boolean("continuity"),
                alternative: try call.alternative())
        },
    ]

    static let groups: [Signature] = [
        test(
            "anova",
            "One-way analysis of variance of several groups. `df_num` is the numerator's degrees of freedom, `df` the denominator's.",
            [
                .required("groups", .samples, "a list of numbers for each group"),
                choice("variances", GroupTest.Variances.self, default: .equal, "how the groups' variances are taken"),
            ],
            example: "stats.anova{groups = {{1, 2, 3}, {4, 5, 6}}}.p", output: "0.021311641128757",
            related: ["kruskal_wallis", "tukey_hsd"]
        ) { call throws(Failure) in
            try GroupTest.anova(try call.converted("groups"), variances: try call.choice("variances"))
        },
        function(
            "tukey_hsd",
            "Tukey's honest significant differences: all pairs of groups, p-values and intervals that hold together.",
            [.required("groups", .samples, "a list of numbers for each group"), level],
            returns: .init(
                "list of records", "one for each pair: first, second (groups, from 1) and the fields of a test"),
            example: "stats.tukey_hsd{groups = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}}[1].p", output: "0.024229053412426",
            related: ["dunnett", "anova"]
        ) { call throws(Failure) in
            let pairs = try GroupTest.tukey(
                try call.converted("groups"), level: try call.number("level"), work: call.work)
            return .list(
                pairs.map { pair in
                    guard case .record(let fields) = pair.result.record else { return .nil }
                    return .record(
                        [("first", .integer(pair.first + 1)), ("second", .integer(pair.second + 1))] + fields)
                })
        },
        function(
            "dunnett",
            "Dunnett's test: several groups against one control, p-values and intervals that hold together. Effects are group minus control.",
            [
                .required("control", .sample, "numbers of the control"),
                .required("groups", .samples, "a list of numbers for each group"),
                alternative, level,
            ],
            returns: .init("list of records", "one for each group"),
            example: "stats.dunnett{control = {1, 2, 3}, groups = {{4, 5, 6}, {2, 3, 4}}}[1].effect", output: "3.0",
            related: ["tukey_hsd"]
        ) { call throws(Failure) in
            .list(
                try GroupTest.dunnett(
                    control: try call.sample("control"), groups: try call.converted("groups"),
                    alternative: try call.alternative(),
                    level: try call.number("level"), work: call.work
                ).map(\.record))
        },
    ]
}
