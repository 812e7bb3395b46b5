import Foundation
import Testing

@testable import LuaModules

/// What an experiment says of values that are missing, too small, too late or oddly named.
@Suite struct ABGapsTests {
    private let prompt: Prompt

    init() throws { prompt = try Prompt() }

    private func findings(_ columns: String, _ options: String) -> String {
        prompt.show(
            """
            local lines = {}
            local x = ab.experiment{data = data.table{\(columns)}, variant = 'arm', control = 'a', \(options)}
            for _, check in ipairs(x:analyze().health.checks) do lines[#lines + 1] = check.name .. ': ' .. check.finding end
            return table.concat(lines, '|')
            """)
    }

    private let arms = "arm = {'a', 'a', 'a', 'a', 'b', 'b', 'b', 'b'}"

    @Test(arguments: ["ab.mean 'y'", "ab.proportion 'y'", "ab.count 'y'", "ab.proportion('y', {of = 'n'})"])
    func nanCountsAsMissingInEveryMetric(metric: String) {
        let n = "n = {1, 1, 1, 1, 1, 1, 1, 1}"
        let text = findings("\(arms), \(n), y = {1, 0, 0/0, 0, 1, json.null, 1, 0/0}", "metrics = {\(metric)}")
        #expect(
            text.contains(
                "is missing for 3 units (37.5%), left out of it, the first in row 3 of column 'y'; "
                    + "NaN, which counts as missing, in 2 rows"), "\(text)")
    }

    @Test func littleThatIsMissingIsPrintedToo() {
        let text = prompt.show(
            """
            local y, arm = {}, {}
            for i = 1, 100 do y[i] = i % 7 arm[i] = i % 2 == 0 and 'a' or 'b' end
            y[41] = 0/0
            return ab.experiment{data = data.table{y = y, arm = arm}, variant = 'arm', control = 'a',
                metrics = {ab.mean 'y'}}:analyze()
            """)
        let flat = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(
            flat.contains("note: 'y' is missing for 1 unit (1.00%), left out of it, the first in row 41 of column 'y'"))
        #expect(flat.contains("NaN, which counts as missing, in 1 row"))
    }

    @Test func rowsWithoutArmUnitOrDateAreNamed() {
        let text = findings(
            """
            arm = {'a', 'a', json.null, 'a', 'b', 'b', 'b', json.null}, id = {1, 2, 3, 4, 5, 6, json.null, 8}, \
            day = {'2024-01-01', '2024-01-01', '2024-01-01', json.null, '2024-01-02', '2024-01-02', '2024-01-02', \
            '2024-01-03'}, y = {1, 2, 3, 4, 5, 6, 7, 8}
            """, "unit = 'id', date = 'day', metrics = {ab.mean 'y'}")
        #expect(
            text.contains(
                "2 rows have no arm (the first in row 3 of column 'arm'), 1 row has no unit (in row 7 of column 'id'); left out"
            ),
            "\(text)")
        #expect(text.contains("1 unit has no date (in row 4 of column 'day') and is missing"), "\(text)")
    }

    @Test func aCovariateIsNoMetric() {
        let columns = "\(arms), y = {1, 2, 3, 4, 5, 6, 7, 9}, z = {1, 2, 3, 4, 5, 6, 7, 9}"
        let same = findings(columns, "metrics = {ab.mean 'y'}, covariates = {'y'}")
        #expect(same.contains("covariate_y: covariate 'y' is what metric 'y' measures"))
        let warned = findings(columns, "metrics = {ab.mean 'y'}, covariates = {'z'}")
        #expect(warned.contains("covariate_z: covariate 'z' is what metric 'y' measures"))
        let fine = findings(
            "\(arms), y = {1, 2, 3, 4, 5, 6, 7, 9}, z = {1, 2, 3, 4, 5, 6, 7, 8}",
            "metrics = {ab.mean 'y'}, covariates = {'z'}")
        #expect(!fine.contains("covariate_z"))
    }

    /// Squares of such numbers, and their squares, are 0 in floating point.
    @Test func numbersNearZeroAreCountedOrRefused() {
        func asked(_ scale: String) -> String {
            prompt.show(
                """
                local y = {}
                for i, v in ipairs{1, 2, 3, 4, 3, 6, 7, 9} do y[i] = v * \(scale) end
                local x = ab.experiment{data = data.table{\(arms), y = y}, variant = 'arm', control = 'a', metrics = {ab.mean 'y'}}
                local effect = x:analyze().metrics[1].effects[1]
                return string.format('%s %.6f', effect.status, effect.p)
                """)
        }
        let usual = asked("1")
        #expect(usual.hasPrefix("\"ok 0."))
        for scale in ["1e-80", "1e-100", "1e-139", "1e100"] { #expect(asked(scale) == usual, "\(scale)") }
        for scale in ["1e-145", "1e-200", "1e-315"] {
            #expect(asked(scale).contains("numbers not all nearer to 0 than 1e-140 in column 'y'"), "\(scale)")
        }
    }

    @Test func armsWithOddNames() {
        let columns = "arm = {'', '', '', '', 'b', 'b', 'b', 'b'}, y = {1, 2, 3, 4, 5, 6, 7, 9}"
        let made =
            "ab.experiment{data = data.table{\(columns)}, variant = 'arm', control = 'b', metrics = {ab.mean 'y'}}"
        #expect(prompt.show("return \(made)") == "ab.Experiment(b 4, '' 4; y)")
        #expect(prompt.show("return \(made):analyze()").contains("│ ''  │"))
        let numbers = "data.table{arm = {1, 1, 1, 2, 2, 2}, y = {1, 2, 3, 4, 5, 7}}"
        let byNumber = "ab.experiment{data = \(numbers), variant = 'arm', control = 2, metrics = {ab.mean 'y'}}"
        #expect(prompt.show("return \(byNumber).arms") == "{\"2\", \"1\"}")
        #expect(
            prompt.show("return \(byNumber.replacing("control = 2", with: "control = 3"))").contains(
                "an arm in column 'arm' expected, got '3'"))
    }

    @Test(arguments: [
        (
            "ab.sample_size{baseline = 0.1, mde = 1e-9}",
            "'mde' to ab.sample_size: an effect that fewer than 1e15 units find expected"
        ),
        ("ab.sample_size{baseline = 0.1, mde = 1e-200}", "an effect that baseline 0.1 can show expected, got 1e-201"),
        ("ab.sample_size{baseline = 0.1, sd = 1, mde = 1e-12}", "an effect that fewer than 1e15 units find expected"),
        ("stats.sample_size_t{d = 1e-13}", "an effect that fewer than 1e15 units find expected, got 1e-13"),
        (
            "stats.sample_size_proportions{p1 = 0.1, p2 = 0.1 + 1e-12, formula = 'arcsine'}",
            "an effect that fewer than 1e15 units find"
        ),
        ("ab.sample_size{baseline = 0.1, sd = 1, mde = 0/0}", "effect other than 0 expected, got nan"),
        (
            "ab.mean('y', {winsorize = {0.9, 0.1}})",
            "with the lower one first expected, got {0.9, 0.1} (as in {0.1, 0.9})"
        ),
        ("ab.mean('y', {winsorize = {0.9, 1.5}})", "with the lower one first expected, got {0.9, 1.5}"),
    ])
    func questionsWithoutAnAnswer(code: String, words: String) {
        let message = prompt.show(code)
        #expect(message.contains(words), "\(message)")
    }
}
