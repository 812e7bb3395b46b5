import Charts
import Experiments
import Statistics
import Support

extension ExperimentReport {
    // MARK: 9. Segments

    var segments: [Block] {
        let title = Block.heading(language.pick("Segments (exploratory)", "细分人群(探索性)"), level: 1)
        guard !result.segments.isEmpty else {
            return [title, .plain(language.pick("None were declared.", "未声明细分维度。"))]
        }
        var blocks = [title]
        var seen: [String] = []
        for segment in result.segments where !seen.contains(segment.segment) {
            seen.append(segment.segment)
            let own = result.segments.filter { $0.segment == segment.segment }
            let metrics = result.metrics.map(\.metric.name).filter { name in own.contains { $0.metric == name } }
            for metric in metrics.prefix(3) {
                guard let declared = result.metric(metric) else { continue }
                let rows = own.filter { $0.metric == metric }.flatMap { part in
                    part.rows.map { row in
                        ForestPlot.Row(
                            row.value, point: row.effect.lift, lower: row.effect.liftInterval?.lower,
                            upper: row.effect.liftInterval?.upper,
                            group: part.arm, tone: tone(declared, row.effect),
                            status: row.effect.status == "ok"
                                ? row.effect.liftReason.map { _ in words.noLift } ?? "" : words.reason(row.effect))
                    }
                }
                blocks.append(
                    .chart(
                        Chart(
                            .forest(
                                ForestPlot(
                                    rows, axis: Axis(language.pick("lift over control", "相对对照的提升"), style: .lift),
                                    intervalName: intervalName)),
                            title: "\(metric) \(language.pick("by", "按")) \(segment.segment)")))
            }
            blocks.append(
                .table(
                    TableBlock(
                        TableData(
                            columns: [
                                .init(words.metric), .init(words.arm),
                                .init(language.pick("p of equal effects", "效应一致性检验 p")),
                                .init(language.pick("values", "取值数")), .init(language.pick("not shown", "未显示")),
                            ],
                            rows: own.map {
                                [
                                    .text($0.metric), .text($0.arm), .text($0.interactionP.map(Figure.p) ?? "–"),
                                    .integer($0.rows.count), .integer($0.hidden),
                                ]
                            }),
                        caption: language.pick(
                            "Does the effect differ by \(segment.segment)?", "效应是否随 \(segment.segment) 而异?"),
                        note: language.pick(
                            "Cochran's Q. Differences between segments are ideas for another experiment, not results of this one.",
                            "Cochran Q 检验。细分差异只能作为后续实验的假设,不是本实验的结论。"))))
        }
        return blocks
    }

    // MARK: 10. Distribution

    var distribution: [Block] {
        let title = Block.heading(language.pick("Where in the distribution", "效应的分布位置"), level: 1)
        guard !result.distribution.isEmpty else {
            return [title, .plain(language.pick("Only shares and ratios were measured.", "仅有比例类指标。"))]
        }
        return [title]
            + result.distribution.map { part in
                .table(
                    TableBlock(
                        TableData(
                            columns: [
                                .init(language.pick("quantile", "分位数"), .percent),
                                .init(language.pick("control", "对照")), .init(part.arm),
                                .init(language.pick("difference", "差值")), .init(intervalName),
                            ],
                            rows: part.rows.map {
                                [
                                    .number($0.quantile), .text(Figure.number($0.control)),
                                    .text(Figure.number($0.arm)),
                                    .text(Figure.signed($0.arm - $0.control)),
                                    .text($0.interval.map(Figure.interval) ?? "–"),
                                ]
                            }), caption: "\(part.metric): \(part.arm)",
                        note: language.pick("Uncapped values of units; each interval by itself.", "未截尾的单位值;区间逐一成立。")))
            }
    }

    // MARK: 11. Sensitivity

    var sensitivity: [Block] {
        [
            .heading(language.pick("The same question in other ways", "敏感性分析"), level: 1),
            .table(
                TableBlock(
                    TableData(
                        columns: [
                            .init(words.metric), .init(words.arm), .init(language.pick("way", "方法")),
                            .init(language.pick("effect", "效应")),
                            .init(intervalName), .init(language.pick("lift", "相对提升")), .init("p"),
                            .init(language.pick("remark", "备注")),
                        ],
                        rows: result.sensitivity.map {
                            [
                                .text($0.metric), .text($0.arm), .text(words.variation($0.variation)),
                                .text(Figure.signed($0.effect)),
                                .text($0.interval.map(Figure.interval) ?? "–"), .text($0.lift.map(Figure.lift) ?? "–"),
                                .text($0.p.map(Figure.p) ?? "–"),
                                .text(words.remark($0.reason)),
                            ]
                        }), caption: language.pick("Primary metrics, uncorrected", "主要指标(未校正)"))),
        ]
    }

    // MARK: 12. Looks

    var looks: [Block] {
        let text: String
        if let sequential = result.options.sequential {
            let burnIn = Words.significant(sequential.burnIn, 6)
            text = language.pick(
                "Intervals and p-values hold at every look from \(burnIn) units in each arm on: the error spent over all looks together is at most \(NumberStyle.percent.text(result.options.alpha)).",
                "自每组 \(burnIn) 个单位起,区间与 p 值对任意次查看都有效:所有查看累计的第一类错误不超过 \(NumberStyle.percent.text(result.options.alpha))。"
            )
        } else {
            text = language.pick(
                "The analysis counts as the only look: it spends the whole error of \(NumberStyle.percent.text(result.options.alpha)). If results were looked at before, say `sequential = true`. The bands by day hold at every look.",
                "本分析按唯一一次查看计算,用尽 \(NumberStyle.percent.text(result.options.alpha)) 的错误率。若此前看过结果,请设置 `sequential = true`。逐日置信带对任意次查看都有效。"
            )
        }
        return [.heading(language.pick("Looks taken and error spent", "查看次数与错误率"), level: 1), .text(text)]
    }

    // MARK: 13. Methods

    var methods: [Block] {
        [.heading(language.pick("Methods", "方法"), level: 1), .text(words.methods(result))]
    }

    // MARK: 14. Reproducibility

    var reproducibility: [Block] {
        var rows: [[TableData.Cell]] = [
            [.text(language.pick("rows of the table", "数据行数")), .text(Figure.count(result.rowCount))],
            [.text(language.pick("units", "单位数")), .text(Figure.count(result.unitCount))],
            [.text(language.pick("units analysed", "参与分析的单位")), .text(Figure.count(result.sizes.reduce(0, +)))],
            [.text(language.pick("SHA-256 of the columns used", "所用列的 SHA-256")), .text(result.dataHash)],
            [.text(language.pick("seed", "随机种子")), .text(String(result.options.seed))],
            [.text(language.pick("version", "版本")), .text("Cohort \(provenance.version)")],
        ]
        if let command = provenance.command { rows.append([.text(language.pick("command", "命令")), .text(command)]) }
        if let hash = provenance.scriptHash {
            rows.append([.text(language.pick("SHA-256 of the script", "脚本的 SHA-256")), .text(hash)])
        }
        let moments = result.metrics.flatMap { metric in
            metric.arms.map { arm -> [TableData.Cell] in
                [
                    .text(metric.metric.name), .text(arm.arm), .integer(arm.n),
                    .text(arm.means.map { "\($0)" }.joined(separator: ", ")),
                    .text(arm.covariances.map { $0.map { "\($0)" }.joined(separator: ", ") }.joined(separator: "; ")),
                ]
            }
        }
        var blocks: [Block] = [
            .heading(language.pick("To make it again", "可复现信息"), level: 1),
            .table(
                TableBlock(
                    TableData(
                        columns: [.init(language.pick("what", "项目")), .init(language.pick("value", "内容"))], rows: rows),
                    caption: language.pick("Inputs", "输入"))),
            .details(
                summary: language.pick("Sufficient statistics of each arm", "各组充分统计量"),
                [
                    .table(
                        TableBlock(
                            TableData(
                                columns: [
                                    .init(words.metric), .init(words.arm), .init("n"),
                                    .init(language.pick("means", "均值")),
                                    .init(language.pick("covariances, row by row", "协方差(逐行)")),
                                ], rows: moments),
                            note: language.pick(
                                "Metric first, then its denominator if it has one, then the covariates.",
                                "先指标,再分母(如有),最后协变量。")))
                ]),
        ]
        if let script = provenance.script {
            blocks.append(
                .details(
                    summary: provenance.scriptName ?? language.pick("Script", "脚本"),
                    [.code(String(decoding: script, as: UTF8.self), language: "lua")]))
        }
        return blocks
    }
}
