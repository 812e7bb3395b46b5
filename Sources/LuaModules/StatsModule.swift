import LuaKit
import Statistics
import Support

extension LuaModule {
    static let stats = LuaModule(
        "stats", "Computes statistics: tests, intervals, power, sequential bounds.",
        functions: Stats.means + Stats.shares + Stats.tables + Stats.ranks + Stats.groups + Stats.events
            + Stats.quantiles
            + Stats.effects + Stats.stratified + Stats.adjusted + Stats.posteriors + Stats.sequential + Stats.planning
            + Stats.multiplicity + Stats.summaries + Stats.distributions)
}

/// The functions of the module `stats`, by family, and what they share.
enum Stats {
    /// What every test's record holds.
    static let returned = Signature.Returned(
        "record",
        "fields as far as they apply: statistic, p, df, effect (a minus b), standard_error, interval {lower, upper}, further figures, "
            + "status (\"ok\", or \"undefined\" with a reason)")

    static let alternative = Parameter.optional(
        "alternative", .choice(Alternative.allCases.map(\.rawValue)), default: "two-sided",
        "what is suspected of a against b: that they differ, that a is greater, or less; a one-sided interval is open on the other side"
    )
    static let level = Parameter.optional("level", .number, default: 0.95, "confidence of the interval")
    static let alpha = Parameter.optional("alpha", .number, default: 0.05, "chance of a false alarm")

    static func choice<Kind: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Kind.Type, default kind: Kind, _ prose: String
    ) -> Parameter where Kind.RawValue == String {
        .optional(name, .choice(Kind.allCases.map(\.rawValue)), default: .string(kind.rawValue), prose)
    }

    /// A function that gives the record of a test.
    static func test(
        _ name: String, _ prose: String, _ options: [Parameter], example: String, output: String,
        related: [String] = [],
        _ run: @escaping @Sendable (Call) throws(Failure) -> TestResult
    ) -> Signature {
        Signature(
            "stats.\(name)", prose, options: options, returns: [returned], example: .init(example, output: output),
            related: related.map { "stats.\($0)" }
        ) { call throws(Failure) in try run(call).record }
    }

    /// A function that gives something else.
    static func function(
        _ name: String, _ prose: String, _ options: [Parameter], returns: Signature.Returned, example: String,
        output: String,
        related: [String] = [], _ run: @escaping @Sendable (Call) throws(Failure) -> LuaValue
    ) -> Signature {
        Signature(
            "stats.\(name)", prose, options: options, returns: [returns], example: .init(example, output: output),
            related: related.map { "stats.\($0)" }
        ) { call throws(Failure) in try run(call) }
    }
}

extension Interval {
    /// {lower, upper}.
    var value: LuaValue { .numbers([lower, upper]) }
}

extension TestResult {
    /// The result as scripts have it.
    var record: LuaValue {
        var fields: [(String, LuaValue)] = []
        func add(_ name: String, _ value: Double?) { if let value { fields.append((name, .number(value))) } }
        add("statistic", statistic)
        add("p", p)
        add("df", df)
        add("effect", effect)
        add("standard_error", standardError)
        if let interval { fields.append(("interval", interval.value)) }
        for (name, value) in details { add(name, value) }
        let isWhole = p != nil || interval != nil || reason == nil
        fields.append(("status", .string(isWhole ? "ok" : "undefined")))
        if let reason { fields.append(("reason", .string(reason))) }
        return .record(fields)
    }
}

extension Call {
    /// The option `alternative`.
    func alternative() throws(Failure) -> Alternative { Alternative(rawValue: try string("alternative")) ?? .twoSided }

    /// The option `name` as a value of `Kind`.
    func choice<Kind: RawRepresentable>(_ name: String, _ type: Kind.Type = Kind.self) throws(Failure) -> Kind
    where Kind.RawValue == String {
        guard let kind = Kind(rawValue: try string(name)) else {
            throw .argument(name, expected: "one of the words in help(\(signature.name))", got: try string(name))
        }
        return kind
    }

    /// A sample.
    func sample(_ name: String) throws(Failure) -> [Double] { try converted(name) }
}
