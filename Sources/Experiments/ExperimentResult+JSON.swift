import Statistics
import Support

extension ExperimentResult {
    /// The number of the JSON form's layout; it grows when a member changes its meaning.
    public static let schema = 1

    /// Everything but the verdict's wording, with full precision: what is not defined is null with a status and a reason beside it.
    public var json: JSON {
        .record([
            ("schema", .int(Int64(ExperimentResult.schema))), ("verdict", .text(decision.verdict.rawValue)),
            ("decision", decisionJSON), ("plan", planJSON), ("options", optionsJSON),
            ("looks", looksJSON),
            (
                "data",
                .record([
                    ("rows", .count(rowCount)), ("units", .count(unitCount)), ("analysed", .count(sizes.reduce(0, +))),
                    ("sha256", .text(dataHash)),
                    (
                        "period",
                        period.map {
                            .record([("first", .text($0.first)), ("last", .text($0.last)), ("days", .count($0.days))])
                        }
                            ?? .null
                    ),
                ])
            ),
            (
                "arms",
                .array(
                    arms.indices.map { index in
                        .record([
                            ("arm", .text(arms[index])), ("units", .count(sizes[index])),
                            ("planned_share", .number(weights[index])),
                            ("copy", plan.copy.first { $0.arm == arms[index] }.map { .text($0.text) } ?? .null),
                        ])
                    })
            ),
            ("health", healthJSON), ("metrics", .array(metrics.map(\.json))),
            ("segments", .array(segments.map(\.json))),
            ("timeline", .array(timeline.map(\.json))), ("sensitivity", .array(sensitivity.map(\.json))),
            ("distribution", .array(distribution.map(\.json))),
        ])
    }

    /// The decision.
    public var decisionJSON: JSON {
        .record([
            ("verdict", .text(decision.verdict.rawValue)), ("arm", .optional(decision.arm)),
            ("rule", .text(decision.rule)),
            ("conditions", .array(decision.conditions.map { .text($0) })), ("reason", .text(decision.reason)),
            (
                "by_arm",
                .array(
                    decision.byArm.map {
                        .record([
                            ("arm", .text($0.arm)), ("verdict", .text($0.verdict.rawValue)), ("rule", .text($0.rule)),
                        ])
                    })
            ),
        ])
    }

    /// The planned looks.
    public var looksJSON: JSON {
        .array(
            looks.map {
                .record([
                    ("units", Int64(exactly: $0.units).map { .int($0) } ?? .number($0.units)),
                    ("information", .number($0.information)),
                    ("boundary", .number($0.boundary)), ("error_spent", .number($0.spent)),
                    ("status", .text($0.status)),
                ])
            })
    }

    /// The health checks.
    public var healthJSON: JSON {
        .record([
            ("status", .text(healthStatus.rawValue)),
            (
                "checks",
                .array(
                    health.map { check in
                        .record(
                            [
                                ("name", .text(check.name)), ("status", .text(check.status.rawValue)),
                                (check.unit == "p" ? "p" : check.unit, .number(check.value)),
                                ("finding", .text(check.finding)),
                            ] + check.details.filter { $0.name != check.unit }.map { ($0.name, .number($0.value)) })
                    })
            ),
        ])
    }

    private var planJSON: JSON {
        .record([
            ("name", .optional(plan.name)), ("hypothesis", .optional(plan.hypothesis)), ("unit", .optional(plan.unit)),
            ("rows", .text(plan.isEvents ? "events" : "units")), ("variant", .text(plan.variant)),
            ("control", .text(plan.control)),
            ("date", .optional(plan.date)), ("segments", .array(plan.segments.map { .text($0) })),
            ("covariates", .array(plan.covariates.map { .text($0) })),
        ])
    }

    private var optionsJSON: JSON {
        let rules = options.rules.isEmpty ? DecisionRule.usual : options.rules
        return .record([
            ("alpha", .number(options.alpha)), ("correction", .text(options.correction.rawValue)),
            ("adjustment", .text(options.adjustment.rawValue)), ("relative", .text(options.relative.rawValue)),
            (
                "sequential",
                options.sequential.map(\.json) ?? .null
            ),
            (
                "prior",
                options.prior.map {
                    .record([
                        ("mean", .number($0.mean)), ("sd", .number($0.sd)),
                        ("scale", .text($0.isRelative ? "relative" : "absolute")),
                    ])
                } ?? .null
            ),
            ("mde", .number(options.mde)), ("power", .number(options.power)),
            ("srm_alpha", .number(options.ratioAlpha)),
            ("min_days", options.minimumDays.map { .count($0) } ?? .null),
            ("min_units", options.minimumUnits.map { .count($0) } ?? .null),
            ("seed", .int(Int64(bitPattern: options.seed))),
            (
                "rules",
                .array(
                    rules.map {
                        .record([
                            ("name", .text($0.name)), ("verdict", .text($0.verdict.rawValue)),
                            ("when", .array($0.words.map { .text($0) })),
                        ])
                    })
            ),
        ])
    }
}

extension SequentialDesign {
    /// The design.
    var json: JSON {
        var members: [(String, JSON)] = [("method", .text(name))]
        switch method {
        case .confidenceSequence(let tuning): members += [("tuning", .number(tuning)), ("burn_in", .number(burnIn))]
        case .mixture(let tau): members += [("tau", .number(tau)), ("burn_in", .number(burnIn))]
        case .group(let plan):
            members += [
                ("boundary", .text(plan.name)),
                ("looks", .array(plan.looks.map { units in Int64(exactly: units).map { .int($0) } ?? .number(units) })),
            ]
        }
        return .record(members)
    }
}

extension MetricResult {
    /// The metric with its arms and effects.
    public var json: JSON {
        .record([
            ("name", .text(metric.name)), ("kind", .text(metric.kind.name)), ("column", .text(metric.column)),
            ("denominator", .optional(metric.denominator)), ("quantile", metric.quantile.map { .number($0) } ?? .null),
            ("role", .text(metric.role.rawValue)), ("direction", .text(metric.isUpGood ? "up" : "down")),
            ("unit", metric.unit.isEmpty ? .null : .text(metric.unit)),
            (
                "winsorize",
                metric.isWinsorized
                    ? .record([
                        ("lower", .number(metric.winsorizeLower)), ("upper", .number(metric.winsorizeUpper)),
                        ("floor", .number(floor)), ("cap", .number(cap)),
                    ]) : .null
            ),
            ("variance_reduction", .number(varianceReduction)),
            (
                "arms",
                .array(
                    arms.map { arm in
                        .record([
                            ("arm", .text(arm.arm)), ("n", .count(arm.n)), ("missing", .count(arm.missing)),
                            ("sum", .number(arm.sum)),
                            ("denominator", .number(arm.denominator)), ("value", .number(arm.value)),
                            ("adjusted", .number(arm.adjusted)),
                            ("sd", .number(arm.sd)), ("zero_share", .number(arm.zeroShare)),
                            ("means", .array(arm.means.map { .number($0) })),
                            ("covariances", .array(arm.covariances.map { .array($0.map { .number($0) }) })),
                        ])
                    })
            ),
            ("effects", .array(effects.map(\.json))),
        ])
    }
}

extension EffectResult {
    /// The effect.
    public var json: JSON {
        .record([
            ("arm", .text(arm)), ("status", .text(status)), ("reason", .optional(reason)),
            ("absolute", .number(absolute)),
            ("standard_error", .number(standardError)), ("interval", .interval(interval)), ("relative", .number(lift)),
            ("relative_interval", .interval(liftInterval)), ("relative_reason", .optional(liftReason)),
            ("uncorrected_interval", .interval(uncorrected)),
            ("uncorrected_relative_interval", .interval(uncorrectedLift)),
            ("scaled", .number(scaled)),
            ("p", .number(p)), ("adjusted_p", .number(adjustedP)), ("level", .number(level)),
            ("simultaneous", .bool(isSimultaneous)),
            ("interval_method", .text(intervalMethod)), ("method", .text(method)),
            ("posterior", .optional(posterior)), ("chance_better", .number(chanceBetter)),
            ("expected_loss", .number(expectedLoss)), ("credible_interval", .interval(credible)),
            ("prior", prior.map { .record([("mean", .number($0.mean)), ("sd", .number($0.sd))]) } ?? .null),
            ("margin", .number(margin)), ("non_inferiority_p", .number(nonInferiorityP)),
            ("guardrail", .optional(guardrail)),
            ("detectable", .number(detectable)), ("detectable_relative", .number(detectableLift)),
            ("units_needed", .number(unitsNeeded)), ("units_left", .number(unitsLeft)),
            ("days_left", .number(daysLeft)),
        ])
    }
}

extension SegmentResult {
    /// The segment, its values and the interaction.
    public var json: JSON {
        .record([
            ("segment", .text(segment)), ("metric", .text(metric)), ("arm", .text(arm)),
            ("interaction_p", .number(interactionP)),
            ("hidden", .count(hidden)),
            (
                "values",
                .array(
                    rows.map {
                        .record([
                            ("value", .text($0.value)), ("control_units", .count($0.sizes.control)),
                            ("arm_units", .count($0.sizes.arm)),
                            ("effect", $0.effect.json),
                        ])
                    })
            ),
        ])
    }
}

extension Timeline {
    /// The days.
    public var json: JSON {
        .record([
            ("metric", .text(metric)), ("arm", .text(arm)), ("novelty_p", .number(noveltyP)), ("slope", .number(slope)),
            (
                "days",
                .array(
                    days.map {
                        .record([
                            ("date", .text($0.date)), ("control_units", .count($0.sizes.control)),
                            ("arm_units", .count($0.sizes.arm)),
                            ("effect", .number($0.effect)), ("interval", .interval($0.interval)),
                            ("always_valid_interval", .interval($0.alwaysValid)), ("daily_effect", .number($0.daily)),
                        ])
                    })
            ),
        ])
    }
}

extension SensitivityRow {
    /// The row.
    public var json: JSON {
        .record([
            ("metric", .text(metric)), ("arm", .text(arm)), ("variation", .text(variation)),
            ("absolute", .number(effect)),
            ("relative", .number(lift)), ("interval", .interval(interval)), ("p", .number(p)),
            ("note", .optional(reason)),
        ])
    }
}

extension DistributionResult {
    /// The quantiles.
    public var json: JSON {
        .record([
            ("metric", .text(metric)), ("arm", .text(arm)),
            (
                "quantiles",
                .array(
                    rows.map {
                        .record([
                            ("quantile", .number($0.quantile)), ("control", .number($0.control)),
                            ("arm", .number($0.arm)),
                            ("interval", .interval($0.interval)),
                        ])
                    })
            ),
        ])
    }
}

extension Metric {
    /// Which quantile, if it is one.
    public var quantile: Double? {
        if case .quantile(let q) = kind { return q }
        return nil
    }
}

extension JSON {
    /// An object with these members.
    static func record(_ members: [(String, JSON)]) -> JSON {
        var object = JSONObject()
        for (name, value) in members { object.set(ByteString(name), value) }
        return .object(object)
    }

    static func text(_ text: String) -> JSON { .string(ByteString(text)) }
    static func optional(_ text: String?) -> JSON { text.map { .text($0) } ?? .null }
    static func count(_ count: Int) -> JSON { .int(Int64(count)) }

    /// A number; null where there is none or JSON has no form for it.
    static func number(_ value: Double?) -> JSON {
        guard let value, value.isFinite else { return .null }
        return .double(value)
    }

    /// Both ends; an open end is null.
    static func interval(_ interval: Interval?) -> JSON {
        guard let interval, !interval.lower.isNaN, !interval.upper.isNaN else { return .null }
        return .array([.number(interval.lower), .number(interval.upper)])
    }
}
