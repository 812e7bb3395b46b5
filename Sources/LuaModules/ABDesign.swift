import Experiments
import LuaKit
import Statistics
import Support
import Tables

/// What comes before an experiment: its size, its length, who gets what.
enum ABDesign {
    static let all = [sampleSize, power, mde, duration, srm, adjust, assign]

    private static let baseline = Parameter.required(
        "baseline", .number, "control's share, or its mean where sd is given")
    private static let effects: [Parameter] = [
        .optional("mde", .number, "the effect to find, as a share of the baseline"),
        .optional("effect", .number, "the same in the metric's unit"),
        .optional("target", .number, "the same as the figure to reach"),
    ]
    private static let settings: [Parameter] = [
        .optional("sd", .number(above: 0), "standard deviation of a unit's value, for means"),
        .optional("alpha", .number, default: 0.05, "the error of the first kind"),
        .optional(
            "alternative", .choice(Alternative.allCases.map(\.rawValue)), default: "two-sided",
            "what is looked for: any effect, one above 0 or one below"),
        .optional("ratio", .number(above: 0), default: 1, "units of the other arm for each of control's"),
        .optional(
            "formula", .choice(Power.Formula.allCases.map(\.rawValue)), default: "unpooled",
            "how the variance of shares is taken"),
    ]
    private static let wantedPower = Parameter.optional("power", .number, default: 0.8, "the power wanted")

    /// The question in numbers.
    private struct Question {
        let baseline: Double
        let effect: Double?
        let sd: Double?
        let alpha: Double
        let alternative: Alternative
        let ratio: Double
        let formula: Power.Formula

        init(_ call: Call, hasEffect: Bool) throws(Failure) {
            let baseline = try call.number("baseline")
            self.baseline = baseline
            sd = try call.number(ifGiven: "sd")
            alpha = try call.number("alpha")
            alternative = Alternative(rawValue: try call.string("alternative")) ?? .twoSided
            ratio = try call.number("ratio")
            formula = Power.Formula(rawValue: try call.string("formula")) ?? .unpooled
            if let sd, !(sd > 0 && sd.isFinite) {
                throw .argument("sd", expected: "finite number above 0", got: numberText(sd))
            }
            guard alpha > 0, alpha < 1 else {
                throw .argument("alpha", expected: "number between 0 and 1", got: numberText(alpha))
            }
            guard baseline.isFinite else {
                throw .argument("baseline", expected: "finite number", got: numberText(baseline))
            }
            if sd == nil, !(baseline > 0 && baseline < 1) {
                throw .argument(
                    "baseline", expected: "share between 0 and 1", got: numberText(baseline),
                    hint: "for a mean give its sd too")
            }
            guard hasEffect else {
                effect = nil
                return
            }
            let given = [
                try call.number(ifGiven: "mde").map { $0 * abs(baseline) }, try call.number(ifGiven: "effect"),
                try call.number(ifGiven: "target").map { $0 - baseline },
            ].compactMap { $0 }
            guard given.count == 1, let effect = given.first else {
                throw .argument(
                    "mde", expected: "one of 'mde', 'effect' and 'target'",
                    got: given.isEmpty ? "none" : "\(given.count) of them")
            }
            guard effect != 0, effect.isFinite else {
                throw .argument("mde", expected: "finite effect other than 0", got: numberText(effect))
            }
            guard sd != nil || baseline + effect != baseline else {
                throw .argument(
                    "mde", expected: "an effect that baseline \(numberText(baseline)) can show",
                    got: numberText(effect),
                    hint: "the two shares are the same number")
            }
            if sd == nil, !(baseline + effect > 0 && baseline + effect < 1) {
                throw .argument("mde", expected: "a share between 0 and 1 to reach", got: numberText(baseline + effect))
            }
            self.effect = effect
        }

        func units(power: Double) throws(Failure) -> Double {
            let effect = effect ?? 0
            guard alternative == .twoSided || (effect > 0) == (alternative == .greater) else {
                throw .argument(
                    "mde", expected: "an effect \(effect > 0 ? "below" : "above") 0 for '\(alternative.rawValue)'",
                    got: numberText(effect))
            }
            do throws(Failure) {
                guard let sd else {
                    return try Power.sampleSize(
                        p1: baseline, p2: baseline + effect, alpha: alpha, power: power, alternative: alternative,
                        formula: formula, ratio: ratio)
                }
                return try Power.sampleSizeT(
                    d: effect / sd, alpha: alpha, power: power, ratio: ratio, alternative: alternative)
            } catch {
                throw error.naming("mde", insteadOf: sd == nil ? "p2" : "d")
            }
        }

        /// The units of control that the call gives, enough for a test.
        func control(_ call: Call) throws(Failure) -> Double {
            let n = try call.number("n")
            guard n.isFinite else { throw .argument("n", expected: "finite number", got: numberText(n)) }
            guard sd == nil || n * (1 + ratio) > 2 else {
                throw .argument("n", expected: "more than 2 units in both arms together", got: numberText(n))
            }
            return n
        }

        func power(n: Double) throws(Failure) -> Double {
            let effect = effect ?? 0
            if let sd {
                return try Power.powerT(d: effect / sd, n1: n, ratio: ratio, alpha: alpha, alternative: alternative)
            }
            return try Power.power(
                p1: baseline, p2: baseline + effect, n1: n, ratio: ratio, alpha: alpha, alternative: alternative,
                formula: formula)
        }
    }

    private static let sampleSize = Signature(
        "ab.sample_size",
        """
        Units that control needs for an effect to be found. Shares: `formula` names how their variance is taken; from 12 % to 15 % takes 2031 units \
        by arcsine, 2033 unpooled and 2036 pooled. Means, where sd is given: the t test.
        """,
        options: [baseline] + effects + settings + [wantedPower],
        returns: [.init("integer", "units of control"), .init("integer", "units of both arms together")],
        example: .init(
            "return ab.sample_size{baseline = 0.12, target = 0.15, formula = 'pooled'}", output: "2036\n4072"),
        related: ["ab.power", "ab.mde", "ab.duration"]
    ) { call throws(Failure) in
        let question = try Question(call, hasEffect: true)
        let units = try question.units(power: try call.number("power")).rounded(.up)
        let both = units + (units * question.ratio).rounded(.up)
        guard both < 0x1p63 else {
            throw .argument(
                "mde", expected: "an effect that a number of units can find",
                got: "one that takes \(Words.significant(both, 3))")
        }
        return .values([.whole(units), .whole(both)])
    }

    private static let power = Signature(
        "ab.power", "The chance that an effect is found with n units in control.",
        options: [baseline, .required("n", .number(above: 0), "units of control")] + effects + settings,
        returns: [.init("number", "the power")],
        example: .init(
            "return string.format('%.3f', ab.power{baseline = 0.12, target = 0.15, n = 2033})", output: "\"0.800\""),
        related: ["ab.sample_size"]
    ) { call throws(Failure) in
        let question = try Question(call, hasEffect: true)
        return .number(try question.power(n: question.control(call)))
    }

    private static let mde = Signature(
        "ab.mde",
        "The smallest effect that n units in control find with the power wanted: below 0 where `alternative` is \"less\", otherwise above.",
        options: [baseline, .required("n", .number(above: 0), "units of control")] + settings + [wantedPower],
        returns: [
            .init("number", "the effect in the metric's unit"),
            .init("number", "the effect as a share of the baseline; nil if that is 0"),
        ],
        example: .init("return string.format('%.4f', (ab.mde{baseline = 0.12, n = 2033}))", output: "\"0.0300\""),
        related: ["ab.sample_size"]
    ) { call throws(Failure) in
        let question = try Question(call, hasEffect: false)
        let (n, power) = (try question.control(call), try call.number("power"))
        guard let sd = question.sd else {
            let effect = try Power.detectableDifference(
                p1: question.baseline, n1: n, ratio: question.ratio, alpha: question.alpha, power: power,
                alternative: question.alternative, formula: question.formula)
            guard let effect else {
                let side = question.alternative == .less ? "below" : "above"
                throw .argument(
                    "n", expected: "more units: no share \(side) the baseline would be found", got: numberText(n))
            }
            return .values([.number(effect), .number(effect / question.baseline)])
        }
        let d = try Power.detectableT(
            n1: n, ratio: question.ratio, alpha: question.alpha, power: power, alternative: question.alternative)
        return .values([.number(d * sd), question.baseline == 0 ? .nil : .number(d * sd / abs(question.baseline))])
    }

    private static let duration = Signature(
        "ab.duration",
        "Days until enough units have come, and the same in whole weeks, so that every weekday counts alike.",
        options: [
            .required("units", .number(above: 0), "units that each arm needs, as ab.sample_size gives"),
            .required("traffic", .number(above: 0), "units that come in on a day"),
            .optional("arms", .integer(2...), default: 2, "arms, control among them"),
            .optional("share", .number(above: 0), default: 1, "share of the traffic that takes part"),
        ],
        returns: [.init("integer", "days"), .init("integer", "weeks")],
        example: .init("return ab.duration{units = 2033, traffic = 500}", output: "9\n2"), related: ["ab.sample_size"]
    ) { call throws(Failure) in
        let share = try call.number("share")
        guard share <= 1 else {
            throw .argument("share", expected: "number above 0 and at most 1", got: numberText(share))
        }
        let (units, traffic) = (try call.number("units"), try call.number("traffic"))
        for (name, value) in [("units", units), ("traffic", traffic)] where !value.isFinite {
            throw .argument(name, expected: "finite number above 0", got: numberText(value))
        }
        let days = (units * Double(try call.integer("arms")) / traffic / share).rounded(.up)
        guard days < 0x1p53 else {
            throw .argument(
                "traffic", expected: "traffic that brings the units within a number of days",
                got: Words.significant(traffic, 3))
        }
        return .values([.whole(days), .whole((days / 7).rounded(.up))])
    }

    private static let srm = Signature(
        "ab.srm",
        "Whether units arrived in the arms as planned (chi-square). An arm of weight 0 takes no part in the test; units in it are counted as strays.",
        parameters: [
            .required("observed", .list(of: .number), "units of each arm"),
            .optional("weights", .list(of: .number), standing: "equal", "the share each was to have"),
        ],
        options: [.optional("alpha", .number, default: 0.001, "below this p-value the split counts as broken")],
        returns: [.init("record", "p, statistic, df, strays, status (\"ok\", \"failed\" or \"undefined\"), reason")],
        example: .init("return ab.srm({5000, 5200}).status", output: "\"ok\""), related: ["ab.experiment"]
    ) { call throws(Failure) in
        let observed = try call.numbers("observed")
        let weights = try call.given("weights")?.numbers() ?? observed.map { _ in 1 }
        let alpha = try call.number("alpha")
        guard alpha > 0, alpha < 1 else {
            throw .argument("alpha", expected: "number between 0 and 1", got: numberText(alpha))
        }
        let test = try SampleRatio.test(observed: observed, weights: weights)
        let strays = test["strays"] ?? 0
        let status = strays > 0 ? "failed" : test.p.map { $0 < alpha ? "failed" : "ok" } ?? "undefined"
        return .record([
            ("p", .optional(test.p.map { .number($0) })), ("statistic", .optional(test.statistic.map { .number($0) })),
            ("df", .optional(test.df.map { .whole($0) })), ("strays", .whole(strays)), ("status", .string(status)),
            ("reason", .optional(test.reason.map { .string($0) })),
        ])
    }

    private static let adjust = Signature(
        "ab.adjust", "Adjusts p-values for several looks at once.",
        parameters: [
            .required("p", .list(of: .number), "p-values"),
            .optional("method", ABOptions.correction, standing: "holm", "the correction"),
        ],
        options: [.optional("alpha", .number, default: 0.05, "the error, which only two-stage methods look at")],
        returns: [.init("list of numbers", "adjusted p-values in the same order")],
        example: .init("return ab.adjust({0.01, 0.04, 0.03}, 'bonferroni')", output: "{0.03, 0.12, 0.09}"),
        related: ["ab.experiment"]
    ) { call throws(Failure) in
        let name = try call.string(ifGiven: "method") ?? "holm"
        let method = ABOptions.corrections.first { $0.name == name }?.method ?? .holm
        return .numbers(try Multiplicity.adjusted(try call.numbers("p"), method, alpha: try call.number("alpha")))
    }

    private static let assign = Signature(
        "ab.assign",
        """
        The arm of a unit, from its name alone: the first 64 bits of SHA-256 of salt, NUL and unit, as a place in [0, 1) that the arms share out in \
        the order of their names, or of the list. The same salt deals the same way on every machine and every day; another salt deals anew.
        """,
        parameters: [
            .required(
                "unit", .either(.string, .integer, .list(of: .string)), "a unit's name or number, or a list of names"),
            .required("salt", .string, "the experiment's own text"),
            .required("weights", .table, "{arm = weight, ...}, or a list of weights"),
        ],
        returns: [
            .init(
                "string, integer or list",
                "the arm's name, or its number from 1 where weights are a list; one for each unit of a list")
        ],
        example: .init("return ab.assign('user-1', 'copy-test', {control = 1, new = 1})", output: "\"new\""),
        related: ["ab.srm"]
    ) { call throws(Failure) in
        let table = try call.table("weights")
        var arms: [(value: LuaValue, weight: Double)] = []
        for (place, value) in table.list.enumerated() {
            guard let weight = value.double else {
                throw .argument("weights", expected: "numbers", got: "\(value.typeName) at position \(place + 1)")
            }
            arms.append((.integer(place + 1), weight))
        }
        for (name, value) in table.named {
            guard table.list.isEmpty, let weight = value.double else {
                throw .argument(
                    "weights", expected: "a list of numbers, or numbers by arm", got: "'\(name)' = \(value.typeName)")
            }
            arms.append((.string(name), weight))
        }
        let salt = try call.bytes("salt")
        func arm(_ unit: [UInt8]) throws(Failure) -> LuaValue {
            arms[try Assignment.arm(unit: unit, salt: salt, weights: arms.map(\.weight))].value
        }
        guard let unit = try call.given("unit") else { return .nil }
        if let number = unit.integer { return try arm(Array(String(number).utf8)) }
        if let bytes = unit.bytes { return try arm(bytes) }
        var results: [LuaValue] = []
        try unit.forEach { (_, element) throws(Failure) in results.append(try arm(element.bytes ?? [])) }
        return .list(results)
    }
}
