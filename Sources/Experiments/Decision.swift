import Support

/// What to do, and why.
public struct Decision: Sendable, Equatable {
    /// The five answers.
    public enum Verdict: String, Sendable, CaseIterable {
        case ship = "SHIP"
        case rollBack = "ROLL BACK"
        case keepRunning = "KEEP RUNNING"
        case review = "REVIEW"
        case invalid = "INVALID"
    }
    /// The answer.
    public let verdict: Verdict
    /// The arm it is about; nil if about none or all.
    public let arm: String?
    /// The name of the rule that fired.
    public let rule: String
    /// The rule's conditions, in words.
    public let conditions: [String]
    /// What in the data made it fire.
    public let reason: String
    /// The answer for each arm but control.
    public let byArm: [(arm: String, verdict: Verdict, rule: String)]

    /// Whether all parts are equal.
    public static func == (a: Decision, b: Decision) -> Bool {
        a.verdict == b.verdict && a.arm == b.arm && a.rule == b.rule && a.reason == b.reason
    }
}

/// A rule declared before looking: a verdict and the conditions that must all hold.
public struct DecisionRule: Sendable, Equatable {
    /// What holds or does not, of the whole experiment or of one arm.
    public enum Condition: String, Sendable, CaseIterable {
        /// The split is not as planned, units are in two arms, or an arm is empty.
        case unhealthy
        /// A health check warns.
        case healthWarning = "health_warning"
        /// A primary metric of the arm is better, none worse.
        case primaryBetter = "primary_better"
        /// All primary metrics of the arm are better.
        case allPrimaryBetter = "all_primary_better"
        /// A primary metric of the arm is worse.
        case primaryWorse = "primary_worse"
        /// Every guardrail of the arm is within its margin for certain.
        case guardrailsHold = "guardrails_hold"
        /// A guardrail of the arm is beyond its margin for certain.
        case guardrailBroken = "guardrail_broken"
        /// The days and units planned are reached.
        case planReached = "plan_reached"
        /// The effect that matters would have been found with the power asked for.
        case powered
        /// The last of the planned looks is taken; never without such a plan.
        case lastLook = "last_look"
        /// A secondary metric of the arm is worse.
        case secondaryWorse = "secondary_worse"
    }

    /// The rule's name.
    public var name: String
    /// What it decides.
    public var verdict: Decision.Verdict
    /// What must hold, each or, with `false`, its opposite.
    public var conditions: [(condition: Condition, holds: Bool)]

    /// A rule.
    public init(_ name: String, _ verdict: Decision.Verdict, _ conditions: [(condition: Condition, holds: Bool)]) {
        self.name = name
        self.verdict = verdict
        self.conditions = conditions
    }

    /// Whether both say the same.
    public static func == (a: DecisionRule, b: DecisionRule) -> Bool {
        a.name == b.name && a.verdict == b.verdict && a.words == b.words
    }

    /// The conditions as they are written.
    public var words: [String] { conditions.map { ($0.holds ? "" : "not ") + $0.condition.rawValue } }

    /// The rules where none are given.
    public static let usual: [DecisionRule] = [
        DecisionRule("the data cannot be trusted", .invalid, [(.unhealthy, true)]),
        DecisionRule("a guardrail is broken", .rollBack, [(.guardrailBroken, true)]),
        DecisionRule("the primary metric is worse", .rollBack, [(.primaryWorse, true)]),
        DecisionRule("the plan is not reached", .keepRunning, [(.planReached, false)]),
        DecisionRule(
            "better, guardrails hold", .ship,
            [(.primaryBetter, true), (.guardrailsHold, true), (.healthWarning, false)]),
        DecisionRule(
            "better, but the data raise a question", .review, [(.primaryBetter, true), (.healthWarning, true)]),
        DecisionRule("better, but a guardrail is open", .review, [(.primaryBetter, true)]),
        DecisionRule("no effect, and enough power to find one", .review, [(.powered, true)]),
        DecisionRule("the last look found nothing", .review, [(.lastLook, true)]),
        DecisionRule("nothing is settled", .keepRunning, []),
    ]
}

/// What holds of each arm, and what the rules make of it.
enum Judge {
    static func decide(
        rules given: [DecisionRule], arms: [String], metrics: [MetricResult], health: [HealthCheck], alpha: Double,
        planReached: Bool, isLastLook: Bool = false, mde: Double?
    ) -> Decision {
        let rules = given.isEmpty ? DecisionRule.usual : given
        var found: [(arm: String, verdict: Decision.Verdict, rule: DecisionRule?)] = []
        for arm in arms.dropFirst() {
            let facts = facts(arm, metrics, health, alpha, planReached, mde) + (isLastLook ? [.lastLook] : [])
            let rule = rules.first { rule in rule.conditions.allSatisfy { facts.contains($0.condition) == $0.holds } }
            found.append((arm, rule?.verdict ?? .review, rule))
        }
        let byArm = found.map { ($0.arm, $0.verdict, $0.rule?.name ?? "no rule fired") }
        let failed = health.first { $0.status == .failed }
        if let invalid = found.first(where: { $0.verdict == .invalid }) {
            return Decision(
                verdict: .invalid, arm: nil, rule: invalid.rule?.name ?? "", conditions: invalid.rule?.words ?? [],
                reason: failed?.finding ?? "a rule says so", byArm: byArm)
        }
        // The best arm to ship; failing that the verdict that needs somebody most.
        let shipped = found.filter { $0.verdict == .ship }.max { gain($0.arm, metrics) < gain($1.arm, metrics) }
        let order: [Decision.Verdict] = [.review, .keepRunning, .rollBack]
        let chosen =
            shipped ?? order.lazy.compactMap { verdict in found.first { $0.verdict == verdict } }.first ?? found.first
        guard let chosen else {
            return Decision(
                verdict: .review, arm: nil, rule: "no arm", conditions: [], reason: "no arm to compare", byArm: [])
        }
        let isAlone = found.filter { $0.verdict == chosen.verdict }.count == 1 || chosen.verdict == .ship
        return Decision(
            verdict: chosen.verdict, arm: isAlone ? chosen.arm : nil, rule: chosen.rule?.name ?? "no rule fired",
            conditions: chosen.rule?.words ?? [], reason: reason(chosen.verdict, chosen.arm, metrics, health, alpha),
            byArm: byArm)
    }

    private static func effect(_ metric: MetricResult, _ arm: String) -> EffectResult? {
        metric.effects.first { $0.arm == arm }
    }

    private static func gain(_ arm: String, _ metrics: [MetricResult]) -> Double {
        guard let metric = metrics.first(where: { $0.metric.role == .primary }), let effect = effect(metric, arm) else {
            return -.infinity
        }
        return metric.metric.sign * (effect.absolute ?? -.infinity)
    }

    private static func facts(
        _ arm: String, _ metrics: [MetricResult], _ health: [HealthCheck], _ alpha: Double, _ planReached: Bool,
        _ mde: Double?
    ) -> [DecisionRule.Condition] {
        var facts: [DecisionRule.Condition] = []
        if health.contains(where: { $0.status == .failed }) { facts.append(.unhealthy) }
        if health.contains(where: { $0.status == .warning }) { facts.append(.healthWarning) }
        func tells(_ role: Metric.Role, _ sign: Double) -> [Bool] {
            metrics.filter { $0.metric.role == role }.map { metric in
                guard let effect = effect(metric, arm), let absolute = effect.absolute else { return false }
                return effect.isSignificant(alpha) && metric.metric.sign * absolute * sign > 0
            }
        }
        let better = tells(.primary, 1)
        let worse = tells(.primary, -1)
        if better.contains(true), !worse.contains(true) { facts.append(.primaryBetter) }
        if !better.isEmpty, better.allSatisfy({ $0 }) { facts.append(.allPrimaryBetter) }
        if worse.contains(true) { facts.append(.primaryWorse) }
        if tells(.secondary, -1).contains(true) { facts.append(.secondaryWorse) }
        let rails = metrics.filter { $0.metric.role == .guardrail }.map { effect($0, arm)?.guardrail ?? "open" }
        if rails.allSatisfy({ $0 == "holds" }) { facts.append(.guardrailsHold) }
        if rails.contains("broken") { facts.append(.guardrailBroken) }
        if planReached { facts.append(.planReached) }
        let primary = metrics.filter { $0.metric.role == .primary }
        if let mde, !primary.isEmpty, primary.allSatisfy({ (effect($0, arm)?.detectableLift ?? .infinity) <= mde }) {
            facts.append(.powered)
        }
        return facts
    }

    private static func reason(
        _ verdict: Decision.Verdict, _ arm: String, _ metrics: [MetricResult], _ health: [HealthCheck], _ alpha: Double
    ) -> String {
        if let broken = metrics.first(where: { effect($0, arm)?.guardrail == "broken" }), verdict == .rollBack {
            return "'\(broken.metric.name)' of '\(arm)' is worse than its margin allows"
        }
        let settled = metrics.filter { $0.metric.role == .primary && (effect($0, arm)?.isSignificant(alpha) ?? false) }
        if let metric = settled.first, let effect = effect(metric, arm) {
            var text =
                "'\(metric.metric.name)' of '\(arm)' is \(metric.metric.sign * (effect.absolute ?? 0) > 0 ? "better" : "worse")"
            text += " than control's"
            if let lift = effect.lift { text += " by \(Words.percent(abs(lift)))" }
            if let p = effect.adjustedP { text += " (adjusted p \(Words.p(p)))" }
            if verdict == .review {
                if let warning = health.first(where: { $0.status == .warning }) { return text + "; \(warning.finding)" }
                if let open = metrics.first(where: { self.effect($0, arm)?.guardrail == "open" }) {
                    return text + "; whether '\(open.metric.name)' keeps its margin is open"
                }
            }
            return text
        }
        guard let first = metrics.first(where: { $0.metric.role == .primary }), let effect = effect(first, arm) else {
            return "no primary metric"
        }
        if let reason = effect.reason { return "'\(first.metric.name)': \(reason)" }
        return "no primary metric differs clearly from control's"
            + (effect.adjustedP.map { " ('\(first.metric.name)': adjusted p \(Words.p($0)))" } ?? "")
    }
}

/// Figures in a sentence.
public enum Words {
    /// A share in per cent, to three digits.
    public static func percent(_ share: Double) -> String { "\(significant(share * 100, 3))%" }

    /// A p-value to two or three digits, never 0.
    public static func p(_ p: Double) -> String {
        if p <= 0 { return "below 1e-323" }
        if p >= 0.9995 { return "1.00" }
        return p < 0.0001 ? scientific(p) : significant(p, p < 0.1 ? 2 : 3)
    }

    /// A name as it stands in a sentence: itself, or quotes around nothing.
    public static func name(_ name: String) -> String {
        name.allSatisfy(\.isWhitespace) ? "'\(name)'" : name
    }

    /// "1 row", "2 rows": so many of a thing.
    public static func count(_ count: Int, _ one: String, _ several: String) -> String {
        "\(count) \(count == 1 ? one : several)"
    }

    /// Where something was first seen, after its count.
    static func first(_ row: Int?, _ column: String?, isOnly: Bool) -> String {
        guard let row, let column else { return "" }
        return " (\(isOnly ? "" : "the first ")in row \(row + 1) of column '\(column)')"
    }

    /// A number of units: whole without decimals.
    public static func units(_ count: Double) -> String {
        Int(exactly: count).map { String($0) } ?? significant(count, 9)
    }

    /// A number to `digits` digits.
    public static func significant(_ value: Double, _ digits: Int) -> String {
        if value == 0 { return "0" }
        guard value.isFinite else { return value.isNaN ? "nan" : value > 0 ? "infinity" : "-infinity" }
        let size = value.magnitude
        if size < 1e-4 || size >= 1e15 { return scientific(value) }
        var power = 0
        var scaled = size
        while scaled >= 10 { scaled /= 10; power += 1 }
        while scaled < 1 { scaled *= 10; power -= 1 }
        return fixed(value, max(0, digits - 1 - power))
    }

    /// A number with `decimals` decimals.
    public static func fixed(_ value: Double, _ decimals: Int) -> String {
        if value.magnitude > 9e15 { return "\(value)" }
        var factor = 1.0
        for _ in 0..<decimals { factor *= 10 }
        let scaled = (value.magnitude * factor).rounded()
        guard scaled < 9e18 else { return "\(value)" }
        let whole = UInt64(scaled)
        let divisor = UInt64(factor)
        let sign = value < 0 && whole > 0 ? "-" : ""
        guard decimals > 0 else { return "\(sign)\(whole)" }
        var fraction = String(whole % divisor)
        while fraction.utf8.count < decimals { fraction = "0" + fraction }
        return "\(sign)\(whole / divisor).\(fraction)"
    }

    private static func scientific(_ value: Double) -> String {
        var mantissa = value.magnitude
        var power = 0
        while mantissa >= 10 { mantissa /= 10; power += 1 }
        while mantissa < 1 { mantissa *= 10; power -= 1 }
        var text = fixed(mantissa, 1)
        if text == "10.0" { text = "1.0"; power += 1 }
        return "\(value < 0 ? "-" : "")\(text)e\(power)"
    }
}
