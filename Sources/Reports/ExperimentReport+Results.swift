import Charts
import Experiments
import Statistics

extension ExperimentReport {
    // MARK: 4. Scorecard

    var scorecard: [Block] {
        var blocks: [Block] = [.heading(language.pick("Scorecard", "指标总表"), level: 1)]
        let isCorrected = hasInner(result.metrics.flatMap(\.effects))
        var columns: [TableData.Column] = [
            .init(words.metric), .init(words.arm), .init(language.pick("figure", "数值"), isFigures: true),
            .init(language.pick("lift", "相对提升"), isFigures: true), .init(intervalName, isFigures: true),
        ]
        if isCorrected { columns.append(.init(language.pick("corrected", "校正后区间"), isFigures: true)) }
        columns += [
            .init(isCorrected ? language.pick("adjusted p", "校正后 p") : "p", isFigures: true),
            .init(language.pick("P(better)", "更优概率"), isFigures: true), .init(words.status),
        ]
        blocks.append(
            .table(
                TableBlock(
                    TableData(
                        columns: columns, rows: result.metrics.flatMap { rows(of: $0, isCorrected: isCorrected) },
                        isGrouped: true),
                    caption: language.pick("Each arm against control", "各组与对照组比较"), note: words.scorecardNote(result))))
        blocks.append(
            .details(summary: language.pick("All figures of each arm", "各组全部数值"), [armFigures, effectFigures]))
        let reduced = result.metrics.compactMap { metric in metric.varianceReduction.map { (metric.metric.name, $0) } }
        if !reduced.isEmpty {
            let told = reduced.map { "\($0.0) \(MetricFigures.share($0.1))" }.joined(
                separator: language.pick(", ", "、"))
            blocks.append(
                .plain(
                    language.pick(
                        "Variance taken away by what was known before (\(words.covariates(result))): \(told).",
                        "实验前信息（\(words.covariates(result))）消除的方差：\(told)。")))
        }
        return blocks
    }

    private func rows(of metric: MetricResult, isCorrected: Bool) -> [[TableData.Cell]] {
        let figures = MetricFigures(metric)
        let control: [TableData.Cell] = [
            .text(name(metric)), .text(result.arms[0]), .init(figures.value(shown(metric, result.arms[0]))),
        ]
        let columns = isCorrected ? 9 : 8
        let missing = [TableData.Cell](repeating: .missing, count: columns - control.count - 1)
        return [control + missing + [.text(language.pick("control", "对照"))]]
            + metric.effects.map { effect in
                let hasLift = effect.uncorrectedLift != nil
                var row: [TableData.Cell] = [
                    .text(name(metric)), .text(effect.arm), .init(figures.value(shown(metric, effect.arm))),
                    .init(figures.lift(effect.lift)),
                    .init(
                        hasLift ? figures.liftInterval(effect.uncorrectedLift) : figures.interval(effect.uncorrected)),
                ]
                if isCorrected {
                    row.append(
                        .init(hasLift ? figures.liftInterval(effect.liftInterval) : figures.interval(effect.interval)))
                }
                return row + [
                    .init(effect.adjustedP.map(Figure.p)), .init(effect.chanceBetter.map(Figure.chance)),
                    .text(status(metric, effect)),
                ]
            }
    }

    private var armFigures: Block {
        .table(
            TableBlock(
                TableData(
                    columns: [
                        .init(words.metric), .init(words.arm), .init("n"),
                        .init(language.pick("missing", "缺失")), .init(language.pick("sum", "合计"), isFigures: true),
                        .init(language.pick("mean or share", "均值或比例"), isFigures: true),
                        .init(language.pick("adjusted", "调整后"), isFigures: true),
                        .init(language.pick("standard deviation", "标准差"), isFigures: true),
                        .init(language.pick("at zero", "零值占比"), NumberStyle(.percent, decimals: 1)),
                    ],
                    rows: result.metrics.flatMap { metric in
                        metric.arms.map { arm -> [TableData.Cell] in
                            let figures = MetricFigures(metric)
                            return [
                                .text(name(metric)), .text(arm.arm), .integer(arm.n), .integer(arm.missing),
                                .init(Figure.number(arm.sum)), .init(figures.value(arm.value)),
                                .init(figures.value(arm.adjusted)), .init(Figure.number(arm.sd)),
                                .number(arm.zeroShare),
                            ]
                        }
                    }, isGrouped: true), caption: language.pick("Each arm by itself", "各组数值")))
    }

    private var effectFigures: Block {
        .table(
            TableBlock(
                TableData(
                    columns: [
                        .init(words.metric), .init(words.arm), .init(language.pick("effect", "绝对效应"), isFigures: true),
                        .init(intervalName, isFigures: true),
                        .init(language.pick("standard error", "标准误"), isFigures: true),
                        .init(language.pick("scaled effect", "标准化效应"), isFigures: true), .init("p", isFigures: true),
                        .init(language.pick("expected loss", "期望损失"), isFigures: true),
                        .init(language.pick("credible interval", "可信区间"), isFigures: true),
                        .init(language.pick("test", "检验")),
                    ],
                    rows: result.metrics.flatMap { metric -> [[TableData.Cell]] in
                        let figures = MetricFigures(metric)
                        return metric.effects.map { effect in
                            [
                                .text(name(metric)), .text(effect.arm), .init(figures.effect(effect.absolute)),
                                .init(figures.interval(effect.uncorrected)),
                                .init(Figure.number(effect.standardError)), .init(Figure.signed(effect.scaled)),
                                .init(effect.p.map(Figure.p)), .init(Figure.number(effect.expectedLoss)),
                                .init(figures.interval(effect.credible)), .text(words.test(effect.method)),
                            ]
                        }
                    }, isGrouped: true),
                caption: language.pick("Each difference by itself, uncorrected", "各项差异（未校正）"),
                note: language.pick(
                    "pp: percentage points. Scaled: over the standard deviation of both arms.",
                    "pp：百分点。标准化：除以两组合并标准差。")))
    }

    private func shown(_ metric: MetricResult, _ arm: String) -> Double? {
        let found = metric.arms.first { $0.arm == arm }
        return metric.varianceReduction == nil ? found?.value : found?.adjusted
    }

    func name(_ metric: MetricResult) -> String {
        var remarks: [String] = []
        if metric.metric.role != .primary { remarks.append(words.role(metric.metric.role)) }
        if !metric.metric.isUpGood { remarks.append(language.pick("less is better", "越低越好")) }
        guard !remarks.isEmpty else { return metric.metric.name }
        return language.pick(
            "\(metric.metric.name) (\(remarks.joined(separator: ", ")))",
            "\(metric.metric.name)（\(remarks.joined(separator: "、"))）")
    }

    func status(_ metric: MetricResult, _ effect: EffectResult) -> String {
        if effect.status != "ok" { return words.reason(effect) }
        if let guardrail = effect.guardrail { return words.guardrail(guardrail) }
        switch tone(metric, effect) {
        case .good: return language.pick("better", "更好")
        case .bad: return language.pick("worse", "更差")
        default: return language.pick("open", "未定")
        }
    }

    // MARK: 5. Forest plot

    var forest: [Block] {
        let rows = result.metrics.flatMap { metric in
            metric.effects.map { row($0, label: $0.arm, group: name(metric), of: metric) }
        }
        return [
            .chart(
                Chart(
                    .forest(forest(rows, marks: marks)),
                    title: language.pick("Lift of every metric and arm", "各指标各组的相对提升"),
                    subtitle: words.colours(isCorrected: rows.contains { $0.inner != nil })))
        ]
    }

    /// The effect that matters, on the side that is good, and how much worse guardrails may get.
    private var marks: [ReferenceLine] {
        var marks: [ReferenceLine] = []
        if let mde = result.options.mde {
            let label = language.pick("effect that matters", "最小关注效应")
            let deciding = result.metrics.filter { $0.metric.role != .guardrail }
            for sign in [1.0, -1] where deciding.contains(where: { $0.metric.sign == sign }) {
                marks.append(ReferenceLine(sign * mde, label))
            }
        }
        for metric in result.metrics where metric.metric.role == .guardrail && metric.metric.margin.isRelative {
            let place = -metric.metric.sign * metric.metric.margin.value
            guard place != 0 else { continue }
            let label = language.pick("margin of \(metric.metric.name)", "\(metric.metric.name) 界限")
            if let same = marks.firstIndex(where: { $0.value == place }) {
                marks[same].label += language.pick(", \(label)", "、\(label)")
            } else {
                marks.append(ReferenceLine(place, label))
            }
        }
        return marks
    }

    func forest(_ rows: [ForestPlot.Row], marks: [ReferenceLine] = []) -> ForestPlot {
        ForestPlot(
            rows, marks: marks, axis: Axis(language.pick("lift over control", "相对对照的提升"), style: .lift),
            intervalName: intervalName, outerName: language.pick("corrected", "校正后"))
    }

    /// A row of a forest plot: the corrected interval, and within it the comparison's own if the two differ.
    func row(
        _ effect: EffectResult, label: String, group: String, of metric: MetricResult
    ) -> ForestPlot.Row {
        let own = effect.uncorrectedLift.flatMap { $0.lower <= $0.upper ? $0.lower...$0.upper : nil }
        return ForestPlot.Row(
            label, point: effect.lift, lower: effect.liftInterval?.lower, upper: effect.liftInterval?.upper,
            group: group, tone: tone(metric, effect),
            status: effect.status == "ok"
                ? effect.liftReason.map { _ in words.noLift } ?? "" : words.reason(effect),
            inner: hasInner([effect]) ? own : nil)
    }

    /// Whether the correction changes any interval.
    func hasInner(_ effects: [EffectResult]) -> Bool {
        effects.contains { $0.liftInterval != $0.uncorrectedLift || $0.interval != $0.uncorrected }
    }

    var intervalName: String {
        let level = NumberStyle(.percent).text(1 - result.options.alpha)
        return language.pick("\(level) interval", "\(level) 区间")
    }

    // MARK: 6. Guardrails

    var guardrails: [Block] {
        let rails = result.metrics.filter { $0.metric.role == .guardrail }
        let title = Block.heading(language.pick("Guardrails", "护栏指标"), level: 1)
        guard !rails.isEmpty else { return [title, .plain(language.pick("None were declared.", "未声明护栏指标。"))] }
        return [
            title,
            .table(
                TableBlock(
                    TableData(
                        columns: [
                            .init(words.metric), .init(words.arm),
                            .init(language.pick("effect", "效应"), isFigures: true),
                            .init(intervalName, isFigures: true),
                            .init(language.pick("may worsen by", "容许恶化"), isFigures: true),
                            .init(language.pick("p of worse", "非劣效 p"), isFigures: true), .init(words.status),
                        ],
                        rows: rails.flatMap { metric -> [[TableData.Cell]] in
                            let figures = MetricFigures(metric)
                            return metric.effects.map { effect in
                                [
                                    .text(name(metric)), .text(effect.arm), .init(figures.effect(effect.absolute)),
                                    .init(figures.interval(effect.interval)),
                                    .init(figures.effect(effect.margin.map { -metric.metric.sign * $0 })),
                                    .init(effect.nonInferiorityP.map(Figure.p)),
                                    .text(words.guardrail(effect.guardrail ?? "open")),
                                ]
                            }
                        }, isGrouped: true),
                    caption: language.pick("How much worse each may have become", "护栏指标的可能恶化"),
                    note: language.pick(
                        "A guardrail holds when the whole interval is better than its margin, and is broken when the whole interval is worse. \"p of worse\" is the p-value of being worse by more than the margin: small where that is ruled out.",
                        "整个区间都优于容许界限时视为守住，整个区间都劣于界限时视为突破。非劣效 p 越小，越能排除恶化超过界限。"))),
        ]
    }

    // MARK: 7. Power

    var power: [Block] {
        let hasTarget = result.options.mde != nil
        let hasDays = result.metrics.contains { $0.effects.contains { $0.daysLeft != nil } }
        var columns: [TableData.Column] = [
            .init(words.metric), .init(words.arm),
            .init(language.pick("smallest effect found", "可检出最小效应"), isFigures: true),
            .init(language.pick("as lift", "相对"), NumberStyle(.percent, decimals: 1)),
        ]
        let whole = NumberStyle(decimals: 0)
        if hasTarget {
            columns += [
                .init(language.pick("units needed", "所需单位"), whole), .init(language.pick("units left", "尚缺单位"), whole),
            ]
        }
        if hasDays { columns.append(.init(language.pick("days left", "尚需天数"), whole)) }
        let rows = result.metrics.flatMap { metric in
            metric.effects.map { effect -> [TableData.Cell] in
                var row: [TableData.Cell] = [
                    .text(name(metric)), .text(effect.arm), .init(MetricFigures(metric).effect(effect.detectable)),
                    .init(effect.detectableLift),
                ]
                if hasTarget { row += [.init(effect.unitsNeeded), .init(effect.unitsLeft)] }
                if hasDays { row.append(.init(effect.daysLeft)) }
                return row
            }
        }
        return [
            .heading(language.pick("Power reached", "已达到的检验功效"), level: 1),
            .table(
                TableBlock(
                    TableData(columns: columns, rows: rows, isGrouped: true),
                    caption: language.pick("What the units so far would find", "现有样本能检出的效应"),
                    note: words.powerNote(result))),
        ]
    }
}
