import Experiments
import LuaKit
import Support

/// The declarations of metrics.
enum ABMetrics {
    static let all = [proportion, mean, ratio, quantile, count, retention]

    private static let column = Parameter.required("column", .string, "the column measured")
    private static let common: [Parameter] = [
        .optional("name", .string, standing: "the column's", "what results call it"),
        .optional("direction", .choice(["up", "down"]), default: "up", "which way is good"),
        .optional(
            "role", .choice(Metric.Role.allCases.map(\.rawValue)), default: "primary",
            "whether it decides, is told, or must not get worse"),
        .optional(
            "margin", .number(0...), default: 0,
            "for a guardrail: how much worse it may get, as a share of control's figure"),
        .optional("margin_absolute", .number(0...), "the same in the metric's own unit"),
        .optional("unit", .string, "what reports write with its figures: '$', 'ms'"),
    ]
    private static let winsorize = Parameter.optional(
        "winsorize", .any, "cap at this quantile of all arms together, as 0.99; {0.01, 0.99} caps both ends")
    private static let returned = [Signature.Returned("ab.Metric", "the declaration, for ab.experiment")]

    private static let proportion = Signature(
        "ab.proportion",
        "The share of units with 1 or true. With `of`, successes out of trials that each unit has, by the delta method.",
        parameters: [column], options: [.optional("of", .string, "the column of trials")] + common, returns: returned,
        example: .init("return ab.proportion 'visit'", output: "ab.proportion(\"visit\")"), related: ["ab.experiment"]
    ) { call throws(Failure) in .object(try metric(call, .proportion(of: try call.string(ifGiven: "of")))) }

    private static let mean = Signature(
        "ab.mean", "The mean over units; a unit with several events has their sum.",
        parameters: [column], options: [winsorize] + common, returns: returned,
        example: .init("return ab.mean('spend', {winsorize = 0.99})", output: "ab.mean(\"spend\", winsorized to 0.99)"),
        related: ["ab.experiment"]
    ) { call throws(Failure) in .object(try metric(call, .mean)) }

    private static let ratio = Signature(
        "ab.ratio",
        """
        The sum of one column over the sum of another, such as clicks over views, where the unit that was dealt out is not what is counted: the \
        delta method. Of two columns of counts the first must not exceed the second.
        """,
        parameters: [
            .required("numerator", .string, "the column above the line"),
            .required("denominator", .string, "the column below it"),
        ],
        options: [
            .optional(
                "above_one", .boolean, default: false,
                "whether the first count may exceed the second, as in items per order"), winsorize,
        ] + common,
        returns: returned,
        example: .init("return ab.ratio('clicks', 'views')", output: "ab.ratio(\"clicks/views\")"),
        related: ["ab.experiment"]
    ) { call throws(Failure) in
        let (numerator, denominator) = (try call.string("numerator"), try call.string("denominator"))
        return .object(
            try metric(
                call, .ratio(denominator: denominator, mayExceedOne: try call.boolean("above_one")), column: numerator,
                name: "\(numerator)/\(denominator)"))
    }

    private static let quantile = Signature(
        "ab.quantile",
        "A quantile of the values (type 7). Units with several events are clusters, as their values are not independent.",
        parameters: [column],
        options: [.optional("q", .number, default: 0.5, "which quantile, between 0 and 1")] + common,
        returns: returned,
        example: .init(
            "return ab.quantile('latency', {q = 0.95, direction = 'down'})",
            output: "ab.quantile(\"latency p95\", down is good)"),
        related: ["ab.experiment"]
    ) { call throws(Failure) in
        let q = try call.number("q")
        guard q > 0, q < 1 else { throw .argument("q", expected: "number between 0 and 1", got: numberText(q)) }
        return .object(
            try metric(call, .quantile(q), name: "\(try call.string("column")) p\(percentile(q))"))
    }

    /// 95 for 0.95, 99.9 for 0.999.
    private static func percentile(_ q: Double) -> String {
        let percent = (q * 1_000_000).rounded() / 10_000
        return Int(exactly: percent).map { String($0) } ?? "\(percent)"
    }

    private static let count = Signature(
        "ab.count",
        "Counts for each unit, or for each unit of exposure such as days or sessions; the variance is the one between units.",
        parameters: [column], options: [.optional("exposure", .string, "the column of exposure"), winsorize] + common,
        returns: returned,
        example: .init("return ab.count('orders', {exposure = 'days'})", output: "ab.count(\"orders per days\")"),
        related: ["ab.experiment"]
    ) { call throws(Failure) in
        let exposure = try call.string(ifGiven: "exposure")
        let column = try call.string("column")
        return .object(try metric(call, .count(exposure: exposure), name: exposure.map { "\(column) per \($0)" }))
    }

    private static let retention = Signature(
        "ab.retention",
        """
        The share of units that came back within a window of days after their first. The column holds days since then, or dates together with \
        the experiment's date column; nothing where a unit never came back. Units whose window has not passed are left out.
        """,
        parameters: [column],
        options: [
            .optional(
                "from", .integer(0...), default: 1,
                "first day of the window, counted from the unit's first day, which is 0"),
            .optional("to", .integer(0...), default: 7, "last day of the window"),
        ] + common, returns: returned,
        example: .init(
            "return ab.retention('returned_after', {from = 1, to = 7})",
            output: "ab.retention(\"returned_after days 1-7\")"),
        related: ["ab.experiment"]
    ) { call throws(Failure) in
        let (from, to) = (try call.integer("from"), try call.integer("to"))
        guard to >= from else { throw .argument("to", expected: "integer of at least 'from', \(from)", got: "\(to)") }
        return .object(
            try metric(call, .retention(from: from, to: to), name: "\(try call.string("column")) days \(from)-\(to)"))
    }

    private static func metric(
        _ call: Call, _ kind: Metric.Kind, column: String? = nil, name: String? = nil
    ) throws(Failure) -> Metric {
        let measured: String
        if let column { measured = column } else { measured = try call.string("column") }
        var metric = Metric(kind, measured, name: try call.string(ifGiven: "name") ?? name)
        metric.isUpGood = try call.string("direction") == "up"
        metric.role = .init(rawValue: try call.string("role")) ?? .primary
        metric.unit = try call.string(ifGiven: "unit") ?? ""
        let absolute = try call.number(ifGiven: "margin_absolute")
        let relative = try call.number("margin")
        if absolute != nil || relative > 0, metric.role != .guardrail {
            throw .argument(
                absolute == nil ? "margin" : "margin_absolute", expected: "role = \"guardrail\" with it",
                got: "role '\(metric.role.rawValue)'")
        }
        metric.margin = absolute.map { .init($0, isRelative: false) } ?? .init(relative, isRelative: true)
        guard call.signature.options.contains(where: { $0.name == "winsorize" }) else { return metric }
        let value = try call.value("winsorize")
        if value.isNil { return metric }
        let ends = value.double.map { [0, $0] } ?? value.table?.list.compactMap(\.double) ?? []
        guard ends.count == 2, ends[0] >= 0, ends[0] < ends[1], ends[1] <= 1 else {
            let numbers = "{\(ends.map(numberText).joined(separator: ", "))}"
            throw .argument(
                "winsorize", expected: "quantile between 0 and 1, or {lower, upper} with the lower one first",
                got: ends.count == 2 && value.double == nil ? numbers : try call.given("winsorize")?.words ?? "nothing",
                hint: ends.count == 2 && ends[0] > ends[1]
                    ? "as in {\(numberText(ends[1])), \(numberText(ends[0]))}" : nil)
        }
        metric.winsorizeLower = ends[0] > 0 ? ends[0] : nil
        metric.winsorizeUpper = ends[1] < 1 ? ends[1] : nil
        return metric
    }
}

extension Metric: LuaVisible {
    /// `ab.Metric` in Lua.
    public static let luaClass = LuaClass(
        "ab.Metric", for: Metric.self, "What an experiment measures, declared by ab.proportion, ab.mean and the like.",
        fields: [
            Field("name", "string", "what results call it") { (m: Metric) in .string(m.name) },
            Field("kind", "string", "\"proportion\", \"mean\", \"ratio\", \"quantile\", \"count\" or \"retention\"") {
                (m: Metric) in .string(m.kind.name)
            },
            Field("role", "string", "\"primary\", \"secondary\" or \"guardrail\"") { (m: Metric) in
                .string(m.role.rawValue)
            },
        ],
        display: { metric in
            let notes = [
                metric.winsorizeUpper.map { "winsorized to \(numberText($0))" }, metric.isUpGood ? nil : "down is good",
                metric.role == .primary ? nil : metric.role.rawValue,
            ].compactMap { $0 }
            return "ab.\(metric.kind.name)(\"\(metric.name)\"\(notes.map { ", \($0)" }.joined()))"
        })
}
