import Charts
import Display
import Experiments
import LuaKit
import Reports
import Support

/// The result of an experiment as scripts hold it.
final class ABResult: Sendable {
    let result: ExperimentResult

    init(_ result: ExperimentResult) { self.result = result }
}

extension ABResult: LuaVisible {
    static let luaClass = LuaClass(
        "ab.Result", for: ABResult.self,
        "What an experiment showed. Every figure that the data do not define is nil, with a status and a reason beside it.",
        methods: [metric, charts],
        fields: [
            Field("verdict", "string", "\"SHIP\", \"ROLL BACK\", \"KEEP RUNNING\", \"REVIEW\" or \"INVALID\"") {
                (r: ABResult) in .string(r.result.decision.verdict.rawValue)
            },
            Field("decision", "record", "verdict, arm, rule, conditions, reason, by_arm") { (r: ABResult) in
                .init(plain: r.result.decisionJSON)
            },
            Field(
                "health", "record",
                "status and the checks by name, each with status and finding; .checks lists them in order"
            ) {
                (r: ABResult) in health(r.result)
            },
            Field(
                "looks", "list of records",
                "the planned looks, once one is due: units, information, boundary (standard errors), error_spent, status"
            ) { (r: ABResult) in .init(plain: r.result.looksJSON) },
            Field("metrics", "list of records", "for each metric: name, kind, role, arms, effects, variance_reduction")
            {
                (r: ABResult) in .list(r.result.metrics.map { .init(plain: $0.json) })
            },
            Field("segments", "list of records", "effects within segments, with the p-value of their interaction") {
                (r: ABResult) in .list(r.result.segments.map { .init(plain: $0.json) })
            },
            Field(
                "timeline", "list of records",
                "cumulative effects by day with intervals for one look and for every look"
            ) {
                (r: ABResult) in .list(r.result.timeline.map { .init(plain: $0.json) })
            },
            Field("sensitivity", "list of records", "the same comparisons made in other ways") { (r: ABResult) in
                .list(r.result.sensitivity.map { .init(plain: $0.json) })
            },
            Field("distribution", "list of records", "differences of quantiles") { (r: ABResult) in
                .list(r.result.distribution.map { .init(plain: $0.json) })
            },
            Field("arms", "list of strings", "the arms, control first") { (r: ABResult) in .strings(r.result.arms) },
            Field("sizes", "list of integers", "units of each arm") { (r: ABResult) in .integers(r.result.sizes) },
            Field("data_hash", "string", "SHA-256 of the columns used") { (r: ABResult) in .string(r.result.dataHash) },
        ],
        display: { $0.text(width: ScreenWidth.current) })

    private static let metric = Signature(
        "ab.Result:metric", "One metric by its name.",
        parameters: [.required("name", .string, "the metric's name")],
        returns: [.init("record", "name, kind, role, arms, effects, variance_reduction")],
        example: .init(
            """
            local t = data.table({arm = {"a","a","a","b","b","b"}, spend = {1,2,3,5,6,9}})
            local test = ab.experiment{data = t, variant = "arm", control = "a", metrics = {ab.mean "spend"}}
            return test:analyze():metric("spend").arms[1].value
            """, output: "2.0"), related: ["ab.Experiment:analyze"]
    ) { call throws(Failure) in
        let result = try call.receiver(ABResult.self).result
        let name = try call.string("name")
        guard let metric = result.metric(name) else {
            let names = result.metrics.map(\.metric.name)
            throw .argument(
                "name", expected: "one of \(names.map { "'\($0)'" }.joined(separator: ", "))", got: "'\(name)'",
                hint: nearest(to: name, in: names).map { "did you mean '\($0)'?" })
        }
        return .init(plain: metric.json)
    }

    private static let charts = Signature(
        "ab.Result:charts",
        """
        The charts of the report, to be looked at here: the lift of every metric and arm, then, with dates, each effect day by day with its band and \
        the units of each day, then the segments.
        """,
        options: [
            .optional(
                "lang", .choice(Language.allCases.map(\.rawValue)), default: "en", "the language of the charts' words")
        ],
        returns: [.init("list of plot.Chart", "the charts, in the report's order")],
        example: .init(
            """
            local t = data.table({arm = {"a","a","a","b","b","b"}, spend = {1,2,3,5,6,9}})
            local test = ab.experiment{data = t, variant = "arm", control = "a", metrics = {ab.mean "spend"}}
            return test:analyze():charts()[1].title
            """, output: "\"Lift of every metric and arm\""), related: ["report.experiment", "plot.forest"]
    ) { call throws(Failure) in
        let report = ExperimentReport(
            try call.receiver(ABResult.self).result, provenance: .init(version: cohortVersion),
            language: Language(rawValue: try call.string("lang")) ?? .english)
        return .list(report.charts.map { .object($0) })
    }

    private static func health(_ result: ExperimentResult) -> LuaValue {
        guard let checks = result.healthJSON["checks"]?.array else { return .nil }
        var fields: [(String, LuaValue)] = [
            ("status", .string(result.healthStatus.rawValue)), ("checks", .list(checks.map { .init(plain: $0) })),
        ]
        for check in checks { if let name = check["name"]?.string { fields.append((name, .init(plain: check))) } }
        return .record(fields)
    }
}

extension LuaValue {
    /// The value of `json` with nil for null: for records, whose fields may be missing.
    fileprivate init(plain json: JSON) {
        self =
            switch json {
            case .null: .nil
            case .bool(let flag): .boolean(flag)
            case .int(let number): .integer(Int(number))
            case .double(let number): .number(number)
            case .string(let string): .string(string.bytes)
            case .array(let items): .list(items.map { LuaValue(plain: $0) })
            case .object(let object): .record(object.members.map { ($0.key.text, LuaValue(plain: $0.value)) })
            }
    }
}
