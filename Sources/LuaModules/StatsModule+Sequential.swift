import LuaKit
import Statistics
import Support

extension Stats {
    static let posteriors: [Signature] = [
        test(
            "beta_binomial",
            "Compares two shares under a beta prior: the probability that a is better, the expected loss of choosing each (loss_a, loss_b), the posterior "
                + "means and intervals, and the interval of a − b.",
            twoShares + [
                .optional("prior_a", .number(above: 0), default: 1, "first shape of the prior: successes seen before"),
                .optional("prior_b", .number(above: 0), default: 1, "second shape: failures seen before"), level,
            ],
            example: "stats.beta_binomial{a = {x = 9, n = 20}, b = {x = 3, n = 20}}.mean_a", output: "0.45454545454545",
            related: ["gamma_poisson", "normal_posterior"]
        ) { call throws(Failure) in
            try Bayes.betaBinomial(
                try call.converted("a"), try call.converted("b"), alpha: try call.number("prior_a"),
                beta: try call.number("prior_b"),
                level: try call.number("level"))
        },
        test(
            "gamma_poisson",
            "Compares two rates of events under a gamma prior: probability that a is higher, expected losses, intervals.",
            [
                .required("a", .rate, "the one arm, the treatment: {count, exposure}"),
                .required("b", .rate, "the other arm, the control: {count, exposure}"),
                .optional("shape", .number(above: 0), default: 1, "shape of the prior: events seen before"),
                .optional("rate", .number(above: 0), default: 1, "rate of the prior: exposure seen before"), level,
            ],
            example: "stats.gamma_poisson{a = {count = 9, exposure = 19}, b = {count = 4, exposure = 19}}.mean_a",
            output: "0.5",
            related: ["beta_binomial", "poisson_rates"]
        ) { call throws(Failure) in
            let a: (count: Double, exposure: Double) = try call.converted("a")
            let b: (count: Double, exposure: Double) = try call.converted("b")
            return try Bayes.gammaPoisson(
                countA: a.count, exposureA: a.exposure, countB: b.count, exposureB: b.exposure,
                shape: try call.number("shape"),
                rate: try call.number("rate"), level: try call.number("level"))
        },
        test(
            "normal_posterior",
            "Compares two means, each under a normal prior (flat without prior_sd), their variances taken as known: probability that a is higher, expected "
                + "losses, interval.",
            [
                .required("a", .moments, "numbers of the one arm, the treatment; or {mean, sd, n}"),
                .required("b", .moments, "numbers of the other arm, the control; or {mean, sd, n}"),
                .optional("prior_mean", .number, default: 0, "mean of the prior"),
                .optional("prior_sd", .number(above: 0), standing: "a flat prior", "standard deviation of the prior"),
                level,
            ],
            example: "stats.normal_posterior{a = {3, 5, 4, 6}, b = {2, 4, 3, 3}}.probability",
            output: "0.97523269328219", related: ["beta_binomial", "compare_bayes"]
        ) { call throws(Failure) in
            try Bayes.means(
                try call.converted("a"), try call.converted("b"), priorMean: try call.number("prior_mean"),
                priorSD: try call.number(ifGiven: "prior_sd"), level: try call.number("level"))
        },
    ]

    private static let spendings = ["obrien-fleming", "pocock", "power"]
    private static let shapes = ["pocock", "obrien-fleming", "wang-tsiatis", "haybittle-peto"]

    static let sequential: [Signature] = [
        test(
            "confidence_sequence",
            "An asymptotic confidence sequence: an interval and p-value that hold at every look, from an estimate and its standard error "
                + "(Waudby-Smith and others). `tuned_for` is the number of units at which it is narrowest.",
            [
                .required("estimate", .number, "the effect so far"),
                .required("se", .number(0...), "its standard error"),
                .required("n", .number(1...), "units of all arms so far"),
                .required("tuned_for", .number(above: 0), "units at which it is narrowest"),
                alpha, alternative,
            ],
            example: "stats.confidence_sequence{estimate = 0.05, se = 0.012, n = 20000, tuned_for = 20000}.half_width",
            output: "0.036422507884515",
            related: ["msprt", "group_sequential", "compare_sequential"]
        ) { call throws(Failure) in
            try Sequential.confidenceSequence(
                estimate: try call.number("estimate"), standardError: try call.number("se"), n: try call.number("n"),
                alpha: try call.number("alpha"), tunedFor: try call.number("tuned_for"),
                alternative: try call.alternative())
        },
        test(
            "msprt",
            "The mixture sequential probability ratio test with a normal mixture. `statistic` is the likelihood ratio; the always-valid p-value is the "
                + "smallest over the looks.",
            [
                .required("difference", .number, "difference of the means so far"),
                .required("variance", .number(0...), "variance of the difference of one pair of units"),
                .required("pairs", .number(1...), "pairs of units so far"),
                .required("tau2", .number(above: 0), "variance of the mixture"), alpha,
            ],
            example: "stats.msprt{difference = 0.05, variance = 0.2112, pairs = 5000, tau2 = 0.0004}.half_width",
            output: "0.019735252331801",
            related: ["confidence_sequence"]
        ) { call throws(Failure) in
            try Sequential.mixtureSPRT(
                difference: try call.number("difference"), variance: try call.number("variance"),
                pairs: try call.number("pairs"),
                tau2: try call.number("tau2"), alpha: try call.number("alpha"))
        },
        function(
            "mixture_boundary",
            "A time-uniform boundary (Howard, Ramdas, McAuliffe and Sekhon): a sum stays below it for ever with probability 1 − alpha. Gives its "
                + "precision rho; with `v` the bound at that intrinsic time; with `s` too the log of the mixture.",
            [
                .optional(
                    "kind",
                    .choice([
                        "two-sided-normal", "one-sided-normal", "gamma-exponential", "gamma-poisson", "beta-binomial",
                        "two-sided-beta-binomial",
                    ]),
                    default: "two-sided-normal", "the mixture"),
                .required("tuned_at", .number(above: 0), "intrinsic time at which it is tightest"),
                .optional("tuned_alpha", .number, default: 0.05, "alpha for which it is tightest"), alpha,
                .optional("v", .number(0...), "intrinsic time (variance so far)"),
                .optional("s", .number, "the sum so far"),
                .optional("c", .number(above: 0), default: 1, "scale of a gamma mixture"),
                .optional("g", .number(above: 0), default: 1, "most an increment falls (beta-binomial)"),
                .optional("h", .number(above: 0), default: 1, "most an increment rises (beta-binomial)"),
            ],
            returns: .init("record", "rho, bound, log_mixture"),
            example: "stats.mixture_boundary{tuned_at = 100, v = 100}.rho", output: "12.600560979256",
            related: ["stitched_boundary", "confidence_sequence"]
        ) { call throws(Failure) in
            let c = try call.number("c")
            let (g, h) = (try call.number("g"), try call.number("h"))
            let kind: MixtureBoundary.Kind
            switch try call.string("kind") {
            case "one-sided-normal": kind = .oneSidedNormal
            case "gamma-exponential": kind = .gammaExponential(c: c)
            case "gamma-poisson": kind = .gammaPoisson(c: c)
            case "beta-binomial": kind = .betaBinomial(g: g, h: h, isOneSided: true)
            case "two-sided-beta-binomial": kind = .betaBinomial(g: g, h: h, isOneSided: false)
            default: kind = .twoSidedNormal
            }
            let boundary = try MixtureBoundary(
                kind, tunedAt: try call.number("tuned_at"), tunedAlpha: try call.number("tuned_alpha"))
            var fields: [(String, LuaValue)] = [("rho", .number(boundary.rho))]
            if let v = try call.number(ifGiven: "v") {
                fields.append(("bound", .number(try boundary.bound(v, alpha: try call.number("alpha")))))
                if let s = try call.number(ifGiven: "s") {
                    let value = boundary.logMixture(s, v)
                    fields.append(("log_mixture", value.isNaN ? .nil : .number(value)))
                }
            }
            return .record(fields)
        },
        function(
            "stitched_boundary",
            "The polynomial stitched time-uniform boundary (Howard, Ramdas, McAuliffe and Sekhon, theorem 1).",
            [
                .required("v", .number(0...), "intrinsic time (variance so far)"), alpha,
                .optional("start", .number(above: 0), default: 1, "intrinsic time from which it holds"),
                .optional("c", .number, default: 0, "scale of the increments"),
                .optional("s", .number, default: 1.4, "power of the epochs' share"),
                .optional("eta", .number, default: 2, "growth of the epochs"),
            ],
            returns: .init("number", "the boundary"), example: "stats.stitched_boundary{v = 100, start = 10, c = 3}",
            output: "64.487546659065",
            related: ["mixture_boundary"]
        ) { call throws(Failure) in
            .number(
                try MixtureBoundary.stitched(
                    try call.number("v"), alpha: try call.number("alpha"), start: try call.number("start"),
                    c: try call.number("c"),
                    s: try call.number("s"), eta: try call.number("eta")))
        },
        function(
            "group_sequential",
            "Boundaries for planned looks at shares of the information. With `spending`, a Lan–DeMets function: \"obrien-fleming\" (each tail by "
                + "itself), \"pocock\", \"power\" (alpha·t^rho). With `shape`, a boundary solved for: \"pocock\", \"obrien-fleming\", "
                + "\"wang-tsiatis\" (delta), \"haybittle-peto\".",
            [
                .required("information", .list(of: .number), "share of the information at each look, rising to 1"),
                alpha,
                .optional("sides", .integer(1...2), default: 2, "directions"),
                .optional(
                    "spending", .choice(spendings), standing: "obrien-fleming unless a shape is given",
                    "how alpha is spent"),
                .optional("shape", .choice(shapes), "a boundary of this shape instead"),
                .optional("rho", .number(above: 0), default: 2, "exponent of power spending"),
                .optional("delta", .number, default: 0.25, "exponent of the Wang–Tsiatis shape"),
                .optional("limit", .number(above: 0), default: 12, "largest z of a spending boundary"),
            ],
            returns: .init(
                "record", "z, cumulative_alpha and p (the p-value to go below), lists with a number for each look"),
            example: "stats.group_sequential{information = {0.5, 1}, spending = \"pocock\"}.cumulative_alpha",
            output: "{0.031005725347914, 0.05}",
            related: ["peeking", "confidence_sequence"]
        ) { call throws(Failure) in
            let sides = try call.integer("sides")
            let plan = try GroupSequential(information: try call.numbers("information"), sides: sides)
            let alpha = try call.number("alpha")
            let result: (z: [Double], cumulative: [Double])
            if let shape = try call.string(ifGiven: "shape") {
                guard try call.string(ifGiven: "spending") == nil else {
                    throw .argument("shape", expected: "either a spending or a shape", got: "both")
                }
                switch shape {
                case "pocock": result = try plan.boundary(GroupSequential.Shape.pocock, alpha: alpha)
                case "obrien-fleming": result = try plan.boundary(GroupSequential.Shape.obrienFleming, alpha: alpha)
                case "wang-tsiatis":
                    result = try plan.boundary(
                        GroupSequential.Shape.wangTsiatis(delta: try call.number("delta")), alpha: alpha)
                default: result = try plan.boundary(GroupSequential.Shape.haybittlePeto, alpha: alpha)
                }
            } else {
                let spending: GroupSequential.Spending
                switch try call.string(ifGiven: "spending") {
                case "pocock": spending = .pocock
                case "power": spending = .power(rho: try call.number("rho"))
                default: spending = .obrienFleming
                }
                result = try plan.boundary(spending, alpha: alpha, limit: try call.number("limit"))
            }
            return .record([
                ("z", .numbers(result.z)), ("cumulative_alpha", .numbers(result.cumulative)),
                ("p", .numbers(result.z.map { Double(sides) * Normal.survival($0) })),
            ])
        },
        function(
            "peeking",
            "The true rate of false alarms when a test with critical value `z` is read at each of equally spaced looks.",
            [
                .required("looks", .integer(1...100), "looks at the data"),
                .optional("z", .number(0...), default: 1.959963984540054, "critical value at each look"),
                .optional("sides", .integer(1...2), default: 2, "directions"),
            ],
            returns: .init("number", "probability of at least one false alarm"),
            example: "string.format(\"%.4f\", stats.peeking{looks = 5})",
            output: "\"0.1417\"", related: ["group_sequential"]
        ) { call throws(Failure) in
            .number(
                try GroupSequential.peeking(
                    looks: try call.integer("looks"), z: try call.number("z"), sides: try call.integer("sides")))
        },
    ]

    static let summaries: [Signature] = [
        test(
            "compare_t",
            "Welch's t test of two arms from their sums, absolute or relative to b (delta method). An arm is {n, sum} (a share), {n, sum, sum_squares} (a "
                + "mean), {n, numerator, denominator, sum_products} (a ratio, each of the two {sum, sum_squares}), {n, post, pre, sum_products} (CUPED) or "
                + "{n, value, lower, upper, level} (a quantile with its interval). Shares without variance are given Fisher's p and "
                + "Newcombe's interval.",
            arms + [difference, alternative, level],
            example:
                "stats.compare_t{a = {n = 1000, sum = 150}, b = {n = 1000, sum = 120}, difference = \"relative\"}.effect",
            output: "0.25",
            related: ["compare_sequential", "compare_bayes"]
        ) { call throws(Failure) in
            try ArmSummary.t(
                try call.converted("a"), try call.converted("b"), difference: try call.choice("difference"),
                alternative: try call.alternative(),
                level: try call.number("level"))
        },
        test(
            "compare_sequential",
            "The asymptotic confidence sequence of two arms from their sums; arms as in stats.compare_t.",
            arms + [
                difference, .required("tuned_for", .number(above: 0), "units of both arms at which it is narrowest"),
                alpha, alternative,
            ],
            example:
                "stats.compare_sequential{a = {n = 1000, sum = 150}, b = {n = 1000, sum = 120}, tuned_for = 5000}.effect",
            output: "0.03",
            related: ["compare_t", "confidence_sequence"]
        ) { call throws(Failure) in
            try ArmSummary.sequential(
                try call.converted("a"), try call.converted("b"), difference: try call.choice("difference"),
                alpha: try call.number("alpha"),
                tunedFor: try call.number("tuned_for"), alternative: try call.alternative())
        },
        test(
            "compare_bayes",
            "The normal posterior of the effect of two arms from their sums, under a flat prior or a normal one: the probability that a is better and the "
                + "expected loss of choosing each. A prior on the other scale than the effect's is converted by the mean of b.",
            arms + [
                difference, .optional("prior_mean", .number, default: 0, "mean of the prior of the effect"),
                .optional("prior_sd", .number(above: 0), standing: "a flat prior", "its standard deviation"),
                .optional(
                    "prior_scale", .choice(["absolute", "relative"]), standing: "that of the effect",
                    "what the prior is about"), level,
            ],
            example: "stats.compare_bayes{a = {n = 1000, sum = 150}, b = {n = 1000, sum = 120}}.effect", output: "0.03",
            related: ["compare_t", "beta_binomial"]
        ) { call throws(Failure) in
            let scale: ArmSummary.Difference = try call.choice("difference")
            var prior: ArmSummary.Prior?
            if let sd = try call.number(ifGiven: "prior_sd") {
                let own = try call.string(ifGiven: "prior_scale").flatMap { ArmSummary.Difference(rawValue: $0) }
                prior = ArmSummary.Prior(mean: try call.number("prior_mean"), sd: sd, scale: own ?? scale)
            }
            return try ArmSummary.bayes(
                try call.converted("a"), try call.converted("b"), difference: scale, prior: prior,
                level: try call.number("level"))
        },
    ]

    private static let arms: [Parameter] = [
        .required("a", .armSummary, "sums of the one arm, the treatment"),
        .required("b", .armSummary, "sums of the other arm, the control"),
    ]
    private static let difference = choice(
        "difference", ArmSummary.Difference.self, default: .absolute, "a − b, or (a − b)/|b|")
}
