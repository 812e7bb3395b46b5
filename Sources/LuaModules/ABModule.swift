import Encoders
import Experiments
import LuaKit
import Statistics
import Support
import Tables
import Tensors

extension LuaModule {
    static let ab = LuaModule(
        "ab", "Experiments: plan, deal out, analyse, decide.",
        functions: [ABExperiment.declare] + ABMetrics.all + ABDesign.all + [ABExperiment.simulate],
        classes: [Metric.luaClass, ABExperiment.luaClass, ABResult.luaClass])
}

/// An experiment as scripts hold it: its plan and its data, read and checked.
final class ABExperiment: Sendable {
    let data: ExperimentData
    /// What encoded texts foretell of each primary metric.
    let foretold: [(metric: String, share: Double)]

    init(_ data: ExperimentData, foretold: [(metric: String, share: Double)]) {
        self.data = data
        self.foretold = foretold
    }
}

extension ABExperiment: LuaVisible {
    static let luaClass = LuaClass(
        "ab.Experiment", for: ABExperiment.self,
        "A planned experiment with its data, read and checked. Nothing has been looked at yet.",
        methods: [analyze, analyse],
        fields: [
            Field("arms", "list of strings", "the arms, control first") { (x: ABExperiment) in .strings(x.data.arms) },
            Field("sizes", "list of integers", "units of each arm") { (x: ABExperiment) in .integers(x.data.armSizes) },
            Field("foretold", "record", "for each primary metric the share of its variance that encoded texts explain")
            {
                (x: ABExperiment) in .record(x.foretold.map { ($0.metric, .number($0.share)) })
            },
        ],
        display: { x in
            let arms = zip(x.data.arms, x.data.armSizes).map { "\(Words.name($0)) \($1)" }.joined(separator: ", ")
            let texts = x.foretold.map { "\($0.metric) \(Words.percent(max(0, $0.share)))" }.joined(separator: ", ")
            return "ab.Experiment(\(arms); \(x.data.plan.metrics.map(\.name).joined(separator: ", ")))"
                + (texts.isEmpty ? "" : "\ntexts explain of the variance: \(texts)")
        })

    private static let result = Signature.Returned(
        "ab.Result", "the result: .verdict .health .metrics, printed as a scorecard")
    private static let sample = """
        local data = data.table({arm = {"a","a","a","a","b","b","b","b"}, spend = {1,2,3,4,5,6,7,9}})
        local test = ab.experiment{data = data, variant = "arm", control = "a", metrics = {ab.mean "spend"}}

        """

    private static let analyze = Signature(
        "ab.Experiment:analyze",
        """
        Analyses the experiment: health of the data first, then effects with intervals, corrections for many looks, segments, days, other ways \
        to ask, and the decision by the rules declared. Options given here take the place of the experiment's.
        """,
        options: ABOptions.parameters, returns: [result],
        example: .init(sample + "return test:analyze{alpha = 0.01}.metrics[1].effects[1].absolute", output: "4.25"),
        related: ["ab.experiment", "report.experiment"]
    ) { call throws(Failure) in try analyzed(call) }

    private static let analyse = Signature(
        "ab.Experiment:analyse", "The same as analyze, for those who spell it so.", options: ABOptions.parameters,
        returns: [result],
        example: .init(sample + "return test:analyse().verdict", output: "\"SHIP\""), related: ["ab.Experiment:analyze"]
    ) { call throws(Failure) in try analyzed(call) }

    private static func analyzed(_ call: Call) throws(Failure) -> LuaValue {
        let experiment = try call.receiver(ABExperiment.self)
        let options = try ABOptions.read(call, over: experiment.data.plan.options)
        return .object(ABResult(try experiment.data.analyzed(options, work: call.work)))
    }

    // MARK: ab.experiment

    private static let dataParameters: [Parameter] = [
        .required("data", .object(DataTable.self), "the table: one row a unit, or one row an event"),
        .optional("unit", .string, standing: "each row is a unit", "the column that names the unit"),
        .required(
            "metrics", .list(of: .object(Metric.self)),
            "what is measured: ab.proportion, ab.mean, ab.ratio, ab.quantile, ab.count, ab.retention"),
        .optional(
            "covariates", .any,
            "columns known before the experiment: a list of names; {text = column, encoder = encoder} takes what encoded texts foretell"
        ),
        .optional("date", .string, "the column of the day a unit came in, or of an event"),
        .optional(
            "rows", .choice(["units", "events"]), default: "units",
            "whether a unit has one row or several, whose values are added up"),
        .optional("unsorted", .boolean, default: false, "whether the dates may stand in any order"),
    ]

    static let declare = Signature(
        "ab.experiment",
        """
        Declares an experiment before anybody looks: where units, arms and metrics stand in the data, and how it will be decided. The data are read \
        and checked at once; an error names the column and the first row at fault. :analyze() looks.
        """,
        options: dataParameters + [
            .required("variant", .string, "the column that names the arm"),
            .required("control", .either(.string, .integer), "the arm that the others are compared with"),
            .optional("arms", .list(of: .string), standing: "all in the data", "the arms that take part"),
            .optional(
                "weights", .table, standing: "equal shares",
                "how the units were to be split: {arm = weight}; a weight of 0 says that none should be there"),
            .optional("segments", .list(of: .string), "columns whose values split the units into segments"),
            .optional("copy", .table, "what each arm said: {arm = text}"),
            .optional("name", .string, "what the experiment is called"),
            .optional("hypothesis", .string, "what it is to show"),
        ] + ABOptions.parameters,
        returns: [.init("ab.Experiment", "the experiment, to be analysed")],
        example: .init(sample + "return test.sizes", output: "{4, 4}"),
        related: ["ab.Experiment:analyze", "ab.proportion", "ab.mean", "ab.ratio", "ab.sample_size"]
    ) { call throws(Failure) in
        var plan = ExperimentPlan(
            variant: try call.string("variant"), control: try arm(call), metrics: try metrics(call))
        plan.arms = try call.strings(ifGiven: "arms") ?? []
        for (arm, value) in try byArm(call, "weights", "a weight") {
            guard let weight = value.double else {
                throw .argument("weights", expected: "a number for each arm", got: "\(value.typeName) for '\(arm)'")
            }
            plan.weights.append((arm, weight))
        }
        for (arm, value) in try byArm(call, "copy", "a text") {
            guard let text = value.text else {
                throw .argument("copy", expected: "a text for each arm", got: "\(value.typeName) for '\(arm)'")
            }
            plan.copy.append((arm, text))
        }
        plan.segments = try call.strings(ifGiven: "segments") ?? []
        if plan.segments.contains(plan.variant) {
            throw .argument(
                "segments", expected: "columns that were known before the arms were dealt out",
                got: "'\(plan.variant)', the column that names the arm")
        }
        plan.name = try call.string(ifGiven: "name")
        plan.hypothesis = try call.string(ifGiven: "hypothesis")
        plan.options = try ABOptions.read(call, over: plan.options)
        let made = try experiment(plan, call)
        for (arm, _) in plan.copy where !made.data.arms.contains(arm) {
            throw .argument(
                "copy", expected: "arms of the experiment", got: "'\(arm)'",
                hint: nearest(to: arm, in: made.data.arms).map { "did you mean '\($0)'?" })
        }
        return .object(made)
    }

    /// The control arm, which a column of whole numbers names by one.
    private static func arm(_ call: Call) throws(Failure) -> String {
        if case .integer(let number) = try call.value("control") { return String(number) }
        return try call.string("control")
    }

    /// The entries of a table with a field for each arm.
    private static func byArm(_ call: Call, _ name: String, _ what: String) throws(Failure) -> [(String, LuaValue)] {
        guard let table = try call.value(name).table else { return [] }
        guard table.list.isEmpty else {
            throw .argument(
                name, expected: "\(what) for each arm by its name, {control = ..., other = ...}",
                got: "a list of \(table.list.count)", hint: "numbers as names are written {[\"1\"] = ...}")
        }
        return table.named
    }

    private static func metrics(_ call: Call) throws(Failure) -> [Metric] {
        var metrics: [Metric] = []
        try call.given("metrics")?.forEach { (_, element) in
            if let metric = element.object(Metric.self) { metrics.append(metric) }
        }
        return metrics
    }

    /// Reads the data of a plan: what `ab.experiment` and `ab.aa` share.
    private static func experiment(_ given: ExperimentPlan, _ call: Call) throws(Failure) -> ABExperiment {
        var plan = given
        plan.unit = try call.string(ifGiven: "unit")
        plan.date = try call.string(ifGiven: "date")
        plan.isEvents = try call.string("rows") == "events"
        plan.allowsUnsortedDates = try call.boolean("unsorted")
        let table = try call.object("data", DataTable.self).table
        let covariates = try Covariates(call.given("covariates"))
        plan.covariates = covariates.columns
        var data = try ExperimentData(plan, table: table, work: call.work)
        guard let texts = covariates.text, let encoder = covariates.encoder else {
            return ABExperiment(data, foretold: [])
        }
        let vectors = try encoded(texts, of: table, encoder, work: call.work)
        let shares = try data.addPredictions(named: texts, from: vectors, work: call.work)
        return ABExperiment(data, foretold: shares)
    }

    /// One vector a row; each different text is encoded once, and a missing one counts as empty.
    private static func encoded(_ name: String, of table: Table, _ encoder: TextEncoder, work: Work) throws(Failure)
        -> Tensor
    {
        guard let column = table.columnIfPresent(name) else {
            throw .argument("covariates", expected: "a column of texts", got: "'\(name)'", hint: table.hint(for: name))
        }
        guard column.type == .text else {
            throw .argument("covariates", expected: "a column of texts", got: "'\(name)' of type \(column.type.name)")
        }
        guard column.nullCount < column.count else {
            throw .argument(
                "covariates", expected: "columns with values",
                got: "column '\(name)', whose rows are all NULL from row 1 on")
        }
        let categories = try Categories(
            column, named: name, parameter: "covariates", limit: .max, cancellation: work.cancellation)
        let texts = categories.firstRows.map { row in column.withBytes(row) { Array($0) } }
        let vectors = try encoder.encode(texts + [[]], work: work)
        return try vectors.rows(categories.codes.map { $0 < 0 ? texts.count : Int($0) }, work: work)
    }

    /// What the option `covariates` says.
    private struct Covariates {
        var columns: [String] = []
        var text: String?
        var encoder: TextEncoder?

        init(_ argument: Argument?) throws(Failure) {
            let expected = "list of column names, or {text = column, encoder = encoder}"
            guard let argument, !argument.isNil else { return }
            if let name = argument.text { columns = [name]; return }
            guard let table = try argument.value().table else {
                throw .argument("covariates", expected: expected, got: argument.words)
            }
            for (place, element) in table.list.enumerated() {
                guard let name = element.text else {
                    throw .argument(
                        "covariates", expected: expected, got: "\(element.typeName) at position \(place + 1)")
                }
                columns.append(name)
            }
            for (name, value) in table.named {
                switch (name, value) {
                case ("text", _):
                    guard let column = value.text else {
                        throw .argument(
                            "covariates", expected: "the name of a text column as 'text'", got: value.typeName)
                    }
                    text = column
                case ("encoder", .object(let object)): encoder = object.get(TextEncoder.self)
                default: throw .argument("covariates", expected: expected, got: "'\(name)'")
                }
            }
            guard (text == nil) == (encoder == nil) else {
                throw .argument(
                    "covariates", expected: "both 'text' and 'encoder'",
                    got: text == nil ? "no 'text'" : "no 'encoder'",
                    hint: "text.encoder(\"all-MiniLM-L6-v2\") makes one")
            }
        }
    }

    // MARK: ab.aa

    static let simulate = Signature(
        "ab.aa",
        """
        Tells whether the metrics can be trusted on your own data: deals the units into two arms at random, where nothing differs, many times, and \
        counts how often a difference is found. It should be found as often as alpha says.
        """,
        options: dataParameters + [
            .optional("runs", .integer(10...1_000_000), default: 1_000, "experiments to simulate"),
            .optional("alpha", .number, default: 0.05, "the error allowed"),
            .optional(
                "adjustment", .choice(AnalysisOptions.Adjustment.allCases.map(\.rawValue)), default: "cuped",
                "how covariates are used"),
            .seed,
        ],
        returns: [
            .init(
                "list of records",
                "for each metric: metric, runs, false_positives (share), interval of it, uniform_p (of all p-values), valid"
            )
        ],
        example: .init(
            "local t = data.table({spend = {1, 5, 2, 8, 3, 9, 4, 7, 5, 6, 2, 8}})\nreturn ab.aa{data = t, metrics = {ab.mean 'spend'}, runs = 200}[1].valid",
            output: "true"),
        related: ["ab.experiment", "ab.sample_size"]
    ) { call throws(Failure) in
        var plan = ExperimentPlan(variant: "", control: "A", metrics: try metrics(call))
        plan.options.alpha = try call.number("alpha")
        plan.options.adjustment = .init(rawValue: try call.string("adjustment")) ?? .cuped
        let data = try experiment(plan, call).data
        let rows = try Validation.run(
            data, options: plan.options, runs: try call.integer("runs"), seed: call.seed, work: call.work)
        return .list(
            rows.map { row in
                .record([
                    ("metric", .string(row.metric)), ("runs", .integer(row.runs)),
                    ("false_positives", .number(row.falsePositives)),
                    ("interval", .numbers([row.interval.lower, row.interval.upper])),
                    ("uniform_p", .optional(row.uniformP.map { .number($0) })), ("valid", .boolean(row.isValid)),
                ])
            })
    }
}
