import Foundation
import LuaKit
import Testing

@testable import LuaModules

@Suite struct StatsModuleTests {
    private let prompt: Prompt

    init() throws { prompt = try Prompt() }

    @Test func examplesPrintWhatTheySay() { #expect(prompt.wrongExamples(of: .stats) == []) }

    /// What the data do not define is said, never NaN, and what they do define is there.
    @Test(arguments: [
        ("stats.welch_t{a = {2, 2, 2}, b = {2, 2, 2}}", "status", "\"undefined\""),
        ("stats.welch_t{a = {2, 2, 2}, b = {2, 2, 2}}", "reason", "\"no variance in a or b\""),
        ("stats.welch_t{a = {1e308, -1e308, 1e308}, b = {1e308, 1e308, -1e308}}", "status", "\"undefined\""),
        ("stats.student_t{a = {1e308, -1e308, 1e308}, b = {1e308, 1e308, -1e308}}", "status", "\"undefined\""),
        ("stats.yuen_t{a = {1e308, -1e308, 1e308}, b = {1e308, 1e308, -1e308}}", "p", "nil"),
        ("stats.welch_t{a = {1}, b = {2, 3}}", "reason", "\"a has one value, so no variance\""),
        ("stats.welch_t{a = {0.1, 0.1, 0.1}, b = {0.1, 0.1}}", "p", "nil"),
        ("stats.two_proportion_z{a = {x = 0, n = 100}, b = {x = 0, n = 100}}", "p", "nil"),
        ("stats.two_proportion_z{a = {x = 0, n = 0}, b = {x = 0, n = 100}}", "reason", "\"a has no trials\""),
        ("stats.two_proportion_z{a = {x = 50, n = 100}, b = {x = 0, n = 100}}", "p < 1e-14", "true"),
        ("stats.compare_t{a = {n = 100, sum = 0}, b = {n = 100, sum = 0}}", "p", "1.0"),
        ("stats.compare_t{a = {n = 100, sum = 0}, b = {n = 100, sum = 0}}", "interval[2] > 0.03", "true"),
        ("stats.compare_t{a = {n = 0, sum = 0}, b = {n = 0, sum = 0}}", "status", "\"undefined\""),
        (
            "stats.compare_t{a = {n = 100, sum = 5}, b = {n = 100, sum = 0}, difference = 'relative'}", "status",
            "\"undefined\""
        ),
        // A boundary that is held back spends what it lets through: twice the normal tail beyond 0.1, and more.
        ("stats.group_sequential{information = {0.5, 1}, limit = 0.1}", "cumulative_alpha[1] > 0.92", "true"),
        ("stats.group_sequential{information = {0.5, 1}, limit = 0.1}", "cumulative_alpha[2] > 0.95", "true"),
        ("stats.srm{observed = {5100, 4900, 0}, weights = {1, 1, 0}}", "df", "1.0"),
        ("stats.srm{observed = {10, 12, 3}, weights = {1, 1, 0}}", "strays", "3.0"),
        ("stats.fisher_exact{table = {{0, 100}, {5, 95}}}", "p > 0.05", "true"),
        // Millions of counts, of which only those near the likeliest have a probability at all.
        ("stats.fisher_exact{table = {{24000000, 24000000}, {24000000, 24005000}}}", "p > 0.6 and r.p < 0.62", "true"),
        ("stats.fisher_exact{table = {{90000, 10}, {20, 90000}}}", "p", "0.0"),
        (
            "stats.bootstrap{a = {1, 2, 3, 4}, level = 1 - 2^-53, resamples = 200}", "interval[1] < r.interval[2]",
            "true"
        ),
        (
            "stats.correlation{x = {1e-200, 2e-200, 5e-200, 3e-200}, y = {1, 2, 4, 9}}", "pearson.effect",
            "0.43872679768567"
        ),
        ("stats.correlation{x = {1e308, -1e308, 5, 7}, y = {1, 2, 4, 9}}", "pearson.effect > -0.5", "true"),
        ("stats.correlation{x = {1e-320, 0, 0, 0}, y = {1, 2, 4, 9}}", "pearson.p > 0.1", "true"),
        ("stats.correlation{x = {3, 3, 3}, y = {1, 2, 4}}", "pearson.reason", "\"x has no variance\""),
        (
            "stats.correlation{x = {17e14 + 1, 17e14 + 2, 17e14 + 3, 17e14 + 4}, y = {1, 2, 4, 3}}", "pearson.effect",
            "0.8"
        ),
        ("stats.mann_whitney{a = {3, 3}, b = {3, 3, 3}}", "p", "1.0"),
        ("stats.kruskal_wallis{groups = {{1, 1}, {1, 1}}}", "status", "\"undefined\""),
        ("stats.cuped{a = {1, 2, 3}, b = {2, 3, 5}, pre_a = {1, 1, 1}, pre_b = {1, 1, 1}}", "theta1", "0.0"),
        (
            "stats.compare_bayes{a = {n = 100, sum = 12}, b = {n = 100, sum = 10}, difference = 'relative', prior_sd = 1e-9, prior_scale = 'absolute'}",
            "effect < 1e-6", "true"
        ),
        ("stats.inverse_cdf{distribution = 't', df = 10, p = 1e-30, upper = true}", "x", nil),
        ("stats.bootstrap{a = {4, 4, 4}}", "reason", "\"all resamples give one value\""),
    ])
    func degenerateInputHasAStatus(call: String, field: String, output: String?) {
        guard let output else { return #expect(!prompt.show("return tostring(\(call))").contains("nan")) }
        #expect(prompt.show("local r = \(call) return r.\(field)") == output, "\(call) \(field)")
    }

    @Test(arguments: [
        ("stats.welch_t{a = {}, b = {1, 2}}.reason", "\"a has no values\""),
        (
            "stats.welch_t{a = {1, 0/0}, b = {1, 2}}",
            "bad argument 'a' to stats.welch_t: finite numbers expected, got nan at position 2"
        ),
        (
            "stats.welch_t{a = {1, 2}, b = {1, 2}, level = 1}",
            "bad argument 'level' to stats.welch_t: number between 0 and 1 expected, got 1"
        ),
        (
            "stats.two_proportion_z{a = {x = 12, n = 10}, b = {x = 1, n = 10}}",
            "at most as many successes as trials expected, got 12 of 10"
        ),
        ("stats.two_proportion_z{a = {x = -1, n = 10}, b = {x = 1, n = 10}}", "bad argument 'a'"),
        ("stats.two_proportion_z{a = 3, b = {x = 1, n = 10}}", "table {x = successes, n = trials} expected, got 3"),
        ("stats.welch_t{a = {1, 2}}", "'b'"),
        ("stats.adjust{p = {0.5, 1.2}}", "bad argument 'p'"),
        ("stats.welch_t{a = {1, 2, 'x'}, b = {1, 2}}", "{mean, sd, n} expected, got 'x' at position 3"),
        ("stats.quantile{x = {1, {}}, q = 0.5}", "bad argument 'x'"),
        ("stats.adjust{p = {0.5}, method = 'bhh'}", "did you mean 'bh'?"),
        ("stats.sample_size_proportions{p1 = 0.1, p2 = 0.1}", "bad argument 'p2'"),
        ("stats.group_sequential{information = {0.5, 0.4}}", "bad argument 'information'"),
        ("stats.srm{observed = {5}, weights = {1}}", "bad argument 'observed'"),
        (
            "stats.compare_t{a = {n = 10, sum = 100, sum_squares = 1}, b = {n = 10, sum = 1, sum_squares = 1}}",
            "sums that belong together"
        ),
        ("stats.chi_square{table = {{1, 2}, {3}}}", "bad argument 'table'"),
        (
            "stats.lin{y = {1, 2, 3}, treated = {0, 1, 1}, x = {1, 2}}",
            "bad argument 'x' to stats.lin: 3 values, one for each of 'y' expected, got 2"
        ),
        ("stats.correlation{x = {1, 2, 3}, y = {1, 2}}", "3 values, one for each of 'x' expected, got 2"),
        ("metrics.roc_auc({1, 1}, {0.5, 0.6})", "items of both classes expected"),
    ])
    func badInputNamesTheParameter(code: String, part: String) {
        let shown = prompt.show(code)
        #expect(shown.contains(part), "\(shown)")
    }
}
