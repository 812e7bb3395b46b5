import Charts
import Experiments
import Statistics

extension ExperimentWords {
    /// What was declared before looking, as pairs.
    func settings(_ result: ExperimentResult) -> [(String, String)] {
        let (plan, options) = (result.plan, result.options)
        var rows: [(String, String)] = []
        rows.append((language.pick("unit", "实验单位"), plan.unit ?? language.pick("a row of the table", "数据的一行")))
        if let period = result.period {
            rows.append(
                (
                    language.pick("dates", "日期"),
                    "\(period.first) – \(period.last) (\(period.days) \(language.pick("days", "天")))"
                ))
        }
        for name in Metric.Role.allCases {
            let own = plan.metrics.filter { $0.role == name }.map { metric in
                metric.name + (metric.isUpGood ? "" : language.pick(" (less is better)", "（越低越好）"))
            }
            if !own.isEmpty {
                rows.append(
                    (
                        language.pick("\(role(name)) metrics", "\(role(name))指标"),
                        own.joined(separator: language.pick(", ", "、"))
                    ))
            }
        }
        rows.append((language.pick("error allowed", "显著性水平"), NumberStyle.percent.text(options.alpha)))
        rows.append((language.pick("correction", "多重比较校正"), correction(options.correction)))
        if let mde = options.mde {
            rows.append((language.pick("effect that matters", "最小关注效应"), NumberStyle.percent.text(mde)))
        }
        for metric in plan.metrics where metric.role == .guardrail {
            let margin =
                metric.margin.isRelative
                ? NumberStyle.percent.text(metric.margin.value) : Words.significant(metric.margin.value, 4)
            rows.append((language.pick("margin of \(metric.name)", "\(beside(metric.name))的容许恶化"), margin))
        }
        if let days = options.minimumDays { rows.append((language.pick("days at least", "最少天数"), "\(days)")) }
        if let units = options.minimumUnits { rows.append((language.pick("units at least", "最少单位数"), "\(units)")) }
        return rows
    }

    /// The rules that decide, as a numbered list in Markdown, with what each asks for.
    func rules(_ result: ExperimentResult) -> String {
        let rules = result.options.rules.isEmpty ? DecisionRule.usual : result.options.rules
        return rules.enumerated().map { place, rule in
            let conditions = rule.words.map { "`\($0)`" }.joined(separator: ", ")
            let name = Figure.plainMarkdown(ruleText(rule.name))
            return "\(place + 1). **\(verdict(rule.verdict))**: \(name)"
                + (conditions.isEmpty ? "" : " (\(conditions))")
        }.joined(separator: "\n")
    }

    /// What the intervals of the scorecard claim.
    func scorecardNote(_ result: ExperimentResult) -> String {
        let effects = result.metrics.flatMap(\.effects)
        let isCorrected = effects.contains { $0.liftInterval != $0.uncorrectedLift || $0.interval != $0.uncorrected }
        let alpha = NumberStyle.percent.text(result.options.alpha)
        guard isCorrected else {
            return language.pick(
                "An interval excludes 0 exactly when its p is below \(alpha).", "当且仅当 p 小于 \(alpha) 时区间不含 0。")
        }
        let method = result.metrics.first { $0.metric.role == .primary }?.effects.first { $0.status == "ok" }
        let isSimultaneous = method?.isSimultaneous ?? true
        let name = correction(result.options.correction)
        return language.pick(
            "Each \(NumberStyle.percent.text(1 - result.options.alpha)) interval holds by itself. Corrected ones (\(name)) agree with the adjusted p-values: one excludes 0 exactly when its adjusted p is below \(alpha). "
                + (isSimultaneous ? "They hold together." : "They are not simultaneous.")
                + " \"(0\" is an open end: the sign is certain, and no more is claimed.",
            "各区间单独成立；校正后区间（\(name)）与校正后 p 值一致：当且仅当校正后 p 小于 \(alpha) 时不含 0。"
                + (isSimultaneous ? "各校正区间同时成立。" : "各校正区间并非同时成立。") + "“(0”为开端点：只断言方向。")
    }

    /// What the table of power says below.
    func powerNote(_ result: ExperimentResult) -> String {
        let power = NumberStyle.percent.text(result.options.power)
        guard let mde = result.options.mde else {
            return language.pick(
                "At \(power) power. No effect that matters was declared, so nothing is told of units left.",
                "检验功效 \(power)。未声明最小关注效应，因此不计算尚缺单位。")
        }
        let target = NumberStyle.percent.text(mde)
        return language.pick(
            "At \(power) power; units and days left are for a lift of \(target), uncorrected, both arms together.",
            "检验功效 \(power)；所需单位按 \(target) 的提升、两组合计、未校正计算。")
    }

    /// What the colours and strokes of a forest plot mean.
    func colours(isCorrected: Bool) -> String {
        let colours = language.pick(
            "Green is good and red is bad, whichever way the metric counts", "绿色为有利，红色为不利，已考虑指标方向")
        guard isCorrected else { return colours }
        return colours
            + language.pick("; bold and in numbers: each by itself, thin: corrected for all", "；粗线与数字：单独成立，细线：校正后")
    }

    /// The covariates by name.
    func covariates(_ result: ExperimentResult) -> String {
        result.plan.covariates.isEmpty
            ? language.pick("what texts foretell", "文本预测值")
            : result.plan.covariates.joined(separator: language.pick(", ", "、"))
    }

    /// A correction's name.
    func correction(_ method: Multiplicity.Method) -> String {
        switch method {
        case .none: language.pick("none", "不校正")
        case .bonferroni: "Bonferroni"
        case .sidak: "Šidák"
        case .holm: "Holm"
        case .hochberg: "Hochberg"
        case .hommel: "Hommel"
        case .bh: "Benjamini–Hochberg"
        case .by: "Benjamini–Yekutieli"
        default: method.rawValue
        }
    }

    /// A test's name: "Welch t (21,311 df)" and the like.
    func test(_ method: String) -> String {
        method == "score" ? language.pick("score", "得分检验") : method == "none" ? "–" : method
    }

    /// Formulas, exclusions and settings, in Markdown.
    func methods(_ result: ExperimentResult) -> String {
        let options = result.options
        var lines: [String] = []
        func add(_ english: String, _ chinese: String) { lines.append("- " + language.pick(english, chinese)) }
        let tests = result.metrics.flatMap { $0.effects.map(\.method) }
        if tests.contains("score") {
            add(
                "Shares: score test `z = (p₁ − p₀) / √(p(1 − p)(1/n₁ + 1/n₀)·N/(N − 1))`, p being the share of both arms together, and score intervals of difference and ratio (Miettinen and Nurminen 1985): right also for few or no conversions.",
                "比例：得分检验 `z = (p₁ − p₀) / √(p(1 − p)(1/n₁ + 1/n₀)·N/(N − 1))`（p 为两组合并比例），差值与比值均用得分区间（Miettinen–Nurminen 1985），转化极少或为零时仍成立。"
            )
        }
        if tests.contains(where: { $0.hasPrefix("t(") }) {
            add(
                "Means: `t = (ȳ₁ − ȳ₀) / √(s₁²/n₁ + s₀²/n₀)` with Satterthwaite's degrees of freedom (Welch 1947), which stand behind the test's name.",
                "均值：`t = (ȳ₁ − ȳ₀) / √(s₁²/n₁ + s₀²/n₀)`，自由度按 Satterthwaite 近似（Welch 1947），列于检验名称之后。")
        }
        if result.metrics.contains(where: { $0.metric.denominator != nil }) {
            add(
                "Ratios: `R = Σx / Σy`, variance `Var(x − R·y) / (n ȳ²)` between units (delta method), normal.",
                "比率：`R = Σx / Σy`，方差 `Var(x − R·y) / (n ȳ²)`（按单位的 delta 方法），正态近似。")
        }
        if result.metrics.contains(where: { $0.metric.quantile != nil }) {
            add(
                "Quantiles: type 7; variance from the order statistics at the quantile ± 1.96 standard errors of the share below it, units being clusters (Deng, Knoblich and Lu 2018).",
                "分位数：第 7 型；方差由分位点两侧的次序统计量得出，单位为簇（Deng、Knoblich、Lu 2018）。")
        }
        if options.relative == .fieller {
            add(
                "Relative effects of means: Fieller's (1954) interval, all r with `|ȳ₁ − r·ȳ₀| ≤ t·√(s₁²/n₁ + r²·s₀²/n₀)`, less 1. It agrees with the p-value; where control is not clearly different from 0 there is none.",
                "均值的相对效应：Fieller（1954）区间，即满足 `|ȳ₁ − r·ȳ₀| ≤ t·√(s₁²/n₁ + r²·s₀²/n₀)` 的全部 r 减 1，与 p 值一致；对照接近 0 时不给出。")
        } else {
            add(
                "Relative effects of means: delta method, standard error `√(s₁²/n₁ + (ȳ₁/ȳ₀)²·s₀²/n₀) / ȳ₀`.",
                "均值的相对效应：delta 方法，标准误 `√(s₁²/n₁ + (ȳ₁/ȳ₀)²·s₀²/n₀) / ȳ₀`。")
        }
        if result.metrics.contains(where: { $0.varianceReduction != nil }) {
            let names = covariates(result)
            switch options.adjustment {
            case .cuped:
                add(
                    "CUPED (Deng and others 2013) with \(names): `y − θ·(x − x̄)`, `θ = Σxx⁻¹ Σxy`, one theta from all arms together about the mean of all (the \"total\" convention).",
                    "CUPED（Deng 等 2013），协变量为 \(names)，`y − θ·(x − x̄)`，`θ = Σxx⁻¹ Σxy`，以全部单位合并估计 θ（“total” 约定）。")
            case .cupedWithin:
                add("CUPED with \(names): theta from the spread within arms.", "CUPED，协变量为 \(names)，θ 由组内离差估计。")
            case .lin:
                add(
                    "Lin's (2013) regression with \(names): a slope of its own in each arm.",
                    "Lin（2013）回归调整，协变量为 \(names)：每组各自的斜率。")
            case .none: break
            }
        }
        for metric in result.metrics where metric.metric.isWinsorized {
            let ends = [
                metric.floor.map { "≥ \(Words.significant($0, 5))" },
                metric.cap.map { "≤ \(Words.significant($0, 5))" },
            ].compactMap { $0 }
            add(
                "\(metric.metric.name) is winsorised at quantiles of all arms together: \(ends.joined(separator: ", ")).",
                "\(metric.metric.name) 按全部组合并的分位数截尾：\(ends.joined(separator: "、"))。")
        }
        add(
            "Correction of primary metrics × arms as one family, secondary ones as another: \(correction(options.correction)). Guardrails must each hold and need none; theirs is the p-value of `z = (δ + m) / se`, m being the margin, with signs so that more is better.",
            "主要指标 × 组别作为一族校正，次要指标另为一族：\(correction(options.correction))。护栏为非劣效检验（m 为容许恶化）`z = (δ + m) / se`（以越高越好为正）；护栏须逐一守住，无需校正。"
        )
        posteriors(result).forEach(add)
        sequential(result).forEach(add)
        add(
            "Left out: rows without an arm or a unit, units in two arms, repeated rows of a unit, and of each metric the units without a value.",
            "剔除：没有组别或单位的行、跨组单位、重复行，以及各指标缺失的单位。")
        return lines.joined(separator: "\n")
    }
}
