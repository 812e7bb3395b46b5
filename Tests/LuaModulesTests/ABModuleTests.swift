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
        // 2 (z_{0.025} + z_{0.2})² (sd/effect)² is 1569776e7 and 392444e9, of which the other tail takes 2.4 millionths off.
        ("ab.sample_size{baseline = 10, mde = 0.1, sd = 1e6} // 1e7", "1569772.0"),
        ("ab.sample_size{baseline = 10, mde = 0.1, sd = 5e6} // 1e9", "392443.0"),
        ("ab.power{baseline = 0.1, mde = 0.1, n = 10000, alternative = 'less'} < 1e-4", "true"),
        ("ab.power{baseline = 0.1, mde = -0.1, n = 10000, alternative = 'less'} > 0.7", "true"),
        ("(ab.mde{baseline = 0.1, n = 10000, alternative = 'less'}) < 0", "true"),
        ("(ab.mde{baseline = 0.1, n = 10000, alternative = 'greater'}) > 0", "true"),
        ("(ab.mde{baseline = 10, sd = 3, n = 10000, alternative = 'less'}) < 0", "true"),
    ])
    func values(code: String, output: String) {
        #expect(prompt.show(code).split(separator: "\n").first.map(String.init) == output)
    }

    @Test(arguments: [
        (
            "ab.sample_size{baseline = 0.1, mde = 0.1, alternative = 'less'}",
            "'mde' to ab.sample_size: an effect below 0"
        ),
        ("ab.sample_size{baseline = 0.1, mde = -0.1, alternative = 'greater'}", "an effect above 0 for 'greater'"),
        ("ab.sample_size{baseline = 10, mde = 0.1, sd = 1, alternative = 'less'}", "an effect below 0 for 'less'"),
        ("ab.sample_size{baseline = 10, mde = 0.1, sd = 1e7}", "fewer than 1e15 units find"),
        ("ab.sample_size{baseline = 10, mde = 0.1, sd = 1e300}", "fewer than 1e15 units find"),
        ("ab.sample_size{baseline = 10, mde = 0.1, sd = 1e5, ratio = 1e12}", "one that takes"),
        ("ab.mde{baseline = 0.1, n = 100, power = 2}", "bad argument 'power'"),
        ("ab.mde{baseline = 0.1, n = 3, alternative = 'less'}", "no share below the baseline"),
        ("ab.duration{units = 1e18, traffic = 1e-300}", "bad argument 'traffic'"),
        ("ab.duration{units = math.huge, traffic = 10}", "bad argument 'units'"),
        ("ab.duration{units = 10, traffic = math.huge}", "bad argument 'traffic'"),
        ("ab.srm({1e308, 1e308})", "bad argument 'observed'"),
        ("ab.srm({5, 5}, {1e308, 1e308})", "bad argument 'weights'"),
        ("ab.assign('u', 's', {1e308, 1e308})", "weights whose sum is a number"),
        ("ab.power{baseline = 0.1, mde = 0.1, n = math.huge}", "bad argument 'n' to ab.power: finite number expected"),
        (
            "ab.power{baseline = 5, sd = 1, mde = 0.1, n = 1}",
            "'n' to ab.power: more than 2 units in both arms together"
        ),
        ("ab.mde{baseline = 0.1, n = math.huge}", "bad argument 'n' to ab.mde: finite number expected"),
        ("ab.mde{baseline = 5, sd = 1, n = 0.5}", "'n' to ab.mde: more than 2 units in both arms together"),
    ])
    func refusedDesigns(code: String, message: String) {
        let shown = prompt.show(code)
        #expect(shown.contains(message), "\(shown)")
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
        ("metrics = {ab.mean 'huge'}", ["column 'huge'", "1e+200 in row 2"]),
        ("metrics = {ab.mean 'endless'}", ["column 'endless'", "inf in row 3"]),
        ("metrics = {ab.mean 'y'}, covariates = {'endless'}", ["'covariates'", "inf in row 3 of column 'endless'"]),
        ("metrics = {ab.mean 'y'}, covariates = {'huge'}", ["'covariates'", "1e+200 in row 2 of column 'huge'"]),
        ("metrics = {ab.mean 'y'}, covariates = {'city'}", ["bad argument 'covariates'", "'city'", "'x' in row 1"]),
        ("metrics = {ab.mean 'y'}, covariates = {'past'}", ["bad argument 'covariates'", "'past'"]),
        ("metrics = {ab.count 'half'}", ["column 'half'", "1.5 in row 2"]),
        ("metrics = {ab.ratio('clicks', 'minus')}", ["column 'minus'", "-1 in row 3"]),
        ("metrics = {ab.mean 'y'}, date = 'odd'", ["'date'", "'2024-02-30' in row 2 of column 'odd'", "strptime"]),
        ("metrics = {ab.mean 'y'}, date = 'city'", ["'date'", "'x' in row 1 of column 'city'"]),
        ("metrics = {ab.mean 'y'}, weights = {control = 1e308, new = 1e308}", ["'weights'", "whose sum is a number"]),
        ("metrics = {ab.mean 'y'}, power = 1e-300", ["bad argument 'power'", "above alpha"]),
        ("metrics = {ab.mean 'y'}, mde = 1e-300", ["bad argument 'mde'", "at least 1e-09"]),
        ("metrics = {ab.mean 'y'}, weights = {1, 2}", ["bad argument 'weights'", "by its name", "list of 2"]),
        ("metrics = {ab.mean 'y'}, weights = {control = -1, new = 1}", ["'weights'", "at least 0", "'control'"]),
        ("metrics = {ab.mean 'y'}, weights = {control = 1, new = 0/0}", ["bad argument 'weights'", "'new'"]),
        ("metrics = {ab.mean 'y'}, weights = {control = 1, new = 'x'}", ["bad argument 'weights'", "'new'"]),
        ("metrics = {ab.mean 'y'}, copy = {'a text'}", ["bad argument 'copy'", "by its name"]),
        ("metrics = {ab.mean 'y'}, copy = {neww = 'a text'}", ["bad argument 'copy'", "did you mean 'new'?"]),
        ("metrics = {ab.mean 'y'}, alhpa = 0.1", ["unknown option 'alhpa'", "did you mean 'alpha'?"]),
        ("metrics = {ab.mean 'y'}, alpha = 0/0", ["bad argument 'alpha'", "between 0 and 1"]),
        ("metrics = {ab.mean 'y'}, alpha = -0.1", ["bad argument 'alpha'", "-0.1"]),
        ("metrics = {ab.mean 'y'}, power = 1", ["bad argument 'power'"]),
        ("metrics = {ab.mean 'y'}, mde = 0", ["bad argument 'mde'", "above 0"]),
        ("metrics = {ab.mean 'y'}, arms = {'control', 'neww'}", ["bad argument 'arms'", "did you mean 'new'?"]),
        ("metrics = {ab.mean 'y'}, arms = {'control'}", ["at least two arms"]),
        ("metrics = {ab.mean 'y'}, variant = 'amr'", ["bad argument 'variant'", "'amr'"]),
        ("metrics = {ab.mean 'y'}, unit = 'idd'", ["bad argument 'unit'", "'idd'"]),
        (
            "metrics = {ab.mean 'y'}, segments = {'arm'}",
            ["bad argument 'segments'", "'arm', the column that names the arm"]
        ),
        ("metrics = {ab.mean 'y'}, segments = {'citty'}", ["bad argument 'segments'", "did you mean 'city'?"]),
        ("metrics = {'y'}", ["bad argument 'metrics'", "position 1"]),
        ("metrics = {ab.mean 'y'}, rows = 'events'", ["bad argument 'unit'"]),
        ("metrics = {ab.mean 'y'}, data = data.table({arm = {}, y = {}})", ["bad argument 'data'", "rows"]),
        ("metrics = {ab.mean('y', {margin = 0.1})}", ["bad argument 'margin'", "guardrail"]),
        ("metrics = {ab.quantile('y', {q = 1})}", ["bad argument 'q'"]),
        ("metrics = {ab.retention('y', {from = 5, to = 2})}", ["bad argument 'to'"]),
        ("metrics = {ab.mean 'y'}, sequential = 3", ["bad argument 'sequential'", "number"]),
        ("metrics = {ab.mean 'y'}, sequential = {method = 'msprtt'}", ["did you mean \"msprt\"?"]),
        ("metrics = {ab.mean 'y'}, sequential = {method = 'msprt'}", ["'tau'", "'mde'"]),
        ("metrics = {ab.mean 'y'}, sequential = {looks = {20, 10}}", ["rising", "got 10"]),
        ("metrics = {ab.mean 'y'}, sequential = {looks = {20, 1/0}}", ["rising", "infinity"]),
        ("metrics = {ab.mean 'y'}, sequential = {looks = {}}", ["'looks'"]),
        ("metrics = {ab.mean 'y'}, sequential = {looks = {20}, tau = 1}", ["'tau'", "looks, spending, shape"]),
        ("metrics = {ab.mean 'y'}, sequential = {looks = {20}, rho = 1}", ["'rho' only with spending"]),
        ("metrics = {ab.mean 'y'}, sequential = {looks = {20}, shape = 'pocock', spending = 'pocock'}", ["both"]),
        ("metrics = {ab.mean 'y'}, sequential = {tuning = 0}", ["'tuning' of at least 1"]),
    ])
    func badInput(options: String, words: [String]) {
        let setup = """
            local t = data.table({arm = {'control', 'new', 'control', 'new'}, slip = {'control', 'Control', 'new', 'new'}, \
            y = {1, 2, 3, 4}, city = {'x', 'y', 'z', 'w'}, minus = {1, 2, -1, 3}, clicks = {2, 1, 1, 5}, views = {3, 4, 4, 4}, \
            day = {'2024-01-01', '2024-01-02', '2024-01-01', '2024-01-03'}, \
            empty = {json.null, json.null, json.null, json.null}, huge = {1, 1e200, 3, 4}, endless = {1, 2, 1/0, 4}, \
            half = {1, 1.5, 2, 3}, odd = {'2024-01-01', '2024-02-30', '2024-03-01', '2024-03-02'}})
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

    /// Data that are odd but no mistake: a status with a reason, and no number that is none in what is printed and written.
    @Test(arguments: [
        ("y = const(3)", "metrics = {ab.mean 'y'}", "no_variance"),
        ("y = const(0), hit = const(0)", "metrics = {ab.proportion 'hit'}", "ok"),
        ("hit = const(1)", "metrics = {ab.proportion 'hit'}", "ok"),
        ("y = arms(1, json.null)", "metrics = {ab.mean 'y'}", "empty_arm"),
        ("y = const(json.null)", "metrics = {ab.mean 'y'}", "empty_arm"),
        ("y = first(2, json.null)", "metrics = {ab.mean 'y'}", "one_unit"),
        ("", "metrics = {ab.mean 'y'}, segments = {'lone'}", "ok"),
        ("", "metrics = {ab.mean 'y'}, unit = 'clash'", "ok"),
        ("", "metrics = {ab.mean 'y'}, date = 'zoned'", "ok"),
        ("", "metrics = {ab.mean 'y'}, covariates = {'gaps', 'flat'}", "ok"),
        ("", "metrics = {ab.ratio('y', 'none', {above_one = true})}", "zero_exposure"),
        ("y = const(0)", "metrics = {ab.ratio('y', 'flat')}", "no_variance"),
        ("", "metrics = {ab.quantile('y', {q = 0.999})}", "too_few_values"),
        ("", "metrics = {ab.quantile 'y'}, date = 'zoned', segments = {'lone'}, covariates = {'gaps'}", "ok"),
        ("", "metrics = {ab.mean 'y'}, weights = {a = 3, b = 3}", "ok"),
        ("", "metrics = {ab.mean 'y'}, sequential = true", "burn_in"),
        ("", "metrics = {ab.mean 'y'}, sequential = {looks = {100, 200}}, date = 'zoned'", "before_first_look"),
        ("", "metrics = {ab.mean 'y'}, sequential = {looks = {20, 40}, spending = 'pocock'}, date = 'zoned'", "ok"),
        ("", "metrics = {ab.mean 'y'}, sequential = {method = 'msprt', tau = 0.1, burn_in = 5}, date = 'zoned'", "ok"),
        (
            "y = arms(0, 1)", "metrics = {ab.mean 'flat0'}, sequential = {method = 'msprt', tau = 1, burn_in = 5}",
            "no_variance"
        ),
    ])
    func oddData(columns: String, options: String, status: String) {
        let code = """
            local function const(value) local c = {} for i = 1, 40 do c[i] = value end return c end
            local function arms(a, b) local c = {} for i = 1, 40 do c[i] = i % 2 == 1 and a or b end return c end
            local function first(n, rest) local c = {} for i = 1, 40 do c[i] = i <= n and i or rest end return c end
            local c = {arm = arms('a', 'b'), y = {}, lone = {}, clash = {}, zoned = {}, gaps = {}, flat = const(5), none = const(0), \
                flat0 = const(0)}
            for i = 1, 40 do
                c.y[i], c.lone[i], c.clash[i] = i * 7 % 11 + 0.5, (i == 1 or i > 20) and 'p' or 'q', i == 2 and 1 or i
                c.lone[i] = (i == 2 or i == 4) and 'only b' or c.lone[i]
                c.zoned[i], c.gaps[i] = ('2024-01-%02dT23:30:00+02:00'):format(1 + i // 4), i == 3 and 0/0 or i % 7
            end
            for name, values in pairs({\(columns)}) do c[name] = values end
            local given = {data = data.table(c), variant = 'arm', control = 'a'}
            for name, value in pairs({\(options)}) do given[name] = value end
            local result = ab.experiment(given):analyze()
            local found = {tostring(result)}
            for _, kind in ipairs{'html', 'md', 'json'} do
                local path = os.tmpname() .. '.' .. kind
                report.experiment(result, path)
                local file = io.open(path)
                found[#found + 1] = file:read('a')
                file:close()
                os.remove(path)
            end
            local bad = {}
            for place, text in ipairs(found) do
                for _, word in ipairs{'n' .. 'an', 'N' .. 'aN', 'i' .. 'nf'} do
                    local at = text:find('%f[%a]' .. word .. '%f[%A]')
                    if at then bad[#bad + 1] = place .. ': ' .. text:sub(math.max(1, at - 30), at + 10) end
                end
            end
            local effect = result.metrics[1].effects[1]
            return effect.status .. (effect.status ~= 'ok' and not effect.reason and ' without a reason' or '') .. table.concat(bad, '; ')
            """
        #expect(prompt.show(code) == "\"\(status)\"", "\(columns) \(options)")
    }

    /// The way to look reaches the analysis, and the result tells it.
    @Test func plannedLooksAreTold() {
        let code = """
            local c = {arm = {}, y = {}}
            for i = 1, 400 do c.arm[i] = i % 2 == 1 and 'a' or 'b'; c.y[i] = i * 7 % 11 + (i % 2 == 0 and 2 or 0) end
            local test = ab.experiment{data = data.table(c), variant = 'arm', control = 'a', metrics = {ab.mean 'y'},
                sequential = {method = 'group_sequential', looks = {200, 400, 600}, spending = 'obrien_fleming'}}
            local result = test:analyze()
            local effect = result.metrics[1].effects[1]
            return result.verdict, effect.method, #result.looks, result.looks[2].status, tostring(result):match('look 2 of 3: boundary') ~= nil
            """
        #expect(prompt.show(code) == "\"SHIP\"\n\"look 2 of 3\"\n3\n\"present\"\ntrue")
    }

    /// Two units an arm are held against Student's t, as in a test of one look, whose p-value a repeated one is never below.
    @Test func plannedLooksOfFewUnitsFindLittle() {
        let code = """
            local options = {data = data.table{v = {'a', 'b', 'a', 'b'}, m = {1, 3, 2, 4}}, variant = 'v', control = 'a',
                metrics = {ab.mean 'm'}}
            local once = ab.experiment(options):analyze().metrics[1].effects[1]
            options.sequential = {method = 'group_sequential', looks = {2, 4}}
            local result = ab.experiment(options):analyze()
            local effect = result.metrics[1].effects[1]
            return result.verdict, effect.p >= once.p, effect.p < once.p * 1.3, effect.interval[1] < 0
            """
        #expect(prompt.show(code) == "\"REVIEW\"\ntrue\ntrue\ntrue", "\(prompt.show(code))")
    }

    /// A look at a hundredth, a thousandth or a millionth of the units has next to no error to spend, however clear the effect seems.
    @Test(arguments: [4000, 10_000, 20_000, 100_000, 40_000_000])
    func aVeryEarlyLookFindsNothing(last: Int) {
        let code = """
            local c = {v = {}, m = {}}
            for i = 1, 40 do c.v[i] = i % 2 == 1 and 'a' or 'b'; c.m[i] = i * 7 % 11 + (i % 2 == 0 and 2.5 or 0) end
            local test = ab.experiment{data = data.table(c), variant = 'v', control = 'a', metrics = {ab.mean 'm'},
                sequential = {method = 'group_sequential', looks = {40, \(last)}}}
            local result = test:analyze()
            local effect = result.metrics[1].effects[1]
            return result.verdict ~= 'SHIP', effect.p > 0.2, effect.interval[1] < -10, effect.interval[2] > 10
            """
        #expect(prompt.show(code) == "true\ntrue\ntrue\ntrue", "\(prompt.show(code))")
    }

    @Test func plannedLooksStandInTheReport() {
        let code = """
            local c = {arm = {}, y = {}}
            for i = 1, 400 do c.arm[i] = i % 2 == 1 and 'a' or 'b'; c.y[i] = i * 7 % 11 end
            local test = ab.experiment{data = data.table(c), variant = 'arm', control = 'a', metrics = {ab.mean 'y'},
                sequential = {method = 'group_sequential', looks = {200, 400, 12000}}}
            local path = os.tmpname() .. '.md'
            report.experiment(test:analyze(), path)
            local page = io.open(path):read('a')
            os.remove(path)
            return page:match('| 3 |[^|]*|'), page:match('Planned looks.-state')
            """
        #expect(prompt.show(code).contains("| 3 | 12,000 |"), "\(prompt.show(code))")
    }
}
