import Charts
import Display
import Experiments
import Reports
import Statistics
import Support

extension ABResult: Displayable {
    /// The verdict, the health checks that are not well, and the scorecard.
    func text(in frame: Frame) -> String {
        let decision = result.decision
        var lines = [
            decision.verdict.rawValue + (decision.arm.map { ": \(Words.name(DisplayWidth.escaped($0)))" } ?? "")
        ]
        lines.append(DisplayWidth.wrapped("rule: \(decision.rule); \(decision.reason)", to: frame.width))
        // What was left out is said even where it is little.
        for check in result.health where check.status == .ok && check.name.hasPrefix("missing_") && check.value != 0 {
            lines.append(DisplayWidth.wrapped("note: \(check.finding)", to: frame.width))
        }
        for check in result.health where check.status > .ok {
            lines.append(DisplayWidth.wrapped("\(check.status.rawValue): \(check.finding)", to: frame.width))
        }
        let (columns, left) = columns(within: frame.isWhole ? .max : frame.width)
        let box = frame.isWhole ? Box(whole: columns) : Box(columns, width: frame.width)
        lines.append(box.text(gapAfter: nil, quiet: { $0 }))
        if !left.isEmpty {
            let words = left.map { "'\($0)'" }.joined(separator: ", ")
            lines.append(DisplayWidth.wrapped("no room for \(words)", to: frame.width))
        }
        let total = result.sizes.reduce(0, +)
        var note =
            "\(Digits.grouped(String(total))) units, \(result.arms.count) arms, control '\(DisplayWidth.escaped(result.plan.control))'"
        if let period = result.period { note += ", \(period.first) to \(period.last)" }
        note +=
            "; correction \(result.options.correction.rawValue), alpha \(NumberStyle.percent.text(result.options.alpha))"
        if let design = result.options.sequential {
            note +=
                result.looks.first { $0.status == "present" }.map { look in
                    ", look \((result.looks.firstIndex { $0.status == "present" } ?? 0) + 1) of \(result.looks.count): boundary \(Words.significant(look.boundary, 4)), error spent \(Words.significant(look.spent, 3))"
                } ?? (design.plan == nil ? ", valid at every look" : ", no planned look is due yet")
        }
        lines.append(DisplayWidth.wrapped(note, to: frame.width))
        let reduced = result.metrics.compactMap { metric in
            metric.varianceReduction.map { "'\(metric.metric.name)' \(MetricFigures.share($0))" }
        }
        if !reduced.isEmpty {
            let text = "variance taken away by covariates: \(reduced.joined(separator: ", "))"
            lines.append(DisplayWidth.wrapped(text, to: frame.width))
        }
        return lines.joined(separator: "\n")
    }

    var summary: String { "ab.Result (\(result.decision.verdict.rawValue))" }

    /// The columns, without those that tell least where the screen is too narrow for all, and what those are called: what an arm gains is never
    /// left out.
    private func columns(within width: Int) -> (drawn: [BoxColumn], left: [String]) {
        var cells = [[String?]](repeating: [], count: 7)
        for metric in result.metrics {
            let figures = MetricFigures(metric)
            for effect in metric.effects {
                let control = metric.arms.first
                let arm = metric.arms.first { $0.arm == effect.arm }
                let role = metric.metric.role == .primary ? "" : " (\(metric.metric.role.rawValue))"
                let interval = figures.liftInterval(effect.liftInterval).map { " " + $0 } ?? ""
                let row: [String?] = [
                    DisplayWidth.escaped(metric.metric.name) + role, Words.name(DisplayWidth.escaped(effect.arm)),
                    figures.value(metric.varianceReduction == nil ? control?.value : control?.adjusted),
                    figures.value(metric.varianceReduction == nil ? arm?.value : arm?.adjusted),
                    figures.lift(effect.lift).map { $0 + interval } ?? figures.effect(effect.absolute),
                    effect.adjustedP.map(Words.p), status(metric.metric, effect),
                ]
                for (place, cell) in row.enumerated() { cells[place].append(cell) }
            }
        }
        let names = ["metric", "arm", "control", "figure", "lift and interval", "adjusted p", "result"]
        var kept = Array(names.indices)
        let widths = names.indices.map { place in
            (cells[place].compactMap { $0 } + [names[place]]).reduce(0) { max($0, DisplayWidth.of($1)) }
        }
        for least in [2, 3, 5] where kept.reduce(1, { $0 + widths[$1] + 3 }) > width { kept.removeAll { $0 == least } }
        let drawn = kept.map { place in
            BoxColumn(heading: [names[place]], cells: cells[place], isNumber: (2...5).contains(place), missing: "-")
        }
        return (drawn, names.indices.filter { !kept.contains($0) }.map { names[$0] })
    }

    private func status(_ metric: Metric, _ effect: EffectResult) -> String {
        if effect.status != "ok" { return effect.status }
        if let guardrail = effect.guardrail { return guardrail }
        guard effect.isSignificant(result.options.alpha), let absolute = effect.absolute else { return "open" }
        return metric.sign * absolute > 0 ? "better" : "worse"
    }
}
