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
        #expect(try shown("time(3)").contains("bad argument 'f' to time: function expected, got 3"))
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

    func report(_ label: String, done: Int, total: Int, unit: String) { lines.append("\(label) \(done) of \(total)") }

    func finish(_ label: String) { lines.append("\(label) finished") }
}
