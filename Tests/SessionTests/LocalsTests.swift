import Testing

/// Variables declared `local` at the prompt.
@Suite struct LocalsTests {
    @Test(arguments: [
        (["local x = 5", "x"], "5"),
        (["local x", "x"], "nil"),
        (["local a, b, c = 1, 2", "a, b, c"], "1\n2\nnil"),
        (["local function twice(n) return 2 * n end", "twice(4)"], "8"),
        (["local function fact(n) return n < 2 and 1 or n * fact(n - 1) end", "fact(5)"], "120"),
        (["local x <const> = 5", "x"], "5"),
        (["local x <const> = 5", "x = 6"], "prompt:1: attempt to assign to const variable 'x'"),
        (["local a <const>, b = 1, 2", "b = 3", "a, b"], "1\n3"),
        (["local x <const> = 5", "local x = 6", "x = 7", "x"], "7"),
        // Only outside of blocks, whatever strings and comments say.
        (["do local x = 5 end", "x"], "nil"), (["if true then local x = 1 end", "x"], "nil"),
        (["for i = 1, 2 do local x = i end", "x"], "nil"), (["repeat local x = 1 until x == 1", "x"], "nil"),
        (["while true do local x = 1 break end", "x"], "nil"), (["f = function() local x = 1 end f()", "x"], "nil"),
        (["s = [[local x = 1]] -- local x = 2\n--[==[ ]] local x = 3 ]==] t = 'local x = 4'", "x"], "nil"),
        (["local x = [==[\n]] end ]==] local y = 'a\\'b\\z\n  end' local z = #x", "z"], "7"),
        // The statement ends where Lua says.
        (["local x = 5 (print)()", "x"], "5"), (["local f = tostring\n(12)", "f"], "\"12\""),
        (["local x (print)()", "x"], "nil"),

        (["local x = ('a'):rep(3) .. [[b]] local y = #x", "y, x"], "4\n\"aaab\""),
        (["local x = - - 2 ^ -1 // 1 y = x", "x"], "0.0"), (["local x = not nil == true and 1 or 2", "x"], "1"),
        (["local x = ... local y = select('#', ...)", "y"], "0"),
        (["local f = function() return 1 end local g = f()", "g"], "1"),

        (["local t = {f = function() if true then return 1 end end, 2} local u = t.f()", "u"], "1"),
        (["local x = 0x1p-1 + 1e+2 - 0xA.8 local y = 3 .. 4", "x, y"], "90.0\n\"34\""),
        // An entry may end early.
        (["local x = 1 do return end", "x"], "1"), (["goto done local x = 1 ::done::", "x"], "nil"),
        (["local x = 2 return x", "x"], "2"), (["local x = 3; x * 2", "x"], "3"),
        // `_` is the last result, and another environment is meant for its entry.
        (["3 + 4", "local _, b = 1, 2", "_"], "7"), (["local _ENV = {}", "type(print)"], "\"function\""),
    ]) func areSeenByLaterEntries(entries: [String], expected: String) throws {
        #expect(try Bench().show(entries) == expected)
    }

    @Test func areOneVariableForAllWhoSeeThem() throws {
        let bench = try Bench()
        bench.show("local n = 0 function inc() n = n + 1 return n end")
        bench.show(["inc()", "inc()"])
        #expect(bench.show("n") == "2")
        bench.show("n = 40")
        #expect(bench.show("inc()") == "41")
        // Two entries' functions share it, too.
        bench.show("function dec() n = n - 1 end dec()")
        #expect(bench.show("inc()") == "41")
        // One that is declared anew is another.
        bench.show("local n = n + 1")
        #expect(bench.show("n, inc()") == "42\n42")
        #expect(bench.show("n = 0; inc()") == "43")
        bench.show("local n = 'first' local function f() return n end g = f local n = 'second'")
        #expect(bench.show("n, g()") == "\"second\"\n\"first\"")
    }

    @Test func aFailedEntryKeepsWhatItDidUntilThen() throws {
        let bench = try Bench()
        bench.show("local a = 1")
        #expect(bench.show("a = 2 local b = 3 error('stop') local c = 4") == "prompt:1: stop")
        #expect(bench.show("a, b, c") == "2\n3\nnil")
        // One that does not compile did nothing.
        bench.show("local d = 5 a = = 6")
        #expect(bench.show("a, d") == "2\nnil")
    }

    @Test func closeAtTheEndOfTheirEntry() throws {
        let bench = try Bench()
        bench.show(
            "closed = 0 local guard <close> = setmetatable({}, {__close = function() closed = closed + 1 end}) during = closed"
        )
        #expect(bench.show("closed, during, type(guard)") == "1\n0\n\"table\"")
        #expect(bench.show("guard = nil") == "prompt:1: attempt to assign to const variable 'guard'")
    }

    @Test func areExplained() throws {
        let bench = try Bench()
        bench.show("local table_of_users = data.table{a = {1}}")
        guard case .done(let results) = bench.session.help("table_of_users", width: 80) else {
            Issue.record("no help on a local variable")
            return
        }
        #expect(results.first?.contains("Methods") == true)
    }

    @Test func areNotSeenByScripts() throws {
        let bench = try Bench()
        bench.show("local x = 5")
        _ = bench.session.run(Array("print(x) local y = 6".utf8), name: "@a.lua")
        #expect(bench.printed == "nil\n")
        #expect(bench.show("y, load('return x')()") == "nil\nnil")
    }

    @Test func aLongSessionHasRoomForThem() throws {
        let bench = try Bench()
        for index in 0..<600 { bench.show("local v\(index) = \(index)") }
        #expect(bench.show("v0 + v300 + v599") == "899")
        let many = (0..<200).map { "local w\($0) = \($0)" }.joined(separator: "\n")
        #expect(bench.show(many) == "")
        #expect(bench.show((0..<200).map { "w\($0)" }.joined(separator: " + ")) == "19900")
        let names = (0..<200).map { "u\($0)" }.joined(separator: ", ")
        #expect(bench.show("local \(names) = 1") == "")
        #expect(bench.show("u0, u199") == "1\nnil")
        #expect(bench.show((0..<300).map { "v\($0)" }.joined(separator: " + ")).contains("upvalues"))
        #expect(bench.show("v1") == "1")
    }

    @Test func linesCountAsTyped() throws {
        let bench = try Bench()
        bench.show("local a = 1")
        #expect(bench.show("local b = a\n\nlocal c = b.x.y").hasPrefix("prompt:3: attempt to index"))
        #expect(bench.show("-- one\nlocal d = 1 -- two\nerror('here')") == "prompt:3: here")
        let failed = try #require(error(bench.session, "local function f()\n  error(a)\nend\nf()"))
        #expect(failed.traceback == ["prompt:2: in local 'f'", "prompt:4: in main chunk"])
    }
}
