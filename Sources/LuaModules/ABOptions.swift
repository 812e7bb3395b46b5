import Charts
import Experiments
import LuaKit
import Statistics
import Support

/// The options of an analysis, which the plan may set and the analysis may set anew.
enum ABOptions {
    /// Corrections by the names that people use for them.
    static let corrections: [(name: String, method: Multiplicity.Method)] =
        Multiplicity.Method.allCases.map { ($0.rawValue, $0) } + [
            ("benjamini_hochberg", .bh), ("benjamini-hochberg", .bh), ("fdr", .bh), ("benjamini_yekutieli", .by),
            ("benjamini-yekutieli", .by), ("holm_sidak", .holmSidak),
        ]

    static let correction = ParameterType.choice(corrections.map(\.name))

    static let parameters: [Parameter] = [
        .optional("alpha", .number, standing: "0.05", "the error of the first kind that is allowed"),
        .optional(
            "correction", correction, standing: "holm",
            "how several primary metrics and arms, or several segments, are paid for; intervals agree with the adjusted p-values"
        ),
        .optional(
            "sequential", .any, standing: "one look",
            "how error is kept when looking more than once: true for a confidence sequence at any time, or {method = \"confidence_sequence\", tuning = units, burn_in = units}; "
                + "{method = \"msprt\", tau = share of control's figure, burn_in = units}; or planned looks, {method = \"group_sequential\", "
                + "looks = {units of all arms at each}, spending = \"obrien-fleming\"|\"pocock\"|\"power\" (rho) or "
                + "shape = \"pocock\"|\"obrien-fleming\"|\"wang-tsiatis\" (delta)}"),
        .optional(
            "adjustment", .choice(AnalysisOptions.Adjustment.allCases.map(\.rawValue)), standing: "cuped",
            "how covariates are used: theta from all units, from within arms, Lin's regression, or not at all"),
        .optional(
            "relative", .choice(AnalysisOptions.Relative.allCases.map(\.rawValue)), standing: "fieller",
            "how intervals of relative effects are made"),
        .optional(
            "prior", .table, standing: "none",
            "what was believed of the effect: {mean = 0, sd = 0.02, scale = \"relative\"|\"absolute\"}"),
        .optional("mde", .number, "the smallest effect that matters, as a share of control's figure"),
        .optional("power", .number, standing: "0.8", "the power wanted for it"),
        .optional("min_days", .integer(1...), "days before it may be decided"),
        .optional("min_units", .integer(1...), "units before it may be decided"),
        .optional("srm_alpha", .number, standing: "0.001", "the p-value below which the split counts as broken"),
        .optional(
            "rules", .any, standing: "the usual rules",
            "a list of {verdict, condition, ..., name = text}: the first whose conditions all hold decides; \"not \" before one turns it round"
        ),
    ]

    /// The options given, over those that stand.
    static func read(_ call: Call, over standing: AnalysisOptions) throws(Failure) -> AnalysisOptions {
        var options = standing
        options.seed = call.seed
        options.alpha = try call.number(ifGiven: "alpha") ?? options.alpha
        if let name = try call.string(ifGiven: "correction") {
            options.correction = corrections.first { $0.name == name }?.method ?? options.correction
        }
        if let value = try given(call, "sequential") {
            options.sequential = try ABSequential.design(value, mde: try call.number(ifGiven: "mde") ?? options.mde)
        }
        options.adjustment =
            try call.string(ifGiven: "adjustment").flatMap { .init(rawValue: $0) } ?? options.adjustment
        options.relative = try call.string(ifGiven: "relative").flatMap { .init(rawValue: $0) } ?? options.relative
        if let table = try call.value("prior").table { options.prior = try prior(table) }
        if let mde = try call.number(ifGiven: "mde") {
            options.mde = mde
            if mde > 1 { call.state.note("mde is \(NumberStyle.percent.text(mde)) of control's figure; 10% is 0.1") }
        }
        options.power = try call.number(ifGiven: "power") ?? options.power
        options.minimumDays = try call.integer(ifGiven: "min_days") ?? options.minimumDays
        options.minimumUnits = try call.integer(ifGiven: "min_units") ?? options.minimumUnits
        options.ratioAlpha = try call.number(ifGiven: "srm_alpha") ?? options.ratioAlpha
        if let value = try given(call, "rules") { options.rules = try rules(value) }
        try options.check()
        return options
    }

    private static func given(_ call: Call, _ name: String) throws(Failure) -> LuaValue? {
        let value = try call.value(name)
        return value.isNil ? .none : .some(value)
    }

    private static func prior(_ table: LuaTable) throws(Failure) -> AnalysisOptions.Prior {
        for (name, _) in table.named where !["mean", "sd", "scale"].contains(name) {
            throw .argument("prior", expected: "mean, sd and scale", got: "'\(name)'")
        }
        guard let sd = table["sd"]?.double else {
            throw .argument("prior", expected: "a number 'sd'", got: table["sd"]?.typeName ?? "nothing")
        }
        guard let scale = table["scale"]?.text, ["relative", "absolute"].contains(scale) else {
            throw .argument(
                "prior", expected: "scale = \"relative\" or \"absolute\"",
                got: table["scale"]?.text.map { "'\($0)'" } ?? "nothing",
                hint: "a prior without its scale would be a guess")
        }
        return .init(mean: table["mean"]?.double ?? 0, sd: sd, isRelative: scale == "relative")
    }

    private static func rules(_ value: LuaValue) throws(Failure) -> [DecisionRule] {
        let expected = "list of {verdict, condition, ...}"
        guard let table = value.table, table.fields.isEmpty, !table.list.isEmpty else {
            throw .argument("rules", expected: expected, got: value.typeName)
        }
        var rules: [DecisionRule] = []
        for (place, element) in table.list.enumerated() {
            guard let rule = element.table else {
                throw .argument("rules", expected: expected, got: "\(element.typeName) at position \(place + 1)")
            }
            let words = rule.list.compactMap(\.text)
            guard let first = words.first, words.count == rule.list.count else {
                throw .argument("rules", expected: "texts in rule \(place + 1)", got: "something else")
            }
            guard let verdict = Decision.Verdict(rawValue: first.uppercased().replacing("_", with: " ")) else {
                let names = Decision.Verdict.allCases.map(\.rawValue)
                throw .argument(
                    "rules",
                    expected: "one of \(names.map { "'\($0)'" }.joined(separator: ", ")) first in rule \(place + 1)",
                    got: "'\(first)'", hint: nearest(to: first.uppercased(), in: names).map { "did you mean '\($0)'?" })
            }
            var conditions: [(condition: DecisionRule.Condition, holds: Bool)] = []
            for word in words.dropFirst() {
                let isNot = word.hasPrefix("not ")
                let name = isNot ? String(word.dropFirst(4)) : word
                guard let condition = DecisionRule.Condition(rawValue: name) else {
                    let names = DecisionRule.Condition.allCases.map(\.rawValue)
                    throw .argument(
                        "rules", expected: "conditions among \(names.joined(separator: ", ")) in rule \(place + 1)",
                        got: "'\(name)'",
                        hint: nearest(to: name, in: names).map { "did you mean '\($0)'?" })
                }
                conditions.append((condition, !isNot))
            }
            rules.append(DecisionRule(rule["name"]?.text ?? words.joined(separator: ", "), verdict, conditions))
        }
        return rules
    }
}
