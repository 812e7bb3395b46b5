import Charts
import Experiments
import Statistics
import Support

/// The report of an experiment: the verdict first, then everything it rests on. It shows totals and figures only, never a row of a user, and
/// the same result always gives the same bytes.
public struct ExperimentReport: Sendable {
    /// What is needed to make the report again.
    public struct Provenance: Sendable {
        /// The text of the script, if there was one.
        public var script: [UInt8]?
        /// Its name.
        public var scriptName: String?
        /// The command that ran it.
        public var command: String?
        /// The program's version.
        public var version: String

        /// What is known.
        public init(script: [UInt8]? = nil, scriptName: String? = nil, command: String? = nil, version: String) {
            self.script = script
            self.scriptName = scriptName
            self.command = command
            self.version = version
        }

        /// SHA-256 of the script.
        public var scriptHash: String? { script.map { $0.withUnsafeBytes { SHA256.hexadecimal($0) } } }
    }

    let result: ExperimentResult
    let provenance: Provenance
    let words: ExperimentWords
    var language: Language { words.language }

    /// The report of `result`.
    public init(_ result: ExperimentResult, provenance: Provenance, language: Language = .english) {
        self.result = result
        self.provenance = provenance
        words = ExperimentWords(language)
    }

    /// The report as a document.
    public var document: Document {
        let parts: [[Block]] = [
            verdict, setup, health, scorecard, forest, guardrails, power, timeline, segments, distribution, sensitivity,
            looks,
            methods, reproducibility,
        ]
        return Document(
            title: result.plan.name ?? words.title, subtitle: subtitle, language: language, blocks: parts.flatMap { $0 }
        )
    }

    /// The verdict, the scorecard and the lift of every metric: what a literate analysis shows of a result.
    public var summary: [Block] {
        verdict + scorecard.filter { if case .heading = $0 { false } else { true } } + forest
    }

    /// The charts alone: the lift of every metric and arm, the days, the segments.
    public var charts: [Chart] {
        (forest + timeline + segments).compactMap { if case .chart(let chart) = $0 { chart } else { nil } }
    }

    /// The report as data: the result in full, and what is needed to make it again.
    public func json() -> JSON {
        guard case .object(var object) = result.json else { return result.json }
        object.set(
            "reproducibility",
            .members([
                ("script", provenance.script.map { .string(ByteString($0)) } ?? .null),
                ("script_name", provenance.scriptName.map { .string(ByteString($0)) } ?? .null),
                ("script_sha256", provenance.scriptHash.map { .string(ByteString($0)) } ?? .null),
                ("command", provenance.command.map { .string(ByteString($0)) } ?? .null),
                ("version", .string(ByteString(provenance.version))), ("lang", .string(ByteString(language.rawValue))),
            ]))
        return .object(object)
    }

    /// Writes the report, whole or not at all, in the form that the end of its name says.
    public func write(to path: String, cancellation: Cancellation? = nil) throws(Failure) {
        guard Document.Form(path: path) == .json else {
            return try document.write(to: path, cancellation: cancellation)
        }
        var file = try AtomicFile(path, cancellation: cancellation)
        try file.write(try json().encoded(.pretty) + [UInt8(ascii: "\n")])
        try file.commit()
    }

    private var subtitle: String {
        let arms = result.arms.joined(separator: language.pick(" · ", " · "))
        let units = Figure.count(result.sizes.reduce(0, +))
        return [
            arms, language.pick("\(units) units", "\(units) 个单位"), result.period.map { "\($0.first) – \($0.last)" },
        ].compactMap { $0 }.joined(separator: language.pick("; ", "；"))
    }

    // MARK: 1. Verdict

    private var verdict: [Block] {
        let decision = result.decision
        let tone: Tone =
            switch decision.verdict {
            case .ship: .good
            case .rollBack, .invalid: .bad
            case .review: .caution
            case .keepRunning: .neutral
            }
        var blocks: [Block] = []
        if let srm = result.check("srm"), srm.status == .failed {
            blocks.append(
                .callout(
                    Callout(
                        .bad, title: language.pick("Sample ratio mismatch: the verdict is withheld", "样本比例失衡：不下结论"),
                        text: Figure.plainMarkdown(Figure.sentence(words.finding(srm))))))
        }
        let arm =
            decision.arm.map {
                language.pick(
                    "\(words.verdict(decision.verdict)): \($0)", "\(words.verdict(decision.verdict))：\($0)")
            } ?? words.verdict(decision.verdict)
        blocks.append(
            .verdict(
                Verdict(
                    tone, label: arm, sentence: Figure.sentence(words.reason(result)),
                    text: Figure.plainMarkdown(words.rule(decision)), figures: keyFigures)))
        if decision.byArm.count > 1 {
            blocks.append(
                .table(
                    TableBlock(
                        TableData(
                            columns: [.init(words.arm), .init(words.verdictName), .init(words.ruleName)],
                            rows: decision.byArm.map {
                                [.text($0.arm), .text(words.verdict($0.verdict)), .text(words.ruleText($0.rule))]
                            }), caption: language.pick("Verdict by arm", "各组结论"))))
        }
        return blocks
    }

    /// The primary metrics of the arm that the verdict is about, or of the first.
    private var keyFigures: [KeyFigure] {
        guard result.decision.verdict != .invalid, let arm = result.decision.arm ?? result.arms.dropFirst().first else {
            return []
        }
        return result.metrics.filter { $0.metric.role == .primary }.prefix(4).compactMap { metric in
            guard let effect = metric.effects.first(where: { $0.arm == arm }), effect.status == "ok" else { return nil }
            let figures = MetricFigures(metric)
            return KeyFigure(
                metric.metric.name, figures.lift(effect.lift) ?? figures.effect(effect.absolute) ?? "–",
                detail: [interval(of: effect, figures), effect.adjustedP.map { "p\u{A0}\(Figure.p($0))" }]
                    .compactMap { $0 }.joined(separator: language.pick(", ", "，")),
                tone: tone(metric, effect))
        }
    }

    /// The interval at a glance: the corrected one, or the comparison's own where the correction leaves no more of it than its sign.
    private func interval(of effect: EffectResult, _ figures: MetricFigures) -> String? {
        let (corrected, own) =
            effect.lift == nil
            ? (effect.interval, effect.uncorrected) : (effect.liftInterval, effect.uncorrectedLift)
        let isSignOnly = corrected.map { [$0.lower, $0.upper].contains { $0 != 0 && $0.magnitude < 1e-300 } } ?? false
        let shown = isSignOnly ? own : corrected
        return effect.lift == nil ? figures.interval(shown) : figures.liftInterval(shown)
    }

    func tone(_ metric: MetricResult, _ effect: EffectResult) -> Tone {
        if let guardrail = effect.guardrail {
            return guardrail == "holds" ? .good : guardrail == "broken" ? .bad : .neutral
        }
        guard effect.isSignificant(result.options.alpha), let absolute = effect.absolute else { return .neutral }
        return metric.metric.sign * absolute > 0 ? .good : .bad
    }

    // MARK: 2. Setup

    private var setup: [Block] {
        var blocks: [Block] = [.heading(language.pick("The experiment", "实验设计"), level: 1)]
        if let hypothesis = result.plan.hypothesis { blocks.append(.plain(hypothesis)) }
        let total = Double(max(1, result.sizes.reduce(0, +)))
        let hasCopy = !result.plan.copy.isEmpty
        var columns: [TableData.Column] = [
            .init(words.arm), .init(words.units), .init(language.pick("share", "占比"), .percent),
            .init(language.pick("planned", "计划"), .percent),
        ]
        if hasCopy { columns.append(.init(language.pick("what it said", "文案"))) }
        blocks.append(
            .table(
                TableBlock(
                    TableData(
                        columns: columns,
                        rows: result.arms.indices.map { index in
                            let arm = result.arms[index]
                            let isNamed = ["control", "对照", "对照组"].contains(arm.lowercased())
                            let name = index == 0 && !isNamed ? language.pick("\(arm) (control)", "\(arm)（对照）") : arm
                            var row: [TableData.Cell] = [
                                .text(name), .integer(result.sizes[index]),
                                .number(Double(result.sizes[index]) / total),
                                .number(result.weights[index]),
                            ]
                            if hasCopy { row.append(.text(result.plan.copy.first { $0.arm == arm }?.text ?? "–")) }
                            return row
                        }), caption: language.pick("Arms", "分组"))))
        blocks.append(
            .table(
                TableBlock(
                    TableData(
                        columns: [.init(language.pick("what", "项目")), .init(language.pick("value", "内容"))],
                        rows: words.settings(result).map { [.text($0.0), .text($0.1)] }),
                    caption: language.pick("Declared before looking", "事先声明"))))
        blocks.append(.details(summary: language.pick("Rules, in order", "判定规则，按序"), [.text(words.rules(result))]))
        return blocks
    }

    // MARK: 3. Health

    private var health: [Block] {
        [
            .heading(language.pick("Health of the data", "数据健康检查"), level: 1),
            .table(
                TableBlock(
                    TableData(
                        columns: [
                            .init(language.pick("check", "检查")), .init(words.status),
                            .init(language.pick("finding", "发现")),
                        ],
                        rows: result.health.map {
                            [
                                .text(words.check($0.name)), .text(words.status($0.status)),
                                .text(Figure.sentence(words.finding($0))),
                            ]
                        }),
                    caption: language.pick("Checks", "检查项"))),
        ]
    }
}

extension JSON {
    /// An object with these members.
    static func members(_ members: [(String, JSON)]) -> JSON {
        var object = JSONObject()
        for (name, value) in members { object.set(ByteString(name), value) }
        return .object(object)
    }
}
