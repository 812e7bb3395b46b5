import Charts
import Experiments
import Statistics

/// What a report of an experiment says, in either language.
struct ExperimentWords: Sendable {
    let language: Language

    init(_ language: Language) { self.language = language }

    private func pick(_ english: @autoclosure () -> String, _ chinese: @autoclosure () -> String) -> String {
        language.pick(english(), chinese())
    }

    /// A name within Chinese text: with a space where it begins or ends in Latin letters or digits.
    func beside(_ name: String) -> String {
        let (first, last) = (name.first?.isASCII ?? false, name.last?.isASCII ?? false)
        return (first ? " " : "") + name + (last ? " " : "")
    }

    var title: String { pick("Experiment report", "实验报告") }
    var metric: String { pick("metric", "指标") }
    var arm: String { pick("arm", "组别") }
    var units: String { pick("units", "单位数") }
    var status: String { pick("status", "状态") }
    var verdictName: String { pick("verdict", "结论") }
    var ruleName: String { pick("rule", "规则") }
    var noLift: String { pick("no relative interval", "无相对区间") }

    func verdict(_ verdict: Decision.Verdict) -> String {
        switch verdict {
        case .ship: pick("SHIP", "上线")
        case .rollBack: pick("ROLL BACK", "回滚")
        case .keepRunning: pick("KEEP RUNNING", "继续实验")
        case .review: pick("REVIEW", "人工复核")
        case .invalid: pick("INVALID", "实验无效")
        }
    }

    func role(_ role: Metric.Role) -> String {
        switch role {
        case .primary: pick("primary", "主要")
        case .secondary: pick("secondary", "次要")
        case .guardrail: pick("guardrail", "护栏")
        }
    }

    func guardrail(_ state: String) -> String {
        switch state {
        case "holds": pick("holds", "守住")
        case "broken": pick("broken", "突破")
        default: pick("open", "未定")
        }
    }

    func status(_ status: HealthCheck.Status) -> String {
        switch status {
        case .ok: pick("ok", "正常")
        case .warning: pick("⚠ warning", "⚠ 警告")
        case .failed: pick("✕ failed", "✕ 未通过")
        case .unchecked: pick("not checked", "未检查")
        }
    }

    func reason(_ effect: EffectResult) -> String {
        if language == .english { return effect.reason ?? effect.status }
        return switch effect.status {
        case "empty_arm": "该组没有数据"
        case "one_unit": "只有一个单位，没有方差"
        case "no_variance": "组内数值全部相同"
        case "too_few_values": "分位点附近的数值太少"
        case "zero_exposure": "分母合计为 0"
        case "burn_in": "样本尚未达到起始数量"
        case "before_first_look": "尚未到第一次计划查看"
        case "no_scale": "对照值为 0，tau 没有尺度"
        default: effect.status
        }
    }

    private static let usualRules: [String: String] = [
        "the data cannot be trusted": "数据不可信", "a guardrail is broken": "护栏指标被突破",
        "the primary metric is worse": "主要指标变差",
        "the plan is not reached": "未达到计划规模", "better, guardrails hold": "主要指标更好且护栏守住",
        "better, but the data raise a question": "主要指标更好，但数据存疑", "better, but a guardrail is open": "主要指标更好，但护栏未定",
        "no effect, and enough power to find one": "功效充足而未见效应", "nothing is settled": "尚无定论",
        "the last look found nothing": "最后一次查看仍无结论",
    ]

    func ruleText(_ rule: String) -> String { language == .english ? rule : Self.usualRules[rule] ?? rule }

    func rule(_ decision: Decision) -> String {
        pick("Rule that fired: \(decision.rule).", "触发的规则：\(ruleText(decision.rule))。")
    }

    /// What in the data led to the verdict.
    func reason(_ result: ExperimentResult) -> String {
        let decision = result.decision
        if language == .english { return decision.reason.prefix(1).uppercased() + decision.reason.dropFirst() + "." }
        if decision.verdict == .invalid {
            return result.health.first { $0.status == .failed }.map { finding($0) } ?? "规则判定实验无效。"
        }
        guard let arm = decision.arm ?? result.arms.dropFirst().first else { return "" }
        for metric in result.metrics where metric.metric.role == .guardrail {
            if metric.effects.first(where: { $0.arm == arm })?.guardrail == "broken" {
                return "“\(arm)”的“\(metric.metric.name)”恶化超过容许界限。"
            }
        }
        for metric in result.metrics where metric.metric.role == .primary {
            guard let effect = metric.effects.first(where: { $0.arm == arm }),
                effect.isSignificant(result.options.alpha),
                let absolute = effect.absolute
            else { continue }
            let way = metric.metric.sign * absolute > 0 ? "优于" : "劣于"
            let size = effect.lift.map { " \(Words.percent(abs($0)))" } ?? ""
            return
                "“\(arm)”的“\(metric.metric.name)”\(way)对照\(size)\(effect.adjustedP.map { "（校正后 p \(Words.p($0))）" } ?? "")。"
        }
        return "没有主要指标与对照有明确差异。"
    }

    func check(_ name: String) -> String {
        let english: [(String, String, String)] = [
            ("srm_", "split within", "细分比例："), ("missing_", "missing values of", "缺失值："),
            ("outliers_", "outliers of", "极端值："),
        ]
        let fixed: [String: (String, String)] = [
            "srm": ("sample ratio", "样本比例"), "empty_arm": ("arms with units", "各组均有数据"),
            "mixed_assignment": ("units in two arms", "跨组单位"),
            "duplicates": ("repeated units", "重复单位"), "unassigned": ("rows without an arm", "未分组的行"),
            "pre_period_bias": ("bias before the experiment", "实验前偏差"),
            "weekdays": ("days of the week", "星期覆盖"), "novelty": ("novelty", "新奇效应"),
            "missing_date": ("units without a date", "缺日期的单位"),
        ]
        if let words = fixed[name] { return pick(words.0, words.1) }
        for (prefix, inEnglish, inChinese) in english where name.hasPrefix(prefix) {
            let rest = String(name.dropFirst(prefix.count))
            return pick("\(inEnglish) \(rest)", "\(inChinese)\(rest)")
        }
        return name
    }

    func finding(_ check: HealthCheck) -> String {
        if language == .english { return check.finding }
        let p = check.unit == "p" ? check.value.map { "，p \(Words.p($0))" } ?? "" : ""
        let isOK = check.status == .ok
        if check.status == .unchecked { return "没有所需的列，未检查" }
        switch check.name {
        case "srm":
            if let strays = check.details.first(where: { $0.name == "strays" })?.value, strays > 0 {
                return "\(Int(strays)) 个单位出现在权重为 0 的组中"
            }
            return isOK ? "各组人数符合计划\(p)" : "样本比例失衡\(p)"
        case "empty_arm": return isOK ? "各组都有数据" : "有的组没有数据"
        case "mixed_assignment": return isOK ? "没有跨组单位" : "\(Int(check.value ?? 0)) 个单位跨组，已剔除"
        case "duplicates": return isOK ? "没有重复单位" : "\(Int(check.value ?? 0)) 行重复，已剔除"
        case "unassigned": return check.value == 0 ? "每行都有组别" : "\(Int(check.value ?? 0)) 行没有组别或单位，已剔除"
        case "pre_period_bias": return isOK ? "实验前各组无差异\(p)" : "实验前各组已有差异\(p)"
        case "weekdays": return "覆盖一周中的 \(Int(check.value ?? 0)) 天"
        case "novelty": return isOK ? "效应不随时间变化\(p)" : "效应随时间变化\(p)"
        case "missing_date": return "\(Int(check.value ?? 0)) 个单位没有日期"
        default: break
        }
        if check.name.hasPrefix("srm_") { return isOK ? "各取值内的比例符合计划\(p)" : "某个取值内比例失衡\(p)" }
        if check.name.hasPrefix("missing_") {
            return check.value == 0 ? "没有缺失" : "缺失 \(Words.percent(check.value ?? 0))，已从该指标剔除"
        }
        if check.name.hasPrefix("outliers_") { return "最大的 1% 非零值占总量 \(Words.percent(check.value ?? 0))" }
        return check.finding
    }

    func variation(_ name: String) -> String {
        if language == .english { return name }
        if name.hasPrefix("post-stratified by ") { return "按\(beside(String(name.dropFirst(19))))事后分层" }
        let names = [
            "as analysed": "与正文相同", "without covariates": "不用协变量", "with CUPED": "使用 CUPED",
            "Lin's regression": "Lin 回归调整", "Harrell–Davis estimate": "Harrell–Davis 估计",
            "winsorised at 99%": "99% 截尾", "not winsorised": "不截尾", "rank test (Mann–Whitney)": "秩检验（Mann–Whitney）",
        ]
        return names[name] ?? name
    }

    private static let remarks = [
        "a quantile is no mean, from which covariates could take something": "分位数不是均值，协变量无从减去",
        "the quantiles of strata do not add up to the whole's": "各层分位数不能加总为总体分位数",
        "a stratum has fewer than two units in an arm": "某层某组不足两个单位",
    ]

    func remark(_ reason: String?) -> String {
        guard let reason else { return "" }
        if language == .chinese, let known = Self.remarks[reason] { return known }
        guard language == .chinese, reason.hasPrefix("chance of a higher value: ") else { return reason }
        return "取值更高的概率：\(reason.dropFirst(26))"
    }
}
