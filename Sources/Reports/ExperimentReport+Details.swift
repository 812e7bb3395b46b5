import Charts
import Experiments
import Statistics
import Support

extension ExperimentReport {
    // MARK: 9. Segments

    var segments: [Block] {
        let title = Block.heading(language.pick("Segments (exploratory)", "细分人群（探索性）"), level: 1)
        guard !result.segments.isEmpty else {
            return [
                title,
                .plain(
                    result.plan.segments.isEmpty
                        ? language.pick("None were declared.", "未声明细分维度。")
                        : language.pick("No primary metric has segments.", "主要指标没有细分结果。")),
            ]
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
                    part.rows.map { row($0.effect, label: $0.value, group: part.arm, of: declared) }
                }
                blocks.append(
                    .chart(
                        Chart(
                            .forest(forest(rows)),
                            title: language.pick(
                                "\(metric) by \(segment.segment)", "\(metric)，按\(words.beside(segment.segment))细分"))))
            }
            blocks.append(
                .table(
                    TableBlock(
                        TableData(
                            columns: [
                                .init(words.metric), .init(words.arm),
                                .init(language.pick("p of equal effects", "效应一致性检验 p"), isFigures: true),
                                .init(language.pick("values", "取值数")), .init(language.pick("not shown", "未显示")),
                            ],
                            rows: own.map {
                                [
                                    .text($0.metric), .text($0.arm), .init($0.interactionP.map(Figure.p)),
                                    .integer($0.rows.count), .integer($0.hidden),
                                ]
                            }, isGrouped: true),
                        caption: language.pick(
                            "Does the effect differ by \(segment.segment)?", "效应是否随\(words.beside(segment.segment))而异？"),
                        note: language.pick(
                            "Cochran's Q. Differences between segments are ideas for another experiment, not results of this one.",
                            "Cochran Q 检验。细分差异只能作为后续实验的假设，不是本实验的结论。"))))
        }
        return blocks
    }

    // MARK: 10. Distribution

    var distribution: [Block] {
        let title = Block.heading(language.pick("Where in the distribution", "效应的分布位置"), level: 1)
        guard !result.distribution.isEmpty else {
            return [
                title,
                .plain(
                    language.pick(
                        "No primary metric has a distribution to show: shares and ratios only.", "主要指标均为比例或比率，没有分布可示。")),
            ]
        }
        return [title]
            + result.distribution.map { part -> Block in
                let figures = result.metric(part.metric).map { MetricFigures($0) }
                // Most users buy nothing: quantiles that are 0 in both arms are told together.
                let zeros = part.rows.prefix { $0.control == 0 && $0.arm == 0 }
                let shown = part.rows.dropFirst(zeros.count)
                let percent = NumberStyle.percent
                let note = language.pick("Uncapped values of units; each interval by itself.", "未截尾的单位值；区间逐一成立。")
                let zeroNote = zeros.last.map { last in
                    language.pick(
                        " Up to the \(percent.text(last.quantile)) quantile both arms are at 0.",
                        "\(percent.text(last.quantile)) 及以下分位数两组均为 0。")
                }
                return .table(
                    TableBlock(
                        TableData(
                            columns: [
                                .init(language.pick("quantile", "分位数"), .percent),
                                .init(result.arms[0], isFigures: true), .init(part.arm, isFigures: true),
                                .init(language.pick("difference", "差值"), isFigures: true),
                                .init(intervalName, isFigures: true),
                            ],
                            rows: shown.map {
                                [
                                    .number($0.quantile), .init(figures?.value($0.control)),
                                    .init(figures?.value($0.arm)), .init(figures?.effect($0.arm - $0.control)),
                                    .init(figures?.interval($0.interval)),
                                ]
                            }), caption: language.pick("\(part.metric): \(part.arm)", "\(part.metric)：\(part.arm)"),
                        note: note + (zeroNote ?? "")))
            }
    }

    // MARK: 11. Sensitivity

    var sensitivity: [Block] {
        let hasRemarks = result.sensitivity.contains { !words.remark($0.reason).isEmpty }
        var columns: [TableData.Column] = [
            .init(words.metric), .init(words.arm), .init(language.pick("way", "方法")),
            .init(language.pick("effect", "效应"), isFigures: true), .init(intervalName, isFigures: true),
            .init(language.pick("lift", "相对提升"), isFigures: true), .init("p", isFigures: true),
        ]
        if hasRemarks { columns.append(.init(language.pick("remark", "备注"))) }
        let rows = result.sensitivity.map { row -> [TableData.Cell] in
            let figures = result.metric(row.metric).map { MetricFigures($0) }
            return [
                .text(row.metric), .text(row.arm), .text(words.variation(row.variation)),
                .init(figures?.effect(row.effect)), .init(figures?.interval(row.interval)),
                .init(figures?.lift(row.lift)), .init(row.p.map(Figure.p)),
            ] + (hasRemarks ? [.text(words.remark(row.reason))] : [])
        }
        return [
            .heading(language.pick("The same question in other ways", "敏感性分析"), level: 1),
            .table(
                TableBlock(
                    TableData(columns: columns, rows: rows, isGrouped: true),
                    caption: language.pick("Primary metrics, uncorrected", "主要指标（未校正）"))),
        ]
    }

    // MARK: 12. Looks

    var looks: [Block] {
        let text: String
        let alpha = NumberStyle.percent.text(result.options.alpha)
        if let plan = result.options.sequential?.plan {
            text =
                result.looks.isEmpty
                ? language.pick(
                    "Looks are planned (\(plan.name)) and none is due yet: no error is spent, and nothing can be decided.",
                    "已计划分次查看（\(plan.name)），尚未到第一次：未花费错误率，暂不判定。")
                : language.pick(
                    "Looks are planned (\(plan.name)): over all of them the error spent is at most \(alpha). One analysis is due at each; intervals and p-values are those of this look.",
                    "已计划分次查看（\(plan.name)）：全部查看累计错误率不超过 \(alpha)。每次只分析一次，区间与 p 值属于本次查看。")
        } else if let sequential = result.options.sequential {
            let burnIn = Words.units(sequential.burnIn)
            text = language.pick(
                "Intervals and p-values hold at every look from \(burnIn) units in each arm on: the error spent over all looks together is at most \(alpha).",
                "自每组 \(burnIn) 个单位起，区间与 p 值对任意次查看都有效：所有查看累计的第一类错误不超过 \(alpha)。"
            )
        } else {
            text = language.pick(
                "The analysis counts as the only look: it spends the whole error of \(alpha). If results were looked at before, say `sequential = true`. The bands by day hold at every look.",
                "本分析按唯一一次查看计算，用尽 \(alpha) 的错误率。若此前看过结果，请设置 `sequential = true`。逐日置信带对任意次查看都有效。"
            )
        }
        let heading = Block.heading(language.pick("Looks taken and error spent", "查看次数与错误率"), level: 1)
        return [heading, .text(text)] + lookTable
    }

    /// The planned looks, one a row.
    private var lookTable: [Block] {
        guard !result.looks.isEmpty else { return [] }
        func status(_ word: String) -> String {
            switch word {
            case "taken": language.pick("taken", "已过")
            case "present": language.pick("this one", "本次")
            default: language.pick("ahead", "未到")
            }
        }
        let columns: [TableData.Column] = [
            .init(language.pick("look", "第几次")), .init(language.pick("units", "单位数")),
            .init(language.pick("share of the plan", "占计划"), .percent),
            .init(language.pick("boundary, standard errors", "界（标准误）"), isFigures: true),
            .init(language.pick("error spent", "累计错误率"), isFigures: true), .init(language.pick("state", "状态")),
        ]
        let rows = result.looks.enumerated().map { place, look -> [TableData.Cell] in
            [
                .text("\(place + 1)"), .number(look.units), .number(look.information),
                .text("± \(Words.fixed(look.boundary, 3))"), .text(Words.significant(look.spent, 3)),
                .text(status(look.status)),
            ]
        }
        return [
            .table(
                TableBlock(
                    TableData(columns: columns, rows: rows), caption: language.pick("Planned looks", "计划的查看")))
        ]
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
                                    .init(language.pick("covariances, row by row", "协方差（逐行）")),
                                ], rows: moments, isGrouped: true),
                            caption: language.pick("Sufficient statistics", "充分统计量"),
                            note: language.pick(
                                "Metric first, then its denominator if it has one, then the covariates.",
                                "先指标，再分母（如有），最后协变量。")))
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
