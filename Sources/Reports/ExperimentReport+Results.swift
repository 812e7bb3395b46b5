import Charts
import Experiments
import Statistics

extension ExperimentReport {
    // MARK: 4. Scorecard

    var scorecard: [Block] {
        var blocks: [Block] = [.heading(language.pick("Scorecard", "指标总表"), level: 1)]
        blocks.append(
            .table(
                TableBlock(
                    TableData(
                        columns: [
                            .init(words.metric), .init(words.arm), .init(language.pick("figure", "数值")),
                            .init(language.pick("lift", "相对提升")), .init(language.pick("interval", "区间")),
                            .init(language.pick("adjusted p", "校正后 p")),
                            .init(language.pick("P(better)", "更优概率"), .percent), .init(words.status),
                        ],
                        rows: result.metrics.flatMap { metric in
                            [
                                [
                                    TableData.Cell.text(name(metric)), .text(result.arms[0]),
                                    .text(Figure.number(shown(metric, result.arms[0]))), .missing, .missing, .missing,
                                    .missing, .text(language.pick("control", "对照")),
                                ]
                            ]
                                + metric.effects.map { effect in row(metric, effect) }
                        }),
                    caption: language.pick("Each arm against control", "各组与对照组比较"), note: words.scorecardNote(result))))
        blocks.append(
            .details(
                summary: language.pick("All figures of each arm", "各组全部数值"),
                [
                    .table(
                        TableBlock(
                            TableData(
                                columns: [
                                    .init(words.metric), .init(words.arm), .init("n"),
                                    .init(language.pick("missing", "缺失")), .init(language.pick("sum", "合计")),
                                    .init(language.pick("mean or share", "均值或比例")),
                                    .init(language.pick("adjusted", "调整后")),
                                    .init(language.pick("standard deviation", "标准差")),
                                    .init(language.pick("at zero", "零值占比"), .percent),
                                ],
                                rows: result.metrics.flatMap { metric in
                                    metric.arms.map { arm in
                                        [
                                            .text(metric.metric.name), .text(arm.arm), .integer(arm.n),
                                            .integer(arm.missing),
                                            .text(Figure.number(arm.sum)), .text(Figure.number(arm.value)),
                                            .text(Figure.number(arm.adjusted)),
                                            .text(Figure.number(arm.sd)), .number(arm.zeroShare),
                                        ]
                                    }
                                }))),
                    .table(
                        TableBlock(
                            TableData(
                                columns: [
                                    .init(words.metric), .init(words.arm),
                                    .init(language.pick("absolute effect", "绝对效应")),
                                    .init(language.pick("interval", "区间")),
                                    .init(language.pick("standard error", "标准误")),
                                    .init(language.pick("scaled effect", "标准化效应")), .init("p"),
                                    .init(language.pick("expected loss", "期望损失")),
                                    .init(language.pick("credible interval", "可信区间")),
                                    .init(language.pick("test", "检验")),
                                ],
                                rows: result.metrics.flatMap { metric in
                                    metric.effects.map { effect in
                                        [
                                            .text(metric.metric.name), .text(effect.arm),
                                            .text(Figure.signed(effect.absolute)),
                                            .text(effect.interval.map(Figure.interval) ?? "–"),
                                            .text(Figure.number(effect.standardError)),
                                            .text(Figure.signed(effect.scaled)), .text(effect.p.map(Figure.p) ?? "–"),
                                            .text(Figure.number(effect.expectedLoss)),
                                            .text(effect.credible.map(Figure.interval) ?? "–"), .text(effect.method),
                                        ]
                                    }
                                }))),
                ]))
        let reduced = result.metrics.compactMap { metric in metric.varianceReduction.map { (metric.metric.name, $0) } }
        if !reduced.isEmpty {
            blocks.append(
                .table(
                    TableBlock(
                        TableData(
                            columns: [
                                .init(words.metric),
                                .init(language.pick("variance taken away by covariates", "协变量消除的方差"), .percent),
                            ],
                            rows: reduced.map { [.text($0.0), .number($0.1)] }),
                        caption: language.pick("Variance reduction", "方差缩减"))))
        }
        return blocks
    }

    private func shown(_ metric: MetricResult, _ arm: String) -> Double? {
        let found = metric.arms.first { $0.arm == arm }
        return metric.varianceReduction == nil ? found?.value : found?.adjusted
    }

    private func name(_ metric: MetricResult) -> String {
        metric.metric.role == .primary
            ? metric.metric.name : "\(metric.metric.name) (\(words.role(metric.metric.role)))"
    }

    private func row(_ metric: MetricResult, _ effect: EffectResult) -> [TableData.Cell] {
        [
            .text(name(metric)), .text(effect.arm), .text(Figure.number(shown(metric, effect.arm))),
            .text(effect.lift.map(Figure.lift) ?? "–"),
            .text(
                effect.liftInterval.map(Figure.liftInterval) ?? effect.interval.map {
                    "\(Figure.interval($0)) \(language.pick("absolute", "绝对"))"
                } ?? "–"),
            .text(effect.adjustedP.map(Figure.p) ?? "–"), .init(effect.chanceBetter), .text(status(metric, effect)),
        ]
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
            metric.effects.map { effect in
                ForestPlot.Row(
                    effect.arm, point: effect.lift, lower: effect.liftInterval?.lower,
                    upper: effect.liftInterval?.upper,
                    group: metric.metric.isUpGood
                        ? name(metric) : "\(name(metric)) (\(language.pick("less is better", "越低越好")))",
                    tone: tone(metric, effect), isEmphasised: false,
                    status: effect.status == "ok"
                        ? effect.liftReason.map { _ in words.noLift } ?? "" : words.reason(effect))
            }
        }
        var marks: [ReferenceLine] = []
        if let mde = result.options.mde {
            marks.append(ReferenceLine(mde, language.pick("effect that matters", "最小关注效应")))
        }
        let plot = ForestPlot(
            rows, marks: marks, axis: Axis(language.pick("lift over control", "相对对照的提升"), style: .lift),
            intervalName: intervalName)
        return [
            .chart(
                Chart(
                    .forest(plot), title: language.pick("Lift of every metric and arm", "各指标各组的相对提升"),
                    subtitle: language.pick(
                        "Green is good and red is bad, whichever way the metric counts", "绿色为有利,红色为不利,已考虑指标方向")))
        ]
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
                            .init(words.metric), .init(words.arm), .init(language.pick("effect", "效应")),
                            .init(language.pick("interval", "区间")),
                            .init(language.pick("margin", "容许恶化")),
                            .init(language.pick("p of being worse by more", "非劣效 p")), .init(words.status),
                        ],
                        rows: rails.flatMap { metric in
                            metric.effects.map { effect in
                                [
                                    .text(metric.metric.name), .text(effect.arm), .text(Figure.signed(effect.absolute)),
                                    .text(effect.interval.map(Figure.interval) ?? "–"),
                                    .text(Figure.number(effect.margin)),
                                    .text(effect.nonInferiorityP.map(Figure.p) ?? "–"),
                                    .text(words.guardrail(effect.guardrail ?? "open")),
                                ]
                            }
                        }), caption: language.pick("How much worse each may have become", "护栏指标的可能恶化"),
                    note: language.pick(
                        "A guardrail holds when the whole interval is better than its margin, and is broken when the whole interval is worse.",
                        "整个区间都优于容许界限时视为守住,整个区间都劣于界限时视为突破。"))),
        ]
    }

    // MARK: 7. Power

    var power: [Block] {
        let rows = result.metrics.flatMap { metric in
            metric.effects.map { effect -> [TableData.Cell] in
                [
                    .text(metric.metric.name), .text(effect.arm), .text(Figure.number(effect.detectable)),
                    .init(effect.detectableLift), .init(effect.unitsNeeded), .init(effect.unitsLeft),
                    .init(effect.daysLeft),
                ]
            }
        }
        let target = result.options.mde.map { NumberStyle.percent.text($0) }
        return [
            .heading(language.pick("Power reached", "已达到的检验功效"), level: 1),
            .table(
                TableBlock(
                    TableData(
                        columns: [
                            .init(words.metric), .init(words.arm),
                            .init(language.pick("smallest effect found", "可检出最小效应")),
                            .init(language.pick("as lift", "相对"), .percent),
                            .init(language.pick("units needed", "所需单位"), NumberStyle(decimals: 0)),
                            .init(language.pick("units left", "尚缺单位"), NumberStyle(decimals: 0)),
                            .init(language.pick("days left", "尚需天数"), NumberStyle(decimals: 0)),
                        ], rows: rows),
                    caption: language.pick("What the units so far would find", "现有样本能检出的效应"),
                    note: target.map {
                        language.pick(
                            "At \(NumberStyle.percent.text(result.options.power)) power; units and days left are for a lift of \($0), uncorrected, both arms together.",
                            "检验功效 \(NumberStyle.percent.text(result.options.power));所需单位按 \($0) 的提升、两组合计、未校正计算。")
                    }
                        ?? language.pick(
                            "At \(NumberStyle.percent.text(result.options.power)) power. No effect that matters was declared, so nothing is told of units left.",
                            "检验功效 \(NumberStyle.percent.text(result.options.power))。未声明最小关注效应,因此不计算尚缺单位。"))),
        ]
    }

    // MARK: 8. Days

    var timeline: [Block] {
        let title = Block.heading(language.pick("Day by day", "逐日累计"), level: 1)
        guard let first = result.timeline.first, !first.days.isEmpty else {
            return [title, .plain(language.pick("No date column was given.", "未提供日期列。"))]
        }
        var blocks = [title]
        for line in result.timeline {
            let labels = line.days.map(\.date)
            let series = LinePlot.Series(
                language.pick("effect so far", "累计效应"), y: line.days.map { $0.effect ?? .nan },
                lower: line.days.map { $0.alwaysValid?.lower ?? .nan },
                upper: line.days.map { $0.alwaysValid?.upper ?? .nan })
            blocks.append(
                .chart(
                    Chart(
                        .line(
                            LinePlot(
                                [series], references: [ReferenceLine(0, language.pick("no effect", "无效应"))],
                                xAxis: Axis(language.pick("day", "日期")), xLabels: labels,
                                yAxis: Axis(
                                    language.pick("effect on \(line.metric)", "\(line.metric) 的效应"), style: .signed))),
                        title: "\(line.metric): \(line.arm)",
                        subtitle: language.pick(
                            "All units so far; the band holds at every look, so that it may be read any day",
                            "截至当日的全部单位;置信带对任意次查看都有效,可随时解读"))))
        }
        let exposures = BarPlot(
            first.days.map(\.date),
            [
                .init(result.arms[0], first.days.map { Double($0.sizes.control) }),
                .init(first.arm, first.days.map { Double($0.sizes.arm) }),
            ], axis: Axis(words.units))
        blocks.append(.chart(Chart(.bars(exposures), title: language.pick("Units that came in each day", "每日新增单位"))))
        blocks.append(
            .table(
                TableBlock(
                    TableData(
                        columns: [
                            .init(words.metric), .init(words.arm),
                            .init(language.pick("change of the effect per day", "效应每日变化")), .init("p"),
                        ],
                        rows: result.timeline.map {
                            [
                                .text($0.metric), .text($0.arm), .text(Figure.signed($0.slope)),
                                .text($0.noveltyP.map(Figure.p) ?? "–"),
                            ]
                        }),
                    caption: language.pick("Novelty", "新奇效应"))))
        return blocks
    }
}
