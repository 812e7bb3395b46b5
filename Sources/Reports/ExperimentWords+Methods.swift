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
                metric.name + (metric.isUpGood ? "" : language.pick(" (less is better)", "(越低越好)"))
            }
            if !own.isEmpty {
                rows.append((language.pick("\(role(name)) metrics", "\(role(name))指标"), own.joined(separator: ", ")))
            }
        }
        rows.append((language.pick("error allowed", "显著性水平"), NumberStyle.percent.text(options.alpha)))
        rows.append((language.pick("correction", "多重比较校正"), options.correction.rawValue))
        if let mde = options.mde {
            rows.append((language.pick("effect that matters", "最小关注效应"), NumberStyle.percent.text(mde)))
        }
        for metric in plan.metrics where metric.role == .guardrail {
            let margin =
                metric.margin.isRelative
                ? NumberStyle.percent.text(metric.margin.value) : Words.significant(metric.margin.value, 4)
            rows.append((language.pick("margin of \(metric.name)", "\(metric.name) 的容许恶化"), margin))
        }
        if let days = options.minimumDays { rows.append((language.pick("days at least", "最少天数"), "\(days)")) }
        if let units = options.minimumUnits { rows.append((language.pick("units at least", "最少单位数"), "\(units)")) }
        let rules = options.rules.isEmpty ? DecisionRule.usual : options.rules
        rows.append(
            (
                language.pick("rules, in order", "判定规则(按序)"),
                rules.map { "\(verdict($0.verdict)): \(ruleText($0.name))" }.joined(separator: "; ")
            ))
        return rows
    }

    func scorecardNote(_ result: ExperimentResult) -> String {
        let method = result.metrics.first { $0.metric.role == .primary }?.effects.first { $0.status == "ok" }
        let isSimultaneous = method?.isSimultaneous ?? true
        let name = result.options.correction.rawValue
        return language.pick(
            "Intervals agree with the adjusted p-values (\(name)): one excludes 0 exactly when its adjusted p is below \(Words.significant(result.options.alpha, 2)). "
                + (isSimultaneous ? "They hold together." : "They are not simultaneous.")
                + " An end that stops at 0 is open there.",
            "区间与校正后的 p 值一致(\(name)):当且仅当校正后 p 小于 \(Words.significant(result.options.alpha, 2)) 时区间不含 0。"
                + (isSimultaneous ? "各区间同时成立。" : "各区间并非同时成立。") + "止于 0 的一端为开端点。")
    }

    /// Formulas, exclusions and settings, in Markdown.
    func methods(_ result: ExperimentResult) -> String {
        let options = result.options
        var lines: [String] = []
        func add(_ english: String, _ chinese: String) { lines.append("- " + language.pick(english, chinese)) }
        let hasScore = result.metrics.contains { $0.effects.contains { $0.method == "score" } }
        if hasScore {
            add(
                "Shares: score test and score intervals of difference and ratio (Miettinen and Nurminen 1985), right also for few or no conversions.",
                "比例:得分检验,差值与比值均用得分区间(Miettinen–Nurminen 1985),转化极少或为零时仍成立。")
        }
        add(
            "Means: `t = (ȳ₁ − ȳ₀) / √(s₁²/n₁ + s₀²/n₀)` with Satterthwaite's degrees of freedom (Welch 1947).",
            "均值:`t = (ȳ₁ − ȳ₀) / √(s₁²/n₁ + s₀²/n₀)`,自由度按 Satterthwaite 近似(Welch 1947)。")
        if result.metrics.contains(where: { $0.metric.denominator != nil }) {
            add(
                "Ratios: `R = Σx / Σy`, variance `Var(x − R·y) / (n ȳ²)` between units (delta method), normal.",
                "比率:`R = Σx / Σy`,方差 `Var(x − R·y) / (n ȳ²)`(按单位的 delta 方法),正态近似。")
        }
        if result.metrics.contains(where: { $0.metric.quantile != nil }) {
            add(
                "Quantiles: type 7; variance from the order statistics at the quantile ± 1.96 standard errors of the share below it, units being clusters (Deng, Knoblich and Lu 2018).",
                "分位数:第 7 型;方差由分位点两侧的次序统计量得出,单位为簇(Deng、Knoblich、Lu 2018)。")
        }
        add(
            options.relative == .fieller
                ? "Relative effects of means: Fieller's (1954) interval, which agrees with the p-value; where control is not clearly different from 0 there is none."
                : "Relative effects of means: delta method.",
            options.relative == .fieller ? "均值的相对效应:Fieller(1954)区间,与 p 值一致;对照接近 0 时不给出。" : "均值的相对效应:delta 方法。")
        if result.metrics.contains(where: { $0.varianceReduction != nil }) {
            let names = result.plan.covariates.joined(separator: ", ")
            switch options.adjustment {
            case .cuped:
                add(
                    "CUPED (Deng and others 2013) with \(names.isEmpty ? "what texts foretell" : names): `θ = Σxx⁻¹ Σxy`, one theta from all arms together about the mean of all (the \"total\" convention).",
                    "CUPED(Deng 等 2013),协变量 \(names):`θ = Σxx⁻¹ Σxy`,以全部单位合并估计 θ(“total” 约定)。")
            case .cupedWithin:
                add("CUPED with \(names): theta from the spread within arms.", "CUPED,协变量 \(names):θ 由组内离差估计。")
            case .lin:
                add(
                    "Lin's (2013) regression with \(names): a slope of its own in each arm.",
                    "Lin(2013)回归调整,协变量 \(names):每组各自的斜率。")
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
                "\(metric.metric.name) 按全部组合并的分位数截尾:\(ends.joined(separator: ", "))。")
        }
        add(
            "Correction of primary metrics × arms as one family, secondary ones as another: \(options.correction.rawValue). Guardrails must each hold and need none.",
            "主要指标 × 组别作为一族校正,次要指标另为一族:\(options.correction.rawValue)。护栏须逐一守住,无需校正。")
        add(
            "P(better) and expected loss: \(options.prior == nil ? "uniform priors of shares (beta), no prior of means" : "normal prior of the effect, in the scale declared"), normal approximation of the difference.",
            "更优概率与期望损失:\(options.prior == nil ? "比例用均匀先验(beta),均值无先验" : "按声明尺度的正态先验"),差值作正态近似。")
        add(
            "Always-valid bands: asymptotic confidence sequences (Waudby-Smith and others 2024), `√((nρ²+1)/(nρ²) · ln((nρ²+1)/α²))` standard errors wide, ρ tuned to "
                + (options.sequential?.tuning.map { "\(Words.significant($0, 6)) units" } ?? "the units at hand") + ".",
            "任意时刻有效的置信带:渐近置信序列(Waudby-Smith 等 2024),半宽为 `√((nρ²+1)/(nρ²) · ln((nρ²+1)/α²))` 个标准误。")
        add(
            "Left out: rows without an arm or a unit, units in two arms, repeated rows of a unit, and of each metric the units without a value.",
            "剔除:没有组别或单位的行、跨组单位、重复行,以及各指标缺失的单位。")
        return lines.joined(separator: "\n")
    }
}
