import Charts
import Experiments
import Statistics

extension ExperimentReport {
    // MARK: 8. Days

    var timeline: [Block] {
        let title = Block.heading(language.pick("Day by day", "逐日累计"), level: 1)
        guard let first = result.timeline.first, !first.days.isEmpty else {
            return [
                title,
                .plain(
                    result.plan.date == nil
                        ? language.pick("No date column was given.", "未提供日期列。")
                        : language.pick("No primary metric has a line by day.", "主要指标没有逐日累计线。")),
            ]
        }
        return [title] + result.timeline.map(cumulative) + [exposures(first.metric), novelty]
    }

    private func cumulative(_ line: Timeline) -> Block {
        let axis = result.metric(line.metric).map { MetricFigures($0).axis } ?? (.signed, 1, "")
        func scaled(_ value: Double?) -> Double { value.map { $0 * axis.factor } ?? .nan }
        let series = LinePlot.Series(
            language.pick("effect so far", "累计效应"), y: line.days.map { scaled($0.effect) },
            lower: line.days.map { scaled($0.alwaysValid?.lower) },
            upper: line.days.map { scaled($0.alwaysValid?.upper) })
        let unit = axis.title.isEmpty ? "" : language.pick(", \(axis.title)", "（\(axis.title)）")
        return .chart(
            Chart(
                .line(
                    LinePlot(
                        [series], references: [ReferenceLine(0, language.pick("no effect", "无效应"))],
                        xAxis: Axis(language.pick("day", "日期")), xLabels: line.days.map(\.date),
                        yAxis: Axis(
                            language.pick("effect on \(line.metric)\(unit)", "\(words.beside(line.metric))的效应\(unit)"),
                            style: axis.style, range: Self.range(series)))),
                title: language.pick(
                    "\(line.metric) of \(line.arm), all units so far", "\(line.metric)：\(line.arm)，截至当日的全部单位"),
                subtitle: result.options.sequential?.plan == nil
                    ? language.pick(
                        "The band holds at every look, so that it may be read any day", "置信带对任意次查看都有效，可随时解读")
                    : language.pick(
                        "Intervals belong to the planned looks; between them none may be read",
                        "区间仅属于计划的各次查看，其间不作解读")))
    }

    /// A stretch that shows the line whole, and of the band of the first days, which is many times wider than that of the last, as much as leaves
    /// the last readable; nil if the band is not so uneven.
    private static func range(_ series: LinePlot.Series) -> ClosedRange<Double>? {
        let ends = zip(series.lower, series.upper).filter { $0.0.isFinite && $0.1.isFinite }
        guard let last = ends.last else { return nil }
        let reach = 4 * (last.1 - last.0)
        let lines = series.y.filter(\.isFinite) + [0]
        guard reach > 0, let low = (lines + [last.0]).min(), let high = (lines + [last.1]).max() else { return nil }
        let lower = ends.map { max($0.0, last.0 - reach) }.min() ?? low
        let upper = ends.map { min($0.1, last.1 + reach) }.max() ?? high
        guard ends.contains(where: { $0.0 < lower || $0.1 > upper }) else { return nil }
        return min(low, lower)...max(high, upper)
    }

    private func exposures(_ metric: String) -> Block {
        let lines = result.timeline.filter { $0.metric == metric }
        let dates = Set(lines.flatMap { $0.days.map(\.date) }).sorted()
        func counts(_ days: [Timeline.Day], _ size: (Timeline.Day) -> Int) -> [Double] {
            let found = Dictionary(days.map { ($0.date, size($0)) }) { first, _ in first }
            return dates.map { Double(found[$0] ?? 0) }
        }
        // Days without units of one arm are missing from its line, not from control's next to another arm.
        let control = LinePlot.Series(result.arms[0], y: counts(lines.flatMap(\.days)) { $0.sizes.control })
        let others = lines.map { line in LinePlot.Series(line.arm, y: counts(line.days) { $0.sizes.arm }) }
        let most = ([control] + others).flatMap(\.y).max() ?? 1
        return .chart(
            Chart(
                .line(
                    LinePlot(
                        [control] + others, xAxis: Axis(language.pick("day", "日期")), xLabels: dates,
                        yAxis: Axis(words.units, range: 0...max(1, most * 1.1)))),
                title: language.pick("Units that came in each day", "每日新增单位")))
    }

    private var novelty: Block {
        .table(
            TableBlock(
                TableData(
                    columns: [
                        .init(words.metric), .init(words.arm),
                        .init(language.pick("change of the effect per day", "效应每日变化"), isFigures: true),
                        .init("p", isFigures: true),
                    ],
                    rows: result.timeline.map { line in
                        [
                            .text(line.metric), .text(line.arm),
                            .init(result.metric(line.metric).flatMap { MetricFigures($0).effect(line.slope) }),
                            .init(line.noveltyP.map(Figure.p)),
                        ]
                    }, isGrouped: true),
                caption: language.pick("Novelty: does the effect change with the days?", "新奇效应：效应是否随时间变化？")))
    }
}
