import Foundation
import Testing

@testable import LuaModules

@Suite struct ABModuleTests {
    private let prompt: Prompt

    init() throws { prompt = try Prompt() }

    @Test func examplesPrintWhatTheySay() { #expect(prompt.wrongExamples(of: .ab) == []) }

    @Test(arguments: [
        ("ab.sample_size{baseline = 0.12, target = 0.15, formula = 'arcsine'}", "2031"),
        ("ab.sample_size{baseline = 0.12, target = 0.15, formula = 'pooled'}", "2036"),
        ("ab.srm({500, 520, 100}, {1, 1, 0}).status", "\"failed\""),
        ("string.format('%.4f', ab.srm({1000, 1090, 0}, {1, 1, 0}).p)", "\"0.0490\""),
        ("ab.adjust({0.01, 0.02, 0.03}, 'holm')", "{0.03, 0.04, 0.04}"),
        // The first 64 bits of SHA-256 of "s", NUL, "user-7" are far below half of 2^64 or not: one arm for ever.
        ("ab.assign('user-7', 's', {1, 1}) == ab.assign({'user-7'}, 's', {1, 1})[1]", "true"),
        ("ab.assign(7, 's', {1, 1}) == ab.assign('7', 's', {1, 1})", "true"),
        ("ab.assign('u', 's', {0, 1})", "2"),
    ])
    func values(code: String, output: String) {
        #expect(prompt.show(code).split(separator: "\n").first.map(String.init) == output)
    }

    /// Each error names the column and the first offending row.
    @Test(arguments: [
        ("control = 'controll', metrics = {ab.mean 'y'}", ["'controll'", "did you mean 'control'?"]),
        ("control = 'none', metrics = {ab.mean 'y'}", ["bad argument 'control'", "column 'arm'", "'none'"]),
        ("metrics = {ab.mean 'city'}", ["'city'", "'x' in row 1"]),
        ("metrics = {ab.mean 'yy'}", ["'yy'", "did you mean 'y'?"]),
        ("metrics = {ab.count 'minus'}", ["column 'minus'", "-1 in row 3"]),
        ("metrics = {ab.proportion 'clicks'}", ["column 'clicks'", "2 in row 1"]),
        ("metrics = {ab.ratio('clicks', 'views')}", ["'clicks'", "'views'", "5 of 4 in row 4", "above_one"]),
        ("metrics = {ab.proportion('clicks', {of = 'views'})}", ["5 of 4 in row 4 of column 'clicks'"]),
        ("metrics = {ab.mean 'y'}, date = 'day'", ["2024-01-01 in row 3 of column 'day'", "unsorted"]),
        ("metrics = {ab.mean 'y'}, covariates = {'empty'}", ["column 'empty'", "row 1"]),
        ("metrics = {ab.mean 'y'}, alpha = 1.5", ["bad argument 'alpha'", "between 0 and 1", "1.5"]),
        ("metrics = {ab.mean 'y'}, alpha = 0", ["bad argument 'alpha'"]),
        ("metrics = {ab.mean 'y'}, variant = 'slip'", ["'Control' in row 2 of column 'slip'", "beside 'control'"]),
        ("metrics = {ab.mean 'y'}, weights = {control = 1, neww = 1}", ["'neww'", "did you mean 'new'?"]),
        ("metrics = {ab.mean 'y'}, prior = {mean = 0, sd = 1}", ["bad argument 'prior'", "scale"]),
        ("metrics = {ab.mean 'y'}, rules = {{'SHIPP'}}", ["did you mean 'SHIP'?"]),
        ("metrics = {ab.mean 'y'}, correction = 'holmm'", ["did you mean 'holm'?"]),
        ("metrics = {}", ["at least one metric"]),
        ("metrics = {ab.mean 'y', ab.mean 'y'}", ["'y' twice"]),
        ("metrics = {ab.mean('y', {winsorize = 2})}", ["bad argument 'winsorize'"]),
    ])
    func badInput(options: String, words: [String]) {
        let setup = """
            local t = data.table({arm = {'control', 'new', 'control', 'new'}, slip = {'control', 'Control', 'new', 'new'}, \
            y = {1, 2, 3, 4}, city = {'x', 'y', 'z', 'w'}, minus = {1, 2, -1, 3}, clicks = {2, 1, 1, 5}, views = {3, 4, 4, 4}, \
            day = {'2024-01-01', '2024-01-02', '2024-01-01', '2024-01-03'}, \
            empty = {json.null, json.null, json.null, json.null}})
            """
        // What the case says comes last, and so counts.
        let code = """
            \(setup)
            local given = {\(options)}
            local all = {data = t, variant = 'arm', control = 'control'}
            for key, value in pairs(given) do all[key] = value end
            return ab.experiment(all):analyze()
            """
        let message = prompt.show(code)
        for word in words { #expect(message.contains(word), "\(options): \(message)") }
    }
}
