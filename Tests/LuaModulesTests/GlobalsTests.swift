import LuaKit
import LuaModules
import Support
import Testing

struct GlobalsTests {
    @Test func helpExplainsAllKindsOfThings() throws {
        #expect(try shown("help()").contains("progress"))
        #expect(try shown("help(seed)").hasPrefix("seed(n)\n"))
        let named = try shown("help 'seed'")
        #expect(try shown("help(seed)") == named)
        #expect(try shown("help(string.find)").contains("Lua's own"))
        #expect(try shown("help 'sead'") == "test.lua:1: there is no help on 'sead' (did you mean seed?)")
        #expect(try shown("help((progress({})))").contains("iterator"))
    }

    @Test func helpOnNothingSaysSo() throws {
        #expect(
            try shown("help(nil)").hasPrefix("The value is nil: nothing has this name. help \"kmeans\" asks by name"))
        #expect(try shown("help 'kmean'").contains("did you mean cluster.kmeans"))
        #expect(
            try shown("help(cluster.kmean)") == "test.lua:1: cluster has no member 'kmean' (did you mean 'kmeans'?)")
    }

    @Test func helpKeepsToTheWidth() {
        for signature in LuaModules.globals {
            for line in HelpText(width: 60).text(signature).split(separator: "\n") where !line.hasPrefix("  --> ") {
                #expect(line.unicodeScalars.count <= 60 || !line.contains("  ") || line.contains(signature.name))
            }
        }
    }

    @Test func timeHandsValuesOnAsTheyAre() throws {
        #expect(
            try shown("local t = {} local s, u = time(function(x) return x end, t) return u == t, s < 1")
                == "true\ntrue")
        #expect(try shown("time(error, 'x')").contains("x"))
        #expect(try shown("time(3)").contains("bad argument 'f' to time: function or table expected, got 3"))
    }

    @Test func timeRepeats() throws {
        #expect(
            try shown(
                """
                local n, t = 0, {}
                local r = time{function(a, b) n = n + 1 assert(a == t and b == 2) end, t, 2, repeats = 5}
                return n, r.repeats, r.min <= r.median and r.median <= r.max and r.min <= r.mean and r.mean <= r.max,
                    r.text:find('^[%d.]+ .?.s %(median of 5, ') == 1
                """) == "6\n5\ntrue\ntrue")
        #expect(try shown("return time{function() return 1, 2, 3 end, repeats = 50000}.repeats") == "50000")
        #expect(try shown("return time{function() end}.repeats >= 3") == "true")
        #expect(try shown("time{print, repeat_ = 3}").contains("unknown option 'repeat_' for time (options: repeats)"))
        #expect(try shown("time{print, repeats = 0}").contains("'repeats' to time: integer from 1 to 1000000 expected"))
        #expect(try shown("time{}").contains("bad argument 'f' to time: a function in front expected, got nil"))
        #expect(try shown("time({print}, 2)").contains("a list and more behind it"))
    }

    @Test(arguments: [
        ("progress(2, 6, 2)", "2 4 6 "), ("progress(3, 1, -1)", "3 2 1 "), ("progress(3, 1)", ""),
        ("progress(5, 5)", "5 "),
        ("progress(0)", ""), ("progress(math.maxinteger - 1, math.maxinteger)", "\(Int.max - 1) \(Int.max) "),
    ])
    func progressCounts(loop: String, expected: String) throws {
        #expect(try shown("local s = '' for i in \(loop) do s = s .. i .. ' ' end return s") == "\"\(expected)\"")
    }

    @Test func progressRefusesWhatItCannotCount() throws {
        #expect(try shown("progress(-1)").contains("integer of at least 0 expected, got -1"))
        #expect(try shown("progress(1, 2, 0)").contains("a step other than 0 expected, got 0"))
        #expect(try shown("progress(1, 'x')").contains("integer (where to stop, then the step) expected, got 'x'"))
    }

    @Test func loopsWithinLoopsAreToldApart() throws {
        let sink = Log()
        let state = try LuaModules.makeState(work: Work(progress: sink))
        _ = try shown("for i in progress(2) do for j in progress(1) do end end", in: state)
        #expect(
            sink.lines == [
                "progress 0 of 2", "progress 2 0 of 1", "progress 2 finished", "progress 1 of 2", "progress 2 0 of 1",
                "progress 2 finished", "progress finished",
            ])
        sink.lines = []
        _ = try shown("for k in progress(pairs({a = 1})) do end", in: state)
        #expect(sink.lines == ["progress 0 of 0", "progress finished"])
    }

    @Test(arguments: [
        ("for i in progress(3) do n = (n or 0) + i end return n", "6"),
        (
            "local t = {{}, {}} local same = 0 for i, x in progress(t) do if x == t[i] then same = same + 1 end end return same",
            "2"
        ),
        ("local sum = 0 for k, v in progress(pairs({a = 1, b = 2})) do sum = sum + v end return sum", "3"),
        ("local s = '' for w in progress(string.gmatch('a b', '%a')) do s = s .. w end return s", "\"ab\""),
        ("for x in progress({}) do error('never') end return 1", "1"),
        ("for x in progress(2, {label = 'y', unit = 'rows'}) do end return 1", "1"),
    ])
    func progressGoesThrough(code: String, expected: String) throws { #expect(try shown(code) == expected) }

    @Test func progressEndsWhenTheLoopIsLeft() throws {
        let sink = Log()
        let state = try LuaModules.makeState(work: Work(progress: sink))
        _ = try shown("for i, x in progress({1, 2, 3}, {label = 'rows'}) do if i == 2 then break end end", in: state)
        #expect(sink.lines == ["rows 0 of 3", "rows 1 of 3", "rows finished"])
    }

    @Test func seedingIsComplete() throws {
        #expect(try shown("local a = math.random(1e9) seed(0) return a == math.random(1e9)") == "true")
        #expect(try shown("seed(-1)").contains("integer of at least 0 expected, got -1"))
    }

    @Test func prettySortsAndCuts() throws {
        #expect(try shown("show({c = 3, b = 2, 1})") == "{1, b = 2, c = 3}")
        #expect(try shown("show(1, 'a', nil)") == "1\n\"a\"\nnil")
        #expect(try shown("return #pretty(('x'):rep(100000)) < 20000") == "true")
    }
}

/// Remembers what was reported. Used by one thread only.
private final class Log: ProgressSink, @unchecked Sendable {
    var lines: [String] = []
    var running: [String] = []

    func report(_ label: String, done: Int, total: Int, unit: String) {
        lines.append("\(label) \(done) of \(total)")
        if !running.contains(label) { running.append(label) }
    }

    func finish(_ label: String) {
        lines.append("\(label) finished")
        running.removeAll { $0 == label }
    }
}
